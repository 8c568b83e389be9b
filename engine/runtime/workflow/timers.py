"""Timer events that ask our clock: a year can run in seconds, and a month is a calendar month."""

from datetime import datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
)

from engine.runtime import moments

DUE = "event_value"  # the library's own key: ISO text, or the entry of a cycle
DUES = "dues"  # of an event gateway: position of the timer -> ISO text
FIRED = "event_fired"


class _OnceAtMoment:
    """Fires once, when our clock has reached the moment that was reckoned when the token arrived."""

    expression: str

    def has_fired(self, my_task: Any) -> bool:
        due = my_task.internal_data.get(DUE)
        if due is None:
            due = my_task.internal_data[DUE] = self.reckon(my_task)
        if due <= my_task.workflow.script_engine.now_text:
            my_task.internal_data[FIRED] = True
        return bool(my_task.internal_data.get(FIRED, False))

    def reckon(self, my_task: Any) -> str:
        """When it is due, as ISO text in UTC, for a token that arrives now."""
        script = my_task.workflow.script_engine
        value = script.value(my_task, self.expression)
        due = script.guarded(my_task, lambda: moments.moment(value, since=script.now, zone=script.zone))
        return str(due.isoformat())


class DateTimer(_OnceAtMoment, TimeDateEventDefinition):  # type: ignore[misc]  # the library is untyped
    """timeDate"""


class DurationTimer(_OnceAtMoment, DurationTimerEventDefinition):  # type: ignore[misc]  # the library is untyped
    """timeDuration"""


class CycleTimer(CycleTimerEventDefinition):  # type: ignore[misc]  # the library is untyped
    """timeCycle; beats that were missed while nothing ran are told once, not all at once."""

    def cycle_complete(self, my_task: Any) -> bool:
        script = my_task.workflow.script_engine
        entry = my_task.internal_data.get(DUE)
        if entry is None:
            value = script.value(my_task, self.expression)
            cycle = script.guarded(my_task, lambda: moments.cycle(value, since=script.now, zone=script.zone))
            entry = {
                "cycles": -1 if cycle.times is None else cycle.times,
                "next": cycle.next.isoformat(),
                "span": [cycle.span.months, cycle.span.rest.total_seconds()],
            }
        fires = False
        if entry["cycles"] == 0:
            my_task.internal_data[FIRED] = True
        while entry["cycles"] != 0 and entry["next"] <= script.now_text:
            fires = True
            entry = {**entry, "cycles": entry["cycles"] - 1, **_onward(entry, script)}
        my_task.internal_data[DUE] = entry
        return fires

    def update_task(self, my_task: Any) -> None:
        if self.cycle_complete(my_task):
            my_task.task_spec.fire_beside(my_task)


def _onward(entry: dict[str, Any], script: Any) -> dict[str, Any]:
    """The beat after the next one, counted from the first, so that 31 January leads to 30 April and then to 31 July."""
    first, beat = entry.get("from", (entry["next"], 0))
    months, seconds = entry["span"]
    since_first = moments.Span(months * (beat + 1), timedelta(seconds=seconds * (beat + 1)))
    following = since_first.after(datetime.fromisoformat(first), script.zone)
    return {"next": following.isoformat(), "from": [first, beat + 1]}


def once_at(my_task: Any) -> str | None:
    """The expression of an armed timer that fires once; None for any other event."""
    definition = my_task.task_spec.event_definition
    return definition.expression if isinstance(definition, _OnceAtMoment) and DUE in my_task.internal_data else None


def due_text(my_task: Any) -> str | None:
    """When an armed timer is due, as ISO text in UTC; None for an event that is no timer or has ended."""
    if my_task.internal_data.get(DUES):  # the first that is due is taken
        return str(min(my_task.internal_data[DUES].values()))
    value = my_task.internal_data.get(DUE)
    if isinstance(value, dict):
        return str(value["next"]) if value["cycles"] != 0 else None
    return value if value is None else str(value)
