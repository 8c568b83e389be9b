"""The opening of cases that share a transaction: those that open alike take over the run of the first.

Services are asked for every case; one that answers otherwise, or data that differs where it is read, means a run of
its own (workflow/patterns.py). Patterns live as long as the transaction, at one moment and on one release.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo

from engine.runtime.steps import Step
from engine.runtime.values import Json, OpenCase
from engine.runtime.workflow import codec
from engine.runtime.workflow.patterns import Opening, Pattern, begin, learn
from engine.runtime.workflow.tracing import Answer, Asked, Tracing, ask

MOST = 8  # patterns: agencies whose cases differ more gain nothing by looking for them


class Openings:
    """Opens cases one after the other; `alike` says whether runs may be taken over."""

    def __init__(self, *, alike: bool) -> None:
        self._patterns: dict[tzinfo, list[Pattern]] = {}  # by where days begin and end
        self._wanted = MOST if alike else 0

    def open(self, step: Step, request: OpenCase, at: str | None) -> None:
        """Bring a new case to its first waits, and write what it waits for.

        Raises:
            StepFailed: the process could not reach its first wait.
        """
        opening = Opening(request.process, at, request.data, request.payload)
        step.admit(sorted({f"p:{request.subject}", *request.parties}))
        pattern, answers = self._find(step, opening)
        if pattern is not None:
            _take_over(step, request, pattern)
        else:
            self._run(step, request, opening, answers)

    def _find(self, step: Step, opening: Opening) -> tuple[Pattern | None, list[tuple[Asked, Answer]]]:
        """The pattern that holds for a case, and what its services have answered so far."""
        fitting = [pattern for pattern in self._patterns.get(step.zone, ()) if pattern.fits(opening)]
        answers: list[tuple[Asked, Answer]] = []
        while fitting and len(answers) < len(fitting[0].calls):
            asked = fitting[0].calls[len(answers)][0]
            asked = replace(asked, data=fitting[0].filled(asked.data, opening.data))
            answers.append((asked, ask(step, asked, asked.data)))
            fitting = [pattern for pattern in fitting if pattern.has_heard(answers)]
        return (fitting[0] if fitting else None), answers

    def _run(self, step: Step, request: OpenCase, opening: Opening, answers: list[tuple[Asked, Answer]]) -> None:
        machine, script = step.release.machine, Tracing(step.texts.environment_of_feel, step, answers)
        step.run = begin(machine, opening, script, step.elements)
        ran = list(step.elements)
        step.finish(*_event(step, request))
        if self._wanted and not opening.payload:
            self._wanted -= 1
            pattern = learn(machine, opening, script, ran, codec.text(step.run))
            if pattern is not None:
                self._patterns.setdefault(step.zone, []).append(pattern)


def _take_over(step: Step, request: OpenCase, pattern: Pattern) -> None:
    step.elements += pattern.elements
    step.tell(*_event(step, request), pattern.waits_for(request.data), done=pattern.done)
    step.case["state"] = codec.compressed(pattern.state(request.data))


def _event(step: Step, request: OpenCase) -> tuple[str, Mapping[str, Json], Mapping[str, Json]]:
    told = {
        "process": request.process,
        "release": step.case["release"],
        "key": request.business_key,
        "subject": request.subject,
    }
    payload = {"payload": dict(request.payload)} if request.payload else {}
    return "case_opened", told, {"data": dict(request.data), **payload}
