"""docs/lint.md is what the code says, and says it of every rule and every construct."""

from fnmatch import fnmatch
from pathlib import Path

import pytest

from tests.runtime.lint import test_broken_variants as variants
from tests.runtime.lint.constructs import Construct, constructs
from tests.runtime.lint.page import PAGE, page
from tests.runtime.lint.rulebook import GAP, ROOT, everything_said

WRITTEN = ("runs", "warned", "refused")


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text() == page(), "docs/lint.md is stale: make lint-page"


@pytest.mark.parametrize("construct", list(constructs()), ids=lambda one: f"{one.group}: {one.name}")
def test_a_construct_is_refused_by_name_or_passes_the_schema(construct: Construct) -> None:
    """A model that breaks the schema would say nothing of its construct."""
    becomes, because = construct.outcome()

    assert becomes in WRITTEN
    assert not because.startswith("`schema`")


def test_constructs_have_names_of_their_own() -> None:
    names = [(one.group, one.name) for one in constructs()]

    assert len(names) == len(set(names)) > 120


def test_every_rule_of_a_diagram_tells_words_and_a_mend() -> None:
    of_diagrams = [said for said in everything_said() if said.file.startswith("engine/runtime/lint")]

    assert len({said.rule for said in of_diagrams}) > 50
    assert [said for said in of_diagrams if not said.words or not said.mend or said.rule == GAP] == []


def test_every_module_of_a_rule_is_on_the_page() -> None:
    """A rule that says its problems in a way that is not read would be missing."""
    silent = {"__init__.py", "model.py", "graph.py", "formulas.py", "names.py", "tokens.py", "ways.py", "known.py"}
    modules = {path.name for path in (ROOT / "engine/runtime/lint").glob("*.py")} - silent

    assert {Path(said.file).name for said in everything_said()} >= modules


def test_rules_that_variants_break_are_on_the_page() -> None:
    known = [said.rule.replace(GAP, "*") for said in everything_said()]
    broken = {rule for _, _, rule, _ in (*variants.VARIANTS.values(), *variants.BESIDE_IT.values())}

    assert [rule for rule in broken if not any(fnmatch(rule, one) for one in known)] == []
