"""Base class, column types and connections: decided once."""

import random
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase

LONGEST_TURN = 30  # seconds that a writer of SQLite waits for those before it
PATIENT, IMPATIENT = f"busy_timeout={LONGEST_TURN * 1000}", "busy_timeout=5"
SQLITE_PRAGMAS = (
    "journal_mode=wal",
    "synchronous=full",  # an acknowledged answer survives a power cut
    PATIENT,
    "foreign_keys=on",
    "cache_size=-65536",
)
POSTGRESQL_OPTIONS = (
    "-c lock_timeout=10s -c statement_timeout=30s -c idle_in_transaction_session_timeout=15s -c timezone=UTC"
)


TRIES = 9  # of a transaction that met another one; with a pause that grows
RETRYABLE_STATES = frozenset({"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "08006", "08001"})

T = TypeVar("T")


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class _Microseconds(sqlite.DATETIME):
    """SQLite's date and time, as a count since 1970: 8 bytes in place of 26, and in the same order."""

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[datetime | None], int | None]:
        return lambda value: None if value is None else (value - EPOCH) // MICROSECOND

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[int | None], datetime | None]:
        return lambda value: None if value is None else EPOCH + timedelta(microseconds=value)


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware moment, kept and given in UTC; a naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(_Microseconds())  # type: ignore[no-untyped-call]  # of the library
        return dialect.type_descriptor(self.impl_instance)

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs its time zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None


class Id(sa.Uuid[UUID]):
    """A random id. SQLite, which has no type for it, keeps its 16 bytes in place of 32 letters, in the same order.

    PostgreSQL's dialect puts its own type in this one's place.
    """

    def bind_processor(self, dialect: sa.Dialect) -> Callable[[UUID | None], bytes | None]:
        return lambda value: value.bytes if value is not None else None

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[bytes | None], UUID | None]:
        return lambda value: UUID(bytes=value) if value is not None else None


class Base(DeclarativeBase):
    """The root of every table."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        UUID: Id(),
        dict[str, Any]: sa.JSON(none_as_null=True),
        list[Any]: sa.JSON(none_as_null=True),
    }


Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # an own number for rows that are many


def new_id() -> UUID:
    """A random public id: it tells nothing and cannot be guessed."""
    return uuid4()


def make_engine(url: str, *, pool_size: int = 5, durable: bool = True) -> sa.Engine:
    """Connect to SQLite (each transaction takes the write lock at once) or to PostgreSQL.

    Not `durable`, SQLite does not wait for the disk: for databases that may be made again.

    A plain BEGIN that reads first and writes later fails under SQLite with "database is locked"
    in spite of any time-out, so writers say BEGIN IMMEDIATE.
    """
    if not url.startswith("sqlite"):
        return sa.create_engine(
            url,
            pool_size=pool_size,
            max_overflow=5,
            connect_args={
                "options": POSTGRESQL_OPTIONS,
                "connect_timeout": 5,
                "keepalives_idle": 2,
                "keepalives_interval": 1,
                "keepalives_count": 2,
                "tcp_user_timeout": 4000,
            },
        )
    engine = sa.create_engine(url, pool_size=pool_size, max_overflow=5, connect_args={"timeout": 30})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", partial(_begin, threading.Lock()))
    if not durable:
        sa.event.listen(engine, "connect", _do_not_wait)
    return engine


def in_memory() -> sa.Engine:
    """A SQLite database of one connection that lives in memory, as long as this object does."""
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool, connect_args={"check_same_thread": False})
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", partial(_begin, threading.Lock()))
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy begins, not the driver
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"pragma {pragma}")


def _do_not_wait(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("pragma synchronous=off")


def _begin(turn: threading.Lock, connection: sa.Connection) -> None:
    """Straight to the driver: this runs before everything else that is asked."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection), "only SQLite engines listen"
    if connection.get_execution_options().get("reads_only"):
        driver.execute("BEGIN")
    else:
        _take_turn(turn, driver)


def _take_turn(turn: threading.Lock, driver: sqlite3.Connection) -> None:
    """Begin to write as soon as the writer before has ended.

    SQLite's own wait asks after ever longer pauses, up to a tenth of a second, so that who came first hears of it last.
    Kept short it asks every one or two milliseconds; then it is begun anew. Of the threads of a process one asks, `turn` in
    hand, and the others wait behind it: asking costs little, but not for all of them all the time.
    """
    ends = time.monotonic() + LONGEST_TURN
    with turn:
        driver.execute(f"pragma {IMPATIENT}")
        try:
            while not _has_begun(driver, last=time.monotonic() > ends):
                pass
        finally:
            driver.execute(f"pragma {PATIENT}")


def _has_begun(driver: sqlite3.Connection, *, last: bool) -> bool:
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if last or error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def is_retryable(error: Exception) -> bool:
    """Whether doing the whole transaction again may succeed: a deadlock, a lock time-out, a lost connection."""
    if not isinstance(error, sa.exc.DBAPIError):
        return False
    if error.connection_invalidated or getattr(error.orig, "sqlstate", None) in RETRYABLE_STATES:
        return True
    return isinstance(error.orig, sqlite3.OperationalError) and "locked" in str(error.orig)


def transact(database: sa.Engine, work: Callable[[sa.Connection], T]) -> T:
    """Do `work` in one transaction, again from its beginning when it met another one."""
    for attempt in range(1, TRIES + 1):
        try:
            with database.begin() as connection:
                return work(connection)
        except sa.exc.DBAPIError as error:
            if attempt == TRIES or not is_retryable(error):
                raise
            time.sleep(random.uniform(0, min(2.0, 0.01 * 2**attempt)))
    raise AssertionError("the loop above returns or raises")


def table_of(mapped: type[Base]) -> sa.Table:
    """The table behind a mapped class."""
    return Base.metadata.tables[mapped.__tablename__]


def once(ids: sa.Select[Any]) -> sa.Select[Any]:
    """Ids of rows to be leased, chosen and locked once: PostgreSQL may ask a plain sub-select again for each row.

    It does so where it takes the table for nearly empty; each time rows that were just leased are passed over, and more
    than the limit are leased. A CTE that locks is never folded into its statement.
    """
    chosen = ids.with_for_update(skip_locked=True).cte("chosen")
    return sa.select(chosen.c.id)


def insert_new(connection: sa.Connection, table: sa.Table) -> Any:
    """An INSERT that leaves an existing row alone; add `.returning()`: the row count is not to be trusted."""
    return insert_new_into(table, connection.dialect.name)


@cache
def insert_new_into(table: sa.Table, dialect: str) -> Any:
    """As `insert_new`, in the words of a database that is named."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing()
