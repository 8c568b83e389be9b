"""The menus of the drawing table offer what the engine runs: each of their entries passes the check, or is told its mend."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.runtime.documents import check
from tests.runtime import diagrams as d
from tests.runtime.lint.looking import REGISTRY

FRONTEND = Path(__file__).parents[2] / "web" / "frontend"
ENTRIES = FRONTEND / "node_modules/bpmn-js/lib/features/popup-menu/PopupEntries.js"
NOT_RUN = re.compile(
    re.search(r"NOT_RUN = /(.*)/;", (FRONTEND / "src/only-what-runs.js").read_text())[1]  # type: ignore[index]  # it is there
)
OPTIONS = FRONTEND / "node_modules/bpmn-js/lib/features/replace/ReplaceOptions.js"
ENTRY = re.compile(r"'([\w-]+)': \{\s*label:.*?target: \{(.*?)\n    \}", re.DOTALL)
SETTING = re.compile(r"(\w+): '?(?:bpmn:)?(\w+)'?")
UNSUPPORTED = {"unsupported", "unsupported-event", "data-association"}
ATTRIBUTES = ("isInterrupting", "cancelActivity", "triggeredByEvent")
OUTSIDE = ("Participant",)  # pools are drawn around processes
AT_THE_TOP = ("timer-start", "conditional-start", "signal-start")  # offered there too, by the names of their kind


@dataclass(frozen=True)
class Entry:
    """What the drawing table would draw: BPMN's type, and what is set on it."""

    id: str
    settings: Mapping[str, str]

    @property
    def type(self) -> str:
        kind = self.settings["type"]
        return kind[0].lower() + kind[1:]

    def drawn(self) -> str:
        """The element alone, called `it`."""
        kind = self.settings.get("eventDefinitionType", "")
        inner = ""
        if kind:
            tag = kind[0].lower() + kind[1:]
            texts = {
                "timer": "<bpmn:timeDuration>P1D</bpmn:timeDuration>",
                "conditional": "<bpmn:condition>true</bpmn:condition>",
            }
            text = texts.get(tag.removesuffix("EventDefinition"), "")
            inner = f"<bpmn:{tag}>{text}</bpmn:{tag}>"
        host = ' attachedToRef="body"' if self.type == "boundaryEvent" else ""
        given = "".join(f' {name}="{self.settings[name]}"' for name in ATTRIBUTES if name in self.settings)
        return f'<bpmn:{self.type} id="it" name="it"{host}{given}>{inner}</bpmn:{self.type}>'


def entries() -> Iterator[Entry]:
    """What the library of the drawing table can make, in its own words, without what our menus leave out."""
    offered = set(re.findall(r"replaceWith\('([\w-]+)'", OPTIONS.read_text()))
    for id, target in ENTRY.findall(ENTRIES.read_text()):
        entry = Entry(id, dict(SETTING.findall(target)))
        if id in offered and not NOT_RUN.search(id) and entry.settings["type"] not in OUTSIDE:
            yield entry


OFFERED = {entry.id: entry for entry in entries()}


def around(entry: Entry) -> str:
    """A process in which the element has its place."""
    inside = entry.drawn()
    if entry.type == "startEvent" and "eventDefinitionType" in entry.settings:
        inside = d.sub_process("handler", inside, d.end("e"), *d.path("it", "e"), triggered=True)
    body = d.transaction("body", d.start("s"), d.user_task("u"), inside if entry.id == "cancel-end" else "", d.end("t"))
    return d.process("work", d.start(), body, d.end(), "" if entry.id == "cancel-end" else inside)


def refusals(model: str) -> list[str]:
    found = check({"work.bpmn": d.diagram(model)}, REGISTRY)
    return [f"{problem.message} {problem.mend}" for problem in found if problem.rule in UNSUPPORTED]


def test_the_menus_are_read() -> None:
    assert len(OFFERED) > 50
    assert {"user-task", "data-object-reference", "message-start", "compensation-boundary"} <= OFFERED.keys()
    assert not {"complex-gateway", "data-store-reference", "expanded-ad-hoc-subprocess"} & OFFERED.keys()


@pytest.mark.parametrize("id", OFFERED)
def test_what_the_menus_offer_runs(id: str) -> None:
    assert refusals(around(OFFERED[id])) == []


@pytest.mark.parametrize("id", AT_THE_TOP)
def test_a_start_that_runs_only_inside_is_told_its_mend_at_the_top(id: str) -> None:
    (refusal,) = refusals(
        d.process("work", OFFERED[id].drawn(), d.user_task("u"), d.end(), *d.path("it", "u", "finished"))
    )
    assert "mulai" in refusal


def test_a_message_may_begin_a_process() -> None:
    assert refusals(d.process("work", OFFERED["message-start"].drawn(), d.end(), *d.path("it", "finished"))) == []
