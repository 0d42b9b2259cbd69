"""Evidence: what proves that something was done. It is added, shown to everybody, withdrawn."""

from __future__ import annotations

from sqlalchemy import exists, select

from toolkit import access, reasons, tidy
from toolkit.actions.progress import material, writes_for
from toolkit.actions.proposals import move, note, reindex, touch
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, Message
from toolkit.files.formats import Format
from toolkit.files.store import Received
from toolkit.records import Action, Evidence, now


def prove(
    visit: Visit, action: Action, title: str, *, public: bool = False,
    received: Received | None = None, name: str = "", format: Format | None = None, resource: str = "",
) -> Evidence:  # fmt: skip
    """Add evidence: a file that was received (the caller keeps its contents before the commit), or else a
    material by its public id, in its newest version. The same, sent twice, is added once. Raises Forbidden,
    Conflict, Invalid; only a coordination shows evidence to everybody."""
    organization_id = writes_for(visit, action)
    title = tidy.line(title) or name
    tidy.check_length(title, 200, "title")
    if public and organization_id not in visit.viewer.coordinates:
        raise Invalid(N_("La muestra a todo el público la coordinación de su organización."), field="public")
    made = Evidence(action_id=action.id, title=title, public=public, organization_id=organization_id,
                    person_id=visit.viewer.person_id)  # fmt: skip
    if received is not None and format is not None:
        made.sha256, made.size = received.sha256, received.size
        made.name, made.format = name, format.code
    elif resource:
        found, number = material(visit, resource)
        made.resource_id, made.resource = found.id, found
        made.version, made.title = number, title or found.title
    else:
        raise Invalid(N_("Elija un archivo o escriba la dirección de un material."), field="file")
    for one in action.evidence:
        if one.withdrawn_at is None and _same(one, made):
            if public:
                expose(visit, one, public)
            return one
    action.evidence.append(made)
    touch(action)
    visit.session.flush()
    note(visit, "prove", action, evidence=made.public_id)
    return made


def _same(one: Evidence, other: Evidence) -> bool:
    said = ("title", "organization_id", "person_id", "sha256", "resource_id", "version")
    return all(getattr(one, name) == getattr(other, name) for name in said)


def expose(visit: Visit, evidence: Evidence, public: bool) -> None:
    """Show evidence to everybody, or to the parties only: for the coordination of the party that gave it."""
    if evidence.organization_id not in visit.viewer.coordinates:
        raise Forbidden
    if evidence.withdrawn_at is not None:
        raise Conflict(N_("Esta evidencia ya se retiró."))
    if evidence.public == public:
        return
    evidence.public = public
    touch(evidence.action)
    visit.session.flush()
    note(visit, "make_public" if public else "make_private", evidence.action, evidence=evidence.public_id)
    reindex(visit, evidence.action)


def take_back(visit: Visit, evidence: Evidence, reason: str) -> None:
    """Withdraw evidence, for the coordination of the party that gave it: that it was there stays written,
    with the reason, and only the coordinations open it. An action that waits to be verified and has no other
    goes back."""
    if evidence.organization_id not in visit.viewer.coordinates:
        raise Forbidden
    if evidence.withdrawn_at is not None:
        raise Conflict(N_("Esta evidencia ya se retiró."))
    reason = reasons.given(reason, N_("Escriba por qué se retira."))
    evidence.withdrawn_at, evidence.withdrawn_for = now(), reason
    action = evidence.action
    touch(action)
    visit.session.flush()
    if action.state == "to_verify" and lacking(visit, action):
        move(visit, action, "running", evidence.organization_id, reason)
        visit.session.flush()
    note(visit, "withdraw_evidence", action, evidence=evidence.public_id)
    reindex(visit, action)


def may_open(visit: Visit, evidence: Evidence) -> bool:
    """Does the viewer, who sees the evidence, open its file? What was withdrawn only those who work on it."""
    return evidence.withdrawn_at is None or access.may_plan(visit.viewer, evidence.action.plan.agreement)


def lacking(visit: Visit, action: Action) -> list[Message]:
    """What a verification still needs (product.md section 1, row 29): evidence of who is responsible that its
    verifier can open."""
    if visit.connection.execute(select(exists(access.proofs_opened(action)))).scalar():
        return []
    if visit.connection.execute(select(exists(access.proofs_of(action)))).scalar():
        return [Message(N_("La contraparte no puede abrir ninguna de las evidencias: agregue el archivo, o "
                           "entréguele el material."))]  # fmt: skip
    return [Message(N_("Falta al menos una evidencia de la parte responsable: un archivo o un material de la "
                       "biblioteca."))]  # fmt: skip


def bereft(visit: Visit, action: Action) -> bool:
    """Was all the evidence of a verified action withdrawn afterwards? That is told to everybody."""
    if action.state != "verified":
        return False
    return not visit.connection.execute(select(exists(access.proofs_of(action)))).scalar()
