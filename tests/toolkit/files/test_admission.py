"""What is taken, what is refused, and the sentence that says why."""

import io
import itertools
import struct
import zipfile

import pytest

from toolkit.errors import Invalid
from toolkit.files.admission import recognise
from toolkit.files.formats import ENDINGS, FORMATS

RELATIONS = ("_rels/.rels", b"<Relationships/>")


def office(*names):
    return archive(("[Content_Types].xml", b"<Types/>"), RELATIONS, *((name, b"<x/>") for name in names))


def opendocument(kind, *names):
    media = FORMATS[kind].media_type.encode()
    return archive(("mimetype", media), *((name, b"<x/>") for name in ("content.xml", *names)))


def archive(*entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in entries:
            made.writestr(name, data, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def compound(*names):
    """The smallest OLE file with a directory that holds these names (at most three)."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<L", header, 48, 1)  # the directory begins in sector 1
    struct.pack_into("<L", header, 68, 0xFFFFFFFE)
    struct.pack_into("<109L", header, 76, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128L", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    directory = bytearray(512)
    for at, name in enumerate(("Root Entry", *names)):
        raw = name.encode("utf-16-le")
        directory[at * 128 : at * 128 + len(raw)] = raw
        struct.pack_into("<HB", directory, at * 128 + 64, len(raw) + 2, 2)
    return bytes(header) + table + bytes(directory)


def png(width=8, height=8, frames=None):
    moving = b"" if frames is None else chunk(b"acTL", struct.pack(">2L", frames, 0))
    head = chunk(b"IHDR", struct.pack(">2L5B", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + moving + chunk(b"IDAT", b"")


def chunk(kind, data):
    return struct.pack(">L", len(data)) + kind + data + bytes(4)


def jpeg(width=8, height=8):
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">2H", height, width) + b"\x01\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x04\x00\x00" + frame + b"\xff\xd9"


def webp(width=8, height=8):
    body = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + bytes(4) + b"WEBPVP8X" + struct.pack("<L", 10) + body


def tiff(width=8, height=8, pages=1):
    """Little-endian TIFF whose frames have sizes only."""
    data = b"II*\0" + struct.pack("<L", 8)
    for number in range(pages):
        following = 0 if number == pages - 1 else len(data) + 30
        tags = struct.pack("<2HLL", 256, 4, 1, width) + struct.pack("<2HLL", 257, 4, 1, height)
        data += struct.pack("<H", 2) + tags + struct.pack("<L", following)
    return data


GOOD = {
    "pdf": b"%PDF-1.7\n1 0 obj\n",
    "docx": office("word/document.xml"),
    "xlsx": office("xl/workbook.xml"),
    "pptx": office("ppt/presentation.xml"),
    "odt": opendocument("odt"),
    "ods": opendocument("ods"),
    "odp": opendocument("odp"),
    "doc": compound("WordDocument"),
    "xls": compound("Workbook"),
    "ppt": compound("PowerPoint Document"),
    "rtf": b"{\\rtf1 hola}",
    "html": b"<!DOCTYPE html><title>Hola</title>",
    "md": "# Título\n".encode(),
    "txt": "Asamblea de señoras socias".encode("cp1252"),
    "csv": b"a;b\n1;2\n",
    "jpg": jpeg(),
    "png": png(),
    "webp": webp(),
    "tiff": tiff(),
}


@pytest.fixture
def ask(tmp_path):
    def ask(data, name):
        path = tmp_path / "archivo"
        path.write_bytes(data)
        return recognise(path, name).code

    return ask


def test_every_format_has_a_sample():
    assert set(GOOD) == set(FORMATS)


@pytest.mark.parametrize("ending", ENDINGS)
def test_good_files_are_taken_under_each_of_their_endings(ask, ending):
    code = ENDINGS[ending].code
    assert ask(GOOD[code], f"Informe 2026.{ending}") == code
    assert ask(GOOD[code], f"INFORME.{ending.upper()}") == code


# Text under another text ending cannot be told apart by its contents, and no harm comes of it
TWINS = {("txt", "md"), ("csv", "txt"), ("csv", "md"), ("csv", "html"), ("txt", "csv"), ("txt", "html"),
         ("md", "txt"), ("md", "csv"), ("md", "html"), ("html", "md")}  # fmt: skip


@pytest.mark.parametrize(("content", "ending"), list(itertools.permutations(GOOD, 2)))
def test_contents_under_the_ending_of_another_format_are_refused(ask, content, ending):
    if (content, ending) in TWINS:
        assert ask(GOOD[content], f"a.{ending}") == ending
        return
    with pytest.raises(Invalid) as refused:
        ask(GOOD[content], f"a.{ending}")
    said = str(refused.value)
    assert f"«.{ending}»" in said or f"no es {FORMATS[ending].label} o está dañado" in said


def test_a_wrong_ending_names_both_and_the_way_out(ask):
    with pytest.raises(Invalid) as refused:
        ask(GOOD["jpg"], "foto.png")
    assert str(refused.value) == (
        "El nombre termina en «.png», pero el contenido es JPEG. "
        "Cambie la terminación del nombre a «.jpg» y vuelva a subirlo."
    )


@pytest.mark.parametrize(
    "name",
    ["a.svg", "a.exe", "shell.jpg.php", ".htaccess", "a.zip", "a.gif", "a.js", "sin terminación", "a.docm",
     "a.xlsb", "a.pdf.", "a.pdf.exe", "acta\u202efdp.exe", "a.pdf\0.exe", "x" * 300 + ".bat"],
)  # fmt: skip
def test_names_that_are_not_taken_are_refused_whatever_the_contents(ask, name):
    if name == "a.pdf.":  # Windows drops the dot, and so does clean_name
        assert ask(GOOD["pdf"], name) == "pdf"
        return
    with pytest.raises(Invalid):
        ask(GOOD["pdf"], name)


@pytest.mark.parametrize(
    "name", ["../../a.pdf", "x" * 300 + ".pdf", "a\0b.pdf", "a\u202eb.pdf", "a\r\nb.pdf"]
)
def test_odd_names_with_a_good_ending_are_only_names(ask, name):
    assert ask(GOOD["pdf"], name) == "pdf"


@pytest.mark.parametrize(
    "foreign", [b"MZ\x90\0", b"\x7fELF", b"Rar!\x1a", b"7z\xbc\xaf'\x1c", b"\x1f\x8b\x08", b"GIF89a"]
)
@pytest.mark.parametrize("ending", ["pdf", "txt", "docx", "jpg", "csv"])
def test_programs_and_archives_are_refused_under_any_ending(ask, foreign, ending):
    with pytest.raises(Invalid):
        ask(foreign + b"a" * 400, f"a.{ending}")


@pytest.mark.parametrize(
    "data",
    [b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
     b'\xef\xbb\xbf<?xml version="1.0"?>\n<svg/>', b"<!DOCTYPE svg [<!ENTITY lol 'lol'>]><svg/>",
     "<svg/>".encode("utf-16")],
)  # fmt: skip
@pytest.mark.parametrize("ending", ["txt", "html", "md", "csv"])
def test_svg_is_refused_under_any_text_ending(ask, data, ending):
    with pytest.raises(Invalid, match="SVG"):
        ask(data, f"dibujo.{ending}")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (office("word/document.xml", "word/vbaProject.bin"), "a.docx"),
        (office("xl/workbook.xml", "xl/macrosheets/sheet1.xml"), "a.xlsx"),
        (office("ppt/presentation.xml", "ppt/VBAPROJECT.BIN"), "a.pptx"),
        (opendocument("odt", "Basic/Standard/Module1.xml"), "a.odt"),
        (opendocument("ods", "Scripts/python/a.py"), "a.ods"),
        (compound("WordDocument", "Macros"), "a.doc"),
        (compound("Workbook", "_VBA_PROJECT_CUR"), "a.xls"),
    ],
)
def test_macros_are_refused(ask, data, name):
    with pytest.raises(Invalid, match="macros"):
        ask(data, name)


def test_an_encrypted_office_file_says_so(ask):
    with pytest.raises(Invalid, match="contraseña"):
        ask(compound("EncryptedPackage", "EncryptionInfo"), "a.docx")


@pytest.mark.parametrize(
    "data",
    [archive(("a.txt", b"x")), archive(), office(), office("word/document.xml", "xl/workbook.xml"),
     archive(("mimetype", b"application/epub+zip"))],
)  # fmt: skip
def test_archives_that_are_no_documents_are_refused(ask, data):
    with pytest.raises(Invalid):
        ask(data, "a.docx")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (png(20_001, 1), "a.png"),
        (png(9_000, 9_000), "a.png"),
        (png(frames=5_000), "a.png"),
        (jpeg(60_000, 60_000), "a.jpg"),
        (webp(16_000_000, 2), "a.webp"),
        (tiff(1, 4_000_000_000), "a.tif"),
        (tiff(pages=300), "a.tiff"),
    ],
)
def test_images_that_would_need_too_much_memory_are_refused_by_their_header(ask, data, name):
    with pytest.raises(Invalid, match="imagen"):
        ask(data, name)


def test_a_loop_of_tiff_frames_ends(ask):
    data = bytearray(tiff())
    data[-4:] = struct.pack("<L", 8)
    assert ask(bytes(data), "a.tif") == "tiff"


@pytest.mark.parametrize("data", [b"hola\0mundo", bytes(range(1, 32)) * 9, b"a" * 2_000_000 + b"\0"])
def test_what_is_no_text_is_refused_as_text(ask, data):
    with pytest.raises(Invalid, match="dañado"):
        ask(data, "a.txt")


@pytest.mark.parametrize(
    "data", ["señal".encode("utf-16"), b"\xef\xbb\xbfhola", b"pie\x0cpagina\x1a", "ñandú".encode("latin-1")]
)
def test_text_in_old_encodings_is_taken(ask, data):
    assert ask(data, "a.txt") == "txt"


def test_a_pdf_may_begin_late_but_not_inside_something_else(ask):
    assert ask(b"\r\n\xef\xbb\xbf%PDF-1.4\n", "a.pdf") == "pdf"
    for before in (b"<html>", b"MZ", b"GIF89a"):
        with pytest.raises(Invalid):
            ask(before + b"%PDF-1.4\n", "a.pdf")


@pytest.mark.parametrize("code", GOOD)
@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.97])
def test_a_file_that_is_cut_short_gives_a_format_or_a_sentence(ask, code, part):
    data = GOOD[code]
    try:
        ask(data[: int(len(data) * part)], f"a.{code}")
    except Invalid as fault:
        assert fault.message.text
