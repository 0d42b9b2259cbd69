"""Resources: the card (*ficha*), the page viewer, files and pictures."""

from __future__ import annotations

from portal.resources import wording
from portal.section import Section
from toolkit.errors import Message

section = Section("resources", __name__)
section.add_app_template_global(wording.address, "resource_address")
for _words in (wording.place, wording.extent, wording.weight, wording.format_name, wording.unit_name,
               wording.other_language, wording.thumbnail_made, wording.side):  # fmt: skip
    section.add_app_template_global(_words)
section.add_app_template_global(Message.of, "message_of")

from portal.resources import cards, files, pages  # noqa: E402, F401 - they add their routes
