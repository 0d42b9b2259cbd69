"""What people contribute: uploading, following how it is read, changing it, taking it back."""

from __future__ import annotations

from typing import cast

from flask import Flask

from portal.languages import say
from portal.section import Section, uploaders
from toolkit.errors import Message

section = Section("contributions", __name__)
section.add_app_template_global(lambda kept: say(Message.of(kept)), "reason")
section.add_app_template_global(uploaders, "may_upload_somewhere")

from portal.contributions import receiving, uploads, views, visibility  # noqa: E402, F401 - they add their routes

section.record_once(lambda state: receiving.set_up(cast(Flask, state.app)))
