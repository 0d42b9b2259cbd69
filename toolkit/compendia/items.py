"""The materials of a compendium: added by their address with a reason, moved, taken out."""

from __future__ import annotations

from sqlalchemy import select

from toolkit import tidy
from toolkit.compendia.changes import check_may, note
from toolkit.database import Visit
from toolkit.errors import N_, Conflict, Invalid, NotFound
from toolkit.records import Compendium, CompendiumItem, Resource

MOST = 50
REASON = 500


def add_item(visit: Visit, compendium: Compendium, resource_id: str, reason: str) -> CompendiumItem:
    """Put a material, by its public id, at the end of a compendium; raises Invalid naming the field."""
    check_may(visit)
    wanted = select(Resource).where(Resource.public_id == resource_id)
    resource = visit.session.scalars(wanted).one_or_none()
    if resource is None:
        raise Invalid(N_("Ese material no existe o usted no lo ve. Revise su dirección."), field="resource")
    if resource.state != "published":
        raise Invalid(N_("Ese material no está publicado."), field="resource")
    if any(one.resource_id == resource.id for one in compendium.items):
        raise Invalid(N_("Ese material ya está en el compendio."), field="resource")
    if len(compendium.items) >= MOST:
        raise Conflict(N_("Un compendio lleva hasta %(n)s materiales. Quite uno o haga otro."), n=MOST)
    last = max((one.position for one in compendium.items), default=0)
    item = CompendiumItem(position=last + 1, resource=resource, reason=_checked(reason))
    compendium.items.append(item)
    note(visit, "add", compendium)
    return item


def get_item(visit: Visit, public_id: str) -> CompendiumItem:
    """One item, for an editor who sees its material; NotFound, or Forbidden for others."""
    check_may(visit)
    wanted = select(CompendiumItem).where(CompendiumItem.public_id == public_id)
    found = visit.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound
    return found


def change_reason(visit: Visit, item: CompendiumItem, reason: str) -> None:
    """Say anew why a material stands there; raises Invalid."""
    check_may(visit)
    item.reason = _checked(reason)
    note(visit, "change", item.compendium)


def move(visit: Visit, item: CompendiumItem, steps: int) -> None:
    """Move an item up (-1) or down (1) among those that the editor sees; at an end it stays."""
    check_may(visit)
    every = list(item.compendium.items)
    at = every.index(item)
    to = min(max(at + steps, 0), len(every) - 1)
    places = sorted(one.position for one in every)
    every.insert(to, every.pop(at))
    for place, one in zip(places, every, strict=True):
        one.position = place
    note(visit, "change", item.compendium)


def remove_item(visit: Visit, item: CompendiumItem) -> None:
    """Take a material out; the last one of a published compendium stays."""
    check_may(visit)
    compendium = item.compendium
    if compendium.state == "published" and len(compendium.items) == 1:
        raise Conflict(
            N_("Un compendio publicado tiene al menos un material. Retírelo o agregue otro antes.")
        )
    compendium.items.remove(item)
    note(visit, "remove", compendium)


def _checked(reason: str) -> str:
    reason = tidy.text(reason)
    if not reason:
        raise Invalid(N_("Diga por qué conviene leerlo."), field="reason")
    tidy.check_length(reason, REASON, "reason")
    return reason
