"""The engine, and the sessions through which everything is read and written.

A `Visit` is a session opened for one viewer and one piece of work: every SELECT, and every UPDATE or
DELETE with WHERE, is limited to the rows that `access` lets this viewer see. `open_for_maintenance`
is the unlimited one, for jobs and commands only.

Within a process those that write stand in a queue: SQLite wakes nobody, each waiter looks again after a
pause, and among many threads one can be unlucky for longer than the timeout (measured: 8 s, where nobody
held the lock for more than 0.3 s).

SQLite: write-ahead log, full durability, foreign keys on; a visit that writes takes the write lock at
its beginning (`BEGIN IMMEDIATE`), because a transaction that reads first and writes later fails at once
when somebody wrote in between, whatever the timeout.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import Alias, Connection, Table, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import ORMExecuteState, QueryableAttribute, Session, with_loader_criteria
from sqlalchemy.sql.visitors import iterate

from toolkit.access import SCOPES, Viewer, was_listed_to
from toolkit.errors import N_, Fault
from toolkit.records import Base, Resource, metadata

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)
BUSY_MILLISECONDS = 8000
_TURN = "turn"


class Busy(Fault):
    """The database stayed locked for longer than `BUSY_MILLISECONDS`."""

    default = N_("El portal está ocupado en este momento. Espere unos segundos y vuelva a intentar.")


class NotSupported(Fault):
    """A URL in the settings names something that is not built."""

    default = N_("La dirección «%(url)s» no se puede usar: por ahora la base de datos es «sqlite:///…».")


class Outdated(Fault):
    """The tables are not those of this version of the portal."""

    default = N_("La base de datos no está al día. Ejecute «portal migrate» y vuelva a iniciar.")


class ScopedSession(Session):
    """A session whose `info["scope"]` limits what it sees; without it, it sees everything."""


@event.listens_for(ScopedSession, "do_orm_execute")
def _limit(state: ORMExecuteState) -> None:
    """Attach the viewer's conditions to every statement but the refresh of a column.

    Relationship loads are limited too: SQLAlchemy's documented recipe leaves them out, and then a hidden
    row can be reached from a newly added one.
    """
    scope = state.session.info.get("scope")
    if scope is not None and not state.is_column_load:
        withdrawn = bool(state.execution_options.get("withdrawn"))
        state.statement = scope.limit(state.statement, withdrawn)


class UnscopedJoin(RuntimeError):
    """A statement joins an alias by a condition of its own. SQLAlchemy then writes the viewer's condition for
    the plain table: where that stands in the statement too, the alias would show hidden rows."""


def _reach(statement: Any) -> frozenset[str]:
    """The tables that a statement reads: those that it names, and those that its loader options join to them.
    What is loaded otherwise, at once or later, is a statement of its own and passes `_limit` itself. Raises
    `UnscopedJoin`; a join along a relationship and an alias in FROM, WHERE or EXISTS are scoped rightly."""
    parts = list(iterate(statement))
    for part in parts:
        for target, along, *_ in getattr(part, "_setup_joins", ()):
            if isinstance(target, Alias) and not isinstance(along, QueryableAttribute):
                raise UnscopedJoin(str(target))
    named = {part.name for part in parts if isinstance(part, Table)}
    if not named:
        return frozenset(metadata.tables)
    for part in parts:
        for option in getattr(part, "_with_options", ()):
            named |= _joined_by(option)
    return frozenset().union(*(_joined_to(name) for name in named))


def _joined_by(option: Any) -> set[str]:
    """The tables that a loader option joins: `joinedload`, at any place of its path."""
    elements = getattr(option, "context", ())
    joined = (one for one in elements if ("lazy", "joined") in (one.strategy or ()))
    return {one.path[-1].mapper.local_table.description for one in joined}


@cache
def _joined_to(table: str) -> frozenset[str]:
    """The tables that are joined to this one unless a statement says otherwise; itself too."""
    found, ahead = {table}, {table}
    while ahead:
        steps = {
            relation.mapper.local_table.description
            for mapper in Base.registry.mappers
            if mapper.local_table.description in ahead
            for relation in mapper.relationships
            if relation.lazy == "joined"
        }
        ahead = steps - found
        found |= ahead
    return frozenset(found)


class Scope:
    """The conditions of one viewer, made once and attached to each statement that can reach their tables.

    The execution option `withdrawn=True` looks at withdrawn resources instead of published ones: those
    that the viewer could see until then.
    """

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._made: dict[tuple[frozenset[str], bool], list[Any]] = {}
        self._limited: WeakKeyDictionary[Any, dict[bool, Any]] = WeakKeyDictionary()

    def limit(self, statement: Any, withdrawn: bool) -> Any:
        """The statement with its conditions; kept as long as the statement itself lives."""
        kept = self._limited.setdefault(statement, {})
        if withdrawn not in kept:
            kept[withdrawn] = statement.options(*self(_reach(statement), withdrawn))
        return kept[withdrawn]

    def __call__(self, tables: frozenset[str], withdrawn: bool) -> list[Any]:
        """The loader criteria for a statement that can reach these tables."""
        if (tables, withdrawn) not in self._made:
            self._made[tables, withdrawn] = [
                with_loader_criteria(
                    record,
                    (was_listed_to if withdrawn and record is Resource else condition)(self._viewer, record),
                    include_aliases=True,
                )
                for record, condition in SCOPES.items()
                if record.__table__.name in tables  # type: ignore[attr-defined]
            ]
        return self._made[tables, withdrawn]


@lru_cache(maxsize=128)
def _scope_of(viewer: Viewer) -> Scope:
    """Viewers are values: the conditions of an equal viewer are the same. Making them costs milliseconds."""
    return Scope(viewer)


class Visit:
    """One viewer's session on one connection, from its opening to one commit or none."""

    def __init__(self, connection: Connection, viewer: Viewer) -> None:
        self.viewer = viewer
        self.connection = connection
        self.session = ScopedSession(
            bind=connection, join_transaction_mode="rollback_only", info={"scope": _scope_of(viewer)}
        )

    def commit(self) -> None:
        """Write what was done, for good. The visit is over."""
        self.session.commit()
        self.connection.commit()

    @contextmanager
    def open_for_maintenance(self) -> Iterator[ScopedSession]:
        """A session in the visit's own transaction that sees and may change everything: for what no viewer's
        session can do, as opening a link that somebody without account was sent. A second connection would
        wait for this one."""
        session = ScopedSession(bind=self.connection, join_transaction_mode="rollback_only")
        try:
            yield session
            session.commit()
        finally:
            session.close()

    def close(self) -> None:
        """Give the connection back; what was not committed never happened."""
        self.session.close()
        self.connection.close()

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        try:
            if kind is None:
                self.commit()
        finally:
            self.close()


class Turns:
    """A lock that is given in the order in which it was asked for."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._waiting: deque[object] = deque()

    def take(self, seconds: float) -> bool:
        """Wait for one's turn, at most so long; False when it did not come."""
        ticket = object()
        with self._change:
            self._waiting.append(ticket)
            came = self._change.wait_for(lambda: self._waiting[0] is ticket, seconds)
            if not came:
                self._waiting.remove(ticket)
            return came

    def end(self) -> None:
        """The turn is over."""
        with self._change:
            self._waiting.popleft()
            self._change.notify_all()


class Database:
    """The database at `url`; relative SQLite paths begin at `folder`."""

    def __init__(self, url: str, folder: Path) -> None:
        address = make_url(url)
        if address.get_backend_name() != "sqlite" or not address.database:
            raise NotSupported(url=url)
        self.path = folder / address.database
        self.engine = create_engine(
            f"sqlite:///{self.path}", pool_size=16, max_overflow=16,
            connect_args={"check_same_thread": False},
            hide_parameters=True,  # a trace in the log must not show what people wrote
        )  # fmt: skip
        self._turns = Turns()
        event.listen(self.engine, "connect", _prepare)
        event.listen(self.engine, "begin", self._begin)
        event.listen(self.engine, "checkin", self._end)

    def _begin(self, connection: Connection) -> None:
        if not connection.get_execution_options().get("writing", False):
            connection.exec_driver_sql("BEGIN")
            return
        if not connection.info.get(_TURN):  # given back when the connection is, whatever happens meanwhile
            if not self._turns.take(BUSY_MILLISECONDS / 1000):
                raise Busy
            connection.info[_TURN] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def _end(self, _connection: Any, record: Any) -> None:
        if record.info.pop(_TURN, False):
            self._turns.end()

    def connect(self, *, writing: bool = False) -> Connection:
        """A connection in a transaction that has begun; raises `Busy` without the write lock."""
        connection = self.engine.connect().execution_options(writing=writing)
        try:
            connection.begin()
        except OperationalError as trouble:
            connection.close()
            raise _in_words(trouble) from trouble
        except BaseException:
            connection.close()
            raise
        return connection

    def visit(self, viewer: Viewer, *, writing: bool = False) -> Visit:
        """Open a session for `viewer`; as a context manager it commits unless something was raised."""
        return Visit(self.connect(writing=writing), viewer)

    @contextmanager
    def open_for_maintenance(self, *, writing: bool = True) -> Iterator[ScopedSession]:
        """A session that sees and may change everything: for jobs, commands and migrations only."""
        connection = self.connect(writing=writing)
        session = ScopedSession(bind=connection, join_transaction_mode="rollback_only")
        try:
            yield session
            session.commit()
            connection.commit()
        finally:
            session.close()
            connection.close()

    def migrate(self) -> None:
        """Bring the tables to the newest revision; does nothing, and waits for nobody, where they are.

        Foreign keys are off meanwhile and checked at the end (SQLite's own procedure): some changes make a
        table anew, and dropping the old one would take along every row that depends on it.
        """
        if self.current():
            return
        from alembic import command

        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.engine.connect().execution_options(writing=True) as connection:
            _switch_keys(connection, "OFF")
            try:
                command.upgrade(_alembic(connection), "head")
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise RuntimeError(f"the migration left rows that point nowhere: {broken[:5]}")
                connection.commit()
            finally:
                connection.rollback()
                _switch_keys(connection, "ON")

    def current(self) -> bool:
        """Do the tables stand at the newest revision?"""
        if not self.path.exists():
            return False
        with self.engine.connect() as connection:
            if not connection.dialect.has_table(connection, "alembic_version"):
                return False
            return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == _newest()

    def truncate_log(self) -> None:
        """Write the log into the database and empty it, so that what was deleted stands in neither. Readers
        in between leave it for the next time."""
        with self.engine.connect() as connection:
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.close()

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def _switch_keys(connection: Connection, state: str) -> None:
    """Enforce foreign keys or not; outside a transaction, in which SQLite does not listen to this."""
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys = {state}")
    cursor.close()


def _newest() -> str:
    """The newest revision: the file whose name begins with the greatest number, told by its own line. Asking
    Alembic would load Alembic, which takes longer than a search."""
    last = max((Path(__file__).parent / "migrations" / "versions").glob("[0-9]*.py"))
    found = re.search(r"^revision\b[^=]*= *[\"']([^\"']+)", last.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None, last  # noqa: S101 - our own file
    return found[1]


def _alembic(connection: Connection | None) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin`, not by the driver
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _in_words(trouble: OperationalError) -> Exception:
    return Busy() if "locked" in str(trouble) else trouble
