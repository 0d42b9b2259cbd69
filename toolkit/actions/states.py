"""From «planificada» to «verificada»: the states of an action, and who moves it from one to the next
(product.md section 4). Who is responsible does not verify; the counterpart does (5.5, rule 3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from sqlalchemy import select

from toolkit import access, reasons, terms
from toolkit.actions.evidence import lacking
from toolkit.actions.proposals import check_read, move, note, reindex, tell
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, Message
from toolkit.records import Action, Evidence, Note, now

MOVES: Mapping[str, tuple[Collection[str], str]] = {
    "start": (("planned",), "running"),
    "pause": (("planned", "running", "observed"), "paused"),
    "resume": (("paused",), "running"),
    "send": (("running", "observed"), "to_verify"),
    "recall": (("to_verify",), "running"),
}
"""What the coordination of the responsible party does: from which states, and to which."""
UNDER_WAY = ("planned", "running", "observed", "paused")
"""States in which an action can be late."""


def moves_for(visit: Visit, action: Action) -> list[str]:
    """What this viewer may do with the action as it stands."""
    if not access.may_lead(visit.viewer, action) or action.plan.state == "draft":
        return []
    return [name for name, (before, _) in MOVES.items() if action.state in before]


def days_late(action: Action) -> int:
    """How many days the due date of an action under way has passed, in Lima; 0 if it has not."""
    if action.due_on is None or action.state not in UNDER_WAY:
        return 0
    return max(0, (terms.today() - action.due_on).days)


def advance(visit: Visit, action: Action, name: str, reason: str = "") -> None:
    """One of `MOVES`. Raises Forbidden, Conflict where the state does not allow it, Invalid where a pause has
    no reason or what is sent has no evidence."""
    if not access.may_lead(visit.viewer, action):
        raise Forbidden
    before, after = MOVES[name]
    if action.plan.state == "draft":
        raise Conflict(N_("El plan todavía no tiene la conformidad de todas las partes."))
    if action.state not in before:
        raise Conflict(N_("La acción ya cambió de estado. Vuelva a mirarla."))
    reason = reasons.given(reason, N_("Escriba por qué se pone en pausa."), optional=name != "pause")
    if name == "send":
        _check_complete(visit, action)
    move(visit, action, after, action.responsible_id, reason)
    visit.session.flush()
    note(visit, name, action)
    reindex(visit, action)
    if name in ("send", "pause"):
        tell(visit, action, after, [action.counterpart_id], reason)


def why_not_verify(visit: Visit, action: Action) -> Message | None:
    """Why this viewer, of a party of the agreement, does not verify the action; None for who may."""
    if access.may_verify(visit.viewer, action):
        if not _took_part(visit, action):
            return None
        return Message(N_("Usted hizo algo en esta acción por la parte responsable: verifica otra persona de "
                          "la contraparte."))  # fmt: skip
    if action.counterpart_id in visit.viewer.coordinates:
        return Message(N_("Usted es también de la organización responsable: verifica otra persona de la "
                          "contraparte."))  # fmt: skip
    if not access.may_lead(visit.viewer, action):
        return Message(N_("La verifica la coordinación de la contraparte."))
    for one in action.plan.agreement.procedures:
        if one.counterpart_verifies:
            return Message(
                N_("Su organización es responsable: verifica la contraparte, como dice el procedimiento "
                   "%(code)s."), {"code": one.code})  # fmt: skip
    return Message(N_("Su organización es responsable: verifica la contraparte. Nadie verifica lo suyo."))


def _took_part(visit: Visit, action: Action) -> bool:
    """Did this person write notes, give evidence or send the action for the party that is responsible?"""
    person_id = visit.viewer.person_id
    if any(one.person_id == person_id and one.after == "to_verify" for one in action.steps):
        return True
    return any(
        visit.session.scalars(
            select(record.id)
            .where(record.action_id == action.id, record.person_id == person_id)
            .where(record.organization_id == action.responsible_id)
            .limit(1)
        ).first()
        for record in (Note, Evidence)
    )


def verify(visit: Visit, action: Action, checked: Collection[int], seen: bool, *, revision: int) -> None:
    """Say that it was done: `checked` are the outputs that were found done, by their number in the list;
    `seen`, that the evidence was opened and is what it says; `revision` is the one of the action that was
    read. Raises Forbidden for the responsible party, Conflict, Invalid with what is missing."""
    _check_verifier(visit, action, revision)
    outputs = [[one.words, number in checked] for number, one in enumerate(action.outputs)]
    if not seen or not all(holds for _, holds in outputs):
        raise Invalid(
            N_("Marque cada punto comprobado. Si algo no está, devuelva la acción con una observación."),
            field="checked",
        )
    action.percent, action.verified_at, action.next_on = 100, now(), None
    move(visit, action, "verified", action.counterpart_id, checked=[*outputs, ["", seen]])
    visit.session.flush()
    note(visit, "verify", action)
    reindex(visit, action)
    tell(visit, action, "verified", [action.responsible_id])


def observe(visit: Visit, action: Action, reason: str, *, revision: int) -> None:
    """Give it back with what is missing; likewise, and Invalid without a reason."""
    _check_verifier(visit, action, revision)
    reason = reasons.given(reason, N_("Escriba qué falta o qué hay que corregir."))
    move(visit, action, "observed", action.counterpart_id, reason)
    visit.session.flush()
    note(visit, "observe", action)
    reindex(visit, action)
    tell(visit, action, "observed", [action.responsible_id], reason)


def _check_verifier(visit: Visit, action: Action, revision: int) -> None:
    trouble = why_not_verify(visit, action)
    if trouble is not None:
        raise Forbidden(trouble.text, **trouble.values)
    if action.state != "to_verify":
        raise Conflict(N_("La acción no espera verificación: la otra coordinación la tiene."))
    check_read(action.revision, revision)
    _check_complete(visit, action)


def _check_complete(visit: Visit, action: Action) -> None:
    for one in lacking(visit, action):
        raise Invalid(one.text, field="evidence", **one.values)


def waits_since(action: Action) -> dt.date:
    """The day, in Lima, on which the action came to its state."""
    return access.lima_day(action.moved_at)
