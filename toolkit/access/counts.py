"""What may be counted beyond the rows of a viewer's session: who would read, what was delivered. Numbers for
people who are told no names; the functions that ask say to whom they answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, and_, case, exists, or_, select

from toolkit.access.people import own_shares
from toolkit.access.resources import listed_to
from toolkit.access.viewer import MEMBERS, Viewer, lima_day
from toolkit.records import Membership, Organization, Party, Person, Post, Resource, Share, Version

_membership, _organization, _person = Membership.__table__, Organization.__table__, Person.__table__
_post, _party = Post.__table__, Party.__table__
_share, _version, _resource = Share.__table__, Version.__table__, Resource.__table__


def readers_of(level: int, organizations: Collection[int], moment: dt.datetime) -> list[Select[int]]:
    """Statements for the ids of all who read, at `moment`, what has this level: of these organisations at
    levels 2 and 3, of all and the editors at level 1. Everybody reads level 0: there is nobody to count."""
    wanted = None if level == MEMBERS else list(organizations)
    found = [_members(wanted, moment), _coordinators(wanted, moment)]
    if level == MEMBERS:
        found.append(select(_person.c.id).where(_person.c.portal_role == "editor"))
    return found


def _members(organizations: list[int] | None, moment: dt.datetime) -> Select[int]:
    membership = _membership.c
    statement = (
        select(membership.person_id)
        .join(_organization, _organization.c.id == membership.organization_id)
        .where(
            _organization.c.active,
            membership.since <= moment,
            or_(membership.until.is_(None), membership.until > moment),
        )
    )
    return statement if organizations is None else statement.where(
        membership.organization_id.in_(organizations)
    )  # fmt: skip


def _coordinators(organizations: list[int] | None, moment: dt.datetime) -> Select[int]:
    """Who holds, or stands in for, a post that day; the post of a party opens its joint spaces too."""
    day, post, later = lima_day(moment), _post.c, _post.alias()
    begun_later = exists(
        select(later.c.id).where(
            later.c.organization_id == post.organization_id,
            later.c.code == post.code,
            later.c.since <= day,
            or_(later.c.since > post.since, and_(later.c.since == post.since, later.c.id > post.id)),
        )
    )
    over = and_(post.until.is_not(None), post.until < day)
    absent = and_(
        post.absent_from.is_not(None),
        post.absent_from <= day,
        or_(post.absent_until.is_(None), post.absent_until >= day),
    )
    actor = case((or_(over, absent), post.alternate_id), else_=post.holder_id)
    statement = (
        select(actor)
        .join(_organization, _organization.c.id == post.organization_id)
        .where(_organization.c.active, post.since <= day, ~begun_later, actor.is_not(None))
    )
    return statement if organizations is None else statement.where(_leads_one_of(organizations))


def _leads_one_of(organizations: list[int]) -> ColumnElement[bool]:
    joint = _organization.alias()
    parties = (
        select(_party.c.organization_id)
        .join(joint, joint.c.id == _party.c.joint_id)
        .where(_party.c.joint_id.in_(organizations), joint.c.active)
    )
    return or_(_post.c.organization_id.in_(organizations), _post.c.organization_id.in_(parties))


def deliveries_counted(viewer: Viewer) -> Select[dt.datetime, dt.datetime | None, int]:
    """Moment, acknowledgement and resource of every delivery of what this viewer may see listed, or of the
    viewer's own register: for totals, so that nothing hidden is in a number."""
    listed = exists(
        select(_resource.c.id)
        .join(_version, _version.c.resource_id == _resource.c.id)
        .where(_version.c.id == _share.c.version_id, listed_to(viewer, _resource.c))
        .correlate(_share)
    )
    return (
        select(_share.c.since, _share.c.acknowledged_at, _version.c.resource_id)
        .join(_version, _version.c.id == _share.c.version_id)
        .where(_share.c.since <= viewer.moment, or_(listed, own_shares(viewer, _share.c)))
    )


def names_in_register(viewer: Viewer, organizations: Collection[int]) -> Select[int, str]:
    """Ids and names of these organisations, suspended ones too, for who reads the rows of the register in
    which they stand: a row names for ever whom it was between. Joint spaces only to those of their parties,
    who alone know of them."""
    own = list(viewer.organizations)
    part = exists(
        select(_party.c.id).where(_party.c.joint_id == _organization.c.id, _party.c.organization_id.in_(own))
    )
    known = or_(_organization.c.kind == "organization", _organization.c.id.in_(own), part)
    return select(_organization.c.id, _organization.c.name).where(
        _organization.c.id.in_(organizations), known
    )
