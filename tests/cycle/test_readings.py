"""The record of readings only grows, on both databases."""

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.cycle.privacy.models import ReadingRow
from engine.cycle.privacy.readings import Reading, ReadKind, Wanted
from engine.runtime.values import Actor

AUDITOR = Actor("audit", roles=frozenset({"auditor"}))
ALICES_CASE = Reading(ReadKind.CASE, "1", "alice")


@pytest.mark.parametrize("change", ["UPDATE readings SET reader = 'bob'", "DELETE FROM readings"])
def test_a_reading_cannot_be_changed_or_taken_away(opened_house: tuple[Application, object], change: str) -> None:
    readings = opened_house[0].privacy.readings
    readings.note([ALICES_CASE, Reading(ReadKind.CASE, "2", "audit")], by=AUDITOR)

    with pytest.raises(sa.exc.DBAPIError), opened_house[0].engine.database.begin() as connection:
        connection.execute(sa.text(change))

    assert [(one.reader, one.thing) for one in readings.search(Wanted(), by=AUDITOR).items] == [("audit", "1")]


def test_two_processes_write_one_line_in_an_hour(opened_house: tuple[Application, object]) -> None:
    application, _ = opened_house
    readings = application.privacy.readings
    other = type(readings)(readings._resources, readings._people)

    for one in (readings, other, readings):
        one.note([ALICES_CASE], by=AUDITOR)

    with application.engine.database.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(ReadingRow)) == 1
