"""The web server: gunicorn with our choices."""

from __future__ import annotations

from typing import Any

from gunicorn.app.base import BaseApplication

from portal import create_app
from portal.instance import Instance

LONGEST_ADDRESS = 8190


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
