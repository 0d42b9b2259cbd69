"""What unpacks to more than it says is refused while the uploader waits; what is only damaged passes."""

import io
import struct
import time
import zipfile
import zlib

import docx
import pytest
from extraction_samples import change_member, make_odf
from PIL import Image

from toolkit.errors import Invalid
from toolkit.extraction import Unreadable, inspect, read
from toolkit.files.admission import recognise

LAUGHS = '<!DOCTYPE x [<!ENTITY a "jajaja">{}]>'.format(
    "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
)


@pytest.fixture
def admit(put, scratch):
    """Take a file as the portal does: recognised, then inspected."""

    def admit(data, code):
        path = put(data)
        assert recognise(path, f"a.{code}").code == code
        inspect(path, code, scratch=scratch)

    return admit


def make_docx():
    out = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("La asamblea decide el reparto de excedentes")
    document.save(out)
    return out.getvalue()


def test_good_files_pass(admit):
    admit(make_docx(), "docx")
    admit(make_odf("text", "<text:p>Hola</text:p>"), "odt")
    admit(save_image("PNG"), "png")


def save_image(kind, size=(40, 40), **options):
    out = io.BytesIO()
    Image.new("RGB", size, "green").save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("member", ["word/document.xml", "word/styles.xml", "docProps/core.xml"])
def test_an_office_file_that_defines_entities_is_refused(admit, member):
    data = change_member(make_docx(), {member: lambda old: old.replace(b"<w:", LAUGHS.encode() + b"<w:", 1)
                                       if b"<w:" in old else LAUGHS.encode() + old})  # fmt: skip
    with pytest.raises(Invalid, match="se multiplican"):
        admit(data, "docx")


def test_an_opendocument_that_defines_entities_is_refused_and_one_with_a_doctype_is_not(admit):
    with pytest.raises(Invalid, match="se multiplican"):
        admit(make_odf("text", "<text:p>&j;</text:p>", head=LAUGHS), "odt")
    old = '<!DOCTYPE office:document-content PUBLIC "-//OpenOffice.org//DTD" "office.dtd">'
    admit(make_odf("text", "<text:p>Hola</text:p>", head=old), "odt")


@pytest.mark.parametrize("head", [LAUGHS, '<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/passwd">]>',
                                  '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/a.dtd">'])  # fmt: skip
def test_entities_would_do_nothing_even_if_they_passed(put, scratch, head):
    began = time.monotonic()
    try:
        text = read(put(make_odf("text", "<text:p>Hola &j;</text:p>", head=head)), "odt", scratch=scratch)
        assert "root:" not in text.pages[0].text
        assert len(text.pages[0].text) < 100
    except Unreadable as fault:
        assert fault.code == "damaged"
    assert time.monotonic() - began < 5


def test_a_package_for_macros_is_refused_though_it_holds_none(admit):
    kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    macros = b"application/vnd.ms-word.document.macroEnabled.main+xml"
    data = change_member(make_docx(), {"[Content_Types].xml": lambda old: old.replace(kind, macros)})
    with pytest.raises(Invalid, match="macros"):
        admit(data, "docx")


def test_an_external_reference_is_kept_as_it_is_and_never_followed(put, scratch, admit):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/plantilla.dotm".encode()
        reference = (
            b'<Relationship Id="rId99" TargetMode="External" Target="' + address + b'" Type="http://schemas.'
            b'openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/></Relationships>'
        )
        change = {"word/_rels/document.xml.rels": lambda old: old.replace(b"</Relationships>", reference)}
        data = change_member(make_docx(), change)
        admit(data, "docx")
        assert "excedentes" in read(put(data), "docx", scratch=scratch).pages[0].text
        with pytest.raises(TimeoutError):
            listening.accept()


def test_a_bomb_that_states_its_size_is_refused_by_recognise(put):
    data = change_member(make_docx(), {"word/media/a.bin": lambda old: b"\0" * 100_000_000})
    with pytest.raises(Invalid, match="100 MB"):
        recognise(put(data), "a.docx")


def test_a_bomb_that_lies_about_its_size_everywhere_is_refused(admit):
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(b"\0" * 80_000_000) + packer.flush()
    data = bytearray(change_member(make_docx(), {"word/media/a.bin": lambda old: packed}))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        entry = archive.getinfo("word/media/a.bin")
    plain = zipfile.ZipInfo("word/media/a.bin")
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(plain if name == plain.filename else name, old.read(name))
    data = bytearray(out.getvalue())
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):  # stored becomes deflated; sizes stay small
        place = find_entry(data, mark, b"word/media/a.bin")
        data[place + at : place + at + 2] = struct.pack("<H", 8)
    assert entry.file_size < 100_000
    with pytest.raises(Invalid, match="ocuparía demasiado"):
        admit(bytes(data), "docx")


def find_entry(data, mark, name):
    at = data.find(mark)
    size = 30 if mark == b"PK\x03\x04" else 46
    while data[at + size : at + size + len(name)] != name:
        at = data.index(mark, at + 1)
    return at


def test_an_entry_with_a_wrong_checksum_is_refused(admit):
    data = bytearray(make_docx())
    for mark, at in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        data[find_entry(data, mark, b"word/document.xml") + at] ^= 1
    with pytest.raises(Invalid, match="no es lo que dice ser"):
        admit(bytes(data), "docx")


def test_an_image_whose_text_unpacks_without_end_is_refused(admit):
    data = save_image("PNG")
    text = b"zTXtnota\0\0"[4:] + zlib.compress(b"a" * 50_000_000)
    bomb = struct.pack(">L", len(text)) + b"zTXt" + text + struct.pack(">L", zlib.crc32(b"zTXt" + text))
    with pytest.raises(Invalid, match="ocuparía demasiado"):
        admit(data[:33] + bomb + data[33:], "png")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_a_damaged_image_passes_and_is_unreadable(put, scratch, kind):
    code = {"JPEG": "jpg"}.get(kind, kind.lower())
    data = save_image(kind, (300, 300), **({"compression": "tiff_lzw"} if kind == "TIFF" else {}))
    path = put(data[: len(data) - len(data) // 3])
    inspect(path, code, scratch=scratch)
    with pytest.raises(Unreadable) as fault:
        read(path, code, scratch=scratch)
    assert fault.value.code == "damaged"


def test_formats_that_cannot_hide_such_things_are_not_opened(put, scratch, monkeypatch):
    monkeypatch.setattr("toolkit.extraction.reading.ask", lambda *a, **k: pytest.fail("a child was started"))
    for code in ("pdf", "txt", "md", "csv", "html", "rtf", "doc"):
        inspect(put(b"x"), code, scratch=scratch)
