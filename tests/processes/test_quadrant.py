"""WX-19 through the engine: every cell of the quadrant, and unit heads whose unit's predicate is their result."""

from typing import Any

import pytest
import yaml

from engine.runtime.engine import Engine
from engine.runtime.resources import LoadedRelease
from engine.runtime.sandbox.reading import read_scenario
from engine.runtime.sandbox.running import run
from tests.cycle.agency import example
from tests.processes.staged import DEADLINES, STAGING

WX19 = example(19)
BELOW, MEETS, ABOVE = "DI_BAWAH_EKSPEKTASI", "SESUAI_EKSPEKTASI", "DI_ATAS_EKSPEKTASI"
QUADRANT = [  # DOMAIN 4.4: result, behaviour, predicate
    (ABOVE, BELOW, "KURANG_MISCONDUCT"),
    (ABOVE, MEETS, "BAIK"),
    (ABOVE, ABOVE, "SANGAT_BAIK"),
    (MEETS, BELOW, "KURANG_MISCONDUCT"),
    (MEETS, MEETS, "BAIK"),
    (MEETS, ABOVE, "BAIK"),
    (BELOW, BELOW, "SANGAT_KURANG"),
    (BELOW, MEETS, "BUTUH_PERBAIKAN"),
    (BELOW, ABOVE, "BUTUH_PERBAIKAN"),
]


def year(answers: dict[str, str], delivered: dict[str, str], **more: Any) -> bytes:
    """The annual evaluation of one person, from the report to the receipt."""
    heads = {"employee": {"heads_unit": True}} if more else {}
    scenario = {
        "name": "Kuadran",
        "source": "WX-19",
        "process": "annual_evaluation",
        "opens": "2027-01-01T08:00:00",
        "data": {"skp": "usual", "deadlines": DEADLINES, **heads},
        **more,
        "steps": [
            {"employee": "report_year"},
            *([{"until": "2027-01-11"}, {"appraiser": "rate_organisation"}] if more else []),
            {"until": "2027-01-16"},
            {"appraiser": "rate_year", "answers": answers},
            {"appraiser": "sign_evaluation", "answers": {"keputusan": "TANDATANGANI"}},
            {"employee": "acknowledge_year"},
        ],
        "end": {
            "status": "completed",
            "calls": [
                {"cycle/record_rating": {**delivered, "status": "USULAN"}},
                {"cycle/record_rating": {**delivered, "status": "DISAMPAIKAN"}},
            ],
        },
    }
    return yaml.safe_dump(scenario, allow_unicode=True).encode()


def problem_of(release: LoadedRelease, content: bytes) -> object:
    scenario = read_scenario(content, "kuadran.scenario.yaml", STAGING.registry.performers)
    return run(Engine, release, STAGING, scenario).problem


@pytest.mark.parametrize(("result", "behaviour", "predicate"), QUADRANT)
def test_two_ratings_become_the_predicate_of_their_cell(
    result: str, behaviour: str, predicate: str, release: LoadedRelease
) -> None:
    ratings = {"rating_hasil": result, "rating_perilaku": behaviour}

    assert problem_of(release, year(ratings, {**ratings, "predikat": predicate})) is None


def test_a_wrong_cell_would_be_noticed(release: LoadedRelease) -> None:
    ratings = {"rating_hasil": ABOVE, "rating_perilaku": MEETS}

    assert problem_of(release, year(ratings, {**ratings, "predikat": "SANGAT_BAIK"})) is not None


@pytest.mark.parametrize("head", WX19["kepala_unit"], ids=lambda head: f"{head['predikat_unit']}-{head['perilaku']}")
def test_a_unit_head_gets_the_units_achievement_as_result(head: dict[str, str], release: LoadedRelease) -> None:
    given = {"cycle/unit_rating": {"predicate": head["predikat_unit"], "rating": head["hasil"]}}
    delivered = {"rating_hasil": head["hasil"], "rating_perilaku": head["perilaku"], "predikat": head["predikat"]}
    answers = {"rating_hasil": head["hasil"], "rating_perilaku": head["perilaku"]}

    assert problem_of(release, year(answers, delivered, given=given)) is None
