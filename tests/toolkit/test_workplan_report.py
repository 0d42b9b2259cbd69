"""What the yearly report gathers, for whom."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.instance import Instance
from tests import years
from toolkit import people
from toolkit.access import VISITOR, Viewer
from toolkit.database import Database
from toolkit.errors import NotFound
from toolkit.records import now
from toolkit.workplan import report


@pytest.fixture
def inside(instance: Instance, add_person: Callable[..., int]) -> Viewer:
    """A member of a party, once the year is there."""
    number = add_person("ana@x.coop", "Ana", organizations={"aci": "member"})
    years.build(instance)
    with instance.database.open_for_maintenance(writing=False) as session:
        return people.viewer_of(session, number, now())


def gathered(database: Database, viewer: Viewer) -> report.Report:
    with database.visit(viewer) as visit:
        found = report.gather(visit, years.YEAR)
        visit.session.expunge_all()
        return found


def test_notes_and_what_is_internal_are_counted_for_the_parties_only(
    instance: Instance, inside: Viewer
) -> None:
    outside, within = gathered(instance.database, VISITOR), gathered(instance.database, inside)
    assert outside.notes == {} and not outside.inside
    assert set(within.notes.values()) == {3} and within.inside
    assert len(outside.actions) == len(within.actions) == 14
    assert all(len(one.evidence) == 1 and not one.steps and not one.priorities and one.detail is None
               for one in outside.actions)  # fmt: skip
    assert all(len(one.evidence) == 2 and one.steps for one in within.actions)


def test_each_action_is_told_once_and_named_under_the_others_of_its_objectives(
    instance: Instance, inside: Viewer
) -> None:
    found = gathered(instance.database, VISITOR)
    told = [report.serving(found, objective) for objective, _ in found.objectives]
    assert sorted(one.code for own, _ in told for one in own) == [one.code for one in found.actions]
    assert sorted(one.number for _, others in told for one in others) == [5, 10]
    assert report.serving(found, None) == ([], [])


def test_what_was_not_done_has_its_reason_as_far_as_it_is_read(instance: Instance, inside: Viewer) -> None:
    reasons = {one.number: reason for one, reason in report.undone(gathered(instance.database, VISITOR))}
    assert reasons[7] == "No hubo presupuesto.", "the change of the plan says why"
    assert reasons[14] == "" and reasons[3] == ""
    assert years.SECRET not in "".join(reasons.values())
    within = {one.number: reason for one, reason in report.undone(gathered(instance.database, inside))}
    assert within[6] == f"Paso {years.SECRET}" and within[7] == "No hubo presupuesto."
    assert 1 not in within and 8 not in within, "what is verified was done"


def test_proposed_changes_are_not_in_the_report(instance: Instance, inside: Viewer) -> None:
    assert [one.number for one in gathered(instance.database, inside).changes] == [1, 2]


def test_a_draft_has_no_report_for_visitors(instance: Instance) -> None:
    years.build(instance, 2, state="draft")
    with pytest.raises(NotFound):
        gathered(instance.database, VISITOR)
