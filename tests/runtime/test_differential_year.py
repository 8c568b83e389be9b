"""Random lives of the shipped diagrams: ours, saved and loaded after each step, and the library's, agree."""

import os
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
import yaml

from engine.bootstrap import CASE_DATA, ROOT, shipped_documents
from engine.clock import JAKARTA
from engine.cycle.calendar import WorkCalendar, year_deadlines, year_periods
from engine.cycle.parameters import Parameters
from engine.cycle.staging import ANSWERS, PLAN, CycleStaging
from engine.feel import Environment, to_json
from engine.runtime.documents import Documents, load
from tests.runtime.lives import START, Host, TwoLives

RUNS = max(int(os.environ.get("FUZZ_RUNS", "25")) // 8, 2)
STAGING = CycleStaging(JAKARTA, CASE_DATA)
CALENDAR = WorkCalendar(frozenset(), JAKARTA)
FUNCTIONS = STAGING.registry.functions
RATINGS = ("DI_ATAS_EKSPEKTASI", "SESUAI_EKSPEKTASI", "DI_BAWAH_EKSPEKTASI")
SERVICES = {
    **{name: ANSWERS.get(name, {}) for name in STAGING.registry.services},
    "cycle/history_of_ratings": [],
    "cycle/weigh_parts": "BAIK",
}


@pytest.fixture(scope="module")
def documents() -> Documents:
    return load(shipped_documents(), STAGING.registry)


def first_data() -> dict[str, Any]:
    """What the case of one employee knows, planning done."""
    case: dict[str, Any] = yaml.safe_load((ROOT / "tests" / "fixtures" / "case.yaml").read_text(encoding="utf-8"))
    parameters = Parameters()
    return {
        **{name: value for name, value in case.items() if name in ("employee", "appraiser", "cycle", "behaviours")},
        "deadlines": year_deadlines(2026, parameters, CALENDAR, START).to_json(),
        "periods": [period.to_json() for period in year_periods(2026, parameters, CALENDAR, START)],
        "parameters": parameters.for_case(),
        "leader_results": [],
        "skp": PLAN,
    }


def routing(random: Random) -> dict[str, Any]:
    """Answers that steer, each drawn from what its form allows."""
    return {
        "keputusan": random.choice(["TETAPKAN", "KEMBALIKAN", "TERUSKAN", "TANDATANGANI", "UBAH", "TETAP", "SETUJU"]),
        "sepakat": random.choice(["SEPAKAT", "BELUM_SEPAKAT"]),
        "selesai": random.choice(["YA", "BELUM"]),
        "lanjut": random.choice(["YA", "TIDAK"]),
        "ajukan": random.choice(["YA", "TIDAK"]),
        "hasil": random.choice(["MEMBAIK", "TIDAK_MEMBAIK", "MEMENUHI", "TIDAK_MEMENUHI"]),
        "tersedia": random.choice(["YA", "TIDAK"]),
        "rating_hasil": random.choice(RATINGS),
        "rating_perilaku": random.choice(RATINGS),
        "catatan": "catatan",
        "surat_diterima": "2027-01-30",
    }


@pytest.mark.parametrize("process", ["planning", "coaching", "counselling", "performance_cycle"])
def test_the_shipped_diagrams_live_as_the_library_would_have_them(documents: Documents, process: str) -> None:
    elements = {id: element for found in documents.processes.values() for id, element in found.elements.items()}

    def decide(decision: str, context: Mapping[str, Any]) -> Any:
        environment = Environment(START, JAKARTA, FUNCTIONS)
        return to_json(documents.decisions[decision].evaluate(context, environment).value)

    def answer(name: str, random: Random) -> dict[str, Any]:
        element = elements[name.partition(" ")[0]]
        return {element.properties.get("result", element.id): routing(random)}

    lives = TwoLives(documents.trees, process, answer, Host(SERVICES, decide), FUNCTIONS, spans=(4, 15, 40))
    for seed in range(RUNS):
        assert lives.lead(seed, first_data()) is None
