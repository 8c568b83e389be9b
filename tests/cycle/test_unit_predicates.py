"""The organisation predicate (DOMAIN 2.9 stage 1, 4.5): who gives it, from what, who waits for it, until when it stands."""

from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine.cycle.models import FindingRow, RatingRow, UnitRatingRow
from engine.cycle.objectives.models import AgreedTargetRow, AgreementRow, AgreementStatus, IndicatorRow
from engine.cycle.ratings import Rating
from engine.cycle.year import PerformanceCycle
from engine.errors import FormInvalid, NotFound, NotYours, Refused
from engine.runtime.services import Ask
from engine.runtime.values import SYSTEM, Actor
from tests.cycle.agency import LONG_AGO, PERSONNEL, Agency
from tests.cycle.test_calibration import is_rated
from tests.cycle.test_services import Diagram

BOB, CAROL, ALICE, REGENT = (Actor(name) for name in ("bob", "carol", "alice", "regent"))
AUDITOR = Actor("auditor", roles=frozenset({"auditor"}))
ABOVE, MEETS = Rating.ABOVE.value, Rating.AS_EXPECTED.value
WHY = "LKjIP 2026 dan arahan pimpinan"


@pytest.fixture
def year(cycle: PerformanceCycle, populated: sa.Engine) -> PerformanceCycle:
    cycle.create_cycle(2026, by=PERSONNEL)
    return cycle


def agreed(connection: sa.Connection, unit: str, *realised: float | None) -> None:
    """A published agreement of a unit with a target of 100 for each indicator."""
    id = uuid4()
    row = {"id": id, "unit_id": unit, "cycle_id": "2026", "version": 1, "status": AgreementStatus.PUBLISHED}
    connection.execute(sa.insert(AgreementRow).values({**row, "starts": LONG_AGO}))
    for number, value in enumerate(realised):
        indicator = {"code": f"{unit}-{number}", "version": 1, "unit_id": unit, "name": "Cakupan", "measure": "persen"}
        connection.execute(sa.insert(IndicatorRow).values({**indicator, "polarity": "NAIK", "starts": LONG_AGO}))
        target = {"agreement_id": id, "number": number, "indicator_code": f"{unit}-{number}", "target": 100}
        connection.execute(sa.insert(AgreedTargetRow).values({**target, "realised": value}))


def test_the_leader_above_rates_a_unit_and_table_d2_gives_the_predicate(
    year: PerformanceCycle, populated: sa.Engine
) -> None:
    with populated.begin() as connection:
        agreed(connection, "KESMAS", 104, 98)
        agreed(connection, "SDK", 104, None)

    assert year.predicates.rate("KESMAS", "2026", ABOVE, MEETS, WHY, by=CAROL) == "BAIK"

    lines = {one.id: one for one in year.predicates.board("2026", by=CAROL).units}
    assert list(lines) == ["DINKES", "KESMAS", "SDK"]
    assert [lines[unit].depth for unit in lines] == [0, 1, 1]
    kesmas = lines["KESMAS"]
    assert (kesmas.attainment.mean, kesmas.rating) == (101, ABOVE)
    assert kesmas.given is not None
    assert (kesmas.given.predicate, kesmas.given.attained, kesmas.given.by_name) == ("BAIK", 101, "Carol")
    assert (lines["SDK"].attainment.mean, lines["SDK"].rating, lines["SDK"].attainment.missing) == (104, None, 1)
    assert year.predicates.board("2026", by=CAROL).missing == 2


def test_nobody_but_a_leader_above_gives_it_and_personnel_only_by_decree(year: PerformanceCycle) -> None:
    for actor in (BOB, ALICE, PERSONNEL, AUDITOR):
        with pytest.raises(NotYours):
            year.predicates.rate("KESMAS", "2026", ABOVE, ABOVE, WHY, by=actor)
    for actor in (BOB, CAROL, AUDITOR):
        with pytest.raises(NotYours):
            year.predicates.decree("KESMAS", "2026", "BAIK", WHY, by=actor)
    with pytest.raises(NotYours):
        year.predicates.board("2026", by=ALICE)
    with pytest.raises(NotFound):
        year.predicates.sheet("SDK", "2026", by=BOB)
    year.predicates.decree("KESMAS", "2026", "BAIK", "SK 12/2027 tanggal 14 Januari", by=PERSONNEL)
    sheet = year.predicates.sheet("KESMAS", "2026", by=REGENT)
    assert sheet.standing.given is not None
    assert (sheet.standing.given.predicate, sheet.standing.given.pk_rating) == ("BAIK", None)
    assert (sheet.may_rate, sheet.may_decree) == (True, False)


@pytest.mark.parametrize(
    ("pk", "expectation", "reason", "field"),
    [("", ABOVE, WHY, "pk"), (ABOVE, "HEBAT", WHY, "expectation"), (ABOVE, ABOVE, "ya", "reason")],
)
def test_ratings_and_a_reason_are_demanded(
    pk: str, expectation: str, reason: str, field: str, year: PerformanceCycle
) -> None:
    with pytest.raises(FormInvalid) as refused:
        year.predicates.rate("KESMAS", "2026", pk, expectation, reason, by=CAROL)
    assert list(refused.value.errors) == [field]
    with pytest.raises(NotFound):
        year.predicates.rate("KESMAS", "2030", ABOVE, ABOVE, WHY, by=CAROL)


def test_it_is_corrected_with_a_reason_until_results_are_out(year: PerformanceCycle, populated: sa.Engine) -> None:
    year.predicates.rate("KESMAS", "2026", ABOVE, ABOVE, WHY, by=CAROL)
    case = is_rated(populated, "alice", "KESMAS")

    year.predicates.rate("KESMAS", "2026", MEETS, MEETS, "Reviu inspektorat menurunkan capaian.", by=CAROL)

    sheet = year.predicates.sheet("KESMAS", "2026", by=CAROL)
    assert [entry.predicate for entry in sheet.entries] == ["BAIK", "ISTIMEWA"]
    assert sheet.fixed is None
    is_rated(populated, "alice", "KESMAS", case=case, status="FINAL")
    with pytest.raises(Refused, match="final"):
        year.predicates.rate("KESMAS", "2026", ABOVE, ABOVE, WHY, by=CAROL)
    is_rated(populated, "alice", "KESMAS", case=case, status="DISAMPAIKAN")
    is_rated(populated, "bob", "KESMAS", status="DISAMPAIKAN")
    with pytest.raises(Refused, match="keberatan"):
        year.predicates.decree("KESMAS", "2026", "KURANG", WHY, by=SYSTEM)
    assert year.predicates.sheet("KESMAS", "2026", by=CAROL).fixed is not None


def test_the_task_of_the_leader_above_records_who_gave_it_and_from_what(
    agency: Agency, connection: sa.Connection, decide: Ask, cycle: PerformanceCycle
) -> None:
    diagram = Diagram(connection, decide)
    connection.execute(
        sa.text("INSERT INTO cycles (id, year, regime, starts, ends, status, created_at, created_by) VALUES "
                "('2026', 2026, 'REG_2022', '2026-01-01', '2026-12-31', 'open', '2026-01-01', 'x')")
    )  # fmt: skip
    agreed(connection, "KESMAS", 104, 98)

    found = diagram("unit_attainment", "bob")
    assert (found["mean"], found["rating"], found["predicate"], found["above"]) == (101, ABOVE, None, None)
    assert [row["capaian"] for row in found["rows"]] == [104, 98]
    diagram("record_unit_rating", "bob", rating_pk=ABOVE, rating_ekspektasi=ABOVE, predikat="ISTIMEWA", alasan=WHY)

    row = connection.execute(sa.select(*UnitRatingRow.__table__.c)).one()
    assert (row.unit_id, row.predicate, row.pk_rating, row.attained) == ("KESMAS", "ISTIMEWA", ABOVE, 101)
    assert diagram("unit_attainment", "bob")["predicate"] == "ISTIMEWA"
    assert diagram("unit_rating", "bob")["rating"] == ABOVE


def test_a_missing_predicate_is_told_once_for_each_unit(agency: Agency, connection: sa.Connection, decide: Ask) -> None:
    diagram = Diagram(connection, decide)

    assert [diagram("report_unit_unrated", person)["told"] for person in ("alice", "andi", "bob", "dan")] == [
        True, False, False, True,
    ]  # fmt: skip

    assert diagram.told == [(["authorised_official"], "unit_unrated")] * 2
    found = connection.execute(sa.select(FindingRow.unit_id, FindingRow.cluster)).all()
    assert [tuple(row) for row in found] == [("KESMAS", "PENILAIAN"), ("SDK", "PENILAIAN")]
    assert connection.scalar(sa.select(sa.func.count()).select_from(RatingRow)) == 0
