"""How often one address may do what costs much: search, sign in. The page says how long to wait.

Counts live in the memory of the web process, which is one: they are gone after a restart.
"""

from __future__ import annotations

import math
import time

from flask import Flask, has_request_context
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from portal.viewer import instance

limiter = Limiter(get_remote_address, storage_uri="memory://", strategy="moving-window")


def searches() -> str:
    """How many searches one address may make."""
    return f"{instance().settings['SEARCHES_PER_MINUTE']} per minute"


def wait() -> int | None:
    """Seconds until the limit that this request broke lets its address in again; None if none was broken."""
    broken = limiter.current_limit if has_request_context() else None
    if broken is None or not broken.breached:
        return None
    return max(1, math.ceil(broken.reset_at - time.time()))


def set_up(app: Flask) -> None:
    """Count the requests of this application."""
    limiter.init_app(app)
