"""The forms of the product: each loads without a complaint, is translated, draws, and takes what it asks for."""

from pathlib import Path
from typing import Any

import pytest

from engine.forms import check_form
from tests.forms.build import NOW, flat, typed

FORMS = sorted((Path(__file__).parents[2] / "forms").glob("*.form.json"))
FUNCTIONS = ("working days after", "end of day")
DATA: dict[str, Any] = {
    "employee": {
        "id": "e1",
        "nip": "198501012005011001",
        "name": "Budi",
        "position": "Analis",
        "unit": {"name": "Dinkes"},
    },
    "leader_results": [{"id": "r1", "text": "Balita sehat"}],
    "behaviours": [{"id": "BP", "name": "Berorientasi Pelayanan", "guides": ["a", "b"]}],
    "period": {"code": "TW1", "name": "Triwulan I"},
    "skp": {
        "rhk": [{"_id": "1", "rhk": "Gizi", "indikator": [{"iki": "Persen", "target_nilai": 90, "satuan": "persen"}]}]
    },
}


def test_there_are_forms() -> None:
    assert len(FORMS) > 20


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name.removesuffix(".form.json"))
def test_a_shipped_form_loads_without_any_complaint(path: Path) -> None:
    form, problems = check_form(path.read_bytes(), path.name, FUNCTIONS)
    assert [str(problem) for problem in problems] == []
    assert form is not None and form.id == path.name.removesuffix(".form.json")


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name.removesuffix(".form.json"))
@pytest.mark.parametrize("data", [{}, DATA], ids=["no data", "data"])
def test_a_shipped_form_draws_and_takes_its_own_page_back(path: Path, data: dict[str, Any]) -> None:
    form, _ = check_form(path.read_bytes(), path.name, FUNCTIONS)
    assert form is not None
    answers = form.blank(data, NOW)
    for locale in ("id", "en"):
        fields = form.view(answers, data, NOW, locale)
        assert all(one.label for one in flat(fields) if one.path)
        assert form.decode(typed(fields), answers) == answers
        form.summary(answers, data, NOW, locale)
        form.validate(answers, data, NOW, locale)
