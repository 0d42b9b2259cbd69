"""How often one network may do what costs much: search, sign in, ask. The page says how long to wait.

Counts live in the memory of the web process, which is one: they are gone after a restart.
"""

from __future__ import annotations

import ipaddress
import math
import time

from flask import Flask, has_request_context, request
from flask_limiter import Limiter

from portal.viewer import instance


def network() -> str:
    """From where the request comes: one IPv4 address, however it is written, or one /64 of IPv6, which is
    what one subscriber has."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network((int(address), 64), strict=False))


limiter = Limiter(network, storage_uri="memory://", strategy="moving-window")


def searches() -> str:
    """How many searches one network may make."""
    return f"{instance().settings['SEARCHES_PER_MINUTE']} per minute"


def wait() -> int | None:
    """Seconds until the limit that this request broke lets its network in again; None if none was broken."""
    broken = limiter.current_limit if has_request_context() else None
    if broken is None or not broken.breached:
        return None
    return max(1, math.ceil(broken.reset_at - time.time()))


def set_up(app: Flask) -> None:
    """Count the requests of this application."""
    limiter.init_app(app)
