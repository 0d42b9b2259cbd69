"""Finding what was applied: of a material, of an organisation, in a space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from toolkit import access
from toolkit.database import Visit
from toolkit.errors import Forbidden, NotFound
from toolkit.records import Application, Organization, Resource, alphabetical

PER_PAGE = 20
_RECORDED = Application.state == "recorded"


@dataclass(frozen=True)
class Applied:
    """One page of a list: its `rows`, how many there are in all, its number and that of the last."""

    rows: list[Application]
    total: int
    page: int = 1
    last: int = 1


def _newest_first() -> Select[Application]:
    return (
        select(Application)
        .order_by(Application.day.desc(), Application.id.desc())
        .options(
            joinedload(Application.organization),
            joinedload(Application.resource),
            joinedload(Application.author),
        )
    )


def _page(visit: Visit, where: Sequence[object], page: int, per_page: int) -> Applied:
    total = visit.session.scalar(select(func.count(Application.id)).where(*where)) or 0  # type: ignore[arg-type]
    if not total:
        return Applied([], 0)
    last = max(1, -(-total // per_page))
    page = min(max(1, page), last)
    wanted = _newest_first().where(*where).offset((page - 1) * per_page).limit(per_page)  # type: ignore[arg-type]
    return Applied(list(visit.session.scalars(wanted)), total, page, last)


def browse(visit: Visit, resource: Resource, page: int = 1, per_page: int = PER_PAGE) -> Applied:
    """Who applied a material, as far as this viewer may know, the newest first."""
    return _page(visit, (_RECORDED, Application.resource_id == resource.id), page, per_page)


def appliers(visit: Visit, resource: Resource) -> int:
    """How many organisations applied a material, as far as this viewer may know."""
    wanted = select(func.count(Application.organization_id.distinct()))
    return visit.session.scalar(wanted.where(_RECORDED, Application.resource_id == resource.id)) or 0


def of_organization(visit: Visit, organization: Organization, per_page: int = 5) -> Applied:
    """What an organisation applied and made public, of materials that this viewer may know of."""
    where = (
        _RECORDED,
        Application.public.is_(True),
        Application.organization_id == organization.id,
        Application.resource_id.in_(select(Resource.id)),
    )
    return _page(visit, where, 1, per_page)


def of_space(visit: Visit, organization: Organization, page: int = 1) -> Applied:
    """All that an organisation wrote down, for its own people: what it took back too."""
    if organization.id not in visit.viewer.organizations:
        raise NotFound
    return _page(visit, (Application.organization_id == organization.id,), page, PER_PAGE)


def get(visit: Visit, public_id: str) -> Application:
    """One of them; NotFound for who may not know of it."""
    found = visit.session.scalars(
        _newest_first().where(Application.public_id == public_id)
    ).one_or_none()  # fmt: skip
    if found is None:
        raise NotFound
    return found


def get_to_change(visit: Visit, public_id: str) -> Application:
    """Likewise, for somebody who may change it; Forbidden for others who see it."""
    found = get(visit, public_id)
    if not access.may_change_application(visit.viewer, found):
        raise Forbidden
    return found


def places(visit: Visit) -> list[Organization]:
    """The organisations for which this viewer may write down what they applied, by name."""
    wanted = select(Organization).where(Organization.kind == "organization", Organization.active)
    if not visit.viewer.editor:
        wanted = wanted.where(Organization.id.in_(visit.viewer.organizations))
    return sorted(visit.session.scalars(wanted), key=lambda one: alphabetical(one.name))
