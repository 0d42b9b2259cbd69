"""An agreement of two parties at work, for the tests of the coordination: Ana coordinates «americas» with
Alma as her alternate, Bea «produce», whose member Dora is; Cora coordinates an organisation that is no
party; Edita edits the portal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select

from portal.instance import Instance
from toolkit import actions, agreement, people, workplan
from toolkit.access import LIMA, Viewer
from toolkit.database import Visit
from toolkit.records import Action, Agreement, OutboxMessage, Person, Plan, Post
from toolkit.records.base import injected

EDITOR = Viewer(person_id=None, portal_role="editor")
NOON = dt.datetime(2027, 3, 1, 12, tzinfo=LIMA)
DAY = dt.timedelta(days=1)


@dataclass
class Work:
    """The instance, the moment that its clock shows, and the people by name."""

    instance: Instance
    moment: dt.datetime = NOON
    people: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def visit(self, name: str) -> Iterator[Visit]:
        """A visit of this person at the moment that the clock shows, kept if nothing is raised."""
        with self.instance.database.open_for_maintenance(writing=False) as session:
            viewer = people.viewer_of(session, self.people[name], self.moment)
        with self.instance.database.visit(viewer, writing=True) as visit:
            yield visit

    def agreement(self, visit: Visit) -> Agreement:
        """The agreement, in this visit."""
        return visit.session.scalars(select(Agreement)).one()

    def act(self, name: str, code: str, deed: Callable[[Visit, Action], object]) -> None:
        """Let somebody do something with an action."""
        with self.visit(name) as visit:
            deed(visit, actions.get(visit, code))

    def plan(self, *titles: str, year: int = 2027) -> None:
        """A published plan with an aim and these actions, for which Americas is responsible."""
        with self.visit("ana") as visit:
            drafted = workplan.add(visit, self.agreement(visit), year, "Un año de trabajo.")
            workplan.indicators.add(visit, drafted, workplan.Aim("Guías", target=Decimal(3), objective=1))
            for title in titles:
                self.propose(visit, drafted, title)
        for name in ("ana", "bea"):
            with self.visit(name) as visit:
                plan = workplan.get(visit, year)
                workplan.agree(visit, plan, revision=plan.revision)
        with self.visit("ana") as visit:
            workplan.publish(visit, workplan.get(visit, year))

    def propose(self, visit: Visit, plan: Plan, title: str, due: dt.date | None = None) -> Action:
        """A proposal that is ready to be accepted."""
        said = actions.Facts(title, responsible="americas", counterpart="produce", objectives=[1],
                             starts_on=self.moment.date(), due_on=due or dt.date(2027, 6, 30))  # fmt: skip
        return actions.propose(visit, plan, said)

    def letters(self, template: str) -> list[tuple[str, dict]]:
        """The letters of a kind that wait to be sent: to whom, and their values."""
        with self.instance.database.open_for_maintenance(writing=False) as session:
            wanted = select(OutboxMessage).where(OutboxMessage.template == template)
            return [(one.recipient.split("@")[0], one.values) for one in
                    session.scalars(wanted.order_by(OutboxMessage.id))]  # fmt: skip


def build(instance: Instance, add_person: Callable[..., int]) -> Iterator[Work]:
    """The agreement and its people; give it on from a fixture."""
    work = Work(instance)
    with injected(clock=lambda: work.moment):
        for name, organizations in (
            ("ana", {"americas": "coordinator"}), ("alma", {"americas": "member"}),
            ("bea", {"produce": "coordinator"}), ("dora", {"produce": "member"}),
            ("cora", {"coopac": "coordinator"}),
        ):  # fmt: skip
            work.people[name] = add_person(f"{name}@x.coop", name.title(), organizations=organizations)
        work.people["edita"] = add_person("edita@x.coop", "Edita", portal_role="editor")
        with instance.database.visit(EDITOR, writing=True) as visit:
            made = agreement.add(visit, agreement.Facts("Convenio marco", "Cooperar.", "Sumar.",
                                                        dt.date(2015, 9, 15)))  # fmt: skip
            for sort, values in (
                ("parties", {"organization": "americas", "role": ""}),
                ("parties", {"organization": "produce", "role": ""}),
                ("objectives", {"words": "Difundir lo que sirve."}),
            ):  # fmt: skip
                agreement.add_part(visit, made, sort, values)
            agreement.publish(visit, made)
        with instance.database.open_for_maintenance() as session:
            ana = session.scalars(select(Person).where(Person.name == "Ana")).one()
            alma = session.scalars(select(Person).where(Person.name == "Alma")).one()
            session.scalars(select(Post).where(Post.holder_id == ana.id)).one().alternate_id = alma.id
        yield work
