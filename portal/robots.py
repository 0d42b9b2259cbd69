"""Is it a person who asks? Robots say what they are, and a list that others keep well knows their names."""

from __future__ import annotations

from functools import lru_cache

import crawleruseragents
from werkzeug.wrappers import Request

LONGEST = 400
"""Signs of what a browser says of itself that are looked at."""


@lru_cache(maxsize=1024)
def is_robot(browser: str) -> bool:
    """Does this User-Agent name a robot, or a program that is no browser? One that says nothing is one."""
    return not browser.strip() or crawleruseragents.is_crawler(browser[:LONGEST])


def by_a_person(request: Request) -> bool:
    """A GET that somebody waits for: no robot, and no browser that looks ahead («prefetch»)."""
    ahead = " ".join(request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return (
        request.method == "GET"
        and "prefetch" not in ahead.lower()
        and not is_robot(request.headers.get("User-Agent", ""))
    )
