"""What editors do to an agreement: write its facts, bring it out. Small corrections hold at once; what the
parties agree to anew is an amendment."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from toolkit import access, audit, revisions, slugs, tidy
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid
from toolkit.jobs import enqueue
from toolkit.records import Agreement, Resource, Version, now

TITLE, TEXT = 200, 4_000
FIRST, LAST = 1900, 2199
"""The years that a day of an agreement can have."""
RESERVED = {"nuevo"}
"""Slugs that are an address of something else."""


@dataclass
class Facts:
    """What is said of an agreement; `text` is the public id of the material that holds its full text, and
    `text_version` the number of the version in force."""

    title: str = ""
    object: str = ""
    objective: str = ""
    signed_on: dt.date | None = None
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    text: str = ""
    text_version: int = 1


def describe(agreement: Agreement) -> Facts:
    """What is said, as it stands, as far as the viewer of its session sees it."""
    return Facts(
        agreement.title, agreement.object, agreement.objective, agreement.signed_on, agreement.valid_from,
        agreement.valid_until, agreement.text.public_id if agreement.text else "", agreement.text_version,
    )  # fmt: skip


def check(facts: Facts) -> Facts:
    """The facts with tidy words; raises Invalid naming the field that cannot be taken."""
    facts.title = tidy.line(facts.title)
    facts.object, facts.objective = tidy.text(facts.object), tidy.text(facts.objective)
    if not facts.title:
        raise Invalid(N_("Escriba un título."), field="title")
    for name, most in (("title", TITLE), ("object", TEXT), ("objective", TEXT)):
        tidy.check_length(getattr(facts, name), most, name)
    for name in ("signed_on", "valid_from", "valid_until"):
        day = getattr(facts, name)
        if day is not None and not FIRST <= day.year <= LAST:
            raise Invalid(N_("Revise el año."), field=name)
    begins = facts.valid_from or facts.signed_on
    if facts.valid_from and facts.signed_on and facts.valid_from < facts.signed_on:
        raise Invalid(N_("La vigencia no puede empezar antes de la firma."), field="valid_from")
    if facts.valid_until and begins and facts.valid_until < begins:
        raise Invalid(N_("La vigencia no puede terminar antes de empezar."), field="valid_until")
    return facts


def add(visit: Visit, facts: Facts) -> Agreement:
    """A new draft."""
    _check_may(visit)
    facts = check(facts)
    drafts = select(Agreement).where(Agreement.title == facts.title, Agreement.state == "draft")
    for one in visit.session.scalars(drafts):
        if describe(one) == facts:
            return one  # the button was pressed twice
    agreement = Agreement(title="", slug="")
    _write(visit, agreement, facts)
    taken = {*RESERVED, *visit.session.scalars(select(Agreement.slug))}  # an editor's session holds them all
    agreement.slug = slugs.free(slugs.slug(agreement.title, "convenio"), taken)
    visit.session.add(agreement)
    visit.session.flush()
    note(visit, "create", agreement)
    return agreement


def change(visit: Visit, agreement: Agreement, facts: Facts, *, revision: int) -> None:
    """Save what is said; `revision` is the one that the person began from: raises Overtaken when somebody
    else saved something else meanwhile."""
    _check_may(visit)
    facts = check(facts)
    if agreement.state == "published":
        _check_published(agreement, facts)
    changed = revisions.compare(describe(agreement), facts, begun=revision, kept=agreement.revision)
    if not changed:
        return
    _write(visit, agreement, facts)
    visit.session.flush()
    note(visit, "change", agreement, fields=changed)
    reindex(visit, agreement)


def publish(visit: Visit, agreement: Agreement) -> None:
    """Show it to everybody, once it says what an agreement must."""
    _check_may(visit)
    if agreement.state == "published":
        raise Conflict(N_("Este convenio ya está publicado."))
    if len(agreement.parties) < 2:
        raise Invalid(N_("Para publicar hacen falta al menos dos partes."))
    _check_complete(describe(agreement))
    if not agreement.objectives:
        raise Invalid(N_("Para publicar hace falta al menos un objetivo."))
    agreement.state = "published"
    visit.session.flush()
    note(visit, "publish", agreement)
    reindex(visit, agreement)


def _check_complete(facts: Facts) -> None:
    """What everybody reads says what was agreed on, and since when."""
    if not facts.object:
        raise Invalid(N_("Para publicar hace falta el objeto del convenio."), field="object")
    if facts.signed_on is None:
        raise Invalid(N_("Para publicar hace falta la fecha de la firma."), field="signed_on")
    if facts.signed_on > access.lima_day(now()):
        raise Invalid(N_("Un convenio se publica desde el día de su firma."), field="signed_on")


def _check_published(agreement: Agreement, facts: Facts) -> None:
    """A text that the parties signed changes when they agree to an amendment, not by an editor alone."""
    _check_complete(facts)
    stands = describe(agreement)
    for name in ("text", "text_version"):
        if agreement.text_id is not None and getattr(facts, name) != getattr(stands, name):
            raise Invalid(
                N_("El convenio está publicado: su texto cambia con una adenda que acuerdan las partes."),
                field=name,
            )


def find_resource(visit: Visit, public_id: str, field: str) -> Resource | None:
    """The material that is named, None for none; Invalid where the viewer sees no such thing."""
    if not public_id:
        return None
    found = visit.session.scalars(select(Resource).where(Resource.public_id == public_id)).one_or_none()
    if found is None:
        raise Invalid(N_("Ese material no existe o usted no lo ve. Revise su dirección."), field=field)
    return found


def check_version(visit: Visit, resource: Resource | None, number: int | None, field: str) -> None:
    """Raises Invalid where the text has no version of this number that the viewer reads."""
    if resource is None or number is None:
        return
    wanted = select(Version.id).where(Version.resource_id == resource.id, Version.number == number)
    if visit.session.scalar(wanted) is None:
        raise Invalid(N_("El texto no tiene una versión %(n)s. Súbala antes."), field=field, n=number)


def note(visit: Visit, act: str, agreement: Agreement, **values: Any) -> None:
    """Write into the audit what was done to an agreement."""
    audit.record(visit.session, visit.viewer, act, "agreement", agreement.slug, **values)


def reindex(visit: Visit, agreement: Agreement) -> None:
    """Bring the shelves up to date."""
    enqueue(visit.session, "index", "index_resource", agreement.public_id)


def _check_may(visit: Visit) -> None:
    if not access.may_edit_agreement(visit.viewer):
        raise Forbidden


def _write(visit: Visit, agreement: Agreement, facts: Facts) -> None:
    text = find_resource(visit, facts.text, "text")
    check_version(visit, text, facts.text_version, "text_version")
    for name, said in asdict(facts).items():
        if name != "text":
            setattr(agreement, name, said)
    agreement.text = text
