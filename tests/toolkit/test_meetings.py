"""Encuentros: called, held, their acta approved by both parties. The tests with a number carry that of the
row of product.md section 1 which they prove."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from portal.accounts.records import Account
from portal.instance import Instance
from tests.portal.working import DAY, NOON, Work, build
from toolkit import erasure, meetings, personal_data
from toolkit.access import LIMA
from toolkit.errors import Conflict, Forbidden, Invalid, NotFound, Overtaken
from toolkit.meetings import Call
from toolkit.records import AuditEntry, Consent, Meeting, Organization, Person, Task

TODAY = NOON.date()


@pytest.fixture
def work(instance: Instance, add_person: Callable[..., int]) -> Iterator[Work]:
    yield from build(instance, add_person)


def called(work: Work, **more: object) -> str:
    """A meeting that Ana called for today; gives its public id."""
    said = Call("Primer encuentro", TODAY, dt.time(9), "Lima", "1. Guías", **more)
    with work.visit("ana") as visit:
        return meetings.call(visit, work.agreement(visit), said).public_id


def do(work: Work, name: str, public_id: str, deed: Callable) -> None:
    """Let somebody do something with a meeting."""
    with work.visit(name) as visit:
        deed(visit, meetings.get(visit, public_id))


def written(work: Work, words: str = "Se acordó difundir las guías.") -> str:
    """A meeting with an acta and a commitment of each party."""
    public_id = called(work)
    do(work, "ana", public_id, lambda visit, one: meetings.write(visit, one, words, revision=one.revision))
    for party in ("americas", "produce"):
        do(work, "ana", public_id, lambda visit, one, party=party: meetings.commit(
            visit, one, f"Tarea de {party}", party, TODAY + 30 * DAY))  # fmt: skip
    return public_id


def agree(work: Work, name: str, public_id: str) -> None:
    do(work, name, public_id, lambda visit, one: meetings.agree(visit, one, revision=one.revision))


def state_of(work: Work) -> tuple[str, int]:
    """The state of the one meeting, and how many parties agreed to its acta."""
    with work.instance.database.open_for_maintenance(writing=False) as session:
        return session.scalars(select(Meeting.state)).one(), session.query(Consent).count()


def tasks(work: Work) -> list[tuple[str, str, dt.date | None, int | None]]:
    with work.instance.database.open_for_maintenance(writing=False) as session:
        return [(one.words, one.organization.slug, one.due_on, one.action_id)
                for one in session.scalars(select(Task).order_by(Task.id))]  # fmt: skip


def test_row_16_an_approved_acta_with_two_commitments_makes_two_tasks(work: Work) -> None:
    public_id = written(work)
    agree(work, "ana", public_id)
    assert state_of(work) == ("held", 1) and tasks(work) == [], "one party alone"
    agree(work, "bea", public_id)
    due = TODAY + 30 * DAY
    assert state_of(work) == ("agreed", 2)
    assert tasks(work) == [("Tarea de americas", "americas", due, None),
                           ("Tarea de produce", "produce", due, None)]  # fmt: skip
    with work.visit("bea") as visit:
        assert [one.task.words for one in meetings.get(visit, public_id).commitments if one.task] == [
            "Tarea de americas", "Tarea de produce"]  # fmt: skip


def test_row_16_a_commitment_that_names_an_action_becomes_a_task_of_it(work: Work) -> None:
    work.plan("Llevar las guías")
    public_id = called(work)
    do(work, "bea", public_id, lambda visit, one: meetings.write(visit, one, "Sí.", revision=one.revision))
    do(work, "bea", public_id, lambda visit, one: meetings.commit(
        visit, one, "Imprimir", "produce", TODAY, "2027-01"))  # fmt: skip
    for name in ("bea", "ana"):
        agree(work, name, public_id)
    with work.visit("dora") as visit:
        (task,) = visit.session.scalars(select(Task))
        assert task.action is not None and task.action.code == "2027-01", "its members read it there"


def test_an_action_that_is_over_takes_no_task(work: Work) -> None:
    work.plan("Llevar las guías")
    public_id = called(work)
    do(work, "bea", public_id, lambda visit, one: meetings.write(visit, one, "Sí.", revision=one.revision))
    do(work, "bea", public_id, lambda visit, one: meetings.commit(
        visit, one, "Imprimir", "produce", TODAY, "2027-01"))  # fmt: skip
    with work.instance.database.open_for_maintenance() as session:
        session.scalars(select(Meeting)).one().commitments[0].action.state = "verified"
    for name in ("bea", "ana"):
        agree(work, name, public_id)
    assert tasks(work) == [("Imprimir", "produce", TODAY, None)]


@pytest.mark.parametrize("edit", [
    lambda visit, one: meetings.write(visit, one, "Otra cosa.", revision=one.revision),
    lambda visit, one: meetings.commit(visit, one, "Algo más", "produce", TODAY),
    lambda visit, one: meetings.drop(visit, one, one.commitments[0].public_id),
    lambda visit, one: meetings.add_attendee(visit, one, "", "Rosa Quispe", "Cooperativa"),
    lambda visit, one: meetings.remove_attendee(visit, one, one.attendance[0].public_id),
    lambda visit, one: meetings.mark(visit, one, [one.attendance[0].public_id]),
    lambda visit, one: meetings.change(visit, one, Call("Otro", TODAY, dt.time(9)), revision=one.revision),
])  # fmt: skip
def test_whatever_changes_in_the_acta_takes_the_consents_back(work: Work, edit: Callable) -> None:
    public_id = written(work)
    agree(work, "ana", public_id)
    do(work, "bea", public_id, edit)
    assert state_of(work) == ("held", 0)
    agree(work, "bea", public_id)
    agree(work, "ana", public_id)
    assert state_of(work) == ("agreed", 2)
    with pytest.raises(Conflict, match="ya está aprobada"):
        do(work, "ana", public_id, edit)


def test_an_acta_that_changed_while_it_was_read_is_not_approved(work: Work) -> None:
    public_id = written(work)
    with work.visit("bea") as visit:
        read = meetings.get(visit, public_id).revision
    work.moment += dt.timedelta(minutes=5)
    do(work, "ana", public_id, lambda visit, one: meetings.commit(visit, one, "De paso", "produce", TODAY))
    with pytest.raises(Conflict, match="cambió mientras usted lo leía"):
        do(work, "bea", public_id, lambda visit, one: meetings.agree(visit, one, revision=read))


def test_who_writes_over_another_is_told(work: Work) -> None:
    public_id = written(work)
    with work.visit("bea") as visit:
        read = meetings.get(visit, public_id).revision
    do(
        work,
        "ana",
        public_id,
        lambda visit, one: meetings.write(visit, one, "Lo mío.", revision=one.revision),
    )
    with pytest.raises(Overtaken):
        do(work, "bea", public_id, lambda visit, one: meetings.write(visit, one, "Lo suyo.", revision=read))


def test_one_person_does_not_approve_for_both(work: Work, add_person: Callable[..., int]) -> None:
    both = {"americas": "coordinator", "produce": "coordinator"}
    work.people["dos"] = add_person("dos@x.coop", "Dos", organizations=both)
    with work.visit("dos") as visit:
        public_id = meetings.call(visit, work.agreement(visit), Call("E", TODAY, dt.time(9))).public_id
    do(work, "dos", public_id, lambda visit, one: meetings.write(visit, one, "Sí.", revision=one.revision))
    agree(work, "dos", public_id)
    with pytest.raises(Conflict, match="otra persona"):
        agree(work, "dos", public_id)
    assert state_of(work) == ("held", 1)


@pytest.mark.parametrize(("day", "field"), [
    (dt.date(2015, 9, 14), "day"), (None, "day"), (dt.date(9999, 12, 31), "day"),
    (dt.date(2033, 1, 1), "day"),
])  # fmt: skip
def test_a_day_that_cannot_be_is_refused(work: Work, day: dt.date | None, field: str) -> None:
    with pytest.raises(Invalid) as trouble, work.visit("ana") as visit:
        meetings.call(visit, work.agreement(visit), Call("Encuentro", day, dt.time(9)))
    assert trouble.value.field == field


def test_what_a_commitment_cannot_say(work: Work) -> None:
    public_id = called(work)
    for said, field in ((("", "produce", TODAY), "words"), (("x" * 201, "produce", TODAY), "words"),
                        (("Sí", "coopac", TODAY), "party"), (("Sí", "produce", None), "due_on"),
                        (("Sí", "produce", TODAY - DAY), "due_on"),
                        (("Sí", "produce", dt.date(2030, 1, 1)), "due_on"),
                        (("Sí", "produce", dt.date.max), "due_on"),
                        (("Sí", "produce", TODAY, "2027-09"), "action")):  # fmt: skip
        with pytest.raises(Invalid) as trouble:
            do(work, "ana", public_id, lambda visit, one, said=said: meetings.commit(visit, one, *said))
        assert trouble.value.field == field


def test_before_its_day_a_meeting_has_no_acta_and_can_be_cancelled(work: Work) -> None:
    with work.visit("ana") as visit:
        call = Call("Mañana", TODAY + DAY, dt.time(9))
        public_id = meetings.call(visit, work.agreement(visit), call).public_id
    for deed in (lambda visit, one: meetings.write(visit, one, "Ya.", revision=one.revision),
                 lambda visit, one: meetings.mark(visit, one, [])):  # fmt: skip
        with pytest.raises(Conflict, match="todavía no tuvo lugar"):
            do(work, "ana", public_id, deed)
    with pytest.raises(Conflict, match="Todavía no hay acta"):
        agree(work, "ana", public_id)
    with pytest.raises(Invalid, match="por qué"):
        do(work, "bea", public_id, lambda visit, one: meetings.cancel(visit, one, " "))
    cancel = lambda visit, one: meetings.cancel(visit, one, "No hay sala.")  # noqa: E731
    do(work, "bea", public_id, cancel)
    with pytest.raises(Conflict, match="se canceló"):
        do(work, "bea", public_id, cancel)
    assert [step["step"] for who, step in work.letters("meeting") if who == "ana"] == ["cancelled"]


def test_the_coordinations_read_it_editors_too_and_who_is_named_of_a_party(work: Work) -> None:
    public_id = called(work)
    with work.visit("bea") as visit:
        ids = {one.name: one.public_id for one in meetings.people_of(visit, work.agreement(visit))}
    assert ids.keys() == {"Ana", "Alma", "Bea", "Dora"}
    sees = {"ana": True, "bea": True, "edita": True, "dora": False, "cora": False, "alma": False}
    for name, expected in sees.items():
        with work.visit(name) as visit:
            assert bool(meetings.browse(visit)) == expected, name
    do(work, "bea", public_id, lambda visit, one: meetings.add_attendee(visit, one, ids["Dora"], "", ""))
    with work.visit("dora") as visit:
        found = meetings.get(visit, public_id)
        assert [one.organization for one in found.attendance if one.name == "Dora"] == ["Produce"]
        with pytest.raises(Forbidden):
            meetings.write(visit, found, "Lo mío.", revision=found.revision)
    assert ("dora", "called") in [(who, said["step"]) for who, said in work.letters("meeting")]


def test_who_left_the_parties_reads_no_more(work: Work) -> None:
    public_id = called(work)
    with work.instance.database.open_for_maintenance() as session:
        cora = session.get_one(Person, work.people["cora"])
        meeting = session.scalars(select(Meeting)).one()
        meeting.attendance[0].person_id = cora.id
    with pytest.raises(NotFound), work.visit("cora") as visit:
        meetings.get(visit, public_id)


def test_editors_read_and_do_not_write(work: Work) -> None:
    public_id = written(work)
    for deed in (lambda visit, one: meetings.write(visit, one, "Yo.", revision=one.revision),
                 lambda visit, one: meetings.agree(visit, one, revision=one.revision),
                 lambda visit, one: meetings.cancel(visit, one, "No.")):  # fmt: skip
        with pytest.raises(Forbidden):
            do(work, "edita", public_id, deed)


def test_the_parties_are_told_of_each_step_and_not_who_did_it(work: Work) -> None:
    public_id = written(work)
    agree(work, "ana", public_id)
    agree(work, "bea", public_id)
    assert [(who, said["step"]) for who, said in work.letters("meeting")] == [
        ("bea", "called"), ("bea", "to_approve"), ("ana", "approved")]  # fmt: skip
    with work.instance.database.open_for_maintenance(writing=False) as session:
        acts = list(session.scalars(select(AuditEntry.act).where(AuditEntry.noun == "meeting")))
    assert acts == ["call", "write_acta", "commit", "commit", "agree", "agree", "approve"]


def test_the_hour_is_that_of_lima(work: Work) -> None:
    public_id = called(work)
    with work.visit("ana") as visit:
        found = meetings.get(visit, public_id)
        assert found.at == dt.datetime(2027, 3, 1, 9, tzinfo=LIMA) and meetings.describe(
            found
        ).hour == dt.time(9)


def test_what_is_kept_of_an_attendee_is_told_and_goes_with_the_person(work: Work) -> None:
    called(work)
    with work.visit("bea") as visit, visit.open_for_maintenance() as whole:
        bea = whole.get_one(Person, work.people["bea"])
        (kept,) = personal_data.gather(visit, whole, bea)["meetings"]
        assert (kept["title"], kept["name"], kept["present"]) == ("Primer encuentro", "Bea", False)
    with work.visit("ana") as visit:
        dora = {one.name: one.public_id for one in meetings.people_of(visit, work.agreement(visit))}
    with work.instance.database.open_for_maintenance() as session:
        meeting = session.scalars(select(Meeting)).one()
        person = session.get_one(Person, work.people["dora"])
        assert person.public_id not in dora.values(), "she is of another party"
        meeting.attendance[0].person_id, meeting.attendance[0].name = person.id, "Dora"
        session.flush()
        erasure.erase(session, person, "clave")
        session.refresh(meeting.attendance[0])
        assert meeting.attendance[0].name == erasure.NAME


@pytest.mark.parametrize("closed", ["organization", "account"])
def test_a_suspended_organisation_and_a_suspended_account_get_no_letters_and_do_nothing(
    work: Work, closed: str
) -> None:
    public_id = written(work)
    before = len(work.letters("meeting"))
    with work.instance.database.open_for_maintenance() as session:
        if closed == "organization":
            session.scalars(select(Organization).where(Organization.slug == "produce")).one().active = False
        else:
            wanted = select(Account).where(Account.person_id == work.people["bea"])
            session.scalars(wanted).one().active = False
    with work.visit("ana") as visit:
        made = meetings.call(visit, work.agreement(visit), Call("Otro", TODAY + DAY, dt.time(9)))
        assert [one.name for one in made.attendance] == ["Ana"]
        meetings.change(visit, made, Call("Otro", TODAY + 2 * DAY, dt.time(9)), revision=made.revision)
        meetings.cancel(visit, made, "No hay sala.")
    agree(work, "ana", public_id)
    assert work.letters("meeting")[before:] == []
    if closed == "organization":
        with pytest.raises(NotFound):
            agree(work, "bea", public_id)


def test_whoever_is_on_the_list_is_told_that_it_is_cancelled_and_why(work: Work) -> None:
    public_id = called(work)
    with work.visit("bea") as visit:
        ids = {one.name: one.public_id for one in meetings.people_of(visit, work.agreement(visit))}
        meetings.add_attendee(visit, meetings.get(visit, public_id), ids["Dora"], "", "")
    before = len(work.letters("meeting"))
    do(work, "ana", public_id, lambda visit, one: meetings.cancel(visit, one, "No hay sala."))
    assert [(who, said["step"], said["reason"]) for who, said in work.letters("meeting")[before:]] == [
        ("bea", "cancelled", "No hay sala."), ("dora", "cancelled", "No hay sala.")]  # fmt: skip
