"""Search on 20,000 pages of law: ours beside stock Whoosh, SQLite FTS5 and Tantivy, interleaved in one run.

`python -m tests.benchmarks.search_bench [--documents N] [--queries N] [--rounds N]`

Every engine does the same work: build from text already extracted; three-word OR queries drawn from the
pages (seeded), four facets, ten snippets. Tantivy is timed where `pip install tantivy` has put it. Absolute
times depend on the machine; read the ratios. Page texts are read from memory for all engines alike.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from toolkit.search import passages, spanish
from toolkit.search.query import parse
from toolkit.search.shelf import Document
from toolkit.search.shelves import Shelves

warnings.filterwarnings("ignore", category=SyntaxWarning)
DATA = Path(__file__).parents[3] / "shared/data/law-pages-20k.jsonl.gz"
FACETS = ("country", "kind", "year", "organization")
Row = dict[str, str]


def pages(most: int) -> list[Row]:
    """The first pages of the law data: id, title, body and the four facets."""
    with gzip.open(DATA, "rt", encoding="utf-8") as file:
        read = (json.loads(line) for _, line in zip(range(most), file, strict=False))
        return [
            {
                "id": page["id"],
                "title": page["title"] or "",
                "body": page["body"],
                "country": page["country"] or "-",
                "kind": page["rank"] or "-",
                "year": str(page["year"]),
                "organization": page["dept"] or "-",
            }
            for page in read
        ]


def questions(rows: list[Row], number: int) -> list[list[str]]:
    """Three words each that stand together in one page, stop words left out."""
    chance = random.Random(20261123)
    made: list[list[str]] = []
    while len(made) < number:
        words = sorted({word for word in spanish.split(chance.choice(rows)["body"]) if spanish.stem(word)})
        if len(words) >= 3:
            made.append(chance.sample(words, 3))
    return made


class Ours:
    """The portal's shelves: every field that the product searches."""

    name = "ours"

    def __init__(self, folder: Path, rows: list[Row]) -> None:
        self.shelves = Shelves(folder)
        self.rows = rows
        self.bodies = {row["id"]: row["body"] for row in rows}

    def documents(self) -> list[Document]:
        return [
            Document(
                "resource", row["id"], 1, "full", row["title"], summary=row["body"][:300],
                people=row["organization"], codes=row["id"], pages=[row["body"]],
                facets={name: [row[name]] for name in FACETS},
            )
            for row in self.rows
        ]  # fmt: skip

    def build(self) -> None:
        with self.shelves.rebuild() as rebuilding:
            rebuilding.shelf("public").put(self.documents())

    def search(self, words: list[str]) -> int:
        query = parse(" ".join(words))
        found = self.shelves.reading(("public",)).search(query, facets=FACETS)
        for hit in found.hits:
            passages.snippet(query, self.bodies[hit.id])
        return found.total


class OursStemsOnly(Ours):
    """The same with nothing but the stems of title and text, which is what stock Whoosh indexes."""

    name = "ours, stem fields alone"

    def build(self) -> None:
        from toolkit.search import whoosh_shelf

        def stems(document: Document) -> dict:
            text = spanish.Terms()
            for position, stem in enumerate(map(spanish.STEMS.__getitem__, spanish.split(document.pages[0]))):
                if stem:
                    text.stems.setdefault(stem, []).append(position)
            title = spanish.analyse([document.title], every_word=True).stems
            return {"title_stem": title, "text_stem": text.stems}

        every = whoosh_shelf.fields_of
        whoosh_shelf.fields_of = stems
        try:
            super().build()
        finally:
            whoosh_shelf.fields_of = every


class Stock:
    """Whoosh as its documentation shows it.

    Its Spanish stemmer raises IndexError on «igue», which stands in these pages: such a word stays as it is.
    """

    name = "stock Whoosh 2.7.4"

    def __init__(self, folder: Path, rows: list[Row]) -> None:
        self.folder, self.rows = folder, rows

    def build(self) -> None:
        from whoosh import fields, index
        from whoosh.analysis import LanguageAnalyzer

        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        _mend_stemmer()
        spoken = LanguageAnalyzer("es")
        schema = fields.Schema(
            id=fields.ID(stored=True, unique=True),
            title=fields.TEXT(analyzer=spoken, stored=True),
            body=fields.TEXT(analyzer=spoken, stored=True),
            **{name: fields.ID(sortable=True) for name in FACETS},
        )
        self.index = index.create_in(str(self.folder), schema)
        writer = self.index.writer()
        for row in self.rows:
            writer.add_document(**row)
        writer.commit()
        self.searcher = self.index.searcher()

    def search(self, words: list[str]) -> int:
        from whoosh.qparser import MultifieldParser, OrGroup
        from whoosh.sorting import Count, Facets, FieldFacet

        parsed = MultifieldParser(["title", "body"], self.index.schema, group=OrGroup).parse(" ".join(words))
        facets = Facets()
        for name in FACETS:
            facets.add_facet(name, FieldFacet(name, maptype=Count))
        results = self.searcher.search(parsed, limit=10, groupedby=facets)
        for name in FACETS:
            results.groups(name)
        for hit in results[:10]:
            hit.highlights("body")
        return len(results)


def _mend_stemmer() -> None:
    from whoosh.lang.snowball.spanish import SpanishStemmer

    raw = SpanishStemmer.stem
    if raw.__name__ == "mended":
        return

    def mended(self: object, word: str) -> str:
        try:
            return raw(self, word)
        except IndexError:
            return word

    SpanishStemmer.stem = mended


class Fts5:
    """SQLite FTS5 over folded stems, the same snippets from ours."""

    name = "SQLite FTS5"

    def __init__(self, folder: Path, rows: list[Row]) -> None:
        self.folder, self.rows = folder, rows

    @staticmethod
    def stems(text: str) -> str:
        return " ".join(filter(None, map(spanish.STEMS.__getitem__, spanish.split(text))))

    def build(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.base = sqlite3.connect(self.folder / "fts.db")
        self.base.execute(
            "CREATE TABLE page (n INTEGER PRIMARY KEY, body, country, kind, year, organization)"
        )
        self.base.execute("CREATE VIRTUAL TABLE found USING fts5(title, body, content='')")
        for n, row in enumerate(self.rows):
            self.base.execute(
                "INSERT INTO page VALUES (?,?,?,?,?,?)", (n, row["body"], *map(row.get, FACETS))
            )
            self.base.execute(
                "INSERT INTO found (rowid, title, body) VALUES (?,?,?)",
                (n, self.stems(row["title"]), self.stems(row["body"])),
            )
        self.base.commit()

    def search(self, words: list[str]) -> int:
        stems = " OR ".join(f'"{stem}"' for stem in self.stems(" ".join(words)).split())
        found = self.base.execute(
            "SELECT rowid, bm25(found) AS score FROM found WHERE found MATCH ? ORDER BY score", (stems,)
        ).fetchall()
        self.base.execute("CREATE TEMP TABLE IF NOT EXISTS hit (n INTEGER PRIMARY KEY)")
        self.base.execute("DELETE FROM hit")
        self.base.executemany("INSERT INTO hit VALUES (?)", ((row[0],) for row in found))
        for name in FACETS:
            self.base.execute(f"SELECT {name}, count(*) FROM hit JOIN page USING (n) GROUP BY 1").fetchall()
        query = parse(" ".join(words))
        for n, _ in found[:10]:
            passages.snippet(
                query, self.base.execute("SELECT body FROM page WHERE n = ?", (n,)).fetchone()[0]
            )
        self.base.rollback()
        return len(found)


class Tantivy:
    """Tantivy over folded stems; facets counted from all hits, the same snippets from ours."""

    name = "Tantivy"

    def __init__(self, folder: Path, rows: list[Row]) -> None:
        self.folder, self.rows = folder, rows

    def build(self) -> None:
        import tantivy

        schema = tantivy.SchemaBuilder()
        schema.add_text_field("title", tokenizer_name="whitespace")
        schema.add_text_field("body", tokenizer_name="whitespace")
        schema.add_integer_field("n", stored=True, fast=True)
        self.schema = schema.build()
        self.index = tantivy.Index(self.schema)
        writer = self.index.writer(num_threads=1)
        for n, row in enumerate(self.rows):
            stems = {"title": [Fts5.stems(row["title"])], "body": [Fts5.stems(row["body"])]}
            writer.add_document(tantivy.Document(n=n, **stems))
        writer.commit()
        self.index.reload()
        self.searcher = self.index.searcher()

    def search(self, words: list[str]) -> int:
        import tantivy

        asked = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self.schema, field, stem))
            for stem in Fts5.stems(" ".join(words)).split()
            for field in ("title", "body")
        ]
        parsed = tantivy.Query.boolean_query(asked)
        found = self.searcher.search(parsed, limit=len(self.rows)).hits
        numbers = self.searcher.fast_field_values("n", [at for _, at in found]) if found else []
        for name in FACETS:
            Counter(self.rows[n][name] for n in numbers)
        query = parse(" ".join(words))
        for n in numbers[:10]:
            passages.snippet(query, self.rows[n]["body"])
        return len(found)


def timed(work: Callable[[], object]) -> float:
    """Seconds that a piece of work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def p95(values: list[float]) -> float:
    """The value that 95 of 100 stay under."""
    return sorted(values)[int(len(values) * 0.95)]


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--documents", type=int, default=20_000)
    options.add_argument("--queries", type=int, default=300)
    options.add_argument("--rounds", type=int, default=1)
    chosen = options.parse_args(arguments)
    if not DATA.exists():
        print("skipped: ../shared/data/law-pages-20k.jsonl.gz is not here")
        return 0
    rows = pages(chosen.documents)
    asked = questions(rows, chosen.queries)
    with tempfile.TemporaryDirectory() as folder:
        kinds: list = [Ours, Stock, OursStemsOnly, Fts5]
        with contextlib.suppress(ImportError):
            import tantivy  # noqa: F401

            kinds.append(Tantivy)
        engines = [kind(Path(folder) / kind.__name__, rows) for kind in kinds]
        print(f"{len(rows)} pages, {len(asked)} queries; load before: {os.getloadavg()[0]:.2f}")
        builds = build_all(engines, chosen.rounds)
        searches = search_all([e for e in engines if not isinstance(e, OursStemsOnly)], asked, chosen.rounds)
        report(engines, builds, searches, len(rows))
    print(f"load after: {os.getloadavg()[0]:.2f}")
    return 0


def build_all(engines: list, rounds: int) -> dict[str, float]:
    """Median seconds of building, the engines taking turns."""
    taken: dict[str, list[float]] = {engine.name: [] for engine in engines}
    for _ in range(rounds):
        for engine in engines:
            taken[engine.name].append(timed(engine.build))
    return {name: statistics.median(values) for name, values in taken.items()}


def search_all(engines: list, asked: list[list[str]], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of every query, engines taking turns at each; ten are asked before to warm up."""
    taken: dict[str, list[float]] = {engine.name: [] for engine in engines}
    for words in asked[:10]:
        for engine in engines:
            engine.search(words)
    for _ in range(rounds):
        for words in asked:
            for engine in engines:
                taken[engine.name].append(timed(lambda e=engine, w=words: e.search(w)) * 1000)
    return taken


def report(engines: list, builds: dict[str, float], searches: dict[str, list[float]], documents: int) -> None:
    """Print a line for each engine, and the ratios to stock Whoosh."""
    stock_build = builds[Stock.name]
    stock = searches[Stock.name]
    heads = ("build docs/s", "x stock", "p50 ms", "p95 ms", "p50/stock", "p95/stock")
    print(f"{'engine':26}" + "".join(f"{head:>13}" for head in heads))
    for engine in engines:
        name = engine.name
        line = f"{name:26}{documents / builds[name]:13.0f}{stock_build / builds[name]:13.2f}"
        if name in searches:
            middle, high = statistics.median(searches[name]), p95(searches[name])
            line += f"{middle:13.2f}{high:13.2f}"
            line += f"{middle / statistics.median(stock):13.3f}{high / p95(stock):13.3f}"
        print(line)


if __name__ == "__main__":
    sys.exit(main())
