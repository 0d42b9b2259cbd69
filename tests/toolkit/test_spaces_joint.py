"""A joint space opens and closes when every party has agreed, and until then nobody notices it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.instance import Instance
from toolkit import catalogue, organizations, people, spaces
from toolkit.access import VISITOR, Viewer
from toolkit.catalogue import Card
from toolkit.errors import Conflict, Forbidden, Invalid, NotFound
from toolkit.records import AuditEntry, OutboxMessage, Party, now
from toolkit.spaces import joint

Whose = Callable[[str], Viewer]


@pytest.fixture
def whose(instance: Instance) -> Whose:
    """The viewer of an address, as of now."""

    def find(email: str) -> Viewer:
        with instance.database.open_for_maintenance(writing=False) as session:
            return people.viewer_of(session, people.get(session, email).id, now())

    return find


@pytest.fixture(autouse=True)
def proposed(instance: Instance, add_person: Callable[..., int], whose: Whose) -> None:
    """Two parties with their coordinations, a member of one, a third organisation; a joint space proposed."""
    add_person("ana@x.coop", "Ana", organizations={"agraria": "coordinator"})
    add_person("luz@x.coop", "Luz", organizations={"agraria": "member"})
    add_person("pablo@x.pe", "Pablo", organizations={"ministerio": "coordinator"})
    add_person("eva@x.coop", "Eva", organizations={"coopac": "coordinator"})
    add_person("alma@x.pe", "Alma", portal_role="administrator")
    with instance.database.visit(whose("alma@x.pe"), writing=True) as visit:
        chosen = [organizations.get(visit.session, slug) for slug in ("agraria", "ministerio")]
        joint.propose(visit.session, "comision", "Comisión conjunta", chosen, visit.viewer)


def opened(instance: Instance, whose: Whose, *addresses: str) -> bool:
    """These agree; is it open now?"""
    found = False
    for email in addresses:
        with instance.database.visit(whose(email), writing=True) as visit:
            found = joint.open_up(visit, joint.get_to_agree(visit, "comision"))
    return found


def seen(instance: Instance, viewer: Viewer) -> list[str]:
    """The spaces, organisations and facet names that somebody sees."""
    with instance.database.visit(viewer) as visit:
        every = [one.slug for one in spaces.browse(visit)]
        every += [one.slug for one in organizations.browse(visit).organizations]
        return sorted({*every, *organizations.names(visit)})


def test_it_opens_when_every_party_has_agreed(instance: Instance, whose: Whose) -> None:
    assert not opened(instance, whose, "ana@x.coop")
    assert "comision" not in _browse(instance, whose("ana@x.coop"))
    assert opened(instance, whose, "pablo@x.pe")
    for email in ("ana@x.coop", "pablo@x.pe"):
        assert "comision" in _browse(instance, whose(email))
    with instance.database.open_for_maintenance(writing=False) as session:
        acts = list(session.scalars(select(AuditEntry.act).where(AuditEntry.noun == "joint_space")))
    assert acts == ["propose", "agree_to_open", "agree_to_open", "open"]


def _browse(instance: Instance, viewer: Viewer) -> list[str]:
    with instance.database.visit(viewer) as visit:
        return [one.slug for one in spaces.browse(visit)]


def test_it_stands_in_no_list_of_anybody_else(instance: Instance, whose: Whose) -> None:
    usual = ["agraria", "coopac", "ministerio"]
    for state in ("proposed", "open"):
        for viewer in (VISITOR, whose("luz@x.coop"), whose("eva@x.coop")):
            assert seen(instance, viewer) == usual
            with instance.database.visit(viewer) as visit:
                assert visit.session.scalars(select(Party)).all() == []
                with pytest.raises(NotFound):
                    joint.get_to_agree(visit, "comision")
                with pytest.raises(NotFound):
                    spaces.get(visit, "comision")
        if state == "proposed":
            opened(instance, whose, "ana@x.coop", "pablo@x.pe")
    with instance.database.visit(whose("ana@x.coop")) as visit:
        assert [one.slug for one in organizations.browse(visit).organizations] == usual, "no directory"


def test_a_delegate_works_in_it_like_in_any_space(
    instance: Instance, whose: Whose, add_person: Callable[..., int]
) -> None:
    opened(instance, whose, "ana@x.coop", "pablo@x.pe")
    with instance.database.open_for_maintenance() as session:
        space = organizations.get(session, "comision")
        people.join(session, people.get(session, "luz@x.coop"), space, "promoter")
    with instance.database.visit(whose("luz@x.coop"), writing=True) as visit:
        found = spaces.get(visit, "comision")
        assert [one.organization.name for one in joint.parties(visit, found)] == ["Agraria", "Ministerio"]
        assert {one.name: one.role for one in spaces.fellows(visit, found)} == {
            "Ana": "coordinator", "Pablo": "coordinator", "Luz": "promoter"
        }  # fmt: skip
        catalogue.add(visit, found.id, Card(title="Acta de la comisión"))


def test_nobody_agrees_for_another_party(instance: Instance, whose: Whose) -> None:
    assert not opened(instance, whose, "ana@x.coop")
    with pytest.raises(Conflict):
        opened(instance, whose, "ana@x.coop")
    with instance.database.open_for_maintenance(writing=False) as session:
        agreed = [one for one in session.scalars(select(Party)) if one.opened_at]
        assert [one.organization.slug for one in agreed] == ["agraria"]


def test_it_closes_when_every_party_has_agreed(instance: Instance, whose: Whose) -> None:
    opened(instance, whose, "ana@x.coop", "pablo@x.pe")

    def close(email: str) -> bool:
        with instance.database.visit(whose(email), writing=True) as visit:
            return joint.close_down(visit, joint.get_to_agree(visit, "comision"))

    assert not close("ana@x.coop")
    assert len(_browse(instance, whose("pablo@x.pe"))) == 2
    with instance.database.visit(whose("pablo@x.pe")) as visit:
        own = organizations.get(visit.session, "ministerio")
        assert [task.kind for task in spaces.tasks(visit, own)] == ["closing"]
        assert spaces.waiting(visit)[own.id] == 1
    assert close("pablo@x.pe")
    assert _browse(instance, whose("pablo@x.pe")) == ["ministerio"]
    with pytest.raises(Conflict):
        opened(instance, whose, "ana@x.coop")


def test_a_closing_can_be_taken_back(instance: Instance, whose: Whose) -> None:
    opened(instance, whose, "ana@x.coop", "pablo@x.pe")
    with instance.database.visit(whose("ana@x.coop"), writing=True) as visit:
        space = joint.get_to_agree(visit, "comision")
        joint.close_down(visit, space)
        joint.keep_open(visit, space)
    with instance.database.visit(whose("pablo@x.pe")) as visit:
        assert spaces.tasks(visit, organizations.get(visit.session, "ministerio")) == []


def test_a_proposal_waits_for_each_coordination(instance: Instance, whose: Whose) -> None:
    for email, slug, expected in (("ana@x.coop", "agraria", ["opening"]), ("luz@x.coop", "agraria", []),
                                  ("eva@x.coop", "coopac", [])):  # fmt: skip
        with instance.database.visit(whose(email)) as visit:
            own = organizations.get(visit.session, slug)
            assert [task.kind for task in spaces.tasks(visit, own)] == expected
            assert spaces.waiting(visit).get(own.id, 0) == len(expected)


def test_only_an_administrator_proposes_and_for_two_at_least(instance: Instance, whose: Whose) -> None:
    with instance.database.visit(whose("ana@x.coop"), writing=True) as visit:
        both = [organizations.get(visit.session, slug) for slug in ("agraria", "ministerio")]
        with pytest.raises(Forbidden):
            joint.propose(visit.session, "otra", "Otra", both, visit.viewer)
    with instance.database.visit(whose("alma@x.pe"), writing=True) as visit:
        one = organizations.get(visit.session, "agraria")
        for chosen in ([], [one], [one, one], [one, organizations.get(visit.session, "comision")]):
            with pytest.raises(Invalid) as refused:
                joint.propose(visit.session, "otra", "Otra", chosen, visit.viewer)
            assert refused.value.field == "organizations"


def test_each_coordination_is_told_of_each_step(instance: Instance, whose: Whose) -> None:
    def told() -> list[tuple[str, str]]:
        with instance.database.open_for_maintenance() as session:
            rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.recipient)).all()
            found = [(one.recipient, one.values["step"]) for one in rows]
            for row in rows:
                session.delete(row)
        return found

    assert told() == [("ana@x.coop", "proposed"), ("pablo@x.pe", "proposed")]
    opened(instance, whose, "ana@x.coop")
    assert told() == []
    opened(instance, whose, "pablo@x.pe")
    assert told() == [("ana@x.coop", "opened"), ("pablo@x.pe", "opened")]
    both = [("ana@x.coop", "closed"), ("pablo@x.pe", "closed")]
    for email, expected in (("ana@x.coop", [("pablo@x.pe", "closing")]), ("pablo@x.pe", both)):
        with instance.database.visit(whose(email), writing=True) as visit:
            joint.close_down(visit, joint.get_to_agree(visit, "comision"))
        assert told() == expected


@pytest.mark.parametrize("step", ["open", "close"])
def test_a_suspended_party_is_not_passed_over(instance: Instance, whose: Whose, step: str) -> None:
    """Its coordination cannot agree meanwhile, and nobody agrees for it."""
    if step == "close":
        opened(instance, whose, "ana@x.coop", "pablo@x.pe")
    with instance.database.open_for_maintenance() as session:
        organizations.get(session, "ministerio").active = False
    with instance.database.visit(whose("ana@x.coop"), writing=True) as visit:
        space = joint.get_to_agree(visit, "comision")
        assert not (joint.open_up(visit, space) if step == "open" else joint.close_down(visit, space))
    with instance.database.open_for_maintenance(writing=False) as session:
        assert organizations.get(session, "comision").active is (step == "close")
