"""`portal serve`, `web`, `worker`, `migrate`."""

from __future__ import annotations

import ctypes
import logging
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from portal import create_app, logs
from portal.instance import Instance
from portal.work import make_worker
from toolkit.database import Outdated

log = logging.getLogger(__name__)
LONGEST_ADDRESS = 8190
PR_SET_PDEATHSIG = 1


def open_instance(folder: Path, **given: Any) -> Instance:
    """The instance in `folder`, made and migrated where it is new."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    instance = Instance(folder, **given)
    instance.database.migrate()
    return instance


class Gunicorn(BaseApplication):
    """One process with threads, on one address."""

    def __init__(self, instance: Instance, host: str, port: int) -> None:
        self.instance, self.host, self.port = instance, host, port
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn what we decided."""
        choices = {
            "bind": f"{self.host}:{self.port}", "workers": 1, "worker_class": "gthread",
            "threads": self.instance.settings["THREADS"], "timeout": 120, "graceful_timeout": 10,
            "limit_request_line": LONGEST_ADDRESS, "keepalive": 5, "proc_name": "ayni-web",
            "loglevel": "warning",
            "control_socket_disable": True,
        }  # fmt: skip
        for name, value in choices.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the application in the worker process."""
        return create_app(self.instance)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Dirección en la que atiende.")
@click.option("--port", default=8000, show_default=True, help="Puerto en el que atiende.")
@click.pass_obj
def web(folder: Path, host: str, port: int) -> None:
    """Atiende las páginas, sin el trabajador."""
    logs.set_up()
    instance = Instance(folder)
    if not instance.database.current():
        raise Outdated
    instance.database.close()  # no connection may cross the fork
    _warn(instance, host)
    Gunicorn(instance, host, port).run()


@click.command()
@click.pass_obj
def worker(folder: Path) -> None:
    """Lee, indexa y envía correos, sin las páginas."""
    logs.set_up()
    instance = Instance(folder)
    if not instance.database.current():
        raise Outdated
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
    click.echo(f"Ayni atiende en http://{host}:{port}  (Ctrl+C para terminar)")
    sys.exit(supervise(folder, host, port))


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


def supervise(folder: Path, host: str, port: int) -> int:
    """Keep a web process and a worker alive until SIGTERM or SIGINT; a child that dies is started again
    after a pause that grows from 0.5 s to 10 s while it keeps dying."""
    commands = {"web": ("web", "--host", host, "--port", str(port)), "worker": ("worker",)}
    ending = False

    def end(*_: object) -> None:
        nonlocal ending
        ending = True

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, end)
    children = {name: _start(folder, *words) for name, words in commands.items()}
    started = dict.fromkeys(commands, time.monotonic())
    pauses = dict.fromkeys(commands, 0.5)
    while not ending:
        time.sleep(0.1)
        for name, child in children.items():
            if child.poll() is None or ending:
                continue
            lived = time.monotonic() - started[name]
            pauses[name] = 0.5 if lived > 30 else min(10.0, pauses[name] * 2)
            log.warning("%s ended with %s after %.1f s; starting it again", name, child.returncode, lived)
            time.sleep(pauses[name])
            children[name], started[name] = _start(folder, *commands[name]), time.monotonic()
    for child in children.values():
        child.terminate()
    for child in children.values():
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            child.kill()
    return 0
