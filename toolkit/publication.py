"""Publishing, widening and restoring by those who may do it at once, and asking the coordination by those who
may not (product.md 5.3)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from toolkit import access, catalogue, requests
from toolkit.catalogue import deliveries
from toolkit.database import Visit
from toolkit.errors import N_, Forbidden, Invalid
from toolkit.records import Request, Resource


@dataclass(frozen=True)
class Sight:
    """Who shall see a resource: the level, whether the card is shown to everybody, and at level 2 the ids of
    the organisations."""

    level: int
    show_card: bool = False
    organizations: tuple[int, ...] = ()


def needs_approval(visit: Visit, resource: Resource, sight: Sight) -> bool:
    """Would `offer` ask the coordination rather than publish? Raises Forbidden for who may do neither."""
    adding = sight.level == access.CHOSEN and deliveries.missing(visit, resource, sight.organizations)
    if access.may_publish(visit.viewer, resource, sight.level, adding=bool(adding)):
        return False
    if access.may_ask_to_publish(visit.viewer, resource, sight.level, adding=bool(adding)):
        return True
    raise Forbidden


def offer(
    visit: Visit, resource: Resource, sight: Sight, *, message: str = "", reason: str = ""
) -> Request | None:
    """Publish at once, or ask the coordination: then the request is given back. `reason` is an editor's."""
    if sight.level == access.CHOSEN:
        deliveries.known(visit, resource, sight.organizations)
    if not needs_approval(visit, resource, sight):
        catalogue.publish(visit, resource, sight.level, show_card=sight.show_card,
                          organizations=sight.organizations, reason=reason)  # fmt: skip
        return None
    if not any(version.files for version in resource.versions):
        raise Invalid(N_("Suba al menos un archivo antes de publicar."), field="file")
    return _ask(visit, resource, message, asdict(sight) | {"organizations": list(sight.organizations)})


def offer_again(visit: Visit, resource: Resource) -> Request | None:
    """Restore what was withdrawn at once, or ask the coordination: then the request is given back."""
    catalogue.check_lifted(visit, resource)
    own = access.may_change(visit.viewer, resource) and resource.state == "withdrawn"
    at_once = access.may_restore(visit.viewer, resource)
    if own and not (at_once and access.may_publish(visit.viewer, resource, resource.level)):
        return _ask(visit, resource, "", {"level": resource.level, "restore": True})
    catalogue.restore(visit, resource)
    return None


def _ask(visit: Visit, resource: Resource, message: str, values: dict[str, Any]) -> Request:
    deed = "restore" if values.get("restore") else "publish" if resource.state == "draft" else "widen"
    return requests.ask(visit, "publish", resource.organization_id, resource=resource, message=message,
                        deed=deed, **values)  # fmt: skip


@requests.granting("publish")
def _grant(visit: Visit, request: Request) -> None:
    """What was asked for, done by the coordination."""
    resource = request.resource
    if resource is None or not access.leads(visit.viewer, resource.organization_id):
        raise Forbidden
    if request.values.get("restore"):
        catalogue.bring_back(visit, resource)
        return
    level = int(request.values["level"])
    catalogue.move(visit, resource, level, show_card=bool(request.values.get("show_card")),
                   organizations=request.values.get("organizations", ()))  # fmt: skip
