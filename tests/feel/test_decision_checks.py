"""What is wrong with a decision file is said before it is published: file, rule, line and mend."""

import time

import pytest

from engine.errors import Problem, Severity
from engine.feel import FeelError
from tests.feel.decision_files import decision, literal, read, table
from tests.feel.evaluation import ENVIRONMENT


def problems(*decisions: str) -> list[Problem]:
    return list(read(*decisions).problems)


def overlaps(logic: str) -> list[str]:
    return [p.message for p in problems(decision("d", logic)) if p.rule == "dmn-overlap"]


def gaps(logic: str) -> list[str]:
    return [p.message for p in problems(decision("d", logic)) if p.rule == "dmn-gap"]


def test_every_cell_that_cannot_be_read_is_listed_with_its_rule() -> None:
    logic = table("UNIQUE", ["a", "b +"], ["y"], [(["> ", "1"], ["1"]), (["-", "== 3"], ["foo(1)"])])
    found = problems(decision("d", logic))

    assert sorted(problem.element or "" for problem in found) == ["d", "r1", "r2", "r2"]
    assert all(p.mend and p.line and p.file == "file.dmn" and p.severity is Severity.ERROR for p in found)


def test_a_faulty_decision_can_be_named_but_not_evaluated() -> None:
    file = read(decision("d", literal("1 +")))

    assert not file.usable
    with pytest.raises(FeelError, match="kesalahan"):
        file.decisions["d"].evaluate({}, ENVIRONMENT)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (decision("d", table("BEST", ["a"], ["y"], [])), "hit-policy"),
        (decision("d", table("COLLECT", ["a"], ["y"], [], aggregation="AVG")), "dmn-aggregation"),
        (decision("d", table("UNIQUE", ["a"], ["y"], [], aggregation="SUM")), "dmn-aggregation"),
        (decision("d", table("COLLECT", ["a"], ["x", "y"], [], aggregation="SUM")), "dmn-aggregation"),
        (decision("d", table("UNIQUE", ["a"], [], [])), "dmn-output"),
        (decision("d", table("UNIQUE", ["a"], ["y", "y"], [])), "dmn-output"),
        (decision("d", table("UNIQUE", ["a"], ["", "y"], [])), "dmn-output"),
        (decision("d", table("UNIQUE", [""], ["y"], [])), "dmn-input"),
        (decision("d", table("UNIQUE", ["a"], ["y"], [(["1", "2"], ["1"])])), "dmn-rule"),
        (decision("d", table("UNIQUE", ["a"], ["y"], [(["1"], ['"C"'])], values=['"A", "B"'])), "dmn-values"),
        (decision("d", literal("1"), requires=["e"]), "dmn-requirement"),
        (decision("d", literal("1"), requires=["d"]), "dmn-circle"),
        (decision("d", literal("1"), variable="two words"), "dmn-variable"),
        (decision("d", ""), "dmn-empty"),
        (decision("d", "<invocation/>"), "dmn-kind"),
        (
            decision("d", '<literalExpression expressionLanguage="python"><text>1</text></literalExpression>'),
            "dmn-language",
        ),
        (decision("", literal("1")), "dmn-id"),
        (decision("d", literal("1")) + decision("d", literal("2")), "duplicate-id"),
        ("", "dmn"),
    ],
)
def test_what_a_decision_file_may_not_hold(content: str, rule: str) -> None:
    found = [problem for problem in problems(content) if problem.severity is Severity.ERROR]

    assert rule in [problem.rule for problem in found]
    assert all(problem.message and problem.mend for problem in found)


def test_a_circle_of_decisions_is_found() -> None:
    found = problems(
        decision("a", literal("1"), requires=["b"]),
        decision("b", literal("1"), requires=["c"]),
        decision("c", literal("1"), requires=["a"]),
    )

    assert {problem.rule for problem in found} == {"dmn-circle"}


@pytest.mark.parametrize(
    ("cells", "example"),
    [
        (["[1..5]", "[5..9]"], "x = 5"),
        (["> 3", "< 4"], "x = 3.5"),
        (["-", "7"], "x = 7"),
        (['"A"', 'not("B")'], 'x = "A"'),
        (['not("A")', 'not("B")'], "x = (nilai lain)"),
        (["true", "-"], "x = true"),
        (["null", "-"], "x = null"),
        (['>= @"2027-01-01"', '<= @"2027-01-31"'], "x = 2027-01-01"),
        (['< @"P3D"', '[@"P1D"..@"P2D"]'], "x = P1D"),
        (['< @"P3M"', '> @"P1M"'], "x = P2M"),
        (["? > 3 and ? < 9", "5"], "x = 5"),
    ],
)
def test_overlapping_rules_of_a_unique_table_are_shown_with_an_example(cells: list[str], example: str) -> None:
    found = overlaps(table("UNIQUE", ["x"], ["y"], [([cell], ["1"]) for cell in cells]))

    assert len(found) == 1
    assert "aturan 1 (r1)" in found[0] and found[0].endswith(f"misalnya untuk {example}.")


@pytest.mark.parametrize(
    "cells",
    [
        ["[1..5)", "[5..9]"],
        ['"A"', '"B"'],
        ["true", "false"],
        ["< limit", "> 3"],
        ["null", "not(null)"],
        ["[1..3]", "not([1..3])"],
    ],
)
def test_rules_that_exclude_one_another_do_not_overlap(cells: list[str]) -> None:
    assert overlaps(table("UNIQUE", ["x"], ["y"], [([cell], ["1"]) for cell in cells])) == []


def test_rules_overlap_only_when_all_their_cells_do() -> None:
    apart = [(["> 1", '"A"'], ["1"]), (["> 2", '"B"'], ["2"])]
    together = [(["> 1", '"A"'], ["1"]), (["> 2", '"A", "B"'], ["2"])]

    assert overlaps(table("UNIQUE", ["x", "z"], ["y"], apart)) == []
    assert overlaps(table("UNIQUE", ["x", "z"], ["y"], together)) == [
        'Aturan 2 tumpang tindih dengan aturan 1 (r1), misalnya untuk x = 3, z = "A".'
    ]


def test_an_overlap_of_columns_that_read_the_same_data_is_only_a_warning() -> None:
    logic = table("UNIQUE", ["x", "x + z"], ["y"], [(["> 1", "-"], ["1"]), (["-", "> 5"], ["2"])])
    found = [problem for problem in problems(decision("d", logic)) if problem.rule == "dmn-overlap"]

    assert [problem.severity for problem in found] == [Severity.WARNING]


def test_two_columns_of_one_expression_are_looked_at_together() -> None:
    assert overlaps(table("UNIQUE", ["x", "x"], ["y"], [(["> 1", "< 5"], ["1"]), (["> 4", "> 6"], ["2"])])) == []


def test_other_hit_policies_may_overlap() -> None:
    assert overlaps(table("FIRST", ["x"], ["y"], [(["-"], ["1"]), (["> 3"], ["2"])])) == []


@pytest.mark.parametrize(
    ("cells", "kind", "allowed", "example"),
    [
        (["< 5", "> 5"], "number", "", "x = 5"),
        (["[0..59]", "[60..100]"], "number", "[0..100]", "x = 59.5"),
        (["true"], "boolean", "", "x = false"),
        (['"A"', '"B"'], "string", '"A", "B", "C"', 'x = "C"'),
        (['"A"'], "string", "", "x = (nilai lain)"),
    ],
)
def test_a_combination_without_rule_is_a_warning_with_an_example(
    cells: list[str], kind: str, allowed: str, example: str
) -> None:
    logic = table("UNIQUE", ["x"], ["y"], [([cell], ["1"]) for cell in cells], types=[kind], allowed=[allowed])
    found = problems(decision("d", logic))

    assert [problem.message for problem in found] == [f"Tidak ada aturan untuk {example}."]
    assert found[0].severity is Severity.WARNING and found[0].mend


@pytest.mark.parametrize(
    ("cells", "kind", "allowed"),
    [
        (["[0..59]", "[60..100]"], "integer", "[0..100]"),
        (["< 5", ">= 5"], "number", ""),
        (["true", "false"], "boolean", ""),
        (['"A"', 'not("A")'], "string", ""),
        (['"A"', '"B"'], "string", '"A", "B"'),
        (["< limit", ">= 5"], "number", ""),
        (["-"], "", ""),
    ],
)
def test_a_complete_table_has_no_gap(cells: list[str], kind: str, allowed: str) -> None:
    logic = table("UNIQUE", ["x"], ["y"], [([cell], ["1"]) for cell in cells], types=[kind], allowed=[allowed])

    assert gaps(logic) == []


def test_gaps_are_looked_for_over_all_inputs() -> None:
    rows = [(["true", '"A"'], ["1"]), (["true", '"B"'], ["2"]), (["false", '"A"'], ["3"])]
    logic = table("UNIQUE", ["x", "z"], ["y"], rows, types=["boolean", "string"], allowed=["", '"A", "B"'])

    assert gaps(logic) == ['Tidak ada aturan untuk x = false, z = "B".']


def test_a_default_output_or_a_collecting_table_has_no_gaps() -> None:
    assert gaps(table("UNIQUE", ["x"], ["y"], [(["> 5"], ["1"])], defaults=["0"])) == []
    assert gaps(table("COLLECT", ["x"], ["y"], [(["> 5"], ["1"])])) == []


def found(rule: str, logic: str) -> list[Problem]:
    return [problem for problem in problems(decision("d", logic)) if problem.rule == rule]


def test_rules_of_an_any_table_that_contradict_are_refused_with_an_example() -> None:
    def rows(first: str, second: str) -> str:
        return table("ANY", ["x"], ["y"], [(["> 3"], [first]), (["< 9"], [second])])

    assert [problem.message for problem in found("dmn-conflict", rows("1", "2"))] == [
        "Aturan 2 memberi hasil lain daripada aturan 1 (r1), misalnya untuk x = 6."
    ]
    assert found("dmn-conflict", rows("1", "1")) == found("dmn-conflict", rows("1", "x + 1")) == []


@pytest.mark.parametrize(
    ("cells", "unused"),
    [
        (["-", "> 3"], ["r2"]),
        (["> 1", "> 3", "<= 1"], ["r2"]),
        ([">= 5", "< 5", "7"], ["r3"]),
        ([">= 5", "< 5", "-"], []),  # the last is for null
        (["> limit", "> 3"], []),  # nobody knows what the limit is
        (["> 3", "-"], []),
    ],
)
def test_a_rule_before_which_others_always_come_is_a_warning(cells: list[str], unused: list[str]) -> None:
    logic = table("FIRST", ["x"], ["y"], [([cell], ["1"]) for cell in cells])
    warned = found("dmn-unreachable", logic)

    assert [problem.element for problem in warned] == unused
    assert all(problem.severity is Severity.WARNING and problem.line and problem.mend for problem in warned)


def test_a_rule_is_unused_only_when_others_cover_all_its_columns() -> None:
    halves = [(['"A"', "true"], ["1"]), (['"A"', "false, null"], ["2"])]

    assert found("dmn-unreachable", table("FIRST", ["x", "z"], ["y"], [*halves, (['"A"', "-"], ["3"])]))
    assert not found("dmn-unreachable", table("FIRST", ["x", "z"], ["y"], [halves[0], (['"A"', "-"], ["3"])]))


def test_a_cell_and_an_output_outside_of_their_lists_are_refused_with_the_nearest() -> None:
    logic = table(
        "UNIQUE", ["x"], ["y"], [(['"SANGAT BAIK"'], ['"Lulus"'])], allowed=['"SANGAT_BAIK"'], values=['"LULUS"']
    )
    by_message = {problem.message.split()[0]: problem for problem in found("dmn-values", logic)}

    assert by_message["Aturan"].mend == 'Mungkin yang dimaksud "SANGAT_BAIK".'
    assert by_message["Aturan"].element == by_message["Hasil"].element == "r1"


def test_an_output_of_another_type_than_its_column_is_refused() -> None:
    def typed(kind: str, result: str) -> str:
        logic = table("FIRST", ["x"], ["y"], [(["-"], [result])])
        return logic.replace('<output name="y">', f'<output name="y" typeRef="{kind}">')

    assert [p.element for p in found("dmn-type", typed("number", '"5"'))] == ["r1"]
    assert [p.element for p in found("dmn-type", typed("string", "5"))] == ["r1"]
    assert [p for kind, result in (("number", "5"), ("string", "null"), ("date", '"2027-01-31"'), ("number", "a + 1"))
            for p in found("dmn-type", typed(kind, result))] == []  # fmt: skip


def ranges(policy: str, rules: int, inputs: int) -> str:
    """A table in which hardly two combinations of values meet the same rules."""
    cells = [[f"[{(row * 37 + column * 101) % 500}..{500 + (row * 61 + column * 53) % 500}]" for column in range(inputs)]
             for row in range(rules)]  # fmt: skip
    return table(policy, [f"x{column}" for column in range(inputs)], ["y"], [(row, ["1"]) for row in cells])


def test_a_large_table_is_checked_within_bounds_or_said_to_be_too_large() -> None:
    large = problems(decision("d", ranges("FIRST", 200, 5)))

    assert {problem.rule for problem in large} >= {"dmn-too-large"}
    assert [problem.severity for problem in large if problem.rule == "dmn-too-large"] == [Severity.WARNING]
    assert found("dmn-too-large", ranges("FIRST", 20, 3)) == []


def test_a_wide_table_is_checked_in_bounded_time() -> None:
    names = [f"x{number}" for number in range(12)]
    rows = [([str((row * 7 + column) % 30) for column in range(12)], [str(row)]) for row in range(120)]

    started = time.process_time()

    wide = problems(decision("d", table("UNIQUE", names, ["y"], rows)))
    assert len([problem for problem in wide if problem.rule == "dmn-overlap"]) <= 20
    assert time.process_time() - started < 3
