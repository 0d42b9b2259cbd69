"""Old office files are read and slides are drawn through LibreOffice, in the same confinement."""

import io
import socket
from pathlib import Path

import docx
import pptx
import pytest
from extraction_samples import make_odf
from PIL import Image

from toolkit.extraction import Unreadable, draw, draw_pages, office, read, thumb
from toolkit.extraction.pictures import PAGE_BYTES, THUMB_BYTES

needs_libreoffice = pytest.mark.usefixtures("libreoffice")

RTF = (
    rb"{\rtf1\ansi\ansicpg1252 {\fonttbl{\f0 Arial;}}\f0 La se\'f1ora N\'fa\'f1ez aprob\'f3 el balance."
    rb"\page Segunda hoja del acta.}"
)


@needs_libreoffice
def test_rtf_is_read_by_its_pages_and_leaves_nothing(put, scratch):
    before = list_dead_sockets()
    found = read(put(RTF), "rtf", scratch=scratch)
    assert found.unit == "page"
    assert [page.text for page in found.pages] == [
        "La señora Núñez aprobó el balance.",
        "Segunda hoja del acta.",
    ]
    assert list_dead_sockets() <= before


def list_dead_sockets():
    """The sockets of LibreOffice that nobody listens to any more; other programs may have live ones."""
    dead = set()
    for path in Path("/tmp").glob("OSL_PIPE*"):
        with socket.socket(socket.AF_UNIX) as trial:
            try:
                trial.connect(str(path))
            except ConnectionRefusedError:
                dead.add(path.name)
            except OSError:
                continue
    return dead


@needs_libreoffice
def test_slides_are_drawn_hidden_ones_too_with_one_conversion(put, scratch):
    show = pptx.Presentation()
    for colour in ("red", "green"):
        slide = show.slides.add_slide(show.slide_layouts[6])
        out = io.BytesIO()
        Image.new("RGB", (100, 75), colour).save(out, "PNG")
        slide.shapes.add_picture(out, 0, 0, show.slide_width, show.slide_height)
    show.slides[0]._element.set("show", "0")
    out = io.BytesIO()
    show.save(out)
    drawn = {}
    path = put(out.getvalue())
    draw_pages(path, "pptx", [1, 2], drawn.__setitem__, scratch=scratch)
    colours = [Image.open(io.BytesIO(drawn[n])).convert("RGB").getpixel((500, 300)) for n in (1, 2)]
    assert colours[0][0] > 200
    assert colours[1][1] > 100 > colours[1][0]
    assert all(len(data) <= PAGE_BYTES for data in drawn.values())


@needs_libreoffice
def test_a_document_has_a_thumbnail(put, scratch):
    document = docx.Document()
    document.add_heading("Estatuto")
    out = io.BytesIO()
    document.save(out)
    assert 100 < len(thumb(put(out.getvalue()), "docx", scratch=scratch)) <= THUMB_BYTES


@needs_libreoffice
def test_a_document_cannot_fetch_nor_read_what_it_names(put, scratch, tmp_path):
    secret = tmp_path / "secreto.txt"
    secret.write_text("CANARIO-8731")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        port = listening.getsockname()[1]
        named = (
            rb"{\rtf1 Hola {\field{\*\fldinst INCLUDETEXT \"" + str(secret).encode() + rb"\"}{\fldrslt x}}"
            rb"{\field{\*\fldinst INCLUDEPICTURE \"http://127.0.0.1:" + str(port).encode() + rb"/a.png\"}}}"
        )
        text = read(put(named), "rtf", scratch=scratch).pages[0].text
        linked = (
            f"<text:section text:name='a'><text:section-source xlink:href='file://{secret}'/></text:section>"
            "<text:p>Hola<draw:frame text:anchor-type='as-char'>"
            f"<draw:image xlink:href='http://127.0.0.1:{port}/a.png' xlink:type='simple'/>"
            "</draw:frame></text:p>"
        )
        assert thumb(put(make_odf("text", linked)), "odt", scratch=scratch)
        with pytest.raises(TimeoutError):
            listening.accept()
    assert "CANARIO" not in text
    assert "Hola" in text


@needs_libreoffice
def test_what_libreoffice_cannot_open_is_unreadable(put, scratch):
    with pytest.raises(Unreadable) as fault:
        read(put(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)), "ppt", scratch=scratch)
    assert fault.value.code == "damaged"


def test_without_libreoffice_the_sentence_says_how_to_get_it(put, scratch, monkeypatch):
    monkeypatch.setattr(office, "find_libreoffice", lambda: None)
    with pytest.raises(Unreadable, match="LibreOffice") as fault:
        read(put(RTF), "rtf", scratch=scratch)
    assert fault.value.code == "no_libreoffice"
    assert draw(put(b""), "pptx", 1, scratch=scratch) is None
    assert thumb(put(b""), "docx", scratch=scratch) is None
