"""The texts of tasks are kept once, whatever becomes of the transaction that has brought them."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from engine.runtime.definitions import TEXTS, WHOLE_TASKS
from engine.runtime.models import TaskDefinitionRow
from tests.runtime import diagrams as d
from tests.runtime.office import Office

TEXT = dict.fromkeys(TEXTS, "text")


class Broken(Exception):
    """Takes a transaction back."""


def test_tasks_that_say_the_same_share_their_texts(office_of: Callable[..., Office]) -> None:
    office = office_of(
        d.process("work", d.start(), d.user_task("write"), d.end(), *d.path("begun", "write", "finished"))
    )
    for key in ("2026/a", "2026/b"):
        office.opens(key=key)
    with office.engine.database.connect() as connection:
        rows = connection.execute(WHOLE_TASKS).mappings().all()
        kept = connection.execute(sa.select(*TaskDefinitionRow.__table__.c)).mappings().all()
    assert len({row["id"] for row in rows}) == 2
    assert {row["definition"] for row in rows} == {kept[0]["id"]}
    assert len(kept) == 1


def test_what_was_taken_back_is_not_remembered(office_of: Callable[..., Office]) -> None:
    office = office_of(
        d.process("work", d.start(), d.user_task("write"), d.end(), *d.path("begun", "write", "finished"))
    )
    numbers = office.resources.definitions
    with pytest.raises(Broken), office.engine.database.begin() as connection:
        first = numbers.number(connection, TEXT)
        assert numbers.number(connection, TEXT) == first
        raise Broken
    with office.engine.database.begin() as connection:
        kept = numbers.number(connection, TEXT)
    with office.engine.database.begin() as connection:
        assert numbers.number(connection, TEXT) == kept
        there = connection.scalars(sa.select(TaskDefinitionRow.id).where(TaskDefinitionRow.name == "text")).all()
    assert there == [kept]


def test_what_a_part_of_a_transaction_added_and_took_back_is_added_again(office_of: Callable[..., Office]) -> None:
    office = office_of(
        d.process("work", d.start(), d.user_task("write"), d.end(), *d.path("begun", "write", "finished"))
    )
    numbers = office.resources.definitions
    with office.engine.database.begin() as connection:
        with pytest.raises(Broken), connection.begin_nested():
            numbers.number(connection, TEXT)
            raise Broken
        with connection.begin_nested():
            numbers.number(connection, TEXT)
        kept = numbers.number(connection, TEXT)
    with office.engine.database.connect() as connection:
        there = connection.scalars(sa.select(TaskDefinitionRow.id).where(TaskDefinitionRow.name == "text")).all()
    assert there == [kept]
