"""The table of days off, and its seed. The table is the truth; the seed is what the calendar package foresees."""

from datetime import date

import holidays as package
import sqlalchemy as sa

from engine.cycle.models import HolidayRow
from engine.db import Base, insert_new

JOINT_LEAVE = "Cuti Bersama"
TABLE = Base.metadata.tables[HolidayRow.__tablename__]


def days_off(connection: sa.Connection) -> frozenset[date]:
    """All days off that the agency knows."""
    return frozenset(connection.scalars(sa.select(HolidayRow.day)))


def seed(connection: sa.Connection, years: range) -> int:
    """Put the national holidays and joint leave of these years into the table; what stands there stays. Returns how many came."""
    before = connection.scalar(sa.select(sa.func.count()).select_from(HolidayRow)) or 0
    rows = [{"day": day, "name": name, "joint_leave": name.startswith(JOINT_LEAVE)} for day, name in foreseen(years)]
    if rows:
        connection.execute(insert_new(connection, TABLE), rows)
    return (connection.scalar(sa.select(sa.func.count()).select_from(HolidayRow)) or 0) - before


def foreseen(years: range) -> list[tuple[date, str]]:
    """National holidays and joint leave of Indonesia, in Indonesian; later years are estimates until decreed."""
    found = package.country_holidays("ID", years=list(years), language="id", categories=("public", "government"))
    return sorted((day, name) for day, name in found.items())
