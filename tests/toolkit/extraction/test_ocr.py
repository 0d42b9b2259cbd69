"""Scanned pages are read with Tesseract, and noise is not taken for words."""

import io
import random

import pypdfium2
import pytest
from extraction_samples import make_pdf
from PIL import Image

from toolkit.extraction import Unreadable, ocr, ocr_available, ocr_languages, scan

needs_tesseract = pytest.mark.usefixtures("tesseract")
SAID = "La asamblea general aprobó el balance y eligió a la señora Núñez"


def write_page():
    """A picture of a printed page: 1,654 × 2,339 pixels are A4 at 200 dots per inch."""
    page = pypdfium2.PdfDocument(make_pdf([SAID.replace(" y ", "\n")]))[0]
    return page.render(scale=200 / 72, grayscale=True).to_pil()


def save(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@needs_tesseract
def test_a_scanned_image_is_read_with_its_accents(put, scratch):
    found = scan(put(save(write_page(), "PNG")), "png", 1, scratch=scratch)
    assert " ".join(found.split()) == SAID.replace(" y ", " ")


@needs_tesseract
def test_a_page_of_a_scanned_pdf_is_read(put, scratch):
    path = put(save(write_page(), "PDF", resolution=200))
    assert "balance" in scan(path, "pdf", 1, scratch=scratch)
    with pytest.raises(Unreadable):
        scan(path, "pdf", 2, scratch=scratch)


@needs_tesseract
def test_noise_has_no_words(put, scratch):
    noise = Image.frombytes("L", (500, 500), random.Random(3).randbytes(250_000))
    assert len(scan(put(save(noise, "PNG")), "png", 1, scratch=scratch)) < 20
    assert scan(put(make_pdf([""], image=True)), "pdf", 1, scratch=scratch) == ""


@needs_tesseract
def test_the_languages_are_those_installed():
    assert ocr_languages()[0] == "spa"
    assert set(ocr_languages()) <= {"spa", "por", "que"}


def test_without_tesseract_the_sentence_says_how_to_get_it(put, scratch, monkeypatch):
    monkeypatch.setattr(ocr, "find_tesseract", lambda: None)
    ocr.ocr_languages.cache_clear()
    try:
        assert not ocr_available()
        with pytest.raises(Unreadable, match="Tesseract") as fault:
            scan(put(b""), "png", 1, scratch=scratch)
    finally:
        ocr.ocr_languages.cache_clear()
    assert fault.value.code == "no_tesseract"


def test_a_table_of_words_that_makes_no_sense_is_no_error(tmp_path):
    file = tmp_path / "words.tsv"
    file.write_text("level\tconf\ttext\n5\tno\tuno\n5\t96\tdos\n5\n\x00\t\t\n5\t9\ttres\n", encoding="utf-8")
    assert ocr._read_words(file, 0) == "dos"


def test_words_broken_at_the_end_of_a_line_are_joined(tmp_path):
    file = tmp_path / "words.tsv"
    head = "block_num\tpar_num\tline_num\tconf\ttext\n"
    file.write_text(head + "1\t1\t1\t90\tcoopera-\n1\t1\t2\t90\ttiva\n1\t2\t3\t90\tfin\n", encoding="utf-8")
    assert ocr._read_words(file, 0) == "cooperativa\n\nfin"
