"""The worked examples on alignment, lived through: people, matrix and SKPs are stored, and the agency is checked."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine.clock import VirtualClock
from engine.cycle import skps
from engine.cycle.models import PostKind, ReportingLineRow, TeamMemberRow, TeamRow
from engine.cycle.objectives.models import (
    AgreedTargetRow,
    AgreementRow,
    AgreementStatus,
    IndicatorRow,
    MatrixRoleRow,
)
from engine.cycle.year import PerformanceCycle
from engine.db import new_id
from tests.cycle.agency import LONG_AGO, PERSONNEL, Agency, example
from tests.cycle.examples import form_row, road_shares, spelled_out

YEAR, UNIT = "2026", "OFFICE"
Row = Mapping[str, Any]


class Office:
    """One unit in which each row of an example is somebody's SKP: the first row's holder leads it."""

    def __init__(self, connection: sa.Connection, clock: VirtualClock, rows: Sequence[Row], mode: str) -> None:
        self.connection, self.clock = connection, clock
        self.rows = spelled_out(rows)
        self.by_id = {row["id"]: row for row in self.rows}
        self.agency = Agency(connection)
        self.agency.unit(UNIT)
        for number, row in enumerate(self.rows):
            kind = PostKind.FUNGSIONAL if number else PostKind.JPT_PRATAMA
            self.agency.person(row["id"], UNIT, kind, heads=number == 0)
        self._agree(mode)
        for row in self.rows:
            self._line(row)

    def plan(self) -> None:
        """Set everybody's SKP, from the top down."""
        ids: dict[str, str] = {}
        for row in self.rows:
            written = form_row(row)
            written["rhk_pimpinan"] = ids.get(written["rhk_pimpinan"] or "")
            skps.record(
                self.connection,
                case_id=uuid4(),
                subject=row["id"],
                unit=UNIT,
                cycle=YEAR,
                skp={"rhk": [written]},
                by_team=False,
                now=self.clock.now(),
            )
            ids[row["id"]] = skps.results(self.connection, row["id"], YEAR)[0]["id"]

    def _agree(self, mode: str) -> None:
        """A published matrix in which everybody but the head has a row."""
        self._insert(
            IndicatorRow, code="IKU-1", version=1, unit_id=UNIT, name="IKU", measure="persen", polarity="NAIK",
            source="data", frequency="BULANAN", starts=LONG_AGO,
        )  # fmt: skip
        agreement, number = new_id(), int(self.rows[0]["induk"].removeprefix("PK:"))
        self._insert(
            AgreementRow, id=agreement, unit_id=UNIT, cycle_id=YEAR, version=1, mode=mode, starts=LONG_AGO,
            status=AgreementStatus.PUBLISHED,
        )  # fmt: skip
        self._insert(AgreedTargetRow, agreement_id=agreement, number=number, indicator_code="IKU-1", target=1)
        for row in self.rows[1:]:
            self._insert(
                MatrixRoleRow, agreement_id=agreement, indicator_code="IKU-1", employee_id=row["id"], text="-",
                role=row.get("peran", "MANDIRI"),
            )  # fmt: skip

    def _line(self, row: Row) -> None:
        """Whom a row supports is the superior, or leads the squad."""
        parent = self.by_id.get(row.get("induk") or "")
        if parent is None or parent is self.rows[0]:
            return
        if parent.get("peran") != "KETUA_TIM":
            self._insert(ReportingLineRow, employee_id=row["id"], superior_id=parent["id"], starts=LONG_AGO)
            return
        team, letter = f"T-{row['id']}", row.get("surat_tugas", "ST-1")
        self._insert(
            TeamRow, id=team, name=team, unit_id=row.get("unit_tim", UNIT), leader_id=parent["id"], starts=LONG_AGO
        )
        self._insert(TeamMemberRow, team_id=team, employee_id=row["id"], letter=letter, starts=LONG_AGO)

    def _insert(self, table: type[Any], **values: Any) -> None:
        self.connection.execute(sa.insert(table).values(**values))


@pytest.fixture
def checked(cycle: PerformanceCycle, database: sa.Engine, clock: VirtualClock) -> Any:
    """What a check of an office with these rows finds, as codes, and the worst verdict."""

    def check(rows: Sequence[Row], mode: str) -> tuple[list[str], str]:
        cycle.create_cycle(2026, by=PERSONNEL)
        with database.begin() as connection:
            Office(connection, clock, rows, mode).plan()
        found = cycle.alignment.check_agency(YEAR, by=PERSONNEL)
        worst = next(verdict for verdict in reversed(found.verdicts) if found.verdicts[verdict])
        return list(found.codes), worst

    return check


@pytest.mark.parametrize("number", [1, 5, 6])
def test_wx_01_05_06_a_unit_is_aligned_or_not(number: int, checked: Any) -> None:
    case = example(number)

    assert checked(case["rhk"], case["mode_matriks"]) == (case["expect"]["kode"], case["expect"]["verdict"])


@pytest.mark.parametrize(("rows", "expected"), [("rhk", "expect"), ("perbaikan", "expect_perbaikan")])
def test_wx_02_an_activity_and_its_mend(rows: str, expected: str, checked: Any) -> None:
    basis, case = example(1), example(2)

    found = checked([*spelled_out(basis["rhk"]), *case[rows]], basis["mode_matriks"])

    assert found == (case[expected]["kode"], case[expected]["verdict"])


@pytest.mark.parametrize("case", example(3)["kasus"], ids=lambda case: case["nama"])
def test_wx_03_shares_of_a_road(case: dict[str, Any], checked: Any) -> None:

    codes, verdict = checked([*example(3)["rhk"], *road_shares(case)], example(3)["mode_matriks"])

    assert (codes, verdict) == (case["expect"]["kode"], case["expect"]["verdict"])


@pytest.mark.parametrize("case", example(4)["kasus"], ids=lambda case: f"{case['target']} days")
def test_wx_04_days_of_a_permit(case: dict[str, Any], checked: Any) -> None:
    limit = {key: case[key] for key in ("target", "satuan", "polaritas")}
    row = {**case, "id": "V", "aspek": [{"aspek": "WAKTU", "iki": "Waktu verifikasi", **limit}]}

    found = checked([*example(4)["rhk"], row], example(4)["mode_matriks"])

    assert found == (case["expect"]["kode"], case["expect"]["verdict"])


@pytest.mark.parametrize("letter", ["ST-12/2026", None])
def test_wx_07_a_squad_with_and_without_its_letter(letter: str | None, checked: Any, database: sa.Engine) -> None:
    with database.begin() as connection:
        Agency(connection).unit("ELSEWHERE")
    case = example(7)
    rows = [dict(row) for row in case["rhk"]]
    rows[2].update(surat_tugas=letter, unit_tim="ELSEWHERE")
    expected = next(one["expect"] for one in case["kasus"] if one["surat_tugas"] == letter)

    assert checked(rows, "DUA_TINGKAT") == (expected["kode"], expected["verdict"])


@pytest.mark.parametrize(
    "case", [one for one in example(10)["kasus"] if "staf" in one], ids=lambda case: str(case["nama"])
)
def test_wx_10_whom_the_matrix_lets_staff_support(case: dict[str, Any], checked: Any) -> None:
    measured = [{"aspek": "KUALITAS", "iki": "Akta terbit", "target": 95, "satuan": "persen", "polaritas": "NAIK"}]
    own = [{"aspek": "WAKTU", "iki": "Waktu terbit", "target": 2, "satuan": "hari kerja", "polaritas": "TURUN"}]
    head = {"id": "K", "induk": "PK:1", "teks": "Meningkatnya kepemilikan akta kelahiran anak", "aspek": measured}
    staff = {"id": "S", "induk": "K", "teks": "Akta kelahiran terbit tepat waktu bagi seluruh pemohon", "aspek": own}

    found = checked([head, {**staff, "peran": case["staf"]["peran"]}], case["mode_matriks"])

    assert found == (case["expect"]["kode"], case["expect"]["verdict"])
