"""Reminders of what waits: to whom, when, and never twice on a day. The tests with a number carry that of the
row of product.md section 1 which they prove."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.records import Account
from portal.instance import Instance
from portal.work import make_worker
from tests.portal.test_news import work as do_jobs
from tests.portal.working import DAY, NOON, Work, build
from toolkit import actions, coordination, meetings, reminders, workplan
from toolkit.meetings import Call
from toolkit.records import Organization, Post, Reminder, Task

TODAY = NOON.date()


@pytest.fixture
def work(instance: Instance, add_person: Callable[..., int]) -> Iterator[Work]:
    yield from build(instance, add_person)


def watch(work: Work) -> None:
    reminders.watch(work.instance.database)


def told(work: Work) -> list[tuple[str, list[str]]]:
    """Each letter so far: to whom, and what of."""
    return [(who, [f"{one['kind']} {one['key']}" for one in values["items"]])
            for who, values in work.letters("reminder")]  # fmt: skip


def after(work: Work, days: int) -> list[tuple[str, list[str]]]:
    """The letters of that day, the night's job run twice."""
    before = len(told(work))
    work.moment = NOON + days * DAY
    watch(work)
    watch(work)
    return told(work)[before:]


def proposed(work: Work) -> None:
    """A proposal of Ana's in a published plan: Bea's party is to accept it."""
    work.plan("Llevar las guías")
    with work.visit("ana") as visit:
        plan = workplan.get(visit, 2027)
        work.propose(visit, plan, "Otra acción")


def approved_by_one(work: Work) -> str:
    """A meeting whose acta Ana approved; gives its public id."""
    with work.visit("ana") as visit:
        meeting = meetings.call(visit, work.agreement(visit), Call("Primer encuentro", TODAY, dt.time(9)))
        meetings.write(visit, meeting, "Acordado.", revision=meeting.revision)
        meetings.agree(visit, meeting, revision=meeting.revision)
        return meeting.public_id


def matters(work: Work, name: str) -> list[tuple[str, str]]:
    with work.visit(name) as visit:
        return [(one.kind, one.key) for one in coordination.look(visit).waiting]


def test_row_28_a_proposal_accepted_by_one_is_one_task_of_the_other_who_is_reminded_after_7_days(
    work: Work,
) -> None:
    proposed(work)
    assert matters(work, "bea") == [("proposal", "2027-02")] and matters(work, "ana") == []
    assert after(work, 6) == []
    assert after(work, 7) == [("bea", ["proposal 2027-02"])]
    assert after(work, 8) == [] and after(work, 13) == []
    assert after(work, 14) == [("bea", ["proposal 2027-02"])]
    work.act("bea", "2027-02", lambda visit, one: actions.accept(visit, one, revision=one.revision))
    assert matters(work, "bea") == [] and after(work, 21) == [], "it does not wait any more"


def test_the_post_holder_first_then_the_alternate_and_so_on(work: Work) -> None:
    work.plan("Llevar las guías")
    with work.visit("bea") as visit:
        work.propose(visit, workplan.get(visit, 2027), "Otra acción")
    letters = [after(work, 7 * week) for week in (1, 2, 3, 4)]
    assert [[who for who, _ in one] for one in letters] == [["ana"], ["alma"], ["ana"], ["alma"]]


@pytest.mark.parametrize("change", [
    {"absent_from": TODAY}, {"until": TODAY}, {"absent_from": TODAY, "absent_until": TODAY + 40 * DAY},
])  # fmt: skip
def test_where_the_holder_is_away_the_alternate_alone(work: Work, change: dict[str, Any]) -> None:
    work.plan("Llevar las guías")
    with work.visit("bea") as visit:
        work.propose(visit, workplan.get(visit, 2027), "Otra acción")
    with work.instance.database.open_for_maintenance() as session:
        (post,) = session.scalars(select(Post).where(Post.holder_id == work.people["ana"]))
        for name, value in change.items():
            setattr(post, name, value)
    assert [who for who, _ in after(work, 7) + after(work, 14)] == ["alma", "alma"]


def test_where_nobody_acts_nobody_is_written_to(work: Work) -> None:
    proposed(work)
    with work.instance.database.open_for_maintenance() as session:
        session.scalars(select(Post).where(Post.holder_id == work.people["bea"])).one().until = TODAY
    assert after(work, 7) == []
    with work.instance.database.open_for_maintenance(writing=False) as session:
        assert session.query(Reminder).count() == 0


def test_a_suspended_organisation_is_not_written_to(work: Work) -> None:
    proposed(work)
    with work.instance.database.open_for_maintenance() as session:
        session.scalars(select(Organization).where(Organization.slug == "produce")).one().active = False
    assert after(work, 7) == []


def shut(work: Work, name: str) -> None:
    """Close somebody's account."""
    with work.instance.database.open_for_maintenance() as session:
        wanted = select(Account).where(Account.person_id == work.people[name])
        session.scalars(wanted).one().active = False


def test_whose_account_is_suspended_is_not_written_to_but_the_other_of_the_post(work: Work) -> None:
    work.plan("Llevar las guías")
    with work.visit("bea") as visit:
        work.propose(visit, workplan.get(visit, 2027), "Otra acción")
    shut(work, "ana")
    assert [who for who, _ in after(work, 7) + after(work, 14)] == ["alma", "alma"]
    shut(work, "alma")
    assert after(work, 21) == []


def test_one_letter_a_person_with_all_that_waits(work: Work) -> None:
    proposed(work)
    with work.visit("ana") as visit:
        plan = workplan.get(visit, 2027)
        workplan.changes.ask_plan(visit, plan, "Otras palabras.", "Conviene.", revision=plan.revision)
        change = plan.changes[-1].public_id
    acta = approved_by_one(work)
    work.act("ana", "2027-01", lambda visit, action: actions.advance(visit, action, "start"))
    assert after(work, 7) == [
        ("bea", ["proposal 2027-02", f"change {change}", f"acta {acta}"])]  # fmt: skip


def test_a_plan_to_which_one_party_agreed_waits_for_the_other(work: Work) -> None:
    with work.visit("ana") as visit:
        plan = workplan.add(visit, work.agreement(visit), 2028, "Otro año.")
        work.propose(visit, plan, "Una acción", dt.date(2028, 6, 30))
    assert ("plan", "2028") not in matters(work, "bea"), "nobody agreed yet"
    with work.visit("ana") as visit:
        plan = workplan.get(visit, 2028)
        workplan.agree(visit, plan, revision=plan.revision)
    assert matters(work, "bea") == [("proposal", "2028-01"), ("plan", "2028")]
    assert after(work, 7) == [("bea", ["proposal 2028-01", "plan 2028"])]


def test_a_verification_that_waits(work: Work) -> None:
    work.plan("Llevar las guías")
    with work.instance.database.open_for_maintenance() as session:
        action = session.scalars(select(actions.finding.Action)).one()
        action.state, action.moved_at = "to_verify", work.moment
    assert matters(work, "bea") == [("verification", "2027-01")]
    assert after(work, 7) == [("bea", ["verification 2027-01"])]


def test_an_action_that_ends_soon_and_then_is_late(work: Work) -> None:
    work.plan("Llevar las guías")  # until 30 June
    june = (dt.date(2027, 6, 22) - TODAY).days
    assert after(work, june) == []
    assert after(work, june + 1) == [("ana", ["due 2027-01"])], "seven days before"
    assert after(work, june + 8) == [("alma", ["due 2027-01"])]
    (item,) = work.letters("reminder")[-1][1]["items"]
    assert item["late"] == 0 and item["due"] == "2027-06-30"
    work.moment = NOON + (june + 20) * DAY
    with work.visit("ana") as visit:
        (late,) = coordination.look(visit).waiting
        assert late.kind == "due" and coordination.days_late(late) == 12
    watch(work)
    assert work.letters("reminder")[-1][1]["items"][0]["late"] == 12


def test_a_task_of_a_party_that_is_late(work: Work) -> None:
    with work.visit("ana") as visit:
        visit.session.add(Task(agreement_id=work.agreement(visit).id, organization_id=work.agreement(
            visit).parties[0].organization_id, words="Imprimir", due_on=TODAY + 10 * DAY))  # fmt: skip
    assert after(work, 2) == []
    assert [who for who, _ in after(work, 3)] == ["ana"]
    with work.visit("ana") as visit:
        (task,) = coordination.look(visit).waiting
        coordination.finish(visit, task.key)
    assert after(work, 30) == []


def test_a_proposal_written_anew_waits_anew(work: Work) -> None:
    proposed(work)
    assert after(work, 7)
    with work.visit("ana") as visit:
        action = actions.get(visit, "2027-02")
        said = actions.describe(action)
        said.title = "Otra cosa"
        actions.change(visit, action, said, revision=action.revision)
    assert after(work, 13) == []
    assert after(work, 14) == [("bea", ["proposal 2027-02"])]


def test_the_worker_watches_every_day_and_the_letter_leads_to_each_thing(work: Work) -> None:
    acta = approved_by_one(work)
    do_jobs(work.instance, "mail")
    work.moment = NOON + 7 * DAY
    make_worker(work.instance).watch()
    for _ in range(2):  # the watch, then the letter that it wrote
        do_jobs(work.instance, "mail")
    texts = [one.read_text(encoding="utf-8") for one in (work.instance.folder / "outbox").rglob("*.eml")]
    (letter,) = [one.replace("=\n", "") for one in texts if "1 asunto" in one and "bea@x.coop" in one]
    assert "Aprobar un acta: Primer encuentro." in letter and "Espera desde hace 7 d" in letter
    assert f"http://localhost/coordinacion/encuentros/{acta}" in letter
    assert "http://localhost/coordinacion\n" in letter
