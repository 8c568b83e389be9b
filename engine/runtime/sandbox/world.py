"""A world of its own for one play: an empty database in memory, one release, a virtual clock, stand-ins."""

import secrets
import sqlite3
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from engine.clock import VirtualClock
from engine.db import Base, in_memory
from engine.migrations.guards import SQLITE_NOW
from engine.runtime import models
from engine.runtime.models import ReleaseRow
from engine.runtime.resources import LoadedRelease, Resources
from engine.runtime.sandbox.everyone import Everyone
from engine.runtime.sandbox.staging import Note, Staging
from engine.runtime.sandbox.witness import Witness
from engine.runtime.values import Json

NOWHERE = Path("/nonexistent")  # files of a play are refused: nothing of it reaches the disk


def world(
    release: LoadedRelease,
    staging: Staging,
    clock: VirtualClock,
    given: Mapping[str, Json],
    note: Note,
    witness: Witness,
) -> Resources:
    """Everything that an engine needs to play on a release that is in memory already."""
    resources = Resources(
        database=_database(),
        clock=clock,
        zone=staging.zone,
        kek=secrets.token_bytes(32),
        data_dir=NOWHERE,
        upload_max_bytes=0,
        directory=Everyone(staging.registry.performers),
        services=staging.services(given, note),
        registry=staging.registry,
        staging=staging,
        watch=witness,
    )
    resources.keep(release)
    row = {"number": release.number, "sha256": release.documents.sha256, "note": "", "published_by": ""}
    with resources.database.begin() as connection:
        connection.execute(sa.insert(ReleaseRow), {**row, "published_at": clock.now()})
    return resources


def _database() -> sa.Engine:
    database = in_memory()
    with database.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection), "a database in memory is SQLite's"
        driver.deserialize(_empty())
    return database


@cache
def _empty() -> bytes:
    """An empty database with the runtime's tables and the guards of history, as bytes."""
    database = in_memory()
    tables = [mapper.local_table for mapper in Base.registry.mappers if mapper.class_.__module__ == models.__name__]
    with database.begin() as connection:
        Base.metadata.create_all(connection, tables=[table for table in tables if isinstance(table, sa.Table)])
        for trigger in SQLITE_NOW:
            connection.exec_driver_sql(trigger)
    with database.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection), "a database in memory is SQLite's"
        return driver.serialize()
