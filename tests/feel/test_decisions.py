"""Decision tables by hit policy, literal expressions, and what decisions require of one another."""

from typing import Any

import pytest

from engine.feel import FeelError, read_decisions, to_json
from tests.feel.decision_files import decide, decision, literal, read, table
from tests.feel.evaluation import ENVIRONMENT

GRADES = [(["< 50"], ['"C"']), (["[50..80)"], ['"B"']), ([">= 80"], ['"A"'])]
SIZES = [([">= 1"], ["1"]), ([">= 2"], ["2"]), ([">= 3"], ["3"])]  # the more, the more rules hit


@pytest.mark.parametrize(("score", "grade"), [(10, "C"), (50, "B"), (79.9, "B"), (80, "A"), (None, None), ("x", None)])
def test_a_unique_table_gives_the_value_of_its_one_hit(score: Any, grade: str | None) -> None:
    assert decide(table("UNIQUE", ["score"], ["grade"], GRADES), score=score).value == grade


def test_two_hits_of_a_unique_table_are_named() -> None:
    rows = [(["> limit"], ['"a"']), (["> 5"], ['"b"'])]  # cannot be seen before the limit is known

    logic = table("UNIQUE", ["x"], ["y"], rows)
    assert decide(logic, x=7, limit=9).value == "b"
    with pytest.raises(FeelError, match=r"aturan 1 \(r1\) dan 2 \(r2\)"):
        decide(logic, x=7, limit=6)


@pytest.mark.parametrize(
    ("policy", "aggregation", "expected"),
    [
        ("FIRST", "", 1),
        ("RULE ORDER", "", [1, 2, 3]),
        ("COLLECT", "", [1, 2, 3]),
        ("COLLECT", "SUM", 6),
        ("COLLECT", "MIN", 1),
        ("COLLECT", "MAX", 3),
        ("COLLECT", "COUNT", 3),
        ("PRIORITY", "", 3),
        ("OUTPUT ORDER", "", [3, 1, 2]),
    ],
)
def test_several_hits_are_treated_by_the_hit_policy(policy: str, aggregation: str, expected: Any) -> None:
    logic = table(policy, ["x"], ["y"], SIZES, aggregation=aggregation, values=["3, 1, 2"])

    assert to_json(decide(logic, x=5).value) == expected
    assert decide(logic, x=0).value is None


def test_a_single_hit_of_a_list_policy_is_still_a_list() -> None:
    assert decide(table("COLLECT", ["x"], ["y"], SIZES), x=1).value == [1]


def test_any_takes_equal_hits_and_refuses_different_ones() -> None:
    same = [(["> 1"], ["7"]), (["> 2"], ["7"]), (["> 3"], ["5 + 3"])]

    assert decide(table("ANY", ["x"], ["y"], same), x=3).value == 7
    with pytest.raises(FeelError, match="hasilnya berbeda"):
        decide(table("ANY", ["x"], ["y"], same), x=4)


def test_several_outputs_make_a_context() -> None:
    rows = [(['"a"'], ["1", '"one"']), (["-"], ["2", "x"])]

    assert decide(table("FIRST", ["x"], ["n", "word"], rows), x="a").value == {"n": 1, "word": "one"}
    assert decide(table("COLLECT", ["x"], ["n", "word"], rows), x="b").value == [{"n": 2, "word": "b"}]


def test_priority_looks_at_the_first_output_first() -> None:
    rows = [(["-"], ['"LOW"', '"b"']), (["-"], ['"HIGH"', '"b"']), (["-"], ['"HIGH"', '"a"'])]
    logic = table("PRIORITY", ["x"], ["level", "code"], rows, values=['"HIGH", "LOW"', '"a", "b"'])

    decided = decide(logic, x=1)
    assert decided.value == {"level": "HIGH", "code": "a"}
    assert [hit.rule for hit in decided.hits] == ["r3"]


def test_the_default_output_stands_in_when_no_rule_hits() -> None:
    assert decide(table("UNIQUE", ["x"], ["y"], [(["> 5"], ["1"])], defaults=["0"]), x=1).value == 0
    assert decide(table("COLLECT", ["x"], ["y"], [(["> 5"], ["1"])], defaults=["0"]), x=1).value == [0]


def test_several_inputs_and_expressions_as_input() -> None:
    rows = [(["true", "> 10"], ["x + y"]), (["false", "-"], ["0"]), (["true", "<= 10"], ["null"])]
    logic = table("UNIQUE", ["x > 3", "x * y"], ["r"], rows)

    assert decide(logic, x=4, y=5).value == 9
    assert decide(logic, x=1, y=50).value == 0
    assert decide(logic, x=4, y=1).value is None


def test_an_input_outside_its_allowed_values_is_an_error_but_null_is_not() -> None:
    logic = table("UNIQUE", ["x"], ["y"], [(["-"], ["1"])], allowed=['"a", "b"'])

    assert decide(logic, x="a").value == 1
    assert decide(logic).value == 1
    with pytest.raises(FeelError, match='x = "c"') as caught:
        decide(logic, x="c")
    assert '"a", "b"' in caught.value.mend


def test_the_hits_tell_rule_source_and_inputs() -> None:
    decided = decide(
        table("COLLECT", ["x", "due"], ["y"], [(["> 1", "-"], ["1"]), (["> 2", "-"], ["2"])]), x=2.5, due="2027-01-31"
    )

    assert [(hit.table, hit.rule, hit.number, hit.annotation) for hit in decided.hits] == [
        ("d", "r1", 1, "source of r1"),
        ("d", "r2", 2, "source of r2"),
    ]
    assert decided.hits[0].inputs == {"x": 2.5, "due": "2027-01-31"}


def test_an_error_in_a_cell_names_the_rule() -> None:
    logic = table("FIRST", ["x"], ["y"], [(["> 9"], ["1"]), (["-"], ["for i in 1..100000 return i"])])

    with pytest.raises(FeelError, match=r"aturan 2 \(r2\)"):
        decide(logic, x=1)


def test_a_literal_expression_decides() -> None:
    assert decide(literal("sum(weights) >= 100"), weights=[60, 40]).value is True


def test_required_decisions_come_first_under_their_variables() -> None:
    file = read(
        decision("top", literal("base * 2 + extra + x"), requires=["middle", "leaf"]),
        decision(
            "middle",
            table("FIRST", ["base"], ["e"], [(["> 3"], ["100"]), (["-"], ["0"])]),
            variable="extra",
            requires=["leaf"],
        ),
        decision("leaf", literal("start + 1"), variable="base"),
    )
    assert file.problems == ()
    top = file.decisions["top"]

    context = {"start": 4, "x": 1}
    decided = top.evaluate(context, ENVIRONMENT)
    assert decided.value == 111
    assert [hit.table for hit in decided.hits] == ["middle"]
    assert context == {"start": 4, "x": 1}
    assert set(top.inputs) == {"x", "start"}
    assert set(file.decisions) == {"top", "middle", "leaf"}


@pytest.mark.parametrize(
    "namespace", ["http://www.omg.org/spec/DMN/20180521/MODEL/", "http://www.omg.org/spec/DMN/20151101/dmn.xsd"]
)
def test_older_versions_of_dmn_are_read(namespace: str) -> None:
    file = read(decision("d", literal("1 + 1")), namespace=namespace)

    assert file.decisions["d"].evaluate({}, ENVIRONMENT).value == 2


def test_a_large_table_is_fast_and_bounded() -> None:
    rows = [([str(number), "-", f"< {number + 1}"], [str(number)]) for number in range(300)]

    assert decide(table("UNIQUE", ["x", "y", "x"], ["r"], rows), x=250).value == 250


def test_the_functions_of_the_product_may_stand_in_cells() -> None:
    rows = [(["<= working days after(today(), 3)"], ['"soon"']), (["-"], ['"later"'])]

    assert decide(table("FIRST", ["due"], ["r"], rows), due="2027-01-17").value == "soon"


def test_bytes_that_are_no_decision_file_are_a_problem() -> None:
    for content, rule in ((b"<a", "xml"), (b"<!DOCTYPE a><a/>", "xml"), (b"<a/>", "dmn"), (b"", "xml")):
        file = read_decisions(content, "x.dmn")
        assert not file.usable and file.problems[0].rule == rule and file.problems[0].mend
