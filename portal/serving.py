"""The web server: gunicorn with our choices."""

from __future__ import annotations

from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger

from portal import create_app
from portal.instance import Instance

LONGEST_ADDRESS = 8190


class Log(Logger):
    """Gunicorn's messages, written as all others are."""

    def setup(self, cfg: Config) -> None:
        """Without handlers of its own."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


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
            "loglevel": "warning", "logger_class": Log,
            "control_socket_disable": True,
        }  # fmt: skip
        for name, value in choices.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the application in the worker process."""
        return create_app(self.instance)
