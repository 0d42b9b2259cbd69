"""What a coordination is asked for: to publish or widen, to share, to give access, to let somebody join, to
take over the post. Asked once, answered once, by somebody else than the one who asks.

What granting does is said by the module of each noun, which registers it with `granting`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from toolkit import audit, notices, outbox, people
from toolkit.access import VISITOR
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Forbidden, Invalid, NotFound
from toolkit.records import Organization, Request, Resource, Version, now

LONGEST = 1000
"""Characters of a message or a reason."""
Grant = Callable[[Visit, Request], None]
_GRANTS: dict[str, Grant] = {}


def granting(kind: str) -> Callable[[Grant], Grant]:
    """Register what granting a request of this kind does; it runs as the one who grants, and may raise."""

    def register(grant: Grant) -> Grant:
        _GRANTS[kind] = grant
        return grant

    return register


def words(field: str, text: str) -> str:
    """A message or a reason, tidy; raises Invalid naming the field where it is too long."""
    text = text.strip()
    if len(text) > LONGEST:
        raise Invalid(N_("Use como máximo %(n)s caracteres."), field=field, n=LONGEST)
    return text


def ask(
    visit: Visit, kind: str, organization_id: int, *, resource: Resource | None = None,
    asker_id: int | None = None, message: str = "", deed: str = "", **values: Any,
) -> Request:  # fmt: skip
    """Ask the coordination of an organisation for something, for the viewer; the caller has checked that the
    viewer may ask. `deed` names what is asked more closely than the kind. The same question twice, in the
    name of the same organisation, is one: what waits is given back with the new words. Whoever coordinates is
    told by e-mail, once."""
    message = words("message", message)
    standing = visit.session.scalar(
        select(Request).where(
            Request.kind == kind, Request.organization_id == organization_id, Request.state == "waiting",
            Request.person_id == visit.viewer.person_id,
            Request.resource_id == (resource.id if resource else None), Request.asker_id == asker_id,
        )
    )  # fmt: skip
    if standing is not None:
        standing.values, standing.message = _kept(values, deed), message
        visit.session.flush()
        return standing
    request = Request(kind=kind, organization_id=organization_id, person_id=visit.viewer.person_id,
                      resource_id=resource.id if resource else None, asker_id=asker_id, message=message,
                      values=_kept(values, deed))  # fmt: skip
    visit.session.add(request)
    visit.session.flush()
    audit.record(visit.session, visit.viewer, f"ask_{kind}", "request", request.public_id,
                 organization_id=organization_id, **values)  # fmt: skip
    if kind != "succession":  # which an administrator decides
        with visit.open_for_maintenance() as session:
            announce(session, request.public_id)
    return request


def _kept(values: dict[str, Any], deed: str) -> dict[str, Any]:
    return {**values, "deed": deed} if deed else values


def deed(request: Request) -> str:
    """What was asked for, whatever became of it since: the kind, or for publishing `widen` (what is published
    already) or `restore`."""
    return str(request.values.get("deed") or request.kind)


def announce(session: Session, public_id: str) -> None:
    """Tell whoever coordinates today what is asked, with a link; in a session that sees everything, because
    whoever asks sees neither them nor, a visitor, their own request. A visitor's address stays out of it."""
    request = session.scalars(select(Request).where(Request.public_id == public_id)).one()
    values = {
        "deed": deed(request),
        "title": request.resource.title if request.resource else "",
        "who": request.person.name if request.person else "",
        "asker": notices.called(session, request.asker, request.organization),
        "id": request.public_id,
    }
    notices.tell(session, request.organization, "request_asked", values, but=request.person_id)


def browse(visit: Visit, organization_id: int, *, waiting: bool = True) -> list[Request]:
    """The requests that this organisation's coordination decides, the oldest first; nothing for others."""
    if organization_id not in visit.viewer.coordinates:
        return []
    wanted = select(Request).where(Request.organization_id == organization_id, Request.kind != "succession")
    if waiting:
        wanted = wanted.where(Request.state == "waiting")
    found = visit.session.scalars(
        wanted.order_by(Request.created_at, Request.id).options(
            joinedload(Request.resource), joinedload(Request.person), joinedload(Request.asker)
        )
    )
    return list(found)


def mine(visit: Visit) -> list[Request]:
    """What the viewer asked for, the newest first."""
    found = visit.session.scalars(
        select(Request)
        .where(Request.person_id == visit.viewer.person_id)
        .order_by(Request.created_at.desc(), Request.id.desc())
        .options(joinedload(Request.resource), joinedload(Request.organization))
    )
    return list(found)


def waiting_about(visit: Visit, resource: Resource) -> list[Request]:
    """What waits for an answer about a resource, of what the viewer asked or decides."""
    found = visit.session.scalars(
        select(Request)
        .where(Request.resource_id == resource.id, Request.state == "waiting")
        .order_by(Request.created_at, Request.id)
        .options(joinedload(Request.organization))
    )
    return list(found)


def get(visit: Visit, public_id: str) -> Request:
    """The request, for who asked it and for who decides it; NotFound for everybody else."""
    request = visit.session.scalar(select(Request).where(Request.public_id == public_id))
    if request is None:
        raise NotFound
    return request


def may_decide(visit: Visit, request: Request) -> bool:
    """The coordination decides, an administrator about a succession; nobody about the own request."""
    if request.kind == "succession":
        allowed = visit.viewer.administrator
    else:
        allowed = request.organization_id in visit.viewer.coordinates
    return allowed and request.person_id != visit.viewer.person_id


def mark(request: Request) -> str:
    """What the page of a request shows, as a mark: another one where the asker changed it meanwhile."""
    resource = request.resource
    files = [file.sha256 for version in resource.versions for file in version.files] if resource else []
    shown = [request.values, request.message, resource.revision if resource else 0, sorted(files)]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]


def decide(
    visit: Visit, request: Request, *, granted: bool, reason: str = "", seen: str | None = None
) -> None:
    """Grant or refuse what waits, once; a refusal needs a reason. The asker is told by e-mail. `seen` is the
    `mark` of what the decider read: Conflict where it is another by now."""
    if not may_decide(visit, request):
        raise Forbidden(N_("Nadie decide sobre su propia solicitud: le toca a otra persona."))
    if request.state != "waiting":
        raise Conflict(N_("Esta solicitud ya tiene respuesta."))
    reason = words("reason", reason)
    if not granted and not reason:
        raise Invalid(N_("Escriba el motivo: así quien lo pidió sabe qué cambiar."), field="reason")
    if seen is not None and seen != mark(request):
        raise Conflict(N_("Cambió mientras usted leía: vea qué se pide ahora y decida otra vez."))
    if granted:  # while the request waits: a draft is readable for the coordination no longer than that
        _GRANTS[request.kind](visit, request)
    request.state, request.reason = ("granted" if granted else "refused"), reason
    request.decided_at, request.decided_by = now(), visit.viewer.person_id
    visit.session.flush()
    audit.record(visit.session, visit.viewer, f"{request.state}_{request.kind}", "request",
                 request.public_id, organization_id=request.organization_id)  # fmt: skip
    _tell(visit, request)


def take_back(visit: Visit, request: Request) -> None:
    """The asker wants it no more."""
    if request.person_id != visit.viewer.person_id:
        raise Forbidden
    if request.state != "waiting":
        raise Conflict(N_("Esta solicitud ya tiene respuesta."))
    request.state, request.decided_at = "taken_back", now()
    visit.session.flush()
    audit.record(visit.session, visit.viewer, f"take_back_{request.kind}", "request", request.public_id,
                 organization_id=request.organization_id)  # fmt: skip


def _tell(visit: Visit, request: Request) -> None:
    recipient = request.person.email if request.person else request.email
    if not recipient:
        return
    title, material, organization = _seen(visit, request)
    invited = request.kind == "access" and request.asker_id is None
    values = {
        "deed": deed(request),
        "invited": invited,
        "granted": request.state == "granted",
        "reason": request.reason,
        "title": title,
        "organization": request.organization.name if invited else organization,
        "slug": request.organization.slug,
        "material": material if request.state == "granted" else "",
    }
    language = request.person.language if request.person else request.values.get("language", "es")
    outbox.send(visit.session, recipient, "request_answered", values, language)


def _seen(visit: Visit, request: Request) -> tuple[str, str, str]:
    """The title of the material, if whoever asked sees its card now; its public id, if they read a page;
    the name of the organisation, if they know of it. Each is '' for somebody who left, or from whom it was
    kept or withdrawn meanwhile. The title may be another one by now."""
    number = request.person_id
    with visit.open_for_maintenance() as session:
        asker = people.viewer_of(session, number, now()) if number is not None else VISITOR
    theirs = Visit(visit.connection, asker).session  # which holds what they see and nothing else
    title = theirs.scalar(select(Resource.title).where(Resource.id == request.resource_id))
    read = (
        select(Resource.public_id)
        .join(Version, Version.resource_id == Resource.id)
        .where(Resource.id == request.resource_id, Resource.state == "published")
    )
    public_id = theirs.scalar(read.limit(1)) if asker.signed_in else None
    name = theirs.scalar(select(Organization.name).where(Organization.id == request.organization_id))
    theirs.close()
    return title or "", public_id or "", name or ""
