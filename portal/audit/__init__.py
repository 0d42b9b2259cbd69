"""The audit: its pages, and what the web layer writes into it."""

from __future__ import annotations

from typing import cast

from flask import Flask

from portal.section import Section

section = Section("audit", __name__)

from portal.audit import pages, trail  # noqa: E402, F401 - they add routes and hooks

section.record_once(lambda state: trail.set_up(cast(Flask, state.app)))
