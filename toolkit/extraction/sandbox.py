"""Start a child process for one file, listen to it within limits, and be rid of it whatever it does."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolkit.extraction.confinement import MEGABYTE
from toolkit.extraction.pages import Unreadable

_CHILD = Path(__file__).with_name("child.py")
_MAX_ANSWER = 128 * MEGABYTE  # bytes of JSON from one child
_MAX_ANSWERS = 20_000  # lines from one child
_MAX_LINE = 16 * MEGABYTE
_BLOCK = 1 << 16


@dataclass(frozen=True)
class Limits:
    """What one child may use: bytes of memory and of each file it writes, seconds of CPU and of waiting."""

    memory: int = 1024 * MEGABYTE
    cpu: int = 25
    wait: float = 60.0
    file_size: int = 256 * MEGABYTE
    nice: int = 5


@contextlib.contextmanager
def make_scratch(parent: Path | None) -> Iterator[Path]:
    """A folder for one child, below `parent` or the system's, and gone afterwards whatever happens. It is
    locked meanwhile: what a killed worker leaves is not, and can be told apart by that."""
    if parent is not None:
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="reading-", dir=parent)).resolve()
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def clean_scratch(parent: Path, older_than_seconds: float) -> int:
    """Remove folders that killed workers left below `parent`; gives their number. The age covers the moment
    between making a folder and locking it."""
    before = time.time() - older_than_seconds
    removed = 0
    for folder in parent.glob("reading-*"):
        with contextlib.suppress(OSError):  # its owner, or another worker, was quicker
            if folder.stat().st_mtime <= before and not _is_held(folder):
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
    return removed


def _is_held(folder: Path) -> bool:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def ask(
    task: str,
    path: Path,
    code: str,
    scratch: Path,
    *,
    hear: Callable[[dict], None],
    limits: Limits = Limits(),  # noqa: B008 - frozen
    options: Mapping[str, object] | None = None,
) -> None:
    """Give the child a task on the file at `path`, and `hear` each of its answers.

    Raises Unreadable where the child says so, dies, hangs, says too much or nothing that makes sense.
    FileNotFoundError where there is no such file. What `hear` raises passes, and ends the child too.
    """
    path = path.resolve(strict=True)
    request = _make_request(task, scratch, limits, options or {}) | {"path": str(path), "code": code}
    finished = False
    for answer in _listen(request, scratch, limits):
        if "error" in answer:
            raise Unreadable(str(answer["error"]), str(answer.get("detail", ""))[:300])
        if answer.get("done") is True:
            finished = True
            break
        hear(answer)
    if not finished:
        raise Unreadable("damaged", "the child stopped without an end")


def start(
    arguments: Sequence[str],
    scratch: Path,
    *,
    limits: Limits,
    readable: Sequence[Path] = (),
    sockets: Sequence[Path] = (),
) -> int:
    """Run another program in the same confinement and wait for it; gives its exit status.

    It may write below `scratch` only, and make local sockets in the folders of `sockets`.
    Raises Unreadable("slow") where it takes too long.
    """
    options = {
        "arguments": list(arguments),
        "readable": [str(path) for path in readable],
        "sockets": [str(path) for path in sockets],
    }
    request = _make_request("start", scratch, limits, options)
    with _running(request, scratch) as child:
        try:
            return child.wait(timeout=limits.wait)
        except subprocess.TimeoutExpired as late:
            raise Unreadable("slow", arguments[0]) from late


def _make_request(task: str, scratch: Path, limits: Limits, options: Mapping[str, object]) -> dict:
    return {
        "task": task,
        "scratch": str(scratch),
        "parent": os.getpid(),
        "nice": limits.nice,
        "limits": {"memory": limits.memory, "cpu": limits.cpu, "file_size": limits.file_size},
        "options": dict(options),
    }


@contextlib.contextmanager
def _running(request: dict, scratch: Path) -> Iterator[subprocess.Popen]:
    """The child, in a session of its own; the whole of its process group is dead afterwards."""
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "OMP_THREAD_LIMIT": "1",
    }
    child = subprocess.Popen(
        [sys.executable, "-I", str(_CHILD), json.dumps(request)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=scratch,
        env=environment,
        start_new_session=True,
    )
    try:
        yield child
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        if child.stdout is not None:
            child.stdout.close()
        child.wait()


def _listen(request: dict, scratch: Path, limits: Limits) -> Iterator[dict]:
    """The child's answers one by one; Unreadable where they are late, too many or make no sense."""
    deadline = time.monotonic() + limits.wait
    held, amount, answers = b"", 0, 0
    with _running(request, scratch) as child, selectors.DefaultSelector() as waiting:
        assert child.stdout is not None  # noqa: S101 - a pipe was asked for
        waiting.register(child.stdout, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not waiting.select(left):
                raise Unreadable("slow", "the child took too long")
            block = os.read(child.stdout.fileno(), _BLOCK)
            if not block:
                break
            amount += len(block)
            held += block
            *lines, held = held.split(b"\n")
            answers += len(lines)
            if amount > _MAX_ANSWER or answers > _MAX_ANSWERS or len(held) > _MAX_LINE:
                raise Unreadable("heavy", "the child said too much")
            for line in lines:
                yield _parse(line)
        status = child.wait(timeout=max(0.1, deadline - time.monotonic()))
    reasons = {-signal.SIGXCPU: "slow", -signal.SIGKILL: "heavy"}  # the kernel kills where memory runs out
    raise Unreadable(reasons.get(status, "damaged"), f"status {status}")


def _parse(line: bytes) -> dict:
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError) as fault:
        raise Unreadable("damaged", "the child said what is no JSON") from fault
    if not isinstance(answer, dict):
        raise Unreadable("damaged", "the child said what makes no sense")
    return answer
