"""A real portal on a free port of this machine, whose processes can be stopped and killed."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

WORDS = (
    "cooperativa asamblea socias remanentes aporte acta consejo crédito cosecha cacao café mora riesgo "
    "balance educación comité vigilancia estatuto región padrón reserva fondo crianza acopio"
)


def write_files(folder: Path, number: int) -> list[Path]:
    """Small texts, each with a word that stands nowhere else (`mark`)."""
    folder.mkdir(parents=True)
    chance = random.Random(7)  # noqa: S311 - no secret
    words_known, paths = WORDS.split(), []
    for at in range(number):
        path = folder / f"documento-{at:03}.{'md' if at % 2 else 'txt'}"
        words = " ".join(chance.choice(words_known) for _ in range(150))
        path.write_text(f"# Documento {at}\n\n{words} {mark(at)} {words}\n", encoding="utf-8")
        paths.append(path)
    return paths


def mark(at: int) -> str:
    """The word of one text only."""
    return f"marca{at:03}x"


def command(instance: Path, *words: str) -> list[str]:
    """The command line of `portal` on an instance."""
    return [sys.executable, "-m", "portal", "--instance", str(instance), *words]


def run(instance: Path, *words: str, seconds: float = 100) -> subprocess.CompletedProcess[str]:
    """Run a command of the portal to its end."""
    return subprocess.run(
        command(instance, *words), capture_output=True, text=True, timeout=seconds, check=False
    )


def search(instance: Path, words: str) -> dict:
    """What `portal search` finds."""
    ran = run(instance, "search", words, "--json")
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def wait_until(true: Callable[[], object], seconds: float, what: str) -> float:
    """Wait for something to become true; gives the seconds that it took."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.05)
    return time.monotonic() - begun


class Serving:
    """`portal serve` on a free port."""

    def __init__(self, instance: Path) -> None:
        self.instance = instance
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        with (instance.parent / f"{instance.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                command(instance, "serve", "--port", str(self.port)), stdout=log, stderr=log,
                env=os.environ | {"AYNI_SEARCHES_PER_MINUTE": "100000"},
            )  # fmt: skip

    def get(self, address: str) -> tuple[int, str]:
        """Status and text of a page; 0 where nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{address}", timeout=10) as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode("utf-8", "replace")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return 0, ""

    def wait(self, seconds: float = 40) -> None:
        """Return when pages are answered."""
        wait_until(lambda: self.get("/salud")[0] == 200, seconds, "the portal answers")

    def child(self, name: str) -> int:
        """The id of the process `web` or `worker`; 0 while there is none."""
        for pid in children(self.process.pid):
            if name in arguments(pid):
                return pid
        return 0

    def kill(self, *names: str, itself: bool = False) -> None:
        """SIGKILL, at once: these children with theirs, and with `itself` the parent before it can react."""
        if itself:
            os.kill(self.process.pid, signal.SIGSTOP)
        for name in names:
            pid = self.child(name)
            for one in (pid, *children(pid)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(one, signal.SIGKILL)
        if itself:
            self.process.kill()
            self.process.wait(10)

    def end(self) -> None:
        """Stop everything, in order if possible."""
        family = [self.process.pid, *children(self.process.pid)]
        family += [grandchild for child in family[1:] for grandchild in children(child)]
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            for pid in family:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait(10)


@contextlib.contextmanager
def serving(instance: Path) -> Iterator[Serving]:
    """A portal that serves while the block runs."""
    portal = Serving(instance)
    try:
        portal.wait()
        yield portal
    finally:
        portal.end()


def children(pid: int) -> list[int]:
    """The ids of the children of a process, of all its threads."""
    found: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def arguments(pid: int) -> list[str]:
    """The command line of a process."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    return []
