"""The portal over HTTP: the results page beside a bare Flask page on the same kind of server, an upload until
its first hit, weights and memory. `python -m tests.benchmarks.http_bench [--documents 500,20000]`

Requests of the peers are interleaved; medians and differences of one run are printed, with the load.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import io
import json
import os
import random
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy.orm import Session

from portal import accounts
from portal.instance import Instance
from tests.benchmarks.search_bench import DATA
from toolkit import people
from toolkit.records import File, Organization, Page, Resource, ResourceTerm, Version, now
from toolkit.search import indexing, spanish

PASSWORD = secrets.token_urlsafe(12)
ADDRESS = "promotora@ejemplo.pe"
BARE = """
import sys
from flask import Flask
from pathlib import Path
from portal.serving import Gunicorn
class Bare(Gunicorn):
    def __init__(self, port):
        class Fixed: settings = {"THREADS": 8}
        super().__init__(Fixed(), "127.0.0.1", port)
    def load(self):
        app = Flask("bare")
        app.add_url_rule("/", "index", lambda: "<!doctype html><title>x</title>" + "<p>texto</p>" * 1000)
        return app
Bare(int(sys.argv[1])).run()
"""


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def process(*words: str, port: int, path: str = "/salud") -> Iterator[subprocess.Popen[bytes]]:
    """A server on `port`, ready to answer; ended with the block."""
    running = subprocess.Popen([sys.executable, *words], stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                fetch(port, path)
                break
            except OSError:
                time.sleep(0.1)
        yield running
    finally:
        running.terminate()
        running.wait(30)


def fetch(port: int, path: str, *, method: str = "GET", body: bytes | None = None,
          headers: dict[str, str] | None = None) -> tuple[int, bytes, dict[str, str]]:  # fmt: skip
    """One request on a connection of its own: status, body as sent, headers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request(
        method, path, body, {"Accept-Encoding": "gzip", "Host": f"127.0.0.1:{port}", **(headers or {})}
    )
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, data, {name.lower(): value for name, value in answer.getheaders()}


def law(count: int) -> list[dict[str, Any]]:
    """The first pages of the law data."""
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for _, line in zip(range(count), lines, strict=False)]


def fill(instance: Instance, count: int) -> list[str]:
    """Put law pages into an empty instance, one resource each, and index them; some queries for them."""
    rows = law(count)
    with instance.database.open_for_maintenance() as session:
        holder = Organization(slug="biblioteca", name="Biblioteca", country="PE")
        session.add(holder)
        session.flush()
        person = people.add(session, "Promotora", ADDRESS)
        people.join(session, person, holder, "promoter")
        accounts.add(session, person, PASSWORD)
        for number, row in enumerate(rows):
            add(session, number, row, organization_id=holder.id, created_by=person.id)
            if number % 500 == 499:
                session.flush()
                session.expunge_all()
                holder = session.get(Organization, holder.id)
                person = people.get(session, ADDRESS)
    indexing.rebuild(instance.database, instance.shelves)
    return questions(rows)


def add(session: Session, number: int, row: dict[str, Any], **more: Any) -> None:
    """Write one page of law as a published resource of one page that is read; `more` are its own columns."""
    resource = Resource(
        state="published", kind="R09", title=(row["title"] or "Sin título")[:300], language="es",
        country=(row["country"] or "").upper(), year=row["year"], published_at=now(), authors=[],
        **{"level": 0, **more},
    )  # fmt: skip
    resource.terms = [ResourceTerm(facet="topic", code=f"T{number % 15 + 1:02}")]
    page = Page(number=1, tokens=spanish.count(row["body"]))
    page.text = row["body"]
    resource.versions = [Version(number=1)]
    session.add(resource)
    session.flush()
    file = File(version_id=resource.versions[0].id, number=1, name="ley.txt", format="txt", unit="part",
                size=len(row["body"]), sha256=f"{number:064x}", state="ready", page_count=1, drawn=True,
                read_at=now())  # fmt: skip
    session.add(file)
    session.flush()
    page.file_id = file.id
    session.add(page)


def questions(rows: list[dict[str, Any]]) -> list[str]:
    """Up to 60 queries of three words that stand together in one page."""
    chance = random.Random(20261123)
    words = [re.findall(r"[a-záéíóúñ]{5,}", row["body"].lower()) for row in rows]
    return [
        " ".join(chance.sample(some, 3))
        for some in chance.sample(words, min(60, len(words)))
        if len(some) > 3
    ]


def sign_in(port: int, address: str = ADDRESS) -> dict[str, str]:
    """Sign in by the form; the cookie to send."""
    _, page, headers = fetch(port, "/ingresar")
    token = re.search(rb'name="csrf_token" value="([^"]+)"', unpacked(page, headers))
    assert token
    cookie = headers["set-cookie"].split(";")[0]
    form = urlencode({"email": address, "password": PASSWORD, "csrf_token": token.group(1).decode()})
    status, _, headers = fetch(
        port, "/ingresar", method="POST", body=form.encode(),
        headers={"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert status == 302, status
    return {"Cookie": headers["set-cookie"].split(";")[0]}


def unpacked(body: bytes, headers: dict[str, str]) -> bytes:
    """The body without its compression."""
    return gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body


def compare(count: int) -> None:
    """The results page for a visitor and for somebody signed in, beside the bare page."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        instance = Instance(Path(folder), SEARCHES_PER_MINUTE=10**6)
        instance.database.migrate()
        queries = fill(instance, count)
        instance.database.close()
        os.environ["AYNI_SEARCHES_PER_MINUTE"] = "1000000"
        ours, bare = free_port(), free_port()
        stack.enter_context(
            process("-m", "portal", "--instance", folder, "web", "--port", str(ours), port=ours)
        )
        stack.enter_context(process("-c", BARE, str(bare), port=bare, path="/"))
        cookie = sign_in(ours)
        times: dict[str, list[float]] = {"bare": [], "visitor": [], "signed in": [], "home": []}
        for query in queries * 4:
            address = f"/biblioteca?q={quote(query)}"
            for name, port, path, headers in (
                ("bare", bare, "/", {}), ("visitor", ours, address, {}),
                ("signed in", ours, address, cookie), ("home", ours, "/", {}),
            ):  # fmt: skip
                begun = time.perf_counter()
                status, _, _ = fetch(port, path, headers=headers)
                assert status == 200, (name, status)
                times[name].append((time.perf_counter() - begun) * 1000)
    middle = {name: statistics.median(some) for name, some in times.items()}
    limit = 8 if count <= 500 else 25
    print(f"{count} documents, ms: " + ", ".join(f"{name} {value:.1f}" for name, value in middle.items()))
    print(f"  results page over the bare page: {middle['visitor'] - middle['bare']:+.1f} ms (limit {limit}); "
          f"signed in / visitor: {middle['signed in'] / middle['visitor']:.2f} (limit 1.3)")  # fmt: skip


def pdf_of(pages: int, mark: str) -> bytes:
    """A PDF with text on each page, `mark` in every line; made with the library that reads it too."""
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    document = pdfium.PdfDocument.new()
    for number in range(1, pages + 1):
        page = document.new_page(595, 842)
        font = raw.FPDFText_LoadStandardFont(document, b"Helvetica")
        for line in range(30):
            text = raw.FPDFPageObj_CreateTextObj(document, font, 12)
            words = f"pagina {number} linea {line} la cooperativa rinde cuentas palabra{number}{mark}fin"
            encoded = (words + "\x00").encode("utf-16-le")
            buffer = (raw.c_ushort * (len(encoded) // 2)).from_buffer_copy(encoded)
            raw.FPDFText_SetText(text, buffer)
            raw.FPDFPageObj_Transform(text, 1, 0, 0, 1, 50, 800 - 25 * line)
            raw.FPDFPage_InsertObject(page, text)
        page.gen_content()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def upload() -> None:
    """A 100-page PDF: from the last byte to the answer, and from the answer to the first hit."""
    with tempfile.TemporaryDirectory() as folder:
        instance = Instance(Path(folder))
        instance.database.migrate()
        with instance.database.open_for_maintenance() as session:
            holder = Organization(slug="biblioteca", name="Biblioteca", country="PE")
            session.add(holder)
            session.flush()
            person = people.add(session, "Promotora", ADDRESS)
            people.join(session, person, holder, "promoter")
            accounts.add(session, person, PASSWORD)
        instance.database.close()
        port = free_port()
        with process("-m", "portal", "--instance", folder, "serve", "--port", str(port), port=port):
            time.sleep(3)
            cookie = sign_in(port)
            for number in range(3):
                _send(port, cookie, pdf_of(100 + number, f"archivo{number}"), number)


def _send(port: int, cookie: dict[str, str], pdf: bytes, number: int) -> None:
    _, page, headers = fetch(port, "/subir", headers=cookie)
    if "set-cookie" in headers:
        cookie = {"Cookie": headers["set-cookie"].split(";")[0]}
    html = unpacked(page, headers).decode()
    fields = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', html))
    token = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert token
    fields |= {"csrf_token": token.group(1), "title": f"Prueba {number}", "kind": "R06", "level": "0",
               "language": "es", "licence": "CC-BY-4.0", "action": "publish"}  # fmt: skip
    organization = re.search(
        r'name="organization"[^>]*value="([^"]+)"|name="organization".*?<option[^>]*value="([^"]+)"',
        html,
        re.S,
    )
    if organization:
        fields["organization"] = organization.group(1) or organization.group(2)
    mark = secrets.token_hex(8)
    body = b"".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    body += (f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="prueba{number}.pdf"\r\n'
             "Content-Type: application/pdf\r\n\r\n").encode()  # fmt: skip
    body += pdf + f"\r\n--{mark}--\r\n".encode()
    begun = time.perf_counter()
    status, answer, headers = fetch(
        port, "/subir", method="POST", body=body,
        headers={**cookie, "Content-Type": f"multipart/form-data; boundary={mark}"},
    )  # fmt: skip
    answered = time.perf_counter()
    assert status in (302, 303), (status, re.sub("<[^>]+>", " ", unpacked(answer, headers).decode())[-1500:])
    wanted = f"palabra{37 + number}archivo{number}fin"
    while time.perf_counter() - answered < 60:
        _, page, headers = fetch(port, f"/biblioteca?q={wanted}", headers=cookie)
        if f"<mark>{wanted}" in unpacked(page, headers).decode():
            break
        time.sleep(0.05)
    found = time.perf_counter()
    print(f"{100 + number}-page PDF of {len(pdf) // 1000} kB: answer {answered - begun:.2f} s (limit 1), "
          f"first hit with page and snippet {found - answered:.2f} s later (limit 2)")  # fmt: skip


def weights_and_memory() -> None:
    """Bytes of the main pages on a cold cache, and the memory of the web process, on the example library."""
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run([sys.executable, "-m", "portal", "--instance", folder, "demo", "--no-serve"],
                              capture_output=True, text=True, check=True)  # fmt: skip
        assert "Contraseña" in made.stdout
        long_query(folder)
        port = free_port()
        with process("-m", "portal", "--instance", folder, "web", "--port", str(port), port=port) as web:
            _, page, headers = fetch(port, "/biblioteca?q=balance+social")
            html = unpacked(page, headers).decode()
            viewer = re.search(r'href="(/recursos/[^"]+/paginas/[^"]+)"', html)
            card = re.search(r'class="title"><a href="(/recursos/[^"]+)"', html)
            assets = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', html))
            fixed = sum(len(fetch(port, name)[1]) for name in assets)
            assert card and viewer
            pages = {
                "home": ("/", 45),
                "results": ("/biblioteca?q=balance+social", 45),
                "ficha": (card.group(1), 42),
                "viewer": (viewer.group(1).replace("&amp;", "&").split("#")[0], 40),
            }
            for name, (path, budget) in pages.items():
                print(f"{name}: {(len(fetch(port, path)[1]) + fixed) / 1000:.1f} kB with styles and script "
                      f"(budget {budget}), {len(fetch(port, path)[1]) / 1000:.1f} kB alone")  # fmt: skip
            for _ in range(100):
                for path, _ in pages.values():
                    fetch(port, path)
            children = subprocess.run(
                ["ps", "-o", "rss=", "--ppid", str(web.pid)], capture_output=True, text=True
            )
            own = subprocess.run(["ps", "-o", "rss=", "-p", str(web.pid)], capture_output=True, text=True)
            memory = max(map(int, children.stdout.split())) / 1000
            print(f"memory of the web process after 400 pages: {memory:.0f} MB (limit 250), "
                  f"its parent {int(own.stdout) / 1000:.0f} MB")  # fmt: skip


def long_query(folder: str) -> None:
    """A query of 100,000 characters beside a short one, through `portal search` and the test client."""
    from portal import create_app

    words = ("asamblea remanentes consejo " * 4000)[:100_000]
    client = create_app(Instance(Path(folder))).test_client()
    client.get("/biblioteca?q=asamblea")
    for name, query in (("short", "asamblea"), ("100,000 characters", words)):
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "portal", "--instance", folder, "search", query, "--json"],
                       capture_output=True, check=True)  # fmt: skip
        command = time.perf_counter() - begun
        begun = time.perf_counter()
        assert client.get("/biblioteca", query_string={"q": query}).status_code == 200
        print(f"query, {name}: portal search {command:.2f} s with its start, test client "
              f"{time.perf_counter() - begun:.3f} s (limit 1)")  # fmt: skip


def main() -> None:
    """Run all parts."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--documents", default="500,20000")
    choices = reader.parse_args()
    print(f"load {os.getloadavg()[0]:.2f} on {os.cpu_count()} cores")
    upload()
    weights_and_memory()
    if DATA.exists():
        for count in choices.documents.split(","):
            compare(int(count))
    else:
        print("the law pages are not here: results page not measured")
    print(f"load {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()
