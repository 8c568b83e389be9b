"""A PostgreSQL of the tests' own: started for them, on a socket in a folder of their own, gone after them."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

SETTINGS = ("fsync=off", "full_page_writes=off", "listen_addresses=", "max_connections=60", "shared_buffers=32MB")

# What the migrations wrote is kept beside the tables, and how far each sequence has counted.
_KEEP = """
CREATE SCHEMA kept;
CREATE TABLE kept.sequences AS
    SELECT sequencename::text AS name, last_value AS reached FROM pg_sequences WHERE schemaname = 'public';
DO $$ DECLARE name text; filled bool; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', name) INTO filled;
        IF filled THEN EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', 'rows_' || name, name); END IF;
    END LOOP;
END $$;
CREATE FUNCTION kept.shape() RETURNS text LANGUAGE sql AS $$
    SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
        SELECT relkind::text || relname AS part FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT tgenabled::text || tgname FROM pg_trigger
        UNION ALL SELECT proname || prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT attname || atttypid::text FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relnamespace = 'public'::regnamespace) AS parts
$$;
CREATE TABLE kept.shapes AS SELECT kept.shape() AS shape;
CREATE PROCEDURE kept.put_back() LANGUAGE plpgsql AS $$ DECLARE name text; BEGIN
    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET session_replication_role = replica;  -- neither triggers nor foreign keys look on
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM public.%I', name);
    END LOOP;
    FOR name IN SELECT substr(tablename, 6) FROM pg_tables WHERE schemaname = 'kept' AND starts_with(tablename, 'rows_') LOOP
        EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE SELECT * FROM kept.%I', name, 'rows_' || name);
    END LOOP;
    PERFORM setval(format('public.%I', sequences.name), coalesce(reached, 1), reached IS NOT NULL) FROM kept.sequences;
END $$;
"""


@contextmanager
def server() -> Iterator[str]:
    """Start a private server; gives an SQLAlchemy URL with `{database}` to be filled in."""
    folder = Path(tempfile.mkdtemp(prefix="siklus-pg-"))
    user = _unprivileged()
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"
    try:
        _run(["initdb", "-D", data, "-U", "siklus", "--auth=trust", "--encoding=UTF8", "--no-sync"], user)
        options = " ".join(f"-c {setting}" for setting in SETTINGS) + f" -k {folder}"
        _run(["pg_ctl", "-D", data, "-o", options, "-w", "-l", folder / "log", "start"], user)
        yield f"postgresql+psycopg://siklus@/{{database}}?host={folder}"
    finally:
        _run(["pg_ctl", "-D", data, "-m", "immediate", "stop"], user)
        shutil.rmtree(folder, ignore_errors=True)


class Reused:
    """One database for all tests: put back after each, ten times faster than making another.

    Where a test has changed tables or triggers, it is made anew from the migrated one.
    """

    def __init__(self, server: str, migrated: str) -> None:
        self._server, self._migrated = server, migrated
        self.url = server.format(database=f"{migrated}_in_use")
        with _connected(server.format(database=migrated)) as connection:
            driver: Any = connection.connection.driver_connection
            driver.execute(_KEEP)  # several statements, and no parameters
        self._make()

    def put_back(self) -> None:
        """Part everybody else from the database, and leave it as the migrations made it."""
        if self._connection.exec_driver_sql("SELECT kept.shape() = shape FROM kept.shapes").scalar():
            self._connection.exec_driver_sql("CALL kept.put_back()")
        else:
            self.close()
            self._make()

    def close(self) -> None:
        self._connection.close()

    def _make(self) -> None:
        with _connected(self._server.format(database="postgres")) as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {self._migrated}_in_use WITH (FORCE)")
            connection.exec_driver_sql(f"CREATE DATABASE {self._migrated}_in_use TEMPLATE {self._migrated}")
        self._connection = _connected(self.url)


def _connected(url: str) -> sa.Connection:
    return sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect()


def _run(command: list[str | Path], user: str | None) -> None:
    program = _program(str(command[0]))
    subprocess.run([program, *map(str, command[1:])], check=True, user=user, stdout=subprocess.DEVNULL, cwd="/")


def _program(name: str) -> str:
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(newest[-1]) if newest else shutil.which(name)
    assert found, f"{name} of PostgreSQL is not installed: run tools/test-needs"
    return found


def _unprivileged() -> str | None:
    """The server refuses to run as root; then it runs as the system's own user for it."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
