"""What the people of the example library have done with it, done here as they would do it: each act through a
visit of its own, as the person whom `library.toml` names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select

from toolkit import (
    agreement,
    applications,
    compendia,
    exchange,
    news,
    norms,
    organizations,
    people,
    sharing,
    spaces,
    units,
)
from toolkit.access import Viewer
from toolkit.database import Database, Visit
from toolkit.example.planning import Player
from toolkit.records import Resource, now
from toolkit.spaces import folders, joint

NEWS = Path(__file__).parent / "news"
EDITOR = "editora@ejemplo.coop"
Ids = dict[str, str]
"""Name of an example file → public id of its resource."""


def play(database: Database, library: dict[str, Any], ids: Ids) -> None:
    """Folders, deliveries, a proposal that waits, news, the agreement, plans with an initiative, what was
    applied, norms, a compendium, units, a joint space; nothing where that is there."""
    with database.open_for_maintenance(writing=False) as session:
        if organizations.find(session, library["joint"]["slug"]) is not None:
            return
    for one in library["folders"]:
        with database.visit(_person(database, one["by"]), writing=True) as visit:
            folder = folders.add(visit, spaces.get(visit, one["organization"]), one["name"])
            for file in one["files"]:
                folders.place(visit, _resource(visit, ids, file), folder)
    for one in library["deliveries"]:
        _deliver(database, one, ids)
    for one in library["proposals"]:
        with database.visit(_person(database, one["by"]), writing=True) as visit:
            receiver = organizations.get(visit.session, one["to"])
            sharing.propose(visit, _resource(visit, ids, one["file"]), 1, [receiver.id],
                            message=one["message"])  # fmt: skip
    told = {one["text"]: _tell(database, one, ids) for one in library["articles"]}
    _agree(database, library["agreement"], ids, told)
    player = Player(database, ids)
    player.play()
    for one in library["applications"]:
        _apply(player, one)
    _legislate(database, library["norms"])
    for one in library["compendia"]:
        _compile(database, one, ids)
    _divide(database, library["units"])
    _open_joint(database, library["joint"])


def _deliver(database: Database, one: dict[str, Any], ids: Ids) -> None:
    with database.visit(_person(database, one["by"]), writing=True) as visit:
        receiver = organizations.get(visit.session, one["to"])
        (share,) = sharing.share(visit, _resource(visit, ids, one["file"]), 1, [receiver.id])
        public_id = share.public_id
    if "acknowledged_by" in one:
        with database.visit(_person(database, one["acknowledged_by"]), writing=True) as visit:
            exchange.acknowledge(visit, spaces.get(visit, one["to"]), public_id)


def _tell(database: Database, one: dict[str, Any], ids: Ids) -> tuple[int | None, str | None]:
    """Write a piece of news and bring it out, as an editor does, at the moment when it came out; gives the
    year and slug of its address."""
    with database.visit(_person(database, EDITOR), writing=True) as visit:
        body = (NEWS / one["text"]).read_text(encoding="utf-8")
        piece = news.Piece(one["title"], one["summary"], body, one["topics"],
                           [ids[file] for file in one["files"]], one["organizations"])  # fmt: skip
        article = news.add(visit, piece)
        news.publish(visit, article, one["at"])
        return article.year, article.slug


def _agree(database: Database, one: dict[str, Any], ids: Ids, told: dict[str, Any]) -> None:
    """Write the agreement with its parts and publish it, as an editor does."""
    with database.visit(_person(database, EDITOR), writing=True) as visit:
        facts = agreement.Facts(one["title"], one["object"], one["objective"], one["signed_on"],
                                text=ids[one["text"]])  # fmt: skip
        made = agreement.add(visit, facts)
        for sort in agreement.PARTS:
            for part in one[sort]:
                named = {"resource": ids.get(part.get("resource", ""), ""),
                         "article": told.get(part.get("article", ""))}  # fmt: skip
                agreement.add_part(visit, made, sort, part | {n: named[n] for n in named if n in part})
        agreement.publish(visit, made)


def _apply(player: Player, one: dict[str, Any]) -> None:
    """Write down that an organisation applied a material, on the day when it told that."""
    said = {name: one[name] for name in ("day", "region", "how", "result", "words", "people", "public")}
    report = applications.Report(version=1, country="PE", **said)

    def tell(visit: Visit) -> None:
        organization = organizations.get(visit.session, one["organization"])
        applications.add(visit, _resource(visit, player.ids, one["file"]), organization, report)

    player.act(one, tell)


def _legislate(database: Database, every: list[dict[str, Any]]) -> None:
    """Write down the norms, say what each does to others, and publish them, as an editor does."""
    with database.visit(_person(database, EDITOR), writing=True) as visit:
        made = {
            one["number"]: norms.add(
                visit, norms.Entry(**{n: said for n, said in one.items() if n != "does"})
            )
            for one in every
        }
        for one in every:
            for tie in one.get("does", ()):
                other = made[tie["other"]].slug
                norms.add_relation(visit, made[one["number"]], tie["deed"], other, tie.get("since", ""))
        for norm in made.values():
            norms.publish(visit, norm)


def _compile(database: Database, one: dict[str, Any], ids: Ids) -> None:
    """Make a compendium and publish it, as an editor does."""
    with database.visit(_person(database, EDITOR), writing=True) as visit:
        made = compendia.add(visit, one["title"], one["words"])
        for item in one["items"]:
            compendia.add_item(visit, made, ids[item["file"]], item["reason"])
        compendia.publish(visit, made)


def _divide(database: Database, every: list[dict[str, Any]]) -> None:
    """Write down the units of organisations, as an editor does; each after the one that it names."""
    with database.visit(_person(database, EDITOR), writing=True) as visit:
        made = {"": ""}
        for one in every:
            organization = organizations.get(visit.session, one["organization"])
            facts = units.Facts(one["name"], made[one.get("parent", "")], made[one.get("predecessor", "")],
                                one.get("since", ""), one.get("until", ""))  # fmt: skip
            made[one["name"]] = units.add(visit, organization, facts).public_id


def _open_joint(database: Database, one: dict[str, Any]) -> None:
    with database.visit(_person(database, one["by"]), writing=True) as visit:
        parties = [organizations.get(visit.session, slug) for slug in one["parties"]]
        joint.propose(visit.session, one["slug"], one["name"], parties, visit.viewer)
    for address in one["agreed_by"]:
        with database.visit(_person(database, address), writing=True) as visit:
            joint.open_up(visit, joint.get_to_agree(visit, one["slug"]))


def _person(database: Database, address: str) -> Viewer:
    with database.open_for_maintenance(writing=False) as session:
        return people.viewer_of(session, people.get(session, address).id, now())


def _resource(visit: Visit, ids: Ids, file: str) -> Resource:
    return visit.session.scalars(select(Resource).where(Resource.public_id == ids[file])).one()
