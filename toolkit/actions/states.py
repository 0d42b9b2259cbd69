"""From «planificada» to «verificada»: the states of an action, and who moves it from one to the next
(product.md section 4). Who is responsible does not verify; the counterpart does (5.5, rule 3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from toolkit import access, terms, tidy
from toolkit.actions.proposals import move, note, reindex, tell
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, Message
from toolkit.records import Action, now

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


def lacking(action: Action) -> list[Message]:
    """What a verification still needs (product.md section 1, row 29)."""
    if any(one.withdrawn_at is None for one in action.evidence):
        return []
    return [Message(N_("Falta al menos una evidencia: un archivo o un material de la biblioteca."))]


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
    reason = _reason(reason)
    if name == "pause" and not reason:
        raise Invalid(N_("Escriba por qué se pone en pausa."), field="reason")
    if name == "send":
        _check_complete(action)
    move(visit, action, after, action.responsible_id, reason)
    visit.session.flush()
    note(visit, name, action)
    reindex(visit, action)
    if name == "send":
        tell(visit, action, "to_verify", [action.counterpart_id])


def why_not_verify(visit: Visit, action: Action) -> Message | None:
    """Why this viewer, of a party of the agreement, does not verify the action; None for who may."""
    if access.may_verify(visit.viewer, action):
        return None
    if not access.may_lead(visit.viewer, action):
        return Message(N_("La verifica la coordinación de la contraparte."))
    for one in action.plan.agreement.procedures:
        if one.counterpart_verifies:
            return Message(
                N_("Su organización es responsable: verifica la contraparte, como dice el procedimiento "
                   "%(code)s."), {"code": one.code})  # fmt: skip
    return Message(N_("Su organización es responsable: verifica la contraparte. Nadie verifica lo suyo."))


def verify(visit: Visit, action: Action, checked: Collection[int], seen: bool) -> None:
    """Say that it was done: `checked` are the outputs that were found done, by their number in the list;
    `seen`, that the evidence was opened and is what it says. Raises Forbidden for the responsible party,
    Conflict, Invalid with what is missing."""
    _check_verifier(visit, action)
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


def observe(visit: Visit, action: Action, reason: str) -> None:
    """Give it back with what is missing; likewise, and Invalid without a reason."""
    _check_verifier(visit, action)
    reason = _reason(reason)
    if not reason:
        raise Invalid(N_("Escriba qué falta o qué hay que corregir."), field="reason")
    move(visit, action, "observed", action.counterpart_id, reason)
    visit.session.flush()
    note(visit, "observe", action)
    reindex(visit, action)
    tell(visit, action, "observed", [action.responsible_id])


def _check_verifier(visit: Visit, action: Action) -> None:
    trouble = why_not_verify(visit, action)
    if trouble is not None:
        raise Forbidden(trouble.text, **trouble.values)
    if action.state != "to_verify":
        raise Conflict(N_("La acción no espera verificación: la otra coordinación la tiene."))
    _check_complete(action)


def _check_complete(action: Action) -> None:
    for one in lacking(action):
        raise Invalid(one.text, field="evidence", **one.values)


def _reason(said: str) -> str:
    reason = tidy.text(said)
    tidy.check_length(reason, 1000, "reason")
    return reason


def waits_since(action: Action) -> dt.date:
    """The day, in Lima, on which the action came to its state."""
    return access.lima_day(action.moved_at)
