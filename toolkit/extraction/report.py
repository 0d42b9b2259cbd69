"""How the child tells its parent what it found, one JSON object a line, within fixed amounts."""

from __future__ import annotations

import json
import os

from toolkit.extraction.cleaning import clean_text

MAX_PAGES = 5_000
MAX_TEXT = 20_000_000  # characters of one document
MAX_PAGE_TEXT = 2_000_000  # characters of one page
MAX_LABEL = 120
FEW_CHARACTERS = 20  # a page with fewer has no text worth the name


class Refusal(Exception):
    """The file cannot be taken or read; the argument is the code of the reason."""


class Enough(Exception):
    """A limit is reached, and what was read so far counts; the argument is the code of the notice."""


class Report:
    """Writes to the parent's pipe, whose descriptor is `channel`."""

    def __init__(self, channel: int) -> None:
        self._channel = channel
        self._pages = 0
        self._text = 0

    def tell(self, **facts: object) -> None:
        """Send one line."""
        line = json.dumps(facts).encode() + b"\n"
        view = memoryview(line)
        while view:
            view = view[os.write(self._channel, view) :]

    def page(self, text: str, *, label: str = "", has_image: bool = False) -> None:
        """Send the next page, cleaned; `has_image` says that a page without text may be a scan."""
        if self._pages >= MAX_PAGES:
            raise Enough("pages")
        text = clean_text(text[:MAX_PAGE_TEXT])
        if self._text + len(text) > MAX_TEXT:
            raise Enough("text")
        self._pages += 1
        self._text += len(text)
        scanned = has_image and len(text.strip()) < FEW_CHARACTERS
        label = " ".join(clean_text(label).split())
        self.tell(page={"label": label[:MAX_LABEL], "text": text, "scanned": scanned})

    def about(self, *, title: str | None = None, language: str | None = None) -> None:
        """Send what the document says of itself."""
        if title and (cleaned := " ".join(clean_text(title).split())):
            self.tell(title=cleaned[:300])
        if language and (cleaned := language.strip()[:35]):
            self.tell(language=cleaned)
