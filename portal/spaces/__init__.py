"""«Mi espacio»: the private space of each organisation one belongs to."""

from __future__ import annotations

import logging

from flask import g

from portal.section import Section
from portal.viewer import viewer, visit
from toolkit import spaces

log = logging.getLogger(__name__)
section = Section("spaces", __name__)


def waiting() -> int:
    """How many things wait for this person in all their spaces; the header shows it on every page, and a page
    that tells of a fault must not fail because of it."""
    if not viewer().organizations:
        return 0
    if "waiting" not in g:
        try:
            g.waiting = sum(spaces.waiting(visit()).values())
        except Exception:
            log.exception("what waits could not be counted")
            g.waiting = 0
    return int(g.waiting)


def who_grants() -> list[tuple[str, str]]:
    """By organisation of this person, who can name them promoter: (organisation, who coordinates it)."""
    try:
        mine = spaces.browse(visit())
        heads = spaces.heads(visit(), [one.id for one in mine])
        return [(one.name, heads[one.id].name) for one in mine if one.id in heads]
    except Exception:
        log.exception("who coordinates could not be told")
        return []


section.add_app_template_global(waiting, "tasks_waiting")
section.add_app_template_global(who_grants)

from portal.spaces import agreement, dashboard, folders, search, settings  # noqa: E402, F401 - their routes
