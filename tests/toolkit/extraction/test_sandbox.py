"""Whatever the child does, the parent says a sentence, and nothing of the child is left."""

import ctypes
import json
import os
import platform
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from toolkit.extraction import Unreadable, read, sandbox
from toolkit.extraction.report import MAX_PAGES, MAX_TEXT
from toolkit.extraction.sandbox import Limits

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def misbehave(monkeypatch, put, scratch):
    """Read a file with a reader that behaves as named."""

    def misbehave(behaviour, **limits):
        with monkeypatch.context() as swap:
            swap.setattr(sandbox, "_CHILD", Path(__file__).with_name("misbehaviour.py"))
            limits = {"cpu": 5, "wait": 10.0} | limits
            return read(put(behaviour.encode()), "txt", scratch=scratch, limits=Limits(**limits))

    return misbehave


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ("segfault", "damaged"),
        ("exit_137", "damaged"),
        ("exit_python", "damaged"),
        ("stop_silently", "damaged"),
        ("garbage", "damaged"),
        ("nested", "damaged"),
        ("list", "damaged"),
        ("wrong_shape", "damaged"),
        ("raise", "damaged"),
        ("unknown_behaviour", "damaged"),
        ("allocate", "heavy"),
        ("flood", "heavy"),
        ("flood_lines", "heavy"),
    ],
)
def test_a_child_that_fails_gives_a_sentence(misbehave, behaviour, code):
    with pytest.raises(Unreadable) as fault:
        misbehave(behaviour)
    assert fault.value.code == code
    assert fault.value.message.text.endswith(".")


@pytest.mark.parametrize("behaviour", ["loop", "sleep"])
def test_a_child_that_does_not_end_is_ended(misbehave, behaviour):
    began = time.monotonic()
    with pytest.raises(Unreadable) as fault:
        misbehave(behaviour, cpu=1, wait=3.0)
    assert fault.value.code == "slow"
    assert time.monotonic() - began < 6


def test_text_that_cannot_be_stored_is_cleaned_by_the_parent(misbehave):
    (page,) = misbehave("surrogates").pages
    assert (page.text, page.label) == ("abc", "")


def test_what_a_library_prints_is_not_taken_for_an_answer(misbehave):
    assert [page.text for page in misbehave("print").pages] == ["una página con texto"]


def test_a_document_without_end_is_read_up_to_the_limit_and_says_so(misbehave):
    found = misbehave("endless_pages")
    assert len(found.pages) == MAX_PAGES
    assert "5.000 páginas" in found.notice.text
    found = misbehave("endless_text", cpu=20, wait=40.0)
    assert MAX_TEXT * 0.8 < sum(len(page.text) for page in found.pages) <= MAX_TEXT
    assert "demasiado texto" in found.notice.text


def landlock_version():
    return ctypes.CDLL(None).syscall(444, None, 0, 1)


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "aarch64"), reason="no seccomp filter for this machine"
)
@pytest.mark.skipif(landlock_version() < 1, reason="this kernel has no Landlock")
def test_a_captured_reader_finds_every_door_closed(misbehave):
    doors = json.loads(misbehave("try_doors").title)
    assert doors.pop("own code") == "open", "the confinement must leave the interpreter readable"
    if landlock_version() < 6:
        doors.pop("kill parent")
    still_open = {name for name, state in doors.items() if state == "open"}
    assert still_open <= {"pair"}  # two ends within the process lead nowhere
    assert not Path("/tmp/escaped").exists()


def test_a_killed_parent_takes_its_child_along(put, scratch, tmp_path):
    script = (
        "import sys; from pathlib import Path; from toolkit.extraction import sandbox, read\n"
        "sandbox._CHILD = Path(sys.argv[1]); read(Path(sys.argv[2]), 'txt', scratch=Path(sys.argv[3]))"
    )
    child = Path(__file__).with_name("misbehaviour.py")
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(child), str(put(b"sleep")), str(tmp_path)], cwd=ROOT
    )
    for _ in range(100):
        time.sleep(0.05)
        if found := list_children(parent.pid):
            break
    time.sleep(0.3)
    parent.kill()
    parent.wait()
    time.sleep(0.3)
    assert found
    assert not any(is_alive(pid) for pid in found)
    assert sandbox.clean_scratch(tmp_path, 0) == 1
    assert not list(tmp_path.glob("reading-*"))


def list_children(pid):
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(one) for one in listed.split()]


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_many_threads_may_read_at_once(put, scratch, tmp_path):
    path, found = put(b"Hola, asamblea"), []
    threads = [
        threading.Thread(target=lambda: found.append(read(path, "txt", scratch=scratch))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.pages[0].text for one in found] == ["Hola, asamblea"] * 8


def test_no_descriptor_and_no_zombie_is_left(misbehave, put, scratch):
    def count():
        return len(list(Path("/proc/self/fd").iterdir())), len(list_children(os.getpid()))

    read(put(b"uno"), "txt", scratch=scratch)
    before = count()
    for behaviour in ("segfault", "garbage", "raise", "print"):
        try:
            misbehave(behaviour)
        except Unreadable:
            continue
    assert count() == before


def test_a_missing_file_is_no_unreadable_file(scratch):
    with pytest.raises(FileNotFoundError):
        read(scratch / "none", "txt", scratch=scratch)


def test_the_child_finds_the_code_from_anywhere(put, scratch, tmp_path):
    """From a checkout, in another folder, with an environment that would mislead it."""
    path = put(b"Hola")
    script = "from pathlib import Path; from toolkit.extraction import read\n"
    script += f"print(read(Path({str(path)!r}), 'txt'))"
    said = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{script}"],
        cwd=tmp_path,
        env={"PYTHONHOME": "", "HOME": "/nonexistent", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert "Hola" in said.stdout, said.stderr
