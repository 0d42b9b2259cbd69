"""The plan of a year with 60 actions over HTTP: its page, an action with 200 notes, its report as a page,
beside a bare Flask page; and the report as a file, from the button until it can be fetched.
`python -m tests.benchmarks.plan_bench`

Requests of the peers are interleaved; medians of one run are printed, with the load.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

from portal import accounts
from portal.instance import Instance
from tests import years
from tests.benchmarks.http_bench import ADDRESS, BARE, PASSWORD, fetch, free_port, process, sign_in, unpacked
from tests.toolkit.shelved import add_resource
from toolkit import organizations, people

HERE = f"/plan-de-trabajo/{years.YEAR}"
ACTIONS, NOTES, ROUNDS = 60, 200, 40


def fill(folder: Path) -> str:
    """A year in an empty instance, and a member of a party; gives the code of an action."""
    instance = Instance(folder)
    instance.database.migrate()
    add_resource(instance, "aci", title="Matriz de balance social")
    codes = years.build(instance, ACTIONS, notes=NOTES)
    with instance.database.open_for_maintenance() as session:
        person = people.add(session, "Ana", ADDRESS)
        party = organizations.find(session, "aci")
        assert party is not None
        people.join(session, person, party, "member")
        accounts.add(session, person, PASSWORD)
    instance.database.close()
    return codes[1]


def pages(ours: int, bare: int, code: str, cookie: dict[str, str]) -> None:
    """Medians of the pages for a visitor and for a member of a party."""
    asked = {"bare": (bare, "/", {}), "plan": (ours, HERE, {}), "plan, inside": (ours, HERE, cookie),
             f"action with {NOTES} notes, inside": (ours, f"/acciones/{code}", cookie),
             "report": (ours, f"{HERE}/informe", {}), "report, inside": (ours, f"{HERE}/informe", cookie),
             "table": (ours, f"{HERE}/acciones.csv", cookie),
             "calendar": (ours, f"{HERE}/calendario.ics", {})}  # fmt: skip
    times: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(ROUNDS):
        for name, (port, path, headers) in asked.items():
            begun = time.perf_counter()
            status, _, _ = fetch(port, path, headers=headers)
            assert status == 200, (name, status)
            times[name].append((time.perf_counter() - begun) * 1000)
    middle = {name: statistics.median(some) for name, some in times.items()}
    for name, value in middle.items():
        limit = "" if name in ("bare", "table", "calendar") or "report" in name else " (limit 100)"
        print(f"{name}: {value:.1f} ms{limit}, {value / middle['bare']:.1f} times the bare page")


def weights(port: int, cookie: dict[str, str]) -> None:
    """Bytes on a cold cache."""
    for name, path, budget in (("plan", HERE, 45), ("report", f"{HERE}/informe", 0)):
        for who, headers in (("visitor", {}), ("inside", cookie)):
            _, body, said = fetch(port, path, headers=headers)
            html = unpacked(body, said).decode()
            fixed = sum(len(fetch(port, one)[1])
                        for one in set(re.findall(r'(?:href|src)="(/static/[^"]+)"', html)))  # fmt: skip
            limit = f" (budget {budget})" if budget else ""
            print(f"{name}, {who}: {(len(body) + fixed) / 1000:.1f} kB with styles and script{limit}, "
                  f"{len(body) / 1000:.1f} kB alone")  # fmt: skip


def memory(parent: int) -> str:
    """Of the processes under this one, in MB."""
    listed = subprocess.run(["ps", "-o", "rss=,args=", "--ppid", str(parent)], capture_output=True, text=True)
    found = [line.split(None, 1) for line in listed.stdout.splitlines()]
    return ", ".join(f"{words.split()[-1]} {int(size) // 1000} MB" for size, words in found)


def report(port: int, parent: int, cookie: dict[str, str]) -> None:
    """From the button to the file."""
    _, body, headers = fetch(port, f"{HERE}/informe", headers=cookie)
    token = re.search(r'name="csrf_token" value="([^"]+)"', unpacked(body, headers).decode())
    assert token
    if "set-cookie" in headers:
        cookie = {"Cookie": headers["set-cookie"].split(";")[0]}
    print(f"before the report: {memory(parent)}")
    begun, told = time.perf_counter(), set()
    status, _, _ = fetch(
        port, f"{HERE}/informe/archivo", method="POST", body=urlencode({"csrf_token": token[1]}).encode(),
        headers={**cookie, "Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert status == 302, status
    while (answer := fetch(port, f"{HERE}/informe.odt", headers=cookie))[0] != 200:
        page = unpacked(*fetch(port, f"{HERE}/informe/archivo?intento=1", headers=cookie)[1:]).decode()
        told.update(re.findall(r"Preparando: (\d+) de", page))
        assert time.perf_counter() - begun < 60, page
    took = time.perf_counter() - begun
    print(f"report of {ACTIONS} actions as a file of {len(answer[1]) / 1000:.0f} kB: {took:.2f} s (limit 5); "
          f"progress seen: {', '.join(sorted(told, key=int)) or 'none'}")  # fmt: skip
    print(f"after it: {memory(parent)}")


def main() -> None:
    """Run all parts."""
    print(f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        code = fill(Path(folder))
        ours, bare = free_port(), free_port()
        served = stack.enter_context(
            process("-m", "portal", "--instance", folder, "serve", "--port", str(ours), port=ours)
        )
        stack.enter_context(process("-c", BARE, str(bare), port=bare, path="/"))
        time.sleep(3)
        cookie = sign_in(ours)
        report(ours, served.pid, cookie)
        pages(ours, bare, code, cookie)
        weights(ours, cookie)
    print(f"load {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
