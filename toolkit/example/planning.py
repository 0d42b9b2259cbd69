"""The plans and initiatives of the example library, made here as the two coordinations made them: each act
through a visit of its own, as the person and on the day that `plan.toml` names."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select

from toolkit import actions, agreement, initiatives, meetings, people, workplan
from toolkit.access import LIMA, Viewer
from toolkit.database import Database, Visit
from toolkit.example import FOLDER
from toolkit.records import Indicator, Plan, now
from toolkit.records.base import injected
from toolkit.workplan import changes, indicators

Deed = Callable[[Visit], Any]
FACTS = ("title", "summary", "responsible", "post", "starts_on", "due_on", "objectives", "topics", "outputs",
         "words", "budget", "priorities")  # fmt: skip


class Player:
    """Lets people act on days that are over: `database` of the instance, `ids` of the resources by the name
    of their first file."""

    def __init__(self, database: Database, ids: dict[str, str]) -> None:
        self.database, self.ids = database, ids

    def play(self) -> None:
        """Every plan of `plan.toml`, then every initiative."""
        told = tomllib.loads((FOLDER / "plan.toml").read_text(encoding="utf-8"))
        for one in told["plans"]:
            self._plan(one)
        for one in told["initiatives"]:
            self._pursue(one)
        for one in told["meetings"]:
            self._meet(one)

    def act(self, one: dict[str, Any], deed: Deed) -> Any:
        """What `deed` does for the person of `one`, on its day at nine in Lima."""
        with self.database.open_for_maintenance(writing=False) as session:
            viewer: Viewer = people.viewer_of(session, people.get(session, one["by"]).id, now())
        moment = dt.datetime.combine(one["on"], dt.time(9), LIMA).astimezone(dt.UTC)
        with injected(clock=lambda: moment), self.database.visit(viewer, writing=True) as visit:
            return deed(visit)

    def _meet(self, one: dict[str, Any]) -> None:
        said = meetings.Call(one["title"], one["day"], one["hour"], one["place"], one["agenda"])
        public_id = self.act(one, lambda visit: meetings.call(visit, _agreement(visit), said).public_id)
        if "acta" not in one:
            return
        self.act(one["acta"], partial(_write_acta, public_id=public_id, one=one))
        for consent in one["acta"]["agreed"]:
            self.act(consent, partial(_approve, public_id=public_id))

    def _plan(self, one: dict[str, Any]) -> None:
        year = one["year"]
        self.act(one, lambda visit: workplan.add(visit, _agreement(visit), year, one["words"]))
        for aim in one["indicators"]:
            self.act(one, partial(_add_indicator, year=year, one=aim))
        codes = [self._propose(year, action) for action in one["actions"]]
        for consent in one["agreed"]:
            self.act(consent, partial(_agree, year=year))
        if "published" not in one:
            return
        self.act(one["published"], lambda visit: workplan.publish(visit, _plan(visit, year)))
        for number, aim in enumerate(one["indicators"], start=1):
            for measure in aim.get("measures", ()):
                said = {"by": one["published"]["by"], **measure}
                self.act(said, partial(_measure, year=year, number=number, one=said))
        for change in one["changes"]:
            asked = self.act(change, partial(_ask, code=codes[change["action"] - 1], one=change))
            self.act(change["agreed"], partial(_agree_to_change, public_id=asked))
        for action, code in zip(one["actions"], codes, strict=True):
            self._work(action, code)
        for proposal in one["proposals"]:
            code = self._propose(year, proposal)
            if "withdrawn" in proposal:
                self.act(proposal["withdrawn"], partial(_withdraw, code=code))

    def _pursue(self, one: dict[str, Any]) -> None:
        slug = self.act(one, partial(_begin, one=one))
        for code in one["actions"]:
            self.act(one["published"], partial(_link, code=code, slug=slug))
        self.act(one["published"], lambda visit: initiatives.publish(visit, initiatives.get(visit, slug)))

    def _propose(self, year: int, one: dict[str, Any]) -> str:
        facts = actions.Facts(**{name: one[name] for name in FACTS if name in one})
        return self.act(one, lambda visit: actions.propose(visit, _plan(visit, year), facts).code)

    def _work(self, action: dict[str, Any], code: str) -> None:
        first = action["acts"][0] if action["acts"] else {"by": action["by"], "on": action["starts_on"]}
        for file in action["uses"]:
            self.act(first, partial(_use, code=code, resource=self.ids[file]))
        for one in action["acts"]:
            self.act(one, partial(self._do, code=code, one=one))

    def _do(self, visit: Visit, code: str, one: dict[str, Any]) -> None:
        action, act = actions.get(visit, code), one["act"]
        if act == "report":
            actions.report(visit, action, one["words"], one["percent"], None)
        elif act == "prove":
            actions.prove(visit, action, one["title"], public=one["public"], resource=self.ids[one["file"]])
        elif act == "task":
            actions.add_task(visit, action, one["words"], one["party"], one["due_on"])
        elif act == "verify":
            actions.verify(visit, action, range(len(action.outputs)), seen=True,
                           revision=action.revision)  # fmt: skip
        elif act == "observe":
            actions.observe(visit, action, one["reason"], revision=action.revision)
        else:
            actions.advance(visit, action, act, one.get("reason", ""))


def _agreement(visit: Visit) -> Any:
    return agreement.current(visit)


def _plan(visit: Visit, year: int) -> Plan:
    return workplan.get(visit, year)


def _add_indicator(visit: Visit, year: int, one: dict[str, Any]) -> None:
    aim = workplan.Aim(one["name"], one["definition"], one["unit"], Decimal(one["baseline"]),
                       Decimal(one["target"]), one["objective"], one["counts"])  # fmt: skip
    indicators.add(visit, _plan(visit, year), aim)


def _use(visit: Visit, code: str, resource: str) -> None:
    actions.use(visit, actions.get(visit, code), resource)


def _agree_to_change(visit: Visit, public_id: str) -> None:
    changes.agree(visit, changes.get(visit, public_id))


def _agree(visit: Visit, year: int) -> None:
    plan = _plan(visit, year)
    workplan.agree(visit, plan, revision=plan.revision)


def _measure(visit: Visit, year: int, number: int, one: dict[str, Any]) -> None:
    wanted = select(Indicator).join(Plan).where(Plan.year == year, Indicator.number == number)
    indicators.measure(
        visit, visit.session.scalars(wanted).one(), Decimal(one["value"]), one["on"], one["source"]
    )


def _ask(visit: Visit, code: str, one: dict[str, Any]) -> str:
    action = actions.get(visit, code)
    if one.get("cancel"):
        return changes.ask_cancel(visit, action, one["reason"]).public_id
    facts = actions.describe(action)
    for name, said in one["facts"].items():
        setattr(facts, name, said)
    return changes.ask_action(visit, action, facts, one["reason"], revision=action.revision).public_id


def _withdraw(visit: Visit, code: str) -> None:
    actions.withdraw(visit, actions.get(visit, code))


def _begin(visit: Visit, one: dict[str, Any]) -> str:
    facts = initiatives.Facts(one["title"], one["words"], one["beneficiaries"], one["cooperatives"],
                              one["benefits"])  # fmt: skip
    return initiatives.add(visit, _agreement(visit), facts).slug


def _link(visit: Visit, code: str, slug: str) -> None:
    initiatives.link(visit, actions.get(visit, code), slug)


def _write_acta(visit: Visit, public_id: str, one: dict[str, Any]) -> None:
    meeting = meetings.get(visit, public_id)
    there = [row.public_id for row in meeting.attendance if row.name.split()[0] in one["present"]]
    meetings.mark(visit, meeting, there)
    meetings.write(visit, meeting, one["acta"]["words"], revision=meeting.revision)
    for row in one["acta"]["commitments"]:
        meetings.commit(visit, meeting, row["words"], row["party"], row["due_on"], row["action"])


def _approve(visit: Visit, public_id: str) -> None:
    meeting = meetings.get(visit, public_id)
    meetings.agree(visit, meeting, revision=meeting.revision)
