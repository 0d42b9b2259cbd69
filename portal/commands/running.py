"""`portal serve`, `web`, `worker`, `migrate`."""

from __future__ import annotations

import ctypes
import datetime as dt
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import click

from portal import logs
from portal.instance import Instance
from toolkit.database import Outdated
from toolkit.jobs import enqueue
from toolkit.records import now

log = logging.getLogger(__name__)
SETTLING = dt.timedelta(seconds=10)
PR_SET_PDEATHSIG = 1


def open_instance(folder: Path, **given: Any) -> Instance:
    """The instance in `folder`, made and migrated where it is new."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    instance = Instance(folder, **given)
    instance.database.migrate()
    return instance


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Dirección en la que atiende.")
@click.option("--port", default=8000, show_default=True, help="Puerto en el que atiende.")
@click.pass_obj
def web(folder: Path, host: str, port: int) -> None:
    """Atiende las páginas, sin el trabajador."""
    from portal.serving import Gunicorn

    logs.set_up()
    instance = Instance(folder)
    if not instance.database.current():
        raise Outdated
    tidy_up(instance)
    instance.database.close()  # no connection may cross the fork
    _warn(instance, host)
    Gunicorn(instance, host, port).run()


@click.command()
@click.pass_obj
def worker(folder: Path) -> None:
    """Lee, indexa y envía correos, sin las páginas."""
    from portal.work import make_worker

    logs.set_up()
    instance = Instance(folder)
    if not instance.database.current():
        raise Outdated
    tidy_up(instance)
    working = make_worker(instance)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: working.stop())
    working.run()


@click.command()
@click.pass_obj
def migrate(folder: Path) -> None:
    """Crea las tablas o las pone al día."""
    open_instance(folder)
    click.echo("La base de datos está al día.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Dirección en la que atiende.")
@click.option("--port", default=8000, show_default=True, help="Puerto en el que atiende.")
@click.pass_obj
def serve(folder: Path, host: str, port: int) -> None:
    """Atiende las páginas y trabaja en segundo plano, con una sola orden."""
    logs.set_up()
    instance = open_instance(folder)
    instance.database.close()
    know_address(instance, host, port)
    click.echo(f"Ayni atiende en http://{host}:{port}  (Ctrl+C para terminar)")
    sys.exit(supervise(folder, host, port))


def know_address(instance: Instance, host: str, port: int) -> None:
    """Where the operator named no public address, it is the one that is served; mailed links need it."""
    if not instance.settings["PUBLIC_URL"] and host not in ("0.0.0.0", "::"):  # noqa: S104 - compared only
        os.environ["AYNI_PUBLIC_URL"] = f"http://{host}:{port}"


def tidy_up(instance: Instance) -> None:
    """Have what a killed process may have left behind removed, once those that live are at work; and have
    read what waited for a program that is installed by now."""
    from toolkit import reading

    with instance.database.open_for_maintenance() as session:
        key = f"start-{os.getpid()}"  # not one with a job that waits since before, which would come too early
        enqueue(session, "slow", "sweep", key, run_at=now() + SETTLING)
        reading.try_again(session)


def _warn(instance: Instance, host: str) -> None:
    https = instance.settings["PUBLIC_URL"].startswith("https://")
    if host not in ("127.0.0.1", "localhost", "::1") and not https and not instance.settings["DEMO"]:
        log.warning("serving without https on %s: passwords can be read on the way; set PUBLIC_URL", host)


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _start(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "portal", "--instance", str(folder), *words],
        preexec_fn=_die_with_parent,
    )


class Child:
    """A process that is kept alive: one that dies is started again after a pause that grows from 0.5 s to
    10 s while it keeps dying young."""

    def __init__(self, name: str, folder: Path, words: tuple[str, ...]) -> None:
        self.name, self.folder, self.words = name, folder, words
        self.pause = 0.25
        self.again: float | None = None
        self._start()

    def _start(self) -> None:
        self.process, self.started, self.again = _start(self.folder, *self.words), time.monotonic(), None

    def look_after(self) -> None:
        """Start it again if it died and the pause is over."""
        moment = time.monotonic()
        if self.again is not None:
            if moment >= self.again:
                self._start()
        elif self.process.poll() is not None:
            lived = moment - self.started
            self.pause = 0.5 if lived > 30 else min(10.0, self.pause * 2)
            self.again = moment + self.pause
            log.warning("%s ended with %s after %.1f s; it starts again in %.1f s",
                        self.name, self.process.returncode, lived, self.pause)  # fmt: skip


def supervise(folder: Path, host: str, port: int) -> int:
    """Keep a web process and a worker alive until SIGTERM or SIGINT, then end them in order."""
    ending = threading.Event()
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_, lambda *_: ending.set())
    children = [
        Child("web", folder, ("web", "--host", host, "--port", str(port))),
        Child("worker", folder, ("worker",)),
    ]
    while not ending.wait(0.1):
        for child in children:
            child.look_after()
    for child in children:
        child.process.terminate()
    for child in children:
        try:
            child.process.wait(20)
        except subprocess.TimeoutExpired:
            child.process.kill()
    return 0
