"""What editors and administrators do to what others published: narrow, withdraw (product.md 5.3). Always with
a reason, and the coordination in charge is told by e-mail."""

from __future__ import annotations

from toolkit import access, audit, catalogue, outbox, terms
from toolkit.database import Visit
from toolkit.errors import N_, Invalid
from toolkit.records import Resource

LONGEST_ORDER = 200


def narrow(visit: Visit, resource: Resource, level: int, reason: str) -> None:
    """An editor narrows what everybody reads."""
    catalogue.publish(visit, resource, level, reason=reason)
    _tell(visit, resource, "narrowed", reason)


def needs_order(visit: Visit, resource: Resource) -> bool:
    """May this viewer withdraw the resource on a legal order only?"""
    viewer = visit.viewer
    return not (access.may_change(viewer, resource) or access.may_moderate(viewer, resource))


def withdraw(visit: Visit, resource: Resource, reason: str, order: str = "") -> None:
    """Withdraw what others published; an administrator says by which legal `order`, which the audit keeps."""
    ordered = needs_order(visit, resource) and access.may_withdraw(visit.viewer, resource)
    order = " ".join(order.split())[:LONGEST_ORDER]
    if ordered and not order:
        raise Invalid(N_("Escriba qué autoridad lo ordena y el número de la orden."), field="order")
    catalogue.withdraw(visit, resource, reason)
    if ordered:
        audit.record(visit.session, visit.viewer, "legal_order", "resource", resource.public_id,
                     organization_id=resource.organization_id, order=order)  # fmt: skip
    _tell(visit, resource, "withdrawn", reason)


def _tell(visit: Visit, resource: Resource, deed: str, reason: str) -> None:
    coordinator = terms.acting(visit.session, resource.organization_id)
    if coordinator is not None:
        values = {"name": coordinator.name, "title": resource.title, "deed": deed, "reason": reason.strip()}
        outbox.send(visit.session, coordinator.email, "moderated", values, coordinator.language)
