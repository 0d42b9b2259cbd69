"""«Administración»: people, organisations, posts. For administrators; for everybody else it does not exist.

What changes something asks for the password again when the sign-in is older than half an hour.
"""

from __future__ import annotations

import logging

from flask import g

from portal.section import Section, overseers
from portal.viewer import viewer, visit
from toolkit import administration, emergencies

log = logging.getLogger(__name__)
section = Section("administration", __name__)


def to_administer() -> int:
    """How many things wait for whoever runs the portal: accesses to be opened by a second person and, for
    administrators, successions and organisations without coordination. The menu shows it on every page, and
    a page that tells of a fault must not fail because of it."""
    if not overseers(viewer()):
        return 0
    if "to_administer" not in g:
        try:
            g.to_administer = _count()
        except Exception:
            log.exception("what waits for the administration could not be counted")
            g.to_administer = 0
    return int(g.to_administer)


def _count() -> int:
    found = len(emergencies.waiting(visit()))
    if viewer().administrator:
        found += len(administration.successions(visit())) + len(administration.without_coordination(visit()))
    return found


section.add_app_template_global(to_administer)

from portal.administration import organizations, overview, people, posts  # noqa: E402, F401 - they add routes
