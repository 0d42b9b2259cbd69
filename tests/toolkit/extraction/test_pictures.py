"""Pictures of pages and thumbnails keep within their bytes and show what is on the page."""

import io
import random

import pytest
from extraction_samples import make_pdf
from PIL import Image

from toolkit.extraction import Unreadable, draw, draw_pages, thumb
from toolkit.extraction.pictures import PAGE_BYTES, PAGE_HEIGHT, PAGE_WIDTH, THUMB_BYTES, THUMB_WIDTH


def opened(data):
    assert data[:4] == b"RIFF"
    return Image.open(io.BytesIO(data)).convert("RGB")


def noise(size, seed=1):
    return Image.frombytes("RGB", size, random.Random(seed).randbytes(size[0] * size[1] * 3))


def save(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def test_a_page_is_drawn_a_thousand_wide_with_its_text_black_on_white(put, scratch):
    page = "\n".join("La asamblea general de la cooperativa agraria" for _ in range(45))
    path = put(make_pdf(["", page]))
    data = draw(path, "pdf", 2, scratch=scratch)
    picture = opened(data)
    assert picture.width == PAGE_WIDTH
    assert abs(picture.height - 1415) <= 2
    assert len(data) <= PAGE_BYTES
    assert picture.getpixel((5, 5)) == (255, 255, 255)
    assert picture.convert("L").getextrema()[0] < 60
    assert opened(draw(path, "pdf", 1, scratch=scratch)).getextrema() == ((255, 255),) * 3
    small = thumb(path, "pdf", scratch=scratch)
    assert opened(small).width == THUMB_WIDTH
    assert len(small) <= THUMB_BYTES


def test_many_pages_are_drawn_by_one_child_in_order(put, scratch):
    drawn = []
    path = put(make_pdf([f"Página {n}" for n in range(1, 8)]))
    numbers = [3, 1, 99, 7]
    draw_pages(path, "pdf", numbers, lambda number, data: drawn.append((number, len(data))), scratch=scratch)
    assert [number for number, _ in drawn] == [3, 1, 7]
    assert all(0 < size <= PAGE_BYTES for _, size in drawn)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_the_worst_image_keeps_within_its_bytes(put, scratch, kind):
    code = {"JPEG": "jpg"}.get(kind, kind.lower())
    path = put(save(noise((1400, 1600)), kind))
    data = draw(path, code, 1, scratch=scratch)
    assert 20_000 < len(data) <= PAGE_BYTES
    assert len(thumb(path, code, scratch=scratch)) <= THUMB_BYTES
    assert opened(data).width <= PAGE_WIDTH


def test_an_image_is_upright_and_on_white(put, scratch):
    photo = Image.new("RGB", (200, 100), "red")
    turned = Image.Exif()
    turned[0x0112] = 6  # to be turned by a quarter
    assert opened(draw(put(save(photo, "JPEG", exif=turned)), "jpg", 1, scratch=scratch)).size == (100, 200)
    glass = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    assert opened(draw(put(save(glass, "PNG")), "png", 1, scratch=scratch)).getpixel((9, 9)) == (255,) * 3


def test_each_frame_of_a_tiff_is_a_page(put, scratch):
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("red", "blue")]
    path = put(save(frames[0], "TIFF", save_all=True, append_images=frames[1:]))
    assert opened(draw(path, "tiff", 2, scratch=scratch)).getpixel((30, 30))[2] > 200
    assert draw(path, "tiff", 3, scratch=scratch) is None


def test_a_page_without_end_is_drawn_small(put, scratch):
    tall = make_pdf(["alto"]).replace(b"[0 0 595 842]", b"[0 0 10 90000]")
    assert opened(draw(put(tall), "pdf", 1, scratch=scratch)).height <= PAGE_HEIGHT
    assert draw(put(make_pdf(["uno"])), "pdf", 0, scratch=scratch) is None


def test_what_has_no_pages_has_no_pictures(put, scratch):
    for code in ("txt", "md", "csv", "html", "docx", "xlsx"):
        assert draw(put(b"hola"), code, 1, scratch=scratch) is None
    assert thumb(put(b"hola"), "txt", scratch=scratch) is None


def test_a_broken_file_cannot_be_drawn(put, scratch):
    for code in ("pdf", "png"):
        with pytest.raises(Unreadable):
            draw(put(b"no es nada"), code, 1, scratch=scratch)
