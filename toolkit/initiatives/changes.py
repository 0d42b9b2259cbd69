"""What those who work on the plan do with an initiative: write it, publish it once it says what everybody
gains, take it back, put actions into it (product.md section 1, rows 31 and 38)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update

from toolkit import access, audit, revisions, slugs, tidy
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid
from toolkit.jobs import enqueue
from toolkit.records import Action, Agreement, Initiative, InitiativeBenefit, Organization, now

TITLE, TEXT, GAIN = 160, 4_000, 1_000
RESERVED = {"nueva"}
"""Slugs that are an address of something else."""


@dataclass
class Facts:
    """An initiative as a person writes it: what each party gains, and why one gains nothing, by the slug of
    the party."""

    title: str
    words: str = ""
    beneficiaries: str = ""
    cooperatives: str = ""
    benefits: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)


def describe(initiative: Initiative) -> Facts:
    """An initiative as it stands, as far as the session that it comes from sees it."""
    rows = {one.organization_id: one for one in initiative.benefits}
    known = _parties(initiative.agreement)
    return Facts(
        initiative.title, initiative.words, initiative.beneficiaries, initiative.cooperatives,
        {slug: rows[one.id].words if one.id in rows else "" for slug, one in known.items()},
        {slug: rows[one.id].reason if one.id in rows else "" for slug, one in known.items()},
    )  # fmt: skip


def add(visit: Visit, agreement: Agreement, facts: Facts) -> Initiative:
    """A new draft. Raises Forbidden, Conflict for an agreement that is not out, Invalid naming the field."""
    _check_may(visit, agreement)
    if agreement.state != "published":
        raise Conflict(N_("El convenio todavía no está publicado: publíquelo antes de planificar."))
    facts = _checked(facts, agreement)
    drafts = select(Initiative).where(
        Initiative.agreement_id == agreement.id, Initiative.title == facts.title, Initiative.state == "draft"
    )
    for one in visit.session.scalars(drafts):
        if describe(one) == facts:
            return one  # the button was pressed twice
    with visit.open_for_maintenance() as session:  # a draft of another agreement has an address too
        taken = {*RESERVED, *session.scalars(select(Initiative.slug))}
    slug = slugs.free(slugs.slug(facts.title, "iniciativa"), taken)
    initiative = Initiative(agreement_id=agreement.id, agreement=agreement, slug=slug, title=facts.title)
    _write(initiative, facts)
    visit.session.add(initiative)
    _note(visit, "create", initiative)
    return initiative


def change(visit: Visit, initiative: Initiative, said: Facts, *, revision: int) -> None:
    """Write it anew; what is published stays complete. `revision` is the one that the person began from.
    Raises Forbidden, Overtaken, Invalid naming the field."""
    _check_may(visit, initiative.agreement)
    facts = _checked(said, initiative.agreement)
    if initiative.state == "published":
        for trouble in lacking(facts, initiative.agreement):
            raise trouble
    changed = revisions.compare(describe(initiative), facts, begun=revision, kept=initiative.revision)
    if changed:
        _write(initiative, facts)
        initiative.changed_at = now()
        _note(visit, "change", initiative)


def lacking(facts: Facts, agreement: Agreement) -> list[Invalid]:
    """What is still to be said before everybody may read it: who gains, and what co-operatives and each party
    gain, or why a party gains nothing (product.md section 1, row 38)."""
    found = []
    if not facts.beneficiaries:
        found.append(Invalid(N_("Diga quién se beneficia."), field="beneficiaries"))
    if not facts.cooperatives:
        found.append(Invalid(N_("Diga qué ganan las cooperativas."), field="cooperatives"))
    for slug, party in _parties(agreement).items():
        if not facts.benefits.get(slug) and not facts.reasons.get(slug):
            found.append(
                Invalid(N_("Falta el beneficio para %(party)s: escríbalo, o justifique por qué no lo hay."),
                        field=f"benefit_{slug}", party=party.acronym or party.name)
            )  # fmt: skip
    return found


def publish(visit: Visit, initiative: Initiative) -> None:
    """Show it to everybody. Raises Forbidden, Conflict, Invalid for the first thing that is lacking."""
    _check_may(visit, initiative.agreement)
    if initiative.state == "published":
        raise Conflict(N_("Esta iniciativa ya está publicada."))
    for trouble in lacking(describe(initiative), initiative.agreement):
        raise trouble
    initiative.state = "published"
    _note(visit, "publish", initiative)


def withdraw(visit: Visit, initiative: Initiative) -> None:
    """Take it back to the drafts. Raises Forbidden, Conflict."""
    _check_may(visit, initiative.agreement)
    if initiative.state == "draft":
        raise Conflict(N_("Esta iniciativa ya es un borrador."))
    initiative.state = "draft"
    _note(visit, "withdraw", initiative)


def link(visit: Visit, action: Action, slug: str) -> None:
    """Put an action into the initiative with this slug, or into none. It changes nothing of the plan, so that
    no revision is counted and no consent asked for anew. Raises Forbidden, Invalid."""
    agreement = action.plan.agreement
    _check_may(visit, agreement)
    known = select(Initiative).where(Initiative.slug == slug, Initiative.agreement_id == agreement.id)
    chosen = visit.session.scalars(known).one_or_none() if slug else None
    if slug and chosen is None:
        raise Invalid(N_("Elija una iniciativa de este convenio."), field="initiative")
    before = action.initiative
    if chosen is before:
        return
    named = chosen or before
    visit.session.execute(
        update(Action).where(Action.id == action.id).values(initiative_id=chosen.id if chosen else None)
    )
    visit.session.expire(action, ["initiative"])
    act = "link" if chosen else "unlink"
    audit.record(visit.session, visit.viewer, act, "action", action.code,
                 initiative=named.slug if named else "")  # fmt: skip


def _check_may(visit: Visit, agreement: Agreement) -> None:
    if not access.may_plan(visit.viewer, agreement):
        raise Forbidden


def _parties(agreement: Agreement) -> dict[str, Organization]:
    known = (one.organization for one in agreement.parties)
    return {one.slug: one for one in known if one is not None}


def _checked(said: Facts, agreement: Agreement) -> Facts:
    known = _parties(agreement)
    facts = Facts(
        tidy.line(said.title), tidy.text(said.words), tidy.text(said.beneficiaries),
        tidy.text(said.cooperatives), {slug: tidy.text(said.benefits.get(slug, "")) for slug in known},
        {slug: tidy.text(said.reasons.get(slug, "")) for slug in known},
    )  # fmt: skip
    if not facts.title:
        raise Invalid(N_("Escriba un título."), field="title")
    for name, most in (("title", TITLE), ("words", TEXT), ("beneficiaries", GAIN), ("cooperatives", GAIN)):
        tidy.check_length(getattr(facts, name), most, name)
    for slug in known:
        tidy.check_length(facts.benefits[slug], GAIN, f"benefit_{slug}")
        tidy.check_length(facts.reasons[slug], GAIN, f"reason_{slug}")
        if facts.benefits[slug] and facts.reasons[slug]:
            raise Invalid(N_("Ya escribió un beneficio: borre esta justificación, o el beneficio."),
                          field=f"reason_{slug}")  # fmt: skip
    return facts


def _write(initiative: Initiative, facts: Facts) -> None:
    """Write checked facts; the row of a party that this session does not see stays as it is."""
    for name in ("title", "words", "beneficiaries", "cooperatives"):
        setattr(initiative, name, getattr(facts, name))
    rows = {one.organization_id: one for one in initiative.benefits}
    for slug, party in _parties(initiative.agreement).items():
        row = rows.get(party.id)
        if row is None:
            row = InitiativeBenefit(organization_id=party.id)
            initiative.benefits.append(row)
        row.words, row.reason = facts.benefits[slug], facts.reasons[slug]


def _note(visit: Visit, act: str, initiative: Initiative, **values: Any) -> None:
    """Write into the audit what was done to an initiative, and bring the shelves up to date."""
    visit.session.flush()
    audit.record(visit.session, visit.viewer, act, "initiative", initiative.slug, **values)
    enqueue(visit.session, "index", "index_resource", initiative.public_id)
