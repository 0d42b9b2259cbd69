"""«Cuenta»: what a person may see and change about themselves, and how they leave."""

from __future__ import annotations

from portal.section import Section

section = Section("account", __name__)

from portal.account import own_data, profile, security  # noqa: E402, F401 - they add their routes
