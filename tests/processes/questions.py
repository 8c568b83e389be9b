"""The shipped forms, the case in which they are asked, and answers to them."""

import copy
from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from engine.forms import Form, Validated, load_form
from tests.processes.decisions import ENVIRONMENT, ROOT

FUNCTIONS = ("working days after", "end of day")
FIXTURES = ROOT / "tests" / "fixtures"


@cache
def forms() -> Mapping[str, Form]:
    """Every form of the release, by id."""
    read = [load_form(path.read_bytes(), path.name, FUNCTIONS) for path in sorted((ROOT / "forms").glob("*.form.json"))]
    return {form.id: form for form in read}


def case(**more: Any) -> dict[str, Any]:
    """The data of a case late in the year, with whatever a test adds or changes."""
    return {**yaml.safe_load((FIXTURES / "case.yaml").read_text(encoding="utf-8")), **more}


@cache
def _answers() -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = yaml.safe_load((FIXTURES / "answers.yaml").read_text(encoding="utf-8"))
    return read


def examples(form: str) -> dict[str, Any]:
    """The example answers of a form, by name; each call gives new ones."""
    return copy.deepcopy(_answers()[form])


def answered(form: str, answers: Mapping[str, Any], data: Mapping[str, Any] | None = None) -> Validated:
    return forms()[form].validate(answers, case() if data is None else data, ENVIRONMENT, "id")
