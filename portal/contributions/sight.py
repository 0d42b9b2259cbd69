"""Who shall see a material: the levels as a form offers them, with who reads them today and which of them the
coordination has to approve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.contributions.forms import LEVELS
from portal.reach import count
from portal.viewer import visit
from toolkit import access
from toolkit.records import Organization, Resource


@dataclass(frozen=True)
class Choice:
    """One level: its words, what it means, who reads it today, and whether the coordination is asked."""

    level: int
    words: str
    hint: str
    today: str
    approved: str = ""


def choices(resource: Resource) -> list[Choice]:
    """The levels to which this viewer may bring the resource, at once or by asking."""
    viewer = visit().viewer
    moderated = access.may_moderate(viewer, resource)
    return [
        Choice(level, str(words), str(hint), _today(level, [resource.organization]),
               "" if access.may_publish(viewer, resource, level) else _("La coordinación lo revisa antes."))
        for level, words, hint in LEVELS
        if not moderated or access.may_publish(viewer, resource, level)
    ]  # fmt: skip


def choices_for(organizations: Sequence[Organization]) -> list[Choice]:
    """The levels for a new material of one of these organisations."""
    return [
        Choice(level, str(words), str(hint), _today(level, organizations), _approved(level, organizations))
        for level, words, hint in LEVELS
    ]


def _approved(level: int, organizations: Sequence[Organization]) -> str:
    """The sentence that says in which of the organisations the coordination is asked first."""
    viewer = visit().viewer
    asking = [
        one for one in organizations if not access.may_publish(viewer, _draft(one, viewer.person_id), level)
    ]
    if asking and len(asking) == len(organizations):
        return _("La coordinación lo revisa antes.")
    names = ", ".join(one.acronym or one.name for one in asking)
    return _("En %(names)s, la coordinación lo revisa antes.", names=names) if asking else ""


def _draft(organization: Organization, person_id: int | None) -> Resource:
    """A draft that is not kept: what the rules look at."""
    return Resource(organization_id=organization.id, created_by=person_id, state="draft", level=access.OWN,
                    organization=organization)  # fmt: skip


def _today(level: int, organizations: Sequence[Organization]) -> str:
    """«Hoy: 12 personas.» At level 2 that depends on what will be chosen: it is said before confirming."""
    if level == access.PUBLIC:
        return _("Hoy: cualquier persona.")
    if level == access.CHOSEN:
        return _("Antes de guardar verá cuántas personas son.")
    if level == access.MEMBERS or len(organizations) == 1:
        people = count(level, [one.id for one in organizations])
        return ngettext("Hoy: %(num)s persona.", "Hoy: %(num)s personas.", people)
    said = [f"{one.acronym or one.name}, {count(level, [one.id])}" for one in organizations]
    return _("Personas hoy: %(list)s.", list="; ".join(said))
