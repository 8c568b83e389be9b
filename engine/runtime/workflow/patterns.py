"""Runs to the first waits that are taken over by cases with the same data, in place of runs of their own.

A run depends on the moment, on the case data that the diagram reads, and on the answers of the services that it calls.
All else in the data only passes through. So a *pattern* is a run in which each value that was not read is replaced by
a mark; putting another case's values in the place of the marks gives what that case's own run would have given. A
pattern is kept only if it asks the same, and gives for the case that it was made from the very state of its own run.
"""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import orjson
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask

from engine.runtime.values import Json
from engine.runtime.workflow import codec
from engine.runtime.workflow.ahead import AHEAD
from engine.runtime.workflow.machine import CaseRun, Machine
from engine.runtime.workflow.tracing import Answer, Asked, Tracing
from engine.runtime.workflow.waits import Waits, waits_of


@dataclass(frozen=True)
class Opening:
    """A case that is opened: its process, the start event if there is a choice, its first data."""

    process: str
    at: str | None
    data: Mapping[str, Json]
    payload: Mapping[str, Json] | None = None  # of the message that begins it; such cases run by themselves


@dataclass(frozen=True)
class Pattern:
    """One run with marks in the place of what it has not read."""

    opening: Opening
    read: Mapping[str, bytes]  # name -> its value as JSON, of the names that were read
    calls: Sequence[tuple[Asked, Answer]]  # with marks in the data
    elements: Sequence[str]  # what ran, in order
    text: Sequence[bytes]  # the state: every second part is a mark
    waits: Waits
    done: bool
    marks: Mapping[str, str]  # mark -> name
    known: Mapping[int, Mapping[str, Json]]  # the data of the tasks that people have to do, with marks

    def fits(self, opening: Opening) -> bool:
        """Whether a case would be asked the same, as far as its own data can tell."""
        mine = self.opening
        return (
            not opening.payload
            and (opening.process, opening.at) == (mine.process, mine.at)
            and list(opening.data) == list(mine.data)  # in the same order: the state keeps it
            and all(_json(opening.data[name]) == value for name, value in self.read.items())
        )

    def has_heard(self, answers: Sequence[tuple[Asked, Answer]]) -> bool:
        """Whether services were asked the same here, and have answered the same."""
        heard = self.calls[: len(answers)]
        return len(heard) == len(answers) and all(map(_is_same_answer, heard, answers))

    def filled(self, data: Mapping[str, Json], case: Mapping[str, Json]) -> dict[str, Json]:
        """The data of a token, with a case's own values in the place of the marks."""
        return {
            name: case[self.marks[value]] if isinstance(value, str) and value in self.marks else value
            for name, value in data.items()
        }

    def state(self, case: Mapping[str, Json]) -> bytes:
        """The text of a case's state."""
        values = {mark.encode(): _json(case[name]) for mark, name in self.marks.items()}
        return b"".join([values[part] if number % 2 else part for number, part in enumerate(self.text)])

    def waits_for(self, case: Mapping[str, Json]) -> Waits:
        """What a case waits for; the tasks are lent to it until the next case asks."""
        for number, task in self.waits.tasks.items():
            task.data = self.filled(self.known[number], case)
        return self.waits


def begin(machine: Machine, opening: Opening, script: Tracing, elements: list[str]) -> CaseRun:
    """Run to the first waits; the ids of what ran are put into `elements`."""

    def done(task: Any) -> None:
        if task.task_spec.bpmn_id:
            elements.append(task.task_spec.bpmn_id)

    codec.start_counting()
    run = CaseRun(machine, opening.process, script)
    run.start(opening.data, done, opening.at, opening.payload)
    return run


def learn(machine: Machine, opening: Opening, script: Tracing, elements: Sequence[str], state: bytes) -> Pattern | None:
    """The pattern of a run that has just been traced; None where it cannot be shown that others would run alike.

    `state` is the text of the run's own state.
    """
    names = script.names & opening.data.keys()
    try:
        run, marks, again, ran = _marked(machine, opening, script, names)
        written = _written(run, marks)
        if written:  # what takes its place may be the same as before or not: that is to be known too
            run, marks, again, ran = _marked(machine, opening, script, names | written)
    except Exception:  # a mark is not what something had to read: nothing can be taken over
        return None
    if (
        _is_special(run, again)
        or _written(run, marks)
        or (again.names, again.asked(), ran) != (script.names, script.asked(), list(elements))
    ):
        return None
    done = run.is_done()
    run.prune()
    waits = waits_of(run)
    known = {number: task.data for number, task in waits.tasks.items()}
    read = {name: _json(value) for name, value in opening.data.items() if name not in marks.values()}
    text = _parted(codec.text(run), marks)
    pattern = Pattern(opening, read, again.calls, ran, text, waits, done, marks, known)
    return pattern if pattern.state(opening.data) == state else None


def _parted(text: bytes, marks: Iterable[str]) -> Sequence[bytes]:
    """A state's text, with a mark as every second part."""
    any_mark = "|".join(marks).encode()
    return re.split(b'"(' + any_mark + b')"', text) if any_mark else [text]


def _marked(
    machine: Machine, opening: Opening, script: Tracing, names: Set[str]
) -> tuple[CaseRun, dict[str, str], Tracing, list[str]]:
    """The same run with marks in the place of all data but some names; with the marks, what it asked, and what ran."""
    marks = {f"siklus:{secrets.token_hex(16)}": name for name in opening.data if name not in names}
    data = {**opening.data, **{name: mark for mark, name in marks.items()}}
    again, ran = Tracing(script.environment_of_feel, script.host, script.calls, only=True), list[str]()
    return begin(machine, Opening(opening.process, opening.at, data), again, ran), marks, again, ran


def _written(run: CaseRun, marks: Mapping[str, str]) -> set[str]:
    """The names that hold something else than their marks somewhere, and those whose marks stand under other names."""
    mark_of = {name: mark for mark, name in marks.items()}
    known = [item for level in run.levels() for task in level.tasks.values() for item in task.data.items()]
    over = {name for name, value in known if mark_of.get(name, value) != value}
    moved = {marks[value] for name, value in known if isinstance(value, str) and marks.get(value, name) != name}
    return over | moved


def _is_special(run: CaseRun, script: Tracing) -> bool:
    """Whether a run has read data past the script engine, or has told others something."""
    tasks = [task for level in run.levels() for task in level.tasks.values() if not task._state & AHEAD]
    loops = any(isinstance(task.task_spec, LoopTask) for task in tasks)
    return loops or script.decided or bool(run.thrown())


def _is_same_answer(one: tuple[Asked, Answer], other: tuple[Asked, Answer]) -> bool:
    failed = one[1].error is not None or other[1].error is not None
    return not failed and one[0] == other[0] and _json(one[1].value) == _json(other[1].value)


def _json(value: Json) -> bytes:
    return orjson.dumps(value, option=codec.OPTIONS)
