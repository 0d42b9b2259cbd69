"""«Administración»: people, organisations, posts. For administrators; for everybody else it does not exist.

What changes something asks for the password again when the sign-in is older than half an hour.
"""

from __future__ import annotations

from portal.section import Section

section = Section("administration", __name__)

from portal.administration import organizations, overview, people, posts  # noqa: E402, F401 - they add routes
