"""The store keeps contents once, durably, and leaves nothing of what failed."""

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from toolkit.errors import Invalid
from toolkit.files.store import Store

ROOT = Path(__file__).resolve().parents[3]
KEEP = (
    "import sys, io; from pathlib import Path; from toolkit.files.store import Store\n"
    "store = Store(Path(sys.argv[1])); store.keep(store.receive(io.BytesIO(b'contenido'), limit=99))\n"
    "print('acknowledged')"
)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "files")


def receive(store, data=b"contenido", limit=1000):
    return store.receive(io.BytesIO(data), limit=limit)


def files_below(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_contents_come_back_byte_for_byte_under_their_hash(store):
    data = os.urandom(700_000)
    received = receive(store, data, limit=700_000)
    assert (received.sha256, received.size) == (hashlib.sha256(data).hexdigest(), 700_000)
    assert not store.exists(received.sha256)
    store.keep(received)
    assert store.exists(received.sha256)
    assert store.path(received.sha256).read_bytes() == data
    assert list(store.hashes()) == [received.sha256]
    assert not files_below(store.incoming)


def test_a_stream_past_the_limit_is_refused_while_it_streams(store):
    read = []

    class Endless:
        def read(self, size=-1, /):
            read.append(size)
            return b"x" * size

    with pytest.raises(Invalid, match="3 MB"):
        store.receive(Endless(), limit=3_000_000)
    assert sum(read) < 3_500_000
    assert not files_below(store.root)


def test_the_limit_itself_still_passes_and_nothing_is_too_little(store):
    assert receive(store, b"x" * 10, limit=10).size == 10
    with pytest.raises(Invalid, match="vacío"):
        receive(store, b"")


def test_a_stream_that_breaks_leaves_nothing(store):
    class Broken(io.BytesIO):
        def read(self, size=-1, /):
            if self.tell():
                raise ConnectionResetError
            return super().read(3)

    with pytest.raises(ConnectionResetError):
        store.receive(Broken(b"contenido"), limit=100)
    assert not files_below(store.root)


def test_the_same_contents_twice_are_one_file_and_no_error(store):
    for _ in range(2):
        store.keep(receive(store))
    assert len(files_below(store.root)) == 1


def test_keeping_again_mends_a_damaged_file(store):
    store.keep(receive(store))
    place = store.path(receive(store).sha256)
    place.write_bytes(b"damaged")
    store.keep(receive(store))
    assert place.read_bytes() == b"contenido"


def test_what_is_removed_is_gone_with_its_pictures(store):
    received = receive(store)
    store.keep(received)
    store.put_picture(received.sha256, "1.webp", b"RIFF")
    store.remove(received.sha256)
    store.remove(received.sha256)
    assert not files_below(store.root)
    assert list(store.hashes()) == []


def test_discarded_and_forgotten_parts_are_cleaned(store):
    store.discard(receive(store))
    assert not files_below(store.root)
    abandoned, held, young = receive(store), receive(store), receive(store)
    for old in (abandoned, held):
        os.utime(old.path, (time.time() - 7200,) * 2)
    abandoned.let_go()
    young.let_go()
    assert store.clean_incoming(3600) == 1
    assert set(files_below(store.root)) == {held.path, young.path}


def test_pictures_are_found_by_name_only(store):
    sha256 = receive(store).sha256
    assert store.picture(sha256, "thumb.webp") is None
    store.put_picture(sha256, "thumb.webp", b"one")
    store.put_picture(sha256, "thumb.webp", b"two")
    assert store.picture(sha256, "thumb.webp").read_bytes() == b"two"
    assert list(store.hashes()) == []
    store.remove_pictures(sha256)
    assert store.picture(sha256, "thumb.webp") is None


@pytest.mark.parametrize("name", ["../1.webp", "1.webp/..", "1.png", "", "a/b.webp", "1.webp\n", "1.WEBP"])
def test_a_picture_cannot_leave_its_folder(store, name):
    with pytest.raises(ValueError, match="picture"):
        store.put_picture("a" * 64, name, b"")


@pytest.mark.parametrize("sha256", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", "a" * 65])
def test_only_a_hash_is_a_place(store, sha256):
    with pytest.raises(ValueError, match="SHA-256"):
        store.path(sha256)


def test_folders_and_files_are_for_their_owner_only(store):
    received = receive(store)
    store.keep(received)
    for path in (store.root, store.incoming, store.path(received.sha256).parent):
        assert path.stat().st_mode & 0o077 == 0
    assert store.path(received.sha256).stat().st_mode & 0o077 == 0


def trace(folder, *options):
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    said = subprocess.run(
        ["strace", "-f", "-y", "-e", "trace=write,fsync,fdatasync,rename,renameat,renameat2,mkdir", *options]
        + [sys.executable, "-c", KEEP, str(folder / "files")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    if "Operation not permitted" in said.stderr and "ptrace" in said.stderr:
        pytest.skip("strace may not trace here")
    return said


def test_an_upload_is_acknowledged_after_file_rename_and_folders_are_safe(tmp_path):
    said = trace(tmp_path)
    sha256 = hashlib.sha256(b"contenido").hexdigest()
    root = re.escape(str(tmp_path / "files"))
    steps = [
        rf"write\(\d+<{root}/incoming/\w+>, \"contenido\"",
        rf"fsync\(\d+<{root}/incoming/\w+>\)",
        rf"mkdir\(\"{root}/{sha256[:2]}\"",
        rf"fsync\(\d+<{root}>\)",
        rf"rename\w*\(.*\"{root}/{sha256[:2]}/{sha256}\"",
        rf"fsync\(\d+<{root}/{sha256[:2]}>\)",
        r"write\(1<.*>, \"acknowledged",
    ]
    at = -1
    lines = said.stderr.splitlines()
    for step in steps:
        at = next((n for n in range(at + 1, len(lines)) if re.search(step, lines[n])), None)
        assert at is not None, step


@pytest.mark.parametrize(
    "which",
    [
        "fsync:error=EIO:when=1",
        "fsync:error=EIO:when=2",
        "fsync:error=EIO:when=3",
        "fsync:error=EIO:when=4",
        "fsync:error=ENOSPC:when=1",
        "rename:error=EIO:when=1",
    ],
)
def test_a_disk_that_fails_is_never_acknowledged(tmp_path, which):
    said = trace(tmp_path, "-e", f"inject={which}")
    assert "(INJECTED)" in said.stderr, said.stderr[-500:]
    assert "acknowledged" not in said.stdout
    assert said.returncode == 1
