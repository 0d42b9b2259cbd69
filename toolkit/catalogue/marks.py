"""On which pages of a file the words of a query stand, and how often: what the page viewer counts."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping

from toolkit.catalogue.contents import page_texts
from toolkit.database import Visit
from toolkit.records import File
from toolkit.search.passages import Span, matches
from toolkit.search.query import Query

_KEPT = 256
_lock = threading.Lock()
_counted: OrderedDict[tuple, dict[int, int]] = OrderedDict()


def hits(query: Query, text: str) -> list[Span]:
    """The hits in a text as a reader counts them: words that answer and stand side by side are one."""
    joined: list[Span] = []
    for start, end in matches(query, text):
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def marked_pages(visit: Visit, file: File, query: Query) -> Mapping[int, int]:
    """Page number → hits on it, only pages that have some, in order. The file must be one that the viewer
    reads; counts of the last files and queries are kept, because the next hit asks for them again."""
    if not (query.items or query.phrases):
        return {}
    key = (file.id, file.sha256, file.read_at, file.scan_left, query.text)
    with _lock:
        if key in _counted:
            _counted.move_to_end(key)
            return _counted[key]
    found = {page.number: len(hits(query, page.text)) for page in page_texts(visit, file)}
    found = {number: count for number, count in found.items() if count}
    with _lock:
        _counted[key] = found
        while len(_counted) > _KEPT:
            _counted.popitem(last=False)
    return found
