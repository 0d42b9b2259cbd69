"""What privacy costs: a member of 3 organisations among 200 beside a visitor, a hidden address beside one
that never was, and memory while space after space is opened. `python -m tests.benchmarks.silence_bench`

Two instances are served at once: `many`, where the documents belong to 200 organisations, and `open`, whose
public shelf holds exactly what the member's five shelves of `many` hold together, so that both see the same
number of matching documents. Requests are interleaved; read the ratios.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import select

from portal import accounts
from portal.instance import Instance
from tests.benchmarks.http_bench import PASSWORD, add, fetch, free_port, law, process, questions, sign_in
from tests.benchmarks.search_bench import DATA
from toolkit import people
from toolkit.access import VISITOR
from toolkit.records import Organization, Resource, now
from toolkit.search import finding, indexing

ORGANIZATIONS = 200
MEMBER, EVERYWHERE = "socia@ejemplo.pe", "coordina@ejemplo.pe"
LEVELS = (0, 0, 0, 0, 0, 1, 1, 3, 3, 3)
"""The level of every tenth document: half for everybody, a fifth for members, the rest for its own."""


def level_of(number: int) -> int:
    """The level of a document by its number; those of one organisation take turns too."""
    return LEVELS[(number // ORGANIZATIONS) % len(LEVELS)]


def fill(instance: Instance, count: int, *, opened: bool) -> list[str]:
    """Put law pages into an empty instance, dealt out to the organisations; where `opened`, only what the
    member of `many` reads, for everybody. Some queries for them."""
    rows = law(count)
    instance.database.migrate()
    with instance.database.open_for_maintenance() as session:
        places = [Organization(slug=f"o{n}", name=f"Cooperativa {n}", country="PE")
                  for n in range(ORGANIZATIONS)]  # fmt: skip
        session.add_all(places)
        session.flush()
        for address, own in ((MEMBER, places[:3]), (EVERYWHERE, places)):
            person = people.add(session, "Socia", address)
            for place in own:
                people.join(session, person, place, "promoter")
            accounts.add(session, person, PASSWORD)
        ids, author = [place.id for place in places], person.id
        for number, row in enumerate(rows):
            level, turn = level_of(number), number % ORGANIZATIONS
            if not opened or level < 3 or turn < 3:
                add(session, number, row, organization_id=ids[turn], created_by=author,
                    level=0 if opened else level)  # fmt: skip
            if number % 500 == 499:
                session.flush()
                session.expunge_all()
    indexing.rebuild(instance.database, instance.shelves)
    return questions(rows)


def engine(many: Instance, opened: Instance, queries: list[str]) -> None:
    """Search alone, without a page around it."""
    viewers = []
    for instance, address in ((many, MEMBER), (opened, "")):
        with instance.database.open_for_maintenance(writing=False) as session:
            person = people.get(session, address).id if address else None
            viewers.append(people.viewer_of(session, person, now()) if person else VISITOR)
    times: list[list[float]] = [[], []]
    for query in queries * 4:
        totals = []
        for n, instance in enumerate((many, opened)):
            with instance.database.visit(viewers[n]) as visit:
                begun = time.perf_counter()
                found = finding.find(visit, instance.shelves, query)
                times[n].append((time.perf_counter() - begun) * 1000)
                totals.append(found.total)
        assert totals[0] == totals[1], (query, totals)
    member, visitor = map(statistics.median, times)
    print(f"search alone, ms: member {member:.1f}, visitor {visitor:.1f}; "
          f"ratio {member / visitor:.2f} (limit 2.0)")  # fmt: skip


def pages(many: int, opened: int, queries: list[str]) -> None:
    """The results page over HTTP, the page of a space, and a search inside it."""
    cookie = sign_in(many, MEMBER)
    signed = sign_in(opened, MEMBER)
    times: dict[str, list[float]] = {}
    for n, query in enumerate(queries * 4):
        address = f"/biblioteca?q={quote(query)}"
        for name, port, path, headers in (
            ("visitor", opened, address, {}), ("member of one shelf", opened, address, signed),
            ("member of five", many, address, cookie), ("space", many, f"/espacios/o{n % 3}", cookie),
            ("search in it", many, f"/espacios/o{n % 3}/buscar?q={quote(query)}", cookie),
        ):  # fmt: skip
            begun = time.perf_counter()
            status, _, _ = fetch(port, path, headers=headers)
            assert status == 200, (name, status)
            times.setdefault(name, []).append((time.perf_counter() - begun) * 1000)
    middle = {name: statistics.median(some) for name, some in times.items()}
    print("pages, ms: " + ", ".join(f"{name} {value:.1f}" for name, value in middle.items()))
    print(f"  member of five / visitor: {middle['member of five'] / middle['visitor']:.2f} (limit 2.0); "
          f"opening a space {middle['space']:.1f} ms (limit 100)")  # fmt: skip


def silence(many: Instance, port: int, rounds: int = 300) -> None:
    """The time of an address of somebody else's document beside one that never was, for a member."""
    with many.database.open_for_maintenance(writing=False) as session:
        others = select(Resource.public_id).where(Resource.level == 3, Resource.organization_id > 3)
        hidden = session.scalars(others.limit(rounds)).all()
    cookie = sign_in(port, MEMBER)
    times: dict[str, list[float]] = {"hidden": [], "never was": []}
    for n, name in enumerate(hidden):
        asked = [("hidden", name), ("never was", f"{n:020d}")]
        for sort, public_id in asked if n % 2 else reversed(asked):
            begun = time.perf_counter()
            status, _, _ = fetch(port, f"/recursos/{public_id}", headers=cookie)
            assert status == 404, status
            times[sort].append((time.perf_counter() - begun) * 1000)
    for sort, some in times.items():
        cuts = statistics.quantiles(some, n=100)
        print(f"  {sort:10}" + ", ".join(f"p{p} {cuts[p - 1]:6.2f}" for p in (5, 25, 50, 75, 95)) + " ms")
    one, other = (statistics.median(some) for some in times.values())
    print(f"  hidden / never was: {one / other:.3f}")


def memory(port: int, server: subprocess.Popen[bytes], queries: list[str]) -> None:
    """Memory of the web process while one space after another is opened and searched in."""
    cookie = sign_in(port, EVERYWHERE)
    said = []
    for number in range(ORGANIZATIONS * 2):
        for query in queries[number % 7 :: 29]:
            path = f"/espacios/o{number % ORGANIZATIONS}/buscar?q={quote(query)}"
            assert fetch(port, path, headers=cookie)[0] == 200
        if number % 50 == 49:
            found = subprocess.run(["ps", "-o", "rss=", "--ppid", str(server.pid)],
                                   capture_output=True, text=True, check=True).stdout  # fmt: skip
            said.append(max(map(int, found.split())) / 1000)
    print("memory after every 50 spaces opened, MB: " + ", ".join(f"{one:.0f}" for one in said))


def main() -> None:
    """Run all parts."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--documents", type=int, default=20_000)
    choices = reader.parse_args()
    if not DATA.exists():
        print("the law pages are not here: silence not measured")
        return
    os.environ["AYNI_SEARCHES_PER_MINUTE"] = "1000000"
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        made = [Instance(Path(folder, name)) for name in ("many", "open")]
        for n, instance in enumerate(made):
            instance.folder.mkdir(exist_ok=True)
            queries = fill(instance, choices.documents, opened=n == 1)
        print(f"{choices.documents} documents of {ORGANIZATIONS} organisations, "
              f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")  # fmt: skip
        engine(made[0], made[1], queries)
        ports, servers = [], []
        for instance in made:
            instance.database.close()
            ports.append(port := free_port())
            words = ("-m", "portal", "--instance", str(instance.folder), "web", "--port", str(port))
            servers.append(stack.enter_context(process(*words, port=port)))
        pages(ports[0], ports[1], queries)
        silence(made[0], ports[0])
        memory(ports[0], servers[0], queries)
        print(f"load {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
