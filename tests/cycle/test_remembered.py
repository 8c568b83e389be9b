"""What a process remembers of the organisation is never older than the data of people and agreements."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine.cycle import remembered, skps
from engine.cycle.alignment import cascading
from engine.cycle.alignment.standing import standings
from engine.cycle.models import CycleRow, EmployeeRow, GroupMemberRow, HoldingRow, ReportingLineRow
from engine.cycle.objectives.models import (
    AgreedTargetRow,
    AgreementRow,
    AgreementStatus,
    IndicatorRow,
    MatrixRoleRow,
)
from engine.cycle.organisation import Organisation
from engine.cycle.people import People
from engine.cycle.remembered import EFFECTIVE_DATED, VERSION, WITHOUT_DAYS
from engine.migrations.directory import LATER, OBJECTIVES, TABLES
from engine.runtime.values import Json
from tests.cycle.agency import LONG_AGO, Agency

SPRING, AUTUMN = date(2026, 4, 15), date(2026, 10, 15)


def appraiser(people: People, database: sa.Engine, on: date = SPRING) -> str | None:
    """As a step asks: the version first, then who it is; in a transaction of its own."""
    with database.begin() as connection:
        version = connection.scalar(VERSION)
        return people.resolve(
            connection, "appraiser", subject="alice", unit="KESMAS", data={}, on=on, version=version
        ).person


def asked(database: sa.Engine) -> list[str]:
    """Collects the statements that go to a database from now on."""
    seen: list[str] = []
    sa.event.listen(database, "before_cursor_execute", lambda *given: seen.append(given[2]))
    return seen


def agreed(database: sa.Engine) -> tuple[list[float], str | None]:
    """What stands above Alice this spring, as a step asks: the targets of the agreement, and her role in the matrix."""
    with database.begin() as connection:
        organisation = remembered.organisation(connection, SPRING, connection.scalar(VERSION))
        alice = organisation.person("alice")
        assert alice is not None
        stands = standings(organisation, "2026", of=alice)
        agreement, role = stands.agreement_over(alice), stands.of(alice).role
        remembered.keep(organisation)
    return [one.target for one in agreement.targets] if agreement else [], role


def agree(database: sa.Engine, unit: str, target: float) -> None:
    """Publish a unit's agreement on one indicator, in which Alice works alone."""
    indicator = {"code": f"IKU-{unit}", "version": 1, "name": "Stunting", "measure": "persen", "polarity": "TURUN"}
    placed = {"indicator_code": f"IKU-{unit}"}
    with database.begin() as connection:
        row = {"unit_id": unit, "cycle_id": "2026", "version": 1, "mode": "SATU_TINGKAT", "starts": LONG_AGO}
        insert = sa.insert(AgreementRow).values(row | {"status": AgreementStatus.PUBLISHED})
        agreement = {"agreement_id": connection.execute(insert.returning(AgreementRow.id)).scalar_one()}
        connection.execute(sa.insert(IndicatorRow).values(indicator | {"unit_id": unit, "starts": LONG_AGO}))
        connection.execute(sa.insert(AgreedTargetRow).values(agreement | placed | {"number": 1, "target": target}))
        role = {"employee_id": "alice", "role": "MANDIRI", "text": "Paket gizi"}
        connection.execute(sa.insert(MatrixRoleRow).values(agreement | placed | role))


def test_agreements_are_not_asked_twice_while_nobody_changes_them(populated: sa.Engine) -> None:
    agree(populated, "KESMAS", 18.2)
    assert agreed(populated) == ([18.2], "MANDIRI")
    statements = asked(populated)

    assert agreed(populated) == ([18.2], "MANDIRI")

    assert len(statements) == 1  # the version alone


@pytest.mark.parametrize(
    ("change", "then"),
    [
        (sa.update(AgreedTargetRow).values(target=17), ([17], "MANDIRI")),
        (sa.update(MatrixRoleRow).values(role="ANGGOTA"), ([18.2], "ANGGOTA")),
        (sa.delete(MatrixRoleRow), ([18.2], None)),
        (sa.update(IndicatorRow).values(ends=LONG_AGO), ([], "MANDIRI")),
        (sa.update(AgreementRow).values(ends=LONG_AGO), ([], None)),
        (sa.update(AgreementRow).values(cycle_id="2025"), ([], None)),
    ],
)
def test_a_changed_agreement_is_seen_by_the_next_step(
    populated: sa.Engine, change: sa.Update | sa.Delete, then: tuple[list[float], str | None]
) -> None:
    agree(populated, "KESMAS", 18.2)
    assert agreed(populated) == ([18.2], "MANDIRI")

    with populated.begin() as other:
        other.execute(change)

    assert agreed(populated) == then


def test_a_draft_from_above_asks_once_who_carries_the_agreement_and_sees_a_new_skp_of_the_leader(
    populated: sa.Engine,
) -> None:
    agree(populated, "KESMAS", 18.2)

    with populated.begin() as connection:
        first, statements = supported_result(connection, 1), asked(populated)
        assert drafted(connection, first) == drafted(connection, first) == first
        assert len([text for text in statements if "skp_results" in text]) == 1
        second = supported_result(connection, 2)
        assert drafted(connection, second) == second != first


def supported_result(connection: sa.Connection, version: int) -> Json:
    """Let Bob set an SKP whose one result carries the agreement; gives that result."""
    now = datetime(2026, 1, version, tzinfo=UTC)
    result = {"_id": "r1", "klasifikasi": "UTAMA", "rhk": "Stunting turun", "rhk_pimpinan": "PK:1"}
    case: dict[str, Any] = {"case_id": uuid4(), "subject": "bob", "unit": "KESMAS", "cycle": "2026"}
    skps.record(connection, **case, skp={"rhk": [result]}, by_team=False, now=now)
    (found,) = skps.results(connection, "bob", "2026")
    return found["id"]


def drafted(connection: sa.Connection, offered: Json) -> Json:
    """What Alice's cell of the matrix supports."""
    organisation = remembered.organisation(connection, SPRING, connection.scalar(VERSION))
    alice = organisation.person("alice")
    assert alice is not None
    (row,) = cascading.rows(organisation, alice, "2026", [str(offered)])
    return row["rhk_pimpinan"]


def test_an_agreement_of_the_own_unit_takes_the_place_of_the_one_above(populated: sa.Engine) -> None:
    agree(populated, "DINKES", 18.2)
    assert agreed(populated)[0] == [18.2]

    agree(populated, "KESMAS", 12)

    assert agreed(populated)[0] == [12]


def test_who_appraises_is_not_asked_twice_while_nobody_changes_people(populated: sa.Engine, people: People) -> None:
    assert appraiser(people, populated) == "bob"
    statements = asked(populated)

    assert appraiser(people, populated, date(2026, 4, 20)) == "bob"

    assert len(statements) == 1  # the version alone


def test_what_was_foreseen_of_a_slice_is_as_it_would_be_asked_and_is_not_asked_again(
    populated: sa.Engine, people: People
) -> None:
    slice = ["alice", "bob", "carol", "dan", "sari"]
    with populated.begin() as connection:
        alone = [people.superiors(Organisation(connection, SPRING), one) for one in slice]
        organisation = Organisation(connection, SPRING)
        organisation.foresee(slice)
        people.foresee_lines(organisation, slice)
        statements = asked(populated)

        assert [people.superiors(organisation, one) for one in slice] == alone
        for one in slice:
            people.team_of(organisation, one, "KESMAS")

    assert len(statements) == 1  # the parameters of all units


def test_a_superior_named_by_another_connection_is_seen_by_the_next_step(populated: sa.Engine, people: People) -> None:
    assert appraiser(people, populated) == "bob"

    with populated.begin() as other:
        other.execute(sa.insert(ReportingLineRow), {"employee_id": "alice", "superior_id": "carol", "starts": LONG_AGO})
    assert appraiser(people, populated) == "carol"

    with populated.begin() as other:
        other.execute(sa.update(ReportingLineRow).values(superior_id="bob"))
    assert appraiser(people, populated) == "bob"

    with populated.begin() as other:
        other.execute(sa.delete(ReportingLineRow))
        other.execute(sa.delete(HoldingRow).where(HoldingRow.employee_id == "bob"))
    assert appraiser(people, populated) == "carol"


def test_what_was_read_for_one_day_does_not_outlive_the_end_of_a_post(populated: sa.Engine, people: People) -> None:
    with populated.begin() as connection:
        Agency(connection).leaves("bob", date(2026, 6, 30))

    assert appraiser(people, populated, SPRING) == "bob"
    assert appraiser(people, populated, date(2026, 6, 30)) == "bob"
    assert appraiser(people, populated, date(2026, 7, 1)) == "carol"
    assert appraiser(people, populated, AUTUMN) == "carol"


def test_what_is_read_while_somebody_changes_people_is_not_kept(populated: sa.Engine, people: People) -> None:
    """The transaction saw an older number than the one that stands when it has read."""
    with populated.begin() as connection:
        version = connection.scalar(VERSION)
        assert version is not None
        connection.execute(sa.update(HoldingRow).where(HoldingRow.employee_id == "bob").values(ends=LONG_AGO))
        people.resolve(connection, "appraiser", subject="alice", unit="KESMAS", data={}, on=SPRING, version=version)
        connection.rollback()

    assert appraiser(people, populated) == "bob"


@pytest.mark.parametrize("table", [*TABLES, *LATER, *OBJECTIVES])
def test_every_table_of_what_is_remembered_notes_its_changes(table: str, populated: sa.Engine) -> None:
    with populated.begin() as connection:
        numbers = [connection.scalar(VERSION)]
        connection.exec_driver_sql(f"UPDATE {table} SET id = id")
        numbers.append(connection.scalar(VERSION))

    there = populated.dialect.name == "postgresql" or _filled(populated, table)
    assert (numbers[0] != numbers[1]) == there


def _filled(database: sa.Engine, table: str) -> bool:
    """Whether a row was touched: SQLite's triggers run for each row, PostgreSQL's for each statement."""
    with database.connect() as connection:
        return connection.exec_driver_sql(f"SELECT 1 FROM {table}").first() is not None


def test_a_change_that_was_rolled_back_leaves_nothing_behind(populated: sa.Engine, people: People) -> None:
    with populated.connect() as connection:
        connection.execute(sa.delete(HoldingRow).where(HoldingRow.employee_id == "bob"))
        version = connection.scalar(VERSION)
        found = people.resolve(
            connection, "appraiser", subject="alice", unit="KESMAS", data={}, on=SPRING, version=version
        )
        assert found.person == "carol"
        connection.rollback()
    with populated.begin() as connection:
        connection.execute(sa.update(ReportingLineRow).values(superior_id="bob"))
        connection.execute(sa.update(EmployeeRow).values(name=EmployeeRow.name))

    assert appraiser(people, populated) == "bob"


def test_all_that_is_remembered_is_counted() -> None:
    assert {row.__tablename__ for row in (*EFFECTIVE_DATED, *WITHOUT_DAYS)} == {*TABLES, *LATER, *OBJECTIVES}
    assert not any(hasattr(row, "ends") for row in WITHOUT_DAYS if row is not CycleRow)
    assert {EmployeeRow.__tablename__, GroupMemberRow.__tablename__} <= set(TABLES)
