from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine.clock import JAKARTA
from engine.cycle import services as _services  # noqa: F401  # registers them
from engine.cycle.models import FeedbackRow, FindingRow, RatingRow, SkpResultRow, SkpVersionRow, UnitRatingRow
from engine.errors import Refused
from engine.runtime.services import Ask, CaseFacts, ServiceCall, registered
from engine.runtime.values import Json
from tests.cycle.agency import Agency

NOW = datetime(2026, 4, 15, 9, tzinfo=JAKARTA)
ROW = {
    "_id": "r1",
    "klasifikasi": "UTAMA",
    "rhk": "Meningkatnya cakupan",
    "indikator": [{"iki": "Cakupan", "target_nilai": 90}],
}
EXTRA = {"_id": "r2", "klasifikasi": "TAMBAHAN", "rhk": "Panitia lomba"}


@dataclass
class Diagram:
    """Calls services as a diagram of someone's case does."""

    connection: sa.Connection
    decide: Ask
    told: list[tuple[list[str], str]] = field(default_factory=list)
    cases: dict[tuple[str, str], CaseFacts] = field(default_factory=dict)

    def __call__(
        self, name: str, subject: str = "alice", *, cycle: str = "2026", data: Json = None, **arguments: Json
    ) -> Any:
        facts = CaseFacts(uuid4(), subject, "KESMAS", cycle, f"{cycle}/{subject}")
        facts = self.cases.setdefault((subject, cycle), facts)
        call = ServiceCall(
            self.connection, facts, arguments, data or {}, NOW, lambda to, template, data: self.told.append((to, template)),
            self.decide, self.decide, JAKARTA,
        )  # fmt: skip
        return registered()[f"cycle/{name}"](call)


@pytest.fixture
def diagram(agency: Agency, connection: sa.Connection, decide: Ask) -> Diagram:
    return Diagram(connection, decide)


def unit_is(connection: sa.Connection, unit: str, predicate: str) -> None:
    row = {"cycle_id": "2026", "unit_id": unit, "period": "annual", "predicate": predicate}
    connection.execute(sa.insert(UnitRatingRow).values({**row, "reason": "", "given_by": "regent", "given_at": NOW}))


def test_an_skp_is_kept_in_versions_with_its_rows(diagram: Diagram, connection: sa.Connection) -> None:
    data = {"skp": {"rhk": [], "dukungan": [{"kategori": "ANGGARAN", "uraian": "Rp 10 juta"}]}}

    assert diagram("record_skp", data=data, rhk=[ROW, EXTRA]) == {"version": 1}
    assert diagram("record_skp", data=data, rhk=[ROW], by_team=True) == {"version": 2}
    kept = connection.execute(
        sa.select(SkpVersionRow.by_team, SkpVersionRow.annexes).order_by(SkpVersionRow.version)
    ).all()
    assert [tuple(row) for row in kept] == [(False, {"dukungan": data["skp"]["dukungan"]}), (True, kept[1].annexes)]
    rows = connection.execute(sa.select(SkpResultRow.row_id, SkpResultRow.detail)).all()
    assert len(rows) == 3
    assert rows[0].detail["indikator"][0]["target_nilai"] == 90


def test_a_subordinate_sees_the_main_results_of_the_superior_s_newest_skp(diagram: Diagram) -> None:
    assert diagram("leader_results") == []

    diagram("record_skp", "bob", rhk=[{**ROW, "rhk": "Lama"}])
    diagram("record_skp", "bob", rhk=[ROW, EXTRA])
    assert [result["text"] for result in diagram("leader_results")] == ["Meningkatnya cakupan"]
    assert diagram("leader_results", "regent") == []


def test_a_rating_again_takes_the_place_of_the_first(diagram: Diagram, connection: sa.Connection) -> None:
    ratings = {"rating_hasil": "SESUAI_EKSPEKTASI", "rating_perilaku": "SESUAI_EKSPEKTASI"}
    diagram("record_rating", period="TW1", predikat="BAIK", **ratings)
    diagram("record_rating", predikat="BAIK", status="USULAN", **ratings)
    diagram("record_rating", predikat="SANGAT_BAIK", status="DISAMPAIKAN", **ratings)
    diagram("record_rating", cycle="2025", predikat="BUTUH_PERBAIKAN", status="DISAMPAIKAN", **ratings)
    assert [one["period"] for one in diagram("history_of_ratings")] == ["TW1", "annual"]  # not final yet
    diagram("record_rating", cycle="2025", predikat="BUTUH_PERBAIKAN", status="FINAL", **ratings)
    diagram("record_rating", "andi", predikat="SANGAT_KURANG", **ratings)

    found = diagram("history_of_ratings")
    assert [(rating["period"], rating["predikat"]) for rating in found] == [
        ("last_year", "BUTUH_PERBAIKAN"),
        ("TW1", "BAIK"),
        ("annual", "SANGAT_BAIK"),
    ]
    assert connection.scalar(sa.select(sa.func.count()).select_from(RatingRow)) == 6


def test_the_unit_s_predicate_comes_from_the_nearest_unit_that_has_one(
    diagram: Diagram, connection: sa.Connection
) -> None:
    assert diagram("unit_rating") == {"predicate": None, "rating": None}

    unit_is(connection, "DINKES", "BAIK")
    assert diagram("unit_rating") == {"predicate": "BAIK", "rating": "SESUAI_EKSPEKTASI"}
    unit_is(connection, "KESMAS", "BAIK")
    unit_is(connection, "KESMAS", "ISTIMEWA")
    assert diagram("unit_rating", "bob") == {"predicate": "ISTIMEWA", "rating": "DI_ATAS_EKSPEKTASI"}


def test_the_spread_is_advice_where_the_predicate_was_set(diagram: Diagram, connection: sa.Connection) -> None:
    for subject in ("alice", "andi", "bob"):
        diagram("record_rating", subject, predikat="BAIK")
    found = diagram("distribution")
    assert (found["n"], found["verdict"]) == (3, None)

    unit_is(connection, "KESMAS", "BAIK")
    diagram("record_rating", "dan", predikat="BUTUH_PERBAIKAN")
    found = diagram("distribution")
    assert found["n"] == 4  # pooled with the office: fewer than ten
    assert found["counts"]["BAIK"] == 3
    assert (found["verdict"], found["reason"]) == ("LANGGAR", "Baik 3 > 2 (70 persen).")


def test_actions_are_recorded_once(diagram: Diagram) -> None:
    actions = [{"tindakan": "BIMBINGAN", "uraian": "a"}, {"tindakan": "RENCANA_PENGEMBANGAN"}]

    assert diagram("record_actions", actions=actions) == {"actions": 2}
    assert diagram("record_actions", actions=[*actions, {"tindakan": "ANGKA_KREDIT", "uraian": "75"}]) == {"actions": 3}


def test_feedback_outside_the_tasks_leaves_nothing_missing(diagram: Diagram, connection: sa.Connection) -> None:
    missing = {"cluster": "PEMBINAAN", "text": "Tidak ada umpan balik.", "unless_feedback_since": "2026-01-01"}
    warning = {"to": ["appraiser_superior"], "template": "feedback_missing", "unless_feedback_since": "2026-01-01"}

    def given(role: str, at: datetime) -> None:
        row = {"cycle_id": "2026", "subject": "alice", "giver": "bob", "giver_role": role, "target": "HASIL_KERJA"}
        row |= {"about": "Gizi", "kind": "POSITIF", "text": "Data lengkap"}
        connection.execute(sa.insert(FeedbackRow).values(**row, given_at=at))

    def found() -> tuple[int, int]:
        diagram("finding", **missing)
        diagram("notify", **warning)
        return connection.scalar(sa.select(sa.func.count()).select_from(FindingRow)) or 0, len(diagram.told)

    given("REKAN", datetime(2026, 1, 2, tzinfo=UTC))
    given("PENILAI", datetime(2025, 12, 31, 16, 59, tzinfo=UTC))  # the day before, in Jakarta
    assert found() == (1, 1)
    given("PENILAI", datetime(2025, 12, 31, 17, 0, tzinfo=UTC))
    assert found() == (1, 1)  # neither a second finding nor a second warning


def test_a_finding_belongs_to_one_of_six_clusters(diagram: Diagram, connection: sa.Connection) -> None:
    diagram("finding", cluster="PEMBINAAN", text="Bimbingan tidak dilaksanakan.")

    assert connection.execute(sa.select(FindingRow.cluster, FindingRow.unit_id)).one() == ("PEMBINAAN", "KESMAS")
    with pytest.raises(Refused, match="tidak dikenal"):
        diagram("finding", cluster="CUACA", text="Hujan.")


@pytest.mark.parametrize("to", [["employee", "appraiser"], "employee, appraiser"])
def test_performers_are_told(to: Json, diagram: Diagram) -> None:
    diagram("notify", to=to, template="skp_set")

    assert diagram.told == [(["employee", "appraiser"], "skp_set")]
    with pytest.raises(Refused):
        diagram("notify", to=[], template="skp_set")


def test_every_service_that_the_shipped_diagrams_call_exists(diagram: Diagram) -> None:
    services: dict[str, Callable[..., Json]] = dict(registered())
    wanted = "record_skp leader_results unit_rating record_rating history_of_ratings record_actions notify finding distribution"

    assert {f"cycle/{name}" for name in wanted.split()} <= services.keys()
    assert diagram("team_leaders") == []
