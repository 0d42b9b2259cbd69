"""The rows of product.md 5.2 (reading) and 5.3 (acting), read as they stand there.

Each test is a row, each case a column: V visitor, M member, P promoter, C coordination, E editor,
A administrator. `own`, `chosen` and `other` say of which organisation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from portal.instance import Instance
from tests.world import World, build
from toolkit import catalogue, exchange, moderation, publication, sharing, visitors
from toolkit.access import CHOSEN, MEMBERS, OWN
from toolkit.catalogue import Card
from toolkit.database import Visit
from toolkit.errors import Conflict, Forbidden, Invalid, NotFound
from toolkit.publication import Sight
from toolkit.records import (
    AuditEntry,
    Coauthor,
    Organization,
    OutboxMessage,
    Person,
    Request,
    Resource,
    Share,
    Version,
)

YES, NO, ASKS, FICHA = "yes", "no", "asks", "ficha"
COLUMNS = {"V": "visitor", "own M": "member", "own P": "author", "chosen M": "receiver",
           "other P": "other", "C": "coordinator", "E": "editor", "A": "administrator"}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    instance = Instance(tmp_path_factory.mktemp("rows"))
    instance.database.migrate()
    made = build(instance)
    with instance.database.open_for_maintenance() as session:
        version = session.scalars(
            select(Version).where(Version.resource_id == made.resources["chosen_card"], Version.number == 1)
        ).one()
        session.add(Share(version_id=version.id, organization_id=made.places["receptora"],
                          giver_id=made.places["duena"], title="Con ficha"))  # fmt: skip
        named = session.scalars(select(Person).where(Person.email == made.addresses["promoter"])).one()
        session.add(Coauthor(resource_id=made.resources["draft"], person_id=named.id))
    own, chosen = made.places["duena"], made.places["receptora"]
    author, receiver = made.viewers["author"], made.viewers["receiver"]
    made.viewers |= {
        "trusted": replace(author, trusted=frozenset({own})),
        "receiving coordinator": replace(receiver, coordinates=frozenset({chosen})),
    }
    yield made
    instance.database.close()


@contextmanager
def acting(world: World, who: str) -> Iterator[Visit]:
    """A visit that writes, of which nothing stays."""
    visit = world.instance.database.visit(world.viewers[COLUMNS.get(who, who)], writing=True)
    try:
        yield visit
    finally:
        visit.close()


def there(visit: Visit, world: World, what: str) -> Resource:
    return catalogue.get(visit, world.ids[what])


def outcome(act: Callable[[], Any]) -> str:
    """What came of an act: it was done, it was asked for, or it was not allowed."""
    try:
        return ASKS if isinstance(act(), Request) else YES
    except (Forbidden, NotFound):
        return NO


def row(cells: str) -> pytest.MarkDecorator:
    """`V no | C yes` as cases."""
    pairs = [cell.strip().rsplit(" ", 1) for cell in cells.split("|")]
    return pytest.mark.parametrize(("who", "expected"), pairs, ids=[pair[0] for pair in pairs])


def seen(world: World, who: str, what: str) -> str:
    with world.instance.database.visit(world.viewers[COLUMNS.get(who, who)]) as visit:
        card = visit.session.scalar(select(Resource).where(Resource.public_id == world.ids[what]))
        versions = visit.session.scalars(
            select(Version.number).where(Version.resource_id == world.resources[what])
        ).all()
        return YES if versions else FICHA if card else NO


# ------------------------------------------------------------------ 5.2 reading


@row("V yes | own M yes | own P yes | chosen M yes | other P yes | C yes | E yes | A yes")
def test_0_ficha_and_file(world: World, who: str, expected: str) -> None:
    assert seen(world, who, "public") == expected


@row("V no | own M yes | own P yes | chosen M yes | other P yes | C yes | E yes | A ficha")
def test_1_ficha_and_file(world: World, who: str, expected: str) -> None:
    assert seen(world, who, "members") == expected


@row("V ficha | own M yes | own P yes | chosen M yes | other P yes | C yes | E yes | A ficha")
def test_1_with_the_option(world: World, who: str, expected: str) -> None:
    assert seen(world, who, "members_card") == expected


@row("V no | own M yes | own P yes | chosen M yes | other P no | C yes | E no | A no")
def test_2_ficha_and_file(world: World, who: str, expected: str) -> None:
    assert seen(world, who, "chosen") == expected


@row("V ficha | own M yes | own P yes | chosen M yes | other P ficha | C yes | E ficha | A ficha")
def test_2_with_the_option(world: World, who: str, expected: str) -> None:
    assert seen(world, who, "chosen_card") == expected


@row("V no | own M yes | own P yes | chosen M no | other P no | C yes | E no | A no")
def test_3_ficha_and_file(world: World, who: str, expected: str) -> None:
    assert seen(world, who, "own") == expected


@row("V no | own M no | own P yes | promoter yes | chosen M no | other P no | C no | E no | A no")
def test_b_draft_for_its_author_and_the_named_coauthor(world: World, who: str, expected: str) -> None:
    assert seen(world, who, "draft") == expected


def test_b_draft_as_a_title_for_the_coordination(world: World) -> None:
    own = world.places["duena"]
    with acting(world, "C") as visit:
        assert [title for title, _ in catalogue.draft_titles(visit, own)] == ["Material tucandraftfin"]
    with acting(world, "own P") as visit, pytest.raises(Forbidden):
        catalogue.draft_titles(visit, own)


@row("V 1,2 | own M 1,2 | own P 1,2 | chosen M 1,2 | other P 1,2 | C 1,2 | E 1,2 | A 1,2")
def test_old_versions_of_0_as_the_current_one(world: World, who: str, expected: str) -> None:
    assert versions(world, who, "public") == expected


@row("V none | own M 1,2 | own P 1,2 | chosen M 1 | other P none | C 1,2 | E none | A none")
def test_old_versions_of_2_as_at_delivery(world: World, who: str, expected: str) -> None:
    assert versions(world, who, "chosen") == expected


def versions(world: World, who: str, what: str) -> str:
    with acting(world, who) as visit:
        found = visit.session.scalars(
            select(Version.number)
            .where(Version.resource_id == world.resources[what])
            .order_by(Version.number)
        )
        return ",".join(str(number) for number in found) or "none"


# ------------------------------------------------------------------ 5.3 acting


@row("V no | own M no | own P yes | other P no | C yes | E no | A no")
def test_create_a_draft(world: World, who: str, expected: str) -> None:
    with acting(world, who) as visit:
        assert outcome(lambda: catalogue.add(visit, world.places["duena"], Card(title="Nuevo"))) == expected


def drafted(visit: Visit, world: World, **organization: bool) -> Resource:
    """A draft of the viewer with a file; `organization` sets what the organisation wants."""
    with visit.open_for_maintenance() as session:
        for name, value in organization.items():
            setattr(session.get_one(Organization, world.places["duena"]), name, value)
        draft = session.get_one(Resource, world.resources["draft"])
        draft.created_by = visit.viewer.person_id
    return there(visit, world, "draft")


@row("V no | own M no | own P yes | trusted yes | other P no | C yes | E no | A no")
def test_publish_at_3(world: World, who: str, expected: str) -> None:
    with acting(world, who) as visit:
        assert outcome(lambda: publication.offer(visit, drafted(visit, world), Sight(OWN))) == expected


@row("own P asks | trusted asks | C yes")
def test_publish_at_3_where_the_coordination_may_require_approval(
    world: World, who: str, expected: str
) -> None:
    with acting(world, who) as visit:
        draft = drafted(visit, world, approves_own=True)
        assert outcome(lambda: publication.offer(visit, draft, Sight(OWN))) == expected


@pytest.mark.parametrize("level", [MEMBERS, CHOSEN])
@row("V no | own M no | own P asks | trusted yes | other P no | C yes | E no | A no")
def test_publish_at_1_or_2(world: World, who: str, expected: str, level: int) -> None:
    sight = Sight(level, organizations=(world.places["tercera"],) if level == CHOSEN else ())
    with acting(world, who) as visit:
        draft = None

        def act() -> Request | None:
            nonlocal draft
            draft = drafted(visit, world)
            return publication.offer(visit, draft, sight)

        assert outcome(act) == expected
        if draft is not None and expected != NO:
            assert draft.state == ("published" if expected == YES else "draft")


@pytest.mark.parametrize("level", [MEMBERS, CHOSEN])
@row("V no | own M no | own P asks | promoter no | trusted asks | other P no | C yes | E no | A no")
def test_widen_visibility_later(world: World, who: str, expected: str, level: int) -> None:
    sight = Sight(level, organizations=(world.places["tercera"],) if level == CHOSEN else ())
    with acting(world, who) as visit:
        assert outcome(lambda: publication.offer(visit, there(visit, world, "own"), sight)) == expected


@row("own P asks | C yes")
def test_one_more_organization_is_widening(world: World, who: str, expected: str) -> None:
    sight = Sight(CHOSEN, organizations=(world.places["receptora"], world.places["tercera"]))
    with acting(world, who) as visit:
        assert outcome(lambda: publication.offer(visit, there(visit, world, "chosen"), sight)) == expected


@row("V no | own M no | own P yes | promoter no | other P no | C yes | E no | A no")
def test_narrow_visibility(world: World, who: str, expected: str) -> None:
    with acting(world, who) as visit:
        assert outcome(lambda: catalogue.publish(visit, there(visit, world, "members"), OWN)) == expected


@row("V no | own M no | own P yes | promoter no | other P no | C yes | E yes | A no")
def test_narrow_or_withdraw_any_level_0(world: World, who: str, expected: str) -> None:
    with acting(world, who) as visit:
        public = there(visit, world, "public")
        assert outcome(lambda: catalogue.publish(visit, public, OWN, reason="Datos personales")) == expected


@row("V no | own M no | own P yes | promoter no | other P no | C yes | E no | A yes")
def test_withdraw(world: World, who: str, expected: str) -> None:
    """Level 1: the administrator sees the ficha, and has a legal order."""
    with acting(world, who) as visit:
        card = there(visit, world, "members_card")
        assert outcome(lambda: catalogue.withdraw(visit, card, "Motivo")) == expected


def test_an_editor_gives_a_reason_and_the_coordination_is_told(world: World) -> None:
    with acting(world, "E") as visit:
        public = there(visit, world, "public")
        with pytest.raises(Invalid):
            moderation.narrow(visit, public, OWN, "  ")
        moderation.narrow(visit, public, OWN, "Datos personales")
        assert [row.recipient for row in mail(visit)] == ["coordinator@ejemplo.pe"]
    with acting(world, "E") as visit:
        moderation.withdraw(visit, there(visit, world, "public"), "Datos personales")
        assert [row.values["deed"] for row in mail(visit)] == ["withdrawn"]


def test_an_administrator_withdraws_on_a_legal_order_only(world: World) -> None:
    with acting(world, "A") as visit:
        card = there(visit, world, "members_card")
        with pytest.raises(Invalid) as refused:
            moderation.withdraw(visit, card, "Lo manda un juez")
        assert refused.value.field == "order"
        moderation.withdraw(visit, card, "Lo manda un juez", "Juzgado 3, n.º 12-2027")
        with visit.open_for_maintenance() as session:
            acts = {one.act: one.values for one in session.scalars(select(AuditEntry))}
        assert acts["legal_order"] == {"order": "Juzgado 3, n.º 12-2027"}


def mail(visit: Visit) -> list[Any]:
    with visit.open_for_maintenance() as session:
        found = list(session.scalars(select(OutboxMessage)))
        session.expunge_all()
        return found


@row("V no | own M no | own P yes | promoter no | other P no | C yes | E no | A no")
def test_new_version(world: World, who: str, expected: str) -> None:
    with acting(world, who) as visit:
        assert outcome(lambda: catalogue.add_version(visit, there(visit, world, "public"))) == expected


@row("V no | own M no | own P yes | promoter no | other P no | C yes | E yes | A no")
def test_an_editor_fixes_metadata(world: World, who: str, expected: str) -> None:
    with acting(world, who) as visit:
        public = there(visit, world, "public")
        card = replace(catalogue.describe(public), title="Con otro título")
        assert outcome(lambda: catalogue.change(visit, public, card, revision=public.revision)) == expected


@row("V no | own M no | own P asks | promoter asks | chosen M no | other P no | C yes | E no | A no")
def test_share_with_an_organization(world: World, who: str, expected: str) -> None:
    third = [world.places["tercera"]]
    with acting(world, who) as visit:

        def act() -> Any:
            own = there(visit, world, "own")
            propose = expected == ASKS
            return sharing.propose(visit, own, 1, third) if propose else sharing.share(visit, own, 1, third)

        assert outcome(act) == expected


@row("V no | own M no | own P no | C no | chosen M no | receiving coordinator yes | other P no | E no | A no")
def test_acknowledge_receipt(world: World, who: str, expected: str) -> None:
    with world.instance.database.open_for_maintenance(writing=False) as session:
        share = session.scalars(select(Share).where(Share.title == "Con ficha")).one().public_id
    with acting(world, who) as visit:
        receiving = visit.session.get(Organization, world.places["receptora"])
        assert receiving is not None
        assert outcome(lambda: exchange.acknowledge(visit, receiving, share)) == expected
        if expected == YES:
            with pytest.raises(Conflict):
                exchange.acknowledge(visit, receiving, share)


@row("other P asks | E asks | A no")
def test_ask_for_access(world: World, who: str, expected: str) -> None:
    with acting(world, who) as visit:
        card = there(visit, world, "chosen_card")
        asker = next(iter(visit.viewer.organizations), None)
        assert outcome(lambda: sharing.ask_access(visit, card, asker, "Para un taller")) == expected


def test_a_visitor_asks_for_access_by_an_email_link(world: World) -> None:
    with acting(world, "V") as visit:
        card = there(visit, world, "chosen_card")
        assert outcome(lambda: sharing.ask_access(visit, card, None, "")) == NO
        assert outcome(lambda: visitors.ask(visit, card, "ana@fuera.pe", "Para un taller", "es")) == YES
        public = there(visit, world, "public")
        assert outcome(lambda: visitors.ask(visit, public, "ana@fuera.pe", "", "es")) == NO


@row("own M no | chosen M no")
def test_who_reads_it_asks_for_nothing(world: World, who: str, expected: str) -> None:
    with acting(world, who) as visit, pytest.raises(Conflict):
        card = there(visit, world, "chosen_card")
        sharing.ask_access(visit, card, next(iter(visit.viewer.organizations)), expected)
