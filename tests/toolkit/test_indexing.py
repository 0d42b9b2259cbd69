"""What stands on which shelf, when it moves, and when something goes wrong on the way."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest
from sqlalchemy import delete, select, update

from portal.instance import Instance
from tests.toolkit.shelved import (
    add_resource,
    add_version,
    change,
    index,
    jobs_of,
    placed,
    remembers,
    standing,
)
from toolkit import organizations
from toolkit.access import VISITOR
from toolkit.records import File, Job, Page, Placement, Resource, Share, Version, now
from toolkit.search import checking, indexing
from toolkit.search.finding import find
from toolkit.search.shelf import Document, Unavailable
from toolkit.search.shelves import Shelves

DAY = dt.timedelta(days=1)


def sound(instance: Instance) -> bool:
    assert standing(instance) == placed(instance)
    return checking.faults(instance.database, instance.shelves) == []


def space(instance: Instance, slug: str) -> str:
    with instance.database.open_for_maintenance() as session:
        known = organizations.find(session, slug) or organizations.add(session, slug, slug.title())
        return f"space-{known.id}"


def row_of(instance: Instance, public_id: str) -> int:
    with instance.database.open_for_maintenance(writing=False) as session:
        return session.scalars(select(Resource.id).where(Resource.public_id == public_id)).one()


def share(
    instance: Instance, public_id: str, slug: str, since: dt.datetime, until: dt.datetime | None
) -> None:
    with instance.database.open_for_maintenance() as session:
        receiver = organizations.get(session, slug)
        version = session.scalars(
            select(Version).join(Resource).where(Resource.public_id == public_id, Version.number == 1)
        ).one()
        giver = version.resource.organization_id
        session.add(
            Share(
                version_id=version.id, organization_id=receiver.id, giver_id=giver, since=since, until=until
            )
        )


def found(instance: Instance, words: str) -> list[str]:
    with instance.database.visit(VISITOR) as visit:
        return [hit.resource.public_id for hit in find(visit, instance.shelves, words).hits]


def test_a_document_stands_where_its_level_says(instance: Instance) -> None:
    one, own = add_resource(instance), space(instance, "duena")
    index(instance, one)
    for level, show_card, wanted in (
        (0, False, {"public": "full"}),
        (1, False, {"members": "full"}),
        (1, True, {"members": "full", "public": "ficha"}),
        (3, True, {own: "full"}),
        (2, True, {own: "full", "public": "ficha"}),
        (3, False, {own: "full"}),
        (0, False, {"public": "full"}),
    ):
        change(instance, one, level=level, show_card=show_card)
        assert standing(instance) == {(shelf, one): (1, form) for shelf, form in wanted.items()}
        assert sound(instance)


def test_only_the_newest_version_stands(instance: Instance) -> None:
    one = add_resource(instance, text="La primera habla de guanábanas.")
    index(instance, one)
    add_version(instance, row_of(instance, one), ["La segunda habla de maracuyás."])
    index(instance, one)
    assert standing(instance) == {("public", one): (2, "full")}
    assert found(instance, "maracuyás") == [one] and found(instance, "guanábanas") == []
    assert sound(instance)


@pytest.mark.parametrize("narrower", [{"level": 3}, {"level": 1}, {"state": "withdrawn"}, {"state": "draft"}])
def test_what_left_a_shelf_leaves_no_trace_in_its_words(instance: Instance, narrower: dict) -> None:
    others = [add_resource(instance, text=f"Otro texto número {n}.") for n in range(5)]
    secret = add_resource(instance, text="Aquí se nombra el zorzalito escondido.", title="Canario")
    index(instance, *others, secret)
    assert remembers(instance, "public", "zorzalito") and remembers(instance, "public", "canario")
    change(instance, secret, **narrower)
    assert not remembers(instance, "public", "zorzalito") and not remembers(instance, "public", "canario")
    assert remembers(instance, "public", "número") and sound(instance)
    assert found(instance, "zorzalito") == []


def test_what_stands_as_a_card_leaves_no_trace_of_its_text(instance: Instance) -> None:
    others = [add_resource(instance, text=f"Otro texto número {n}.") for n in range(5)]
    secret = add_resource(instance, text="Aquí se nombra el zorzalito escondido.", title="Canario")
    index(instance, *others, secret)
    change(instance, secret, level=1, show_card=True)
    assert not remembers(instance, "public", "zorzalito")
    assert remembers(instance, "public", "canario") and remembers(instance, "members", "zorzalito")
    assert found(instance, "canario") == [secret] and sound(instance)


def test_what_is_gone_from_the_database_goes_from_the_shelves(instance: Instance) -> None:
    one, two = add_resource(instance), add_resource(instance)
    index(instance, one, two)
    with instance.database.open_for_maintenance() as session:
        session.execute(delete(Resource).where(Resource.public_id == one))
    index(instance, one)
    assert standing(instance) == {("public", two): (1, "full")} and sound(instance)


def test_without_files_nothing_stands(instance: Instance) -> None:
    one = add_resource(instance)
    with instance.database.open_for_maintenance() as session:
        session.execute(delete(File))
    index(instance, one)
    assert standing(instance) == {} == placed(instance)


def test_a_share_begins_and_ends_by_its_dates(instance: Instance) -> None:
    one, there = add_resource(instance, level=2), space(instance, "receptora")
    own = space(instance, "duena")
    add_version(instance, row_of(instance, one), ["Más nueva."])
    begin, end = now() + DAY, now() + 2 * DAY
    share(instance, one, "receptora", begin, end)
    index(instance, one)
    assert standing(instance) == {(own, one): (2, "full")}
    (job,) = jobs_of(instance, "index_resource")
    assert (job.key, job.run_at, job.state) == (one, begin, "waiting")

    with instance.database.open_for_maintenance() as session:  # a day later
        session.execute(update(Share).values(since=begin - 2 * DAY))
        session.execute(delete(Job))
    index(instance, one)
    assert standing(instance) == {(own, one): (2, "full"), (there, one): (1, "full")}
    (job,) = jobs_of(instance, "index_resource")
    assert job.run_at == end and sound(instance)

    with instance.database.open_for_maintenance() as session:  # another day later
        session.execute(update(Share).values(until=now()))
        session.execute(delete(Job))
    index(instance, one)
    assert standing(instance) == {(own, one): (2, "full")} and sound(instance)
    assert jobs_of(instance, "index_resource") == []
    assert not remembers(instance, there, "prueba")


def test_a_rebuild_remembers_the_shares_to_come(instance: Instance) -> None:
    one = add_resource(instance, level=2)
    space(instance, "receptora")
    share(instance, one, "receptora", now() + DAY, None)
    indexing.rebuild(instance.database, instance.shelves)
    assert [job.key for job in jobs_of(instance, "index_resource")] == [one]


def test_a_rebuild_makes_the_same_shelves(instance: Instance) -> None:
    ids = [add_resource(instance, level=level, show_card=True) for level in (0, 1, 2, 3)]
    index(instance, *ids)
    before = standing(instance)
    with instance.database.open_for_maintenance() as session:
        session.execute(delete(Placement))
        session.add(Job(lane="index", kind="index_resource", key=ids[0], state="failed"))
    assert indexing.rebuild(instance.database, instance.shelves) == len(before) == 6
    assert standing(instance) == before and sound(instance)
    assert jobs_of(instance, "index_resource") == [], "what failed before is done now"


def test_files_know_when_they_became_findable(instance: Instance) -> None:
    one, two = add_resource(instance), add_resource(instance, state="draft")
    index(instance, one, two)
    with instance.database.open_for_maintenance(writing=False) as session:
        rows = session.execute(
            select(Resource.public_id, File.indexed_at).join(Version, Version.resource_id == Resource.id)
            .join(File, File.version_id == Version.id)
        ).all()  # fmt: skip
    assert {public_id: moment is not None for public_id, moment in rows} == {one: True, two: False}


def test_words_are_counted_anew_after_a_change_of_analysis(instance: Instance) -> None:
    add_resource(instance, text=["una dos tres", "cuatro cinco"])
    with instance.database.open_for_maintenance() as session:
        session.execute(update(Page).values(tokens=99))
    indexing.rebuild(instance.database, instance.shelves)
    with instance.database.open_for_maintenance(writing=False) as session:
        assert list(session.scalars(select(Page.tokens).order_by(Page.number))) == [3, 2]


class Torn(Shelves):
    """Shelves on which the commit of `name` does not succeed, as when the process dies there."""

    name = ""

    def shelf(self, name: str):  # noqa: ANN201
        shelf = super().shelf(name)
        if name == self.name:

            def die(purge: bool = False) -> None:
                raise RuntimeError("killed")

            shelf.commit = die  # type: ignore[method-assign]
        return shelf


@pytest.mark.parametrize("shelf", ["public", "members"])
def test_a_writer_that_dies_on_the_way_forgets_nothing(instance: Instance, shelf: str) -> None:
    secret = add_resource(instance, text="Aquí se nombra el zorzalito escondido.")
    index(instance, secret)
    with instance.database.open_for_maintenance() as session:
        session.execute(update(Resource).values(level=1, show_card=True))
    torn = Torn(instance.shelves_folder)
    torn.name = shelf
    with pytest.raises(RuntimeError):
        indexing.index(instance.database, torn, [secret])
    assert ("public", secret) in placed(instance), "it may still stand there, and the database knows"
    index(instance, secret)
    assert not remembers(instance, "public", "zorzalito") and sound(instance)
    assert standing(instance) == {("public", secret): (1, "ficha"), ("members", secret): (1, "full")}


def test_a_batch_that_fails_leaves_no_half_of_itself(instance: Instance) -> None:
    index(instance)
    one, two = add_resource(instance), add_resource(instance)
    _spoil_page(instance, 2)
    with pytest.raises(Exception, match="header"):
        index(instance, one, two)
    assert standing(instance) == {}
    index(instance, one)
    assert standing(instance) == {("public", one): (1, "full")}


def _spoil_page(instance: Instance, page_id: int) -> None:
    with instance.database.open_for_maintenance() as session:
        session.execute(update(Page).where(Page.id == page_id).values(packed=b"this is not packed"))


def test_one_spoiled_document_prevents_no_rebuild(instance: Instance) -> None:
    one, two = add_resource(instance), add_resource(instance)
    indexing.rebuild(instance.database, instance.shelves)
    _spoil_page(instance, 1)
    shutil.rmtree(instance.shelves_folder)
    assert indexing.rebuild(instance.database, instance.shelves) == 1
    assert standing(instance) == {("public", two): (1, "full")}
    told = checking.faults(instance.database, instance.shelves)
    assert told == [f"missing on its shelf: ('public', 'resource', '{one}', 1, 'full')"]


def test_faults_are_told_each(instance: Instance) -> None:
    one, two, three = (add_resource(instance) for _ in range(3))
    index(instance, one, two, three)
    public = instance.shelves.shelf("public")
    public.drop([("resource", one)])
    public.put([Document("resource", "nobody", 1, "full", "Nadie"),
                Document("resource", two, 1, "ficha", "Material")])  # fmt: skip
    public.commit()
    instance.shelves.shelf("space-99").put([Document("resource", three, 1, "full", "Fuera de lugar")])
    instance.shelves.shelf("space-99").commit()
    with instance.database.open_for_maintenance() as session:
        session.add(Placement(noun="resource", public_id="lost", shelf="members", version=1, form="full"))
    told = checking.faults(instance.database, instance.shelves)
    for line in (
        f"missing on its shelf: ('public', 'resource', '{one}', 1, 'full')",
        f"missing on its shelf: ('public', 'resource', '{two}', 1, 'full')",
        f"should not stand: ('public', 'resource', '{two}', 1, 'ficha')",
        "should not stand: ('public', 'resource', 'nobody', 1, 'full')",
        f"should not stand: ('space-99', 'resource', '{three}', 1, 'full')",
        "placement without reason: ('members', 'resource', 'lost', 1, 'full')",
    ):
        assert told.count(line) == 1
        told.remove(line)
    assert told == []


def test_looking_for_faults_makes_no_shelf(instance: Instance) -> None:
    indexing.rebuild(instance.database, instance.shelves)
    one = add_resource(instance)
    told = checking.faults(instance.database, instance.shelves)
    assert told == [f"missing on its shelf: ('public', 'resource', '{one}', 1, 'full')"]
    assert instance.shelves.look() == {}


def test_damage_is_told_and_deleted_shelves_too(instance: Instance) -> None:
    index(instance, add_resource(instance, text="palabra " * 500))
    big = max(instance.shelves_folder.rglob("*.trm"), key=lambda path: path.stat().st_size)
    big.write_bytes(b"\x00" * big.stat().st_size)
    assert any("public" in line for line in checking.faults(instance.database, instance.shelves))
    shutil.rmtree(instance.shelves_folder)
    with pytest.raises(Unavailable):
        checking.faults(instance.database, instance.shelves)
