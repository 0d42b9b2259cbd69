"""`portal import`, `search`, `verify`, `reindex`."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from portal.commands.running import open_instance
from portal.instance import Instance
from toolkit import erasure, people, verifying
from toolkit.access import VISITOR
from toolkit.errors import Invalid, Message
from toolkit.importing import LEVELS, Import, Taken, fields_of, files_in, owner, place, read_table
from toolkit.jobs import enqueue, under_way
from toolkit.records import File, Job, Resource, Version, now
from toolkit.search.finding import AnyHit, Found, FoundHit, find

LOOK = 0.2
"""Seconds between two looks at what is still under way."""
CHUNK = 500
_LINE_ENDS = {ord(sign): f"\\u{ord(sign):04x}" for sign in "\x85\u2028\u2029"}


def words_of(message: Message | None) -> str | None:
    """A message in Spanish, as the command line says it; None stays None."""
    return None if message is None else message.text % message.values if message.values else message.text


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--metadata", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Tabla CSV con los datos de cada archivo.")  # fmt: skip
@click.option("--owner", "slug", help="Organización titular (su nombre corto).")
@click.option("--audience", type=click.Choice(list(LEVELS)), help="Quién podrá verlos.  [public]")
@click.option("--wait", is_flag=True, help="Vuelve cuando todo se puede encontrar.")
@click.option("--json", "as_json", is_flag=True, help="Un objeto JSON por archivo.")
@click.pass_obj
def import_(instance_folder: Path, folder: Path, metadata: Path | None, slug: str | None,
            audience: str | None, wait: bool, as_json: bool) -> None:  # fmt: skip
    """Toma una carpeta: un material por archivo, también de las carpetas de dentro."""
    from portal.work import worker_inside  # loads the web framework, for the words of e-mails

    instance = open_instance(instance_folder)
    table = read_table(metadata) if metadata else {}
    run = Import(instance.database, instance.store, instance.folder / "scratch",
                 owner(instance.database, slug), LEVELS[audience or "public"])  # fmt: skip
    if audience is None:
        click.echo("Sin --audience: los materiales serán públicos.", err=as_json)
    paths = [path for path in files_in(folder) if metadata is None or not path.samefile(metadata)]
    taken: list[Taken] = []
    with worker_inside(instance) if wait else nullcontext():  # what is received is read meanwhile
        with click.progressbar(paths, label="Recibiendo", file=sys.stderr) as steps:
            for path in steps:
                name = place(path.relative_to(folder).as_posix())
                taken.append(_take(run, path, name, table.get(name) or table.get(Path(name).name) or {}))
        for name in table.keys() - {one.file for one in taken} - {Path(one.file).name for one in taken}:
            click.echo(f"La tabla nombra «{name}», que no está en la carpeta.", err=True)
        if wait:
            wait_for(instance, taken)
    _report(taken, as_json)
    if not any(one.state != "refused" for one in taken):
        click.echo("No se pudo tomar ningún archivo.", err=True)
        sys.exit(1)


def _take(run: Import, path: Path, name: str, cells: dict[str, str]) -> Taken:
    try:
        fields = fields_of(cells)
    except Invalid as refused:
        return Taken(name, "refused", reason=refused.message)
    return run.take(path, name, fields)


def wait_for(instance: Instance, taken: Sequence[Taken], *, scans: bool = True) -> None:
    """Return when every file that was taken is read and findable, or known to be unreadable; with `scans`
    also recognised where it was scanned."""
    from portal.work import worker_inside

    by_file = {one.file_id: one for one in taken if one.state == "queued" and one.file_id is not None}
    with (
        worker_inside(instance),
        click.progressbar(length=len(by_file), label="Leyendo  ", file=sys.stderr) as bar,
    ):
        left = set(by_file)
        while left:
            time.sleep(LOOK)
            for file_id, state, reason in _settled(instance, left, scans):
                by_file[file_id].state, by_file[file_id].reason = state, Message.of(reason)
                left.discard(file_id)
                bar.update(1)


def _settled(
    instance: Instance, file_ids: set[int], scans: bool
) -> Iterator[tuple[int, str, dict[str, Any] | None]]:
    """(id, state, reason) of those of these files for which nothing is under way any more."""
    kinds = ("index_resource", "read_file", "scan_file") if scans else ("index_resource", "read_file")
    with instance.database.open_for_maintenance(writing=False) as session:
        busy = set(session.scalars(select(Job.key).where(Job.kind.in_(kinds), under_way())))
        rest = [file_id for file_id in sorted(file_ids) if str(file_id) not in busy]
        for start in range(0, len(rest), CHUNK):
            rows = session.execute(
                select(File.id, File.state, File.reason, Resource.public_id)
                .join(Version, Version.id == File.version_id)
                .join(Resource, Resource.id == Version.resource_id)
                .where(File.id.in_(rest[start : start + CHUNK]))
            )
            for file_id, state, reason, public_id in rows:
                if public_id not in busy:
                    yield file_id, "unreadable" if state == "received" else state, reason


def _report(taken: Sequence[Taken], as_json: bool) -> None:
    if as_json:
        for one in taken:
            reason = words_of(one.reason)
            click.echo(_line({"file": one.file, "state": one.state, "reason": reason, "id": one.id}))
        return
    words = {"queued": "en cola", "ready": "listos", "unreadable": "sin texto legible",
             "refused": "rechazados", "duplicate": "repetidos"}  # fmt: skip
    for state, word in words.items():
        some = [one for one in taken if one.state == state]
        if some:
            click.echo(f"{len(some)} {word}")
        for one in some:
            if one.reason is not None:
                click.echo(f"  {one.file}: {words_of(one.reason)}")


@click.command(context_settings={"ignore_unknown_options": True})  # words may begin with «-»
@click.argument("words", required=False)
@click.option("--as", "address", help="Correo de la persona que busca; sin él, una visita.")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 1000), help="Cuántos.")
@click.option("--batch", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Archivo con una consulta por línea.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Un objeto JSON por consulta.")
@click.pass_obj
def search(folder: Path, words: str | None, address: str | None, limit: int, batch: Path | None,
           as_json: bool) -> None:  # fmt: skip
    """Busca como lo haría una visita, o la persona de --as."""
    if (words is None) == (batch is None):
        raise click.UsageError("Escriba las palabras, o un archivo con --batch.")
    instance = open_instance(folder)
    viewer = VISITOR
    if address:
        with instance.database.open_for_maintenance(writing=False) as session:
            viewer = people.viewer_of(session, people.get(session, address).id, now())
    queries = [_readable(words or "")] if batch is None else _lines(batch)
    for query in queries:
        with instance.database.visit(viewer) as visit:
            found = find(visit, instance.shelves, query, per_page=limit)
            click.echo(_line(_as_json(query, found)) if as_json else _as_text(found))


def _lines(batch: Path) -> list[str]:
    """The queries of a file, one a line; only a line feed ends a line."""
    lines = batch.read_bytes().decode("utf-8-sig", "replace").split("\n")
    return [line.removesuffix("\r") for line in lines[: -1 if lines[-1] == "" else None]]


def _readable(words: str) -> str:
    """Words from the command line without the bytes that are no UTF-8."""
    return os.fsencode(words).decode("utf-8", "replace")


def _line(data: Mapping[str, Any]) -> str:
    """Data as one line of JSON, whatever a reader takes for the end of a line."""
    return json.dumps(data, ensure_ascii=False).translate(_LINE_ENDS)


def _as_json(query: str, found: Found) -> dict[str, Any]:
    return {
        "query": query[:1000],
        "total": found.total,
        "took_ms": round(found.took_ms, 2),
        "facets": {facet: dict(values) for facet, values in found.facets.items()},
        "hits": [_hit(hit) for hit in found.hits],
    }


def _hit(hit: AnyHit) -> dict[str, Any]:
    if not isinstance(hit, FoundHit):
        told = hit.record
        return {"id": told.public_id, "title": told.title, "file": None, "page": None,
                "snippet": "".join(text for text, _ in hit.pieces), "score": round(hit.score, 4)}  # fmt: skip
    first = hit.passages[0] if hit.passages else None
    pieces = first.pieces if first else hit.summary
    return {
        "id": hit.resource.public_id,
        "title": hit.resource.title,
        "file": first.file.name if first else hit.files[0].name if hit.files else None,
        "page": first.number if first else None,
        "snippet": "".join(text for text, _ in pieces),
        "score": round(hit.score, 4),
    }


def _as_text(found: Found) -> str:
    lines = [f"{found.total} resultados"]
    for hit in found.hits:
        if not isinstance(hit, FoundHit):
            told = hit.record
            lines.append(f"· {told.title}  [{told.public_id}]")
            continue
        lines.append(f"· {hit.resource.title}  [{hit.resource.public_id}]")
        for passage in hit.passages:
            lines.append(f"    p. {passage.number}: {''.join(text for text, _ in passage.pieces)}")
    return "\n".join(lines)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Un objeto JSON.")
@click.pass_obj
def verify(folder: Path, as_json: bool) -> None:
    """Comprueba que base de datos, archivos e índices dicen lo mismo."""
    instance = open_instance(folder)
    found = verifying.faults(instance.database, instance.store, instance.shelves)
    found += erasure.traces(instance.database, instance.erasure_key, instance.outbox, instance.shelves_folder)
    if as_json:
        click.echo(_line({"faults": found}))
    else:
        click.echo("\n".join(found) or "Todo está en orden.")
    sys.exit(1 if found else 0)


@click.command()
@click.pass_obj
def reindex(folder: Path) -> None:
    """Construye todos los índices de nuevo, junto a los que hay, y al final los cambia."""
    from portal.work import worker_inside

    instance = open_instance(folder)
    with instance.database.open_for_maintenance() as session:
        enqueue(session, "index", "rebuild", "all")
    with worker_inside(instance):
        while _rebuilding(instance):
            time.sleep(LOOK)
    click.echo("Los índices están reconstruidos.")


def _rebuilding(instance: Instance) -> bool:
    with instance.database.open_for_maintenance(writing=False) as session:
        return session.scalar(select(Job.id).where(Job.kind == "rebuild", Job.state != "failed")) is not None
