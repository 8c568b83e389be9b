"""A set of documents is read whole, checked whole, and refused with everything that is wrong."""

from pathlib import Path

import pytest

from engine.errors import DefinitionError, Severity
from engine.runtime.documents import check, digest, load
from tests.runtime.diagrams import (
    call,
    decision,
    decision_task,
    diagram,
    end,
    for_each,
    form,
    path,
    process,
    start,
    sub_process,
    user_task,
)
from tests.runtime.lint.looking import BESIDE, REGISTRY, line

PRODUCT = Path(__file__).parents[2]
HOSTILE_ENTITY = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
GOOD = line(user_task("ask", form="answers", due="P5D"), decision_task("judge", "grade"))


def test_a_good_set_gives_processes_elements_decisions_and_forms() -> None:
    inner = sub_process("inner", start("in"), user_task("deep"), end("out"), *path("in", "deep", "out"))
    lanes = (
        '<bpmn:laneSet id="lanes"><bpmn:lane id="lane_employee" name="Pegawai">'
        "<bpmn:flowNodeRef>ask</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
    )
    asked = user_task("ask", due="P5D", name__en="Ask").replace(
        "<bpmn:extensionElements>", "<bpmn:documentation>Pasal 5</bpmn:documentation><bpmn:extensionElements>"
    )
    work = line(asked, inner, call("go", "other", phase="planning", loop=for_each("people", "someone")))
    work = work.replace('<bpmn:startEvent id="begun"', lanes + '<bpmn:startEvent id="begun"')
    other = diagram(process("other", start("o"), end("p"), *path("o", "p")))
    documents = load({**BESIDE, "work.bpmn": diagram(work), "other.bpmn": other}, REGISTRY)

    process_ = documents.processes["work"]
    ask, deep = process_.elements["ask"], process_.elements["deep"]
    assert (ask.type, ask.name, ask.lane, ask.documentation) == ("userTask", "ask", "Pegawai", "Pasal 5")
    assert dict(ask.properties) == {"form": "answers", "performer": "employee", "due": "P5D", "name:en": "Ask"}
    assert (deep.process, deep.parent) == ("work", "inner")
    assert process_.called == {"other"}
    assert (process_.file, set(documents.trees)) == ("work.bpmn", {"work.bpmn", "other.bpmn"})
    assert set(documents.decisions) == {"grade"}
    assert set(documents.forms) == {"answers"}


def test_the_hash_depends_on_names_and_contents_and_not_on_the_order() -> None:
    files = {"a.bpmn": b"1", "b.bpmn": b"2"}

    assert digest(files) == digest(dict(reversed(files.items())))
    assert digest(files) != digest({"a.bpmn": b"12", "b.bpmn": b""})
    assert digest(files) != digest({"a.bpmn": b"1", "c.bpmn": b"2"})
    assert len(digest(files)) == 64


def test_all_problems_of_all_files_come_in_one_list_sorted_by_file_and_line() -> None:
    files = {
        "answers.form.json": b"{",
        "grade.dmn": b"<html/>",
        "one.bpmn": b"no diagram",
        "two.bpmn": diagram(line(user_task("a", performer="x"))),
        "notes.txt": b"",
    }
    found = [problem for problem in check(files, REGISTRY) if problem.severity is Severity.ERROR]

    assert [problem.file for problem in found] == [
        "answers.form.json", "grade.dmn", "notes.txt", "one.bpmn", "two.bpmn",
    ]  # fmt: skip
    with pytest.raises(DefinitionError) as refused:
        load(files, REGISTRY)
    assert list(refused.value.problems) == found


def test_what_cannot_be_read_is_not_reported_as_missing() -> None:
    files = {"work.bpmn": diagram(GOOD), "answers.form.json": b"{", "grade.dmn": b"<"}

    assert {problem.file for problem in check(files, REGISTRY) if problem.severity is Severity.ERROR} == {
        "answers.form.json",
        "grade.dmn",
    }


def test_warnings_do_not_keep_a_set_from_loading() -> None:
    files = {**BESIDE, "work.bpmn": diagram(GOOD)}

    assert check(files, REGISTRY)
    assert load(files, REGISTRY).processes["work"]


def test_an_id_of_a_form_or_a_decision_is_given_once() -> None:
    files = {
        "a.dmn": decision("grade", ["score"], "y", [["-", "1"]]),
        "b.dmn": decision("grade", ["score"], "y", [["-", "2"]]),
        "answers.form.json": form("answers"),
        "other.form.json": form("answers"),
    }
    found = {(problem.rule, problem.file) for problem in check(files, REGISTRY)}

    assert {("duplicate-id", "b.dmn"), ("duplicate-id", "other.form.json"), ("form-name", "other.form.json")} <= found


HOSTILE = {
    "an external entity": b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + diagram(GOOD),
    "laughs": HOSTILE_ENTITY.encode() + diagram(GOOD.replace('name="ask"', 'name="&b;"')),
    "laughs in UTF-16": (HOSTILE_ENTITY + diagram(GOOD).decode()).encode("utf-16"),
    "laughs in UTF-16 without mark": (
        '<?xml version="1.0" encoding="UTF-16BE"?>' + HOSTILE_ENTITY + diagram(GOOD).decode()
    ).encode("utf-16-be"),
    "laughs in UTF-32": (HOSTILE_ENTITY + diagram(GOOD).decode()).encode("utf-32"),
    "a DOCTYPE in UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE d+AD4-' + diagram(GOOD),
    "a DOCTYPE alone": b"<!DOCTYPE d>" + diagram(GOOD),
    "an encoding that hides": b'<?xml version="1.0" encoding="UTF-7"?>' + diagram(GOOD),
    "an unknown encoding": b'<?xml version="1.0" encoding="x-none"?>' + diagram(GOOD),
    "an entity that is not there": diagram(GOOD.replace('name="ask"', 'name="&b;"')),
    "deep": diagram(process("work", "<a>" * 400 + "</a>" * 400)),
    "deep enough": diagram(process("work", "<a>" * 150 + "</a>" * 150)),
    "wide": diagram(process("work", '<bpmn:textAnnotation id="a"/>' * 6_000)),
    "very wide": diagram(process("work", "<a/>" * 500_000)),
    "large": diagram(process("work", "<a>" + "x" * 5_000_000 + "</a>")),
    "NUL": diagram(GOOD.replace('name="ask"', 'name="\0"')),
    "nothing": b"",
    "blanks": b"   ",
    "no XML": b"\x00\xff\xfe\x01",
    "cut off": diagram(GOOD)[:-30],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_one_problem(name: str) -> None:
    found = check({"work.bpmn": HOSTILE[name], **BESIDE}, REGISTRY)

    assert [(problem.file, problem.rule) for problem in found if problem.severity is Severity.ERROR] == [
        ("work.bpmn", "xml")
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"<html/>",
        b'<d xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="file:///etc/passwd" parse="text"/></d>',
        diagram('<bpmn:process id="&lt;svg&gt;"/>'),
        diagram(process("work", '<bpmn:sequenceFlow id="a"/><bpmn:boundaryEvent id="b"/><bpmn:userTask/>')),
        diagram(process("work", '<bpmn:subProcess><bpmn:userTask id="lost"/></bpmn:subProcess>')),
        diagram("<bpmn:globalTask id='g'/><bpmn:collaboration id='c'><bpmn:participant id='p'/></bpmn:collaboration>"),
        diagram(),
        b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
    ],
)
def test_odd_input_is_answered_with_problems(content: bytes) -> None:
    for name in ("work.bpmn", "work.dmn", "work.form.json"):
        found = check({name: content}, REGISTRY)

        assert any(problem.severity is Severity.ERROR for problem in found)
        assert {problem.file for problem in found} == {name}


def test_comments_and_processing_instructions_are_gone() -> None:
    noisy = diagram(GOOD.replace("<bpmn:startEvent", "<!-- a -->\n<?run now?><bpmn:startEvent", 1))
    [tree] = load({**BESIDE, "work.bpmn": noisy}, REGISTRY).trees.values()

    assert all(isinstance(node.tag, str) for node in tree.iter())


def test_utf_16_without_a_doctype_is_welcome() -> None:
    assert load({**BESIDE, "work.bpmn": diagram(GOOD).decode().encode("utf-16")}, REGISTRY).processes


def test_every_break_of_the_schema_is_told_with_its_line() -> None:
    broken = diagram(
        process(
            "work",
            '\n<bpmn:startEvent id="begun" isInterrupting="perhaps"/>',
            '\n<bpmn:endEvent id="begun"/>',
            '\n<bpmn:sequenceFlow id="flow"/>',
        )
    )
    found = [problem for problem in check({"work.bpmn": broken}, REGISTRY) if problem.rule == "schema"]

    assert {problem.line for problem in found} >= {3, 4, 5}
    assert all(problem.message and problem.mend for problem in found)


def test_the_shipped_decisions_and_forms_pass() -> None:
    files = {
        path.name: path.read_bytes()
        for pattern in ("bpmn/*.dmn", "forms/*.form.json")
        for path in PRODUCT.glob(pattern)
    }

    assert [str(p) for p in check(files, REGISTRY) if p.severity is Severity.ERROR] == []
