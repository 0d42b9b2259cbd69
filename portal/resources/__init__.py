"""Resources: the card (*ficha*), the page viewer, files and pictures."""

from __future__ import annotations

from typing import Any

from flask.sansio.app import App
from werkzeug.routing import BaseConverter

from portal.resources import wording
from portal.section import Section
from toolkit.errors import Message


class PublicId(BaseConverter):
    """The identifier of a resource: letters and digits only, so that the first hyphen ends it."""

    regex = "[0-9A-Za-z]{1,40}"


class Whole(BaseConverter):
    """A number from 1 on, at most six digits, without leading zeros: one address for each thing."""

    regex = "[1-9][0-9]{0,5}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)


class _Resources(Section):
    """A section whose converters must be known before its rules are added."""

    def register(self, app: App, options: dict[str, Any]) -> None:
        """Make the converters known, then add the rules."""
        app.url_map.converters.update(public_id=PublicId, whole=Whole)
        super().register(app, options)


section = _Resources("resources", __name__)
section.add_app_template_global(wording.address, "resource_address")
for _words in (wording.place, wording.extent, wording.weight, wording.format_name, wording.unit_name,
               wording.other_language, wording.thumbnail_made, wording.side):  # fmt: skip
    section.add_app_template_global(_words)
section.add_app_template_global(Message.of, "message_of")

from portal.resources import cards, files, pages  # noqa: E402, F401 - they add their routes
