"""The web server: gunicorn with our choices."""

from __future__ import annotations

import contextlib
import gc
import socket
import time
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import TConn, ThreadWorker

from portal import create_app
from portal.counting import Tally
from portal.instance import Instance

LONGEST_ADDRESS = 8190
PATIENCE = 20
"""Seconds that a thread waits for a client that sends nothing, or takes nothing."""
SLOWEST = 500
"""Bytes a second that a client must send on average once `PATIENCE` is over: a poor telephone line does."""
FAREWELL = 2
"""Seconds after our last word in which a client may hang up first; so it loses nothing of the answer."""


class Log(Logger):
    """Gunicorn's messages, written as all others are."""

    def setup(self, cfg: Config) -> None:
        """Without handlers of its own."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True

    def warning(self, msg: str, *args: Any, **more: Any) -> None:
        """Of a request that cannot be read, only that it came: gunicorn would write from where, and what."""
        if msg.startswith("Invalid request from"):
            msg, args = "a request that cannot be read was refused", ()
        super().warning(msg, *args, **more)


class Connection(socket.socket):
    """A connection that nobody holds a thread with by keeping silent, in the middle of a request or of an
    answer. A client that is too slow counts as gone: what it began ends as if it had hung up."""

    received, waited, gone = 0, 0.0, False

    def setblocking(self, flag: bool, /) -> None:
        """Blocking means: for as long as our patience lasts. Where we hung up already it means nothing."""
        if self.fileno() < 0:
            return
        self.settimeout(PATIENCE if flag else 0)
        self.received, self.waited, self.gone = 0, 0.0, False  # gunicorn says it before each request

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """What came; nothing where the client is gone or too slow, and nothing more after that."""
        if self.gone:
            return b""
        began = time.monotonic()
        try:
            block = super().recv(size, flags)
        except TimeoutError:
            block = b""
        self.waited += time.monotonic() - began
        self.received += len(block)
        self.gone = not block or self.waited > PATIENCE + self.received / SLOWEST
        return b"" if self.gone else block

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """Send all, however long it takes, as long as the client takes some of it again and again."""
        left = memoryview(data)
        while left:
            left = left[self.send(left, flags) :]

    def hang_up(self) -> None:
        """Say that nothing more comes, let the client, if it is there, hang up first, and close."""
        until = time.monotonic() + (0 if self.gone else FAREWELL)
        with contextlib.suppress(OSError):
            self.shutdown(socket.SHUT_WR)
            while (left := until - time.monotonic()) > 0:
                self.settimeout(left)
                if not super().recv(1 << 16):
                    break
        self.close()


class Worker(ThreadWorker):
    """Gunicorn's threads, on connections of our kind."""

    def handle(self, conn: TConn) -> Any:
        """Answer a request, and hang up where that was the last one: gunicorn would do so in its only loop,
        in which every client that does not hang up delays all others."""
        goes_on = super().handle(conn)
        if not goes_on:
            conn.sock.hang_up()
        return goes_on

    def enqueue_req(self, conn: TConn) -> None:
        """Hand a connection to a thread."""
        if not isinstance(conn.sock, Connection):
            conn.sock = Connection(fileno=conn.sock.detach())
        super().enqueue_req(conn)


class Gunicorn(BaseApplication):
    """One process with threads, on one address."""

    def __init__(self, instance: Instance, host: str, port: int) -> None:
        self.instance, self.host, self.port = instance, host, port
        self.tally: Tally | None = None
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn what we decided."""
        choices = {
            "bind": f"{self.host}:{self.port}", "workers": 1, "worker_class": Worker,
            "threads": self.instance.settings["THREADS"], "timeout": 120, "graceful_timeout": 10,
            "limit_request_line": LONGEST_ADDRESS, "keepalive": 5, "proc_name": "ayni-web",
            "loglevel": "warning", "logger_class": Log,
            "control_socket_disable": True, "worker_exit": self.leave,
        }  # fmt: skip
        for name, value in choices.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the application in the worker process. What stands by then stays: the collector need not look
        at it again, which is a tenth of the time of a results page."""
        app = create_app(self.instance)
        self.tally = app.extensions["tally"]
        self.tally.start()
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        return app

    def leave(self, _server: Any, _worker: Any) -> None:
        """Keep what was counted last, when the worker process ends."""
        if self.tally is not None:
            self.tally.stop()
