"""Archives that two readers could understand differently are refused, without unpacking anything."""

import io
import stat
import struct
import time
import zipfile

import pytest

from toolkit.errors import Invalid
from toolkit.files import archives


def build(entries=(("uno.xml", b"<a/>"), ("dos.xml", b"<b/>" * 50)), method=zipfile.ZIP_DEFLATED, **options):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, **options) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return bytearray(out.getvalue())


def list_names(tmp_path, data):
    path = tmp_path / "archivo"
    path.write_bytes(bytes(data))
    return [entry.name for entry in archives.list_entries(path)]


class Unseekable(io.RawIOBase):
    """A sink that cannot go back, so that zipfile writes data descriptors as streaming programs do."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, block):
        self.data += block
        return len(block)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_plain_archive_passes(tmp_path, method):
    assert list_names(tmp_path, build(method=method)) == ["uno.xml", "dos.xml"]


@pytest.mark.parametrize("wide", [False, True])
def test_an_archive_written_as_a_stream_passes(tmp_path, wide):
    sink = Unseekable()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("uno.xml", "w", force_zip64=wide) as entry:
            entry.write(b"<a/>" * 9)
        archive.writestr("dos.xml", b"<b/>")
    assert list_names(tmp_path, sink.data) == ["uno.xml", "dos.xml"]


def test_a_comment_that_ends_the_file_passes(tmp_path):
    data = build()
    data[-2:] = struct.pack("<H", 5)
    assert list_names(tmp_path, data + b"notas") == ["uno.xml", "dos.xml"]


def patched(at, value, *, find):
    """The archive with bytes changed after the first place of `find`."""
    data = build()
    place = data.index(find) + at
    data[place : place + len(value)] = value
    return data


LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def with_gap(before):
    """An archive with bytes that belong to nobody, and offsets that skip them."""
    data = build()
    at = data.rindex(before) if before == LOCAL else data.index(before)
    data[at:at] = b"junk"
    end = data.index(END)
    struct.pack_into("<L", data, end + 16, struct.unpack_from("<L", data, end + 16)[0] + 4)
    if before == LOCAL:
        second = data.rindex(CENTRAL)
        struct.pack_into("<L", data, second + 42, at + 4)
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        assert archive.testzip() is None, "an ordinary reader must see nothing wrong"
    return data


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(with_gap(LOCAL), id="something between two entries"),
        pytest.param(with_gap(CENTRAL), id="something before the directory"),
        pytest.param(b"", id="empty"),
        pytest.param(b"PK\x03\x04" + bytes(40), id="only a header"),
        pytest.param(b"junk" + build(), id="something before"),
        pytest.param(build() + b"junk", id="something after"),
        pytest.param(build() + build(), id="two archives"),
        pytest.param(patched(22, b"\x01\0\0\0", find=LOCAL), id="unpacked size in the local header"),
        pytest.param(patched(18, b"\x01\0\0\0", find=LOCAL), id="packed size in the local header"),
        pytest.param(patched(14, b"\x01\0\0\0", find=LOCAL), id="checksum in the local header"),
        pytest.param(patched(30, b"otr", find=LOCAL), id="another name in the local header"),
        pytest.param(patched(8, b"\x0c\0", find=LOCAL), id="another method in the local header"),
        pytest.param(patched(24, b"\x01\0\0\0", find=CENTRAL), id="unpacked size in the directory"),
        pytest.param(patched(24, b"\xff\xff\xff\xff", find=CENTRAL), id="zip64 in the directory"),
        pytest.param(patched(42, b"\x01\0\0\0", find=CENTRAL), id="an offset inside an entry"),
        pytest.param(patched(10, b"\x0c\0", find=CENTRAL), id="a method of its own"),
        pytest.param(patched(10, b"\x01\0", find=END), id="fewer entries than there are"),
        pytest.param(patched(16, b"\x01\0\0\0", find=END), id="the directory elsewhere"),
        pytest.param(patched(4, b"\x01\0", find=END), id="a part of several disks"),
    ],
)
def test_an_archive_that_contradicts_itself_is_refused(tmp_path, data):
    with pytest.raises(Invalid, match="dañado o mal armado"):
        list_names(tmp_path, data)


def test_a_data_descriptor_that_lies_is_refused(tmp_path):
    sink = Unseekable()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("uno.xml", b"<a/>")
    sink.data[sink.data.index(b"PK\x07\x08") + 12] ^= 1
    with pytest.raises(Invalid, match="dañado o mal armado"):
        list_names(tmp_path, sink.data)


@pytest.mark.parametrize(
    "name",
    ["../fuera.xml", "/etc/passwd", "a//b.xml", "C:/a.xml", "a/./b.xml", "..\\a.xml", "a/../b.xml"],
)
def test_names_that_leave_the_archive_are_refused(tmp_path, name):
    with pytest.raises(Invalid, match="nombres"):
        list_names(tmp_path, build([(name, b"x")]))


def test_a_name_with_control_characters_is_refused(tmp_path):
    with pytest.raises(Invalid, match="mal armado"):
        list_names(tmp_path, build([("a\nb.xml", b"x")]))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("twin", ["uno.xml", "UNO.xml"])
def test_a_name_that_stands_twice_is_refused(tmp_path, twin):
    with pytest.raises(Invalid, match="nombres"):
        list_names(tmp_path, build([("uno.xml", b"x"), (twin, b"y")]))


@pytest.mark.parametrize("name", ["word/embeddings/virus.exe", "otro.zip", "a/b.JAR", "x.vbs"])
def test_programs_and_archives_inside_are_refused(tmp_path, name):
    with pytest.raises(Invalid, match="programa"):
        list_names(tmp_path, build([(name, b"x")]))


def test_a_symbolic_link_is_refused(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("enlace")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(Invalid, match="mal armado"):
        list_names(tmp_path, out.getvalue())


def test_an_encrypted_archive_says_so(tmp_path):
    data = build()
    for mark, at in ((LOCAL, 6), (CENTRAL, 8)):
        data[data.index(mark) + at] |= 1
    with pytest.raises(Invalid, match="contraseña"):
        list_names(tmp_path, data)


def test_an_extra_field_that_renames_an_entry_is_refused(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        entry = zipfile.ZipInfo("uno.xml")
        entry.extra = struct.pack("<2HBL", 0x7075, 8, 1, 0) + b"dos"
        archive.writestr(entry, b"x")
    with pytest.raises(Invalid, match="mal armado"):
        list_names(tmp_path, out.getvalue())


def test_a_bomb_is_refused_by_its_directory_at_once(tmp_path):
    data = build([("bomba.xml", b"\0" * 120_000_000)])
    assert len(data) < 200_000
    began = time.monotonic()
    with pytest.raises(Invalid, match="120 MB"):
        list_names(tmp_path, data)
    assert time.monotonic() - began < 0.5


def test_too_many_entries_are_refused(tmp_path):
    entries = [(f"{number}.xml", b"") for number in range(archives.MAX_ENTRIES + 1)]
    with pytest.raises(Invalid, match="demasiadas piezas"):
        list_names(tmp_path, build(entries))


@pytest.mark.parametrize("seed", range(300))
def test_whatever_bytes_change_the_answer_is_a_list_or_a_sentence(tmp_path, seed):
    import random

    chance = random.Random(seed)
    data = build()
    for _ in range(chance.randint(1, 4)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    data = data[: chance.choice([len(data), len(data), chance.randrange(len(data))])]
    try:
        list_names(tmp_path, data)
    except Invalid as fault:
        assert fault.message.text
