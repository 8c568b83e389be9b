"""What the year still asks of an employee, by when, and how far it is: read off the employee's own case.

The dates are those of the case; which step it has reached is told by where its tokens stand. Source: DOMAIN 2.4-2.11, 5.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from engine.cycle.calendar import END_OF_DAY
from engine.runtime.engine import Engine
from engine.runtime.outlook import Outlook, Place
from engine.runtime.values import Actor, Case, CaseStatus, Json, Task

LEFT = "employee_left"
LAST = "follow_up_closed"
PERIODS_BEGIN, YEAR_ENDS = "year_begins", "year_ended"
MOST_YEARS = 60


class State(StrEnum):
    """Where a step stands in the year."""

    DONE = "done"
    NOW = "now"
    NEXT = "next"


@dataclass(frozen=True)
class Step:
    """One thing that somebody does in the year.

    `at` are the elements where a token stands while it is being done, `instead` those by which the year goes on when
    it was not, `due` the name of its deadline. A `rare` step is told only to whom it happens.
    """

    key: str
    who: str  # a performer: "employee", "appraiser", ...
    at: tuple[str, ...]
    due: str | None = None
    instead: tuple[str, ...] = ()
    rare: bool = False
    lapsed: bool = False
    until: datetime | None = None
    state: State = State.NEXT
    task: Task | None = None  # open, and the reader's own


@dataclass(frozen=True)
class Part:
    """A phase of the year, or one of its periods: `period` is then what the case knows of it."""

    phase: str
    steps: Sequence[Step]
    period: Mapping[str, Json] | None = None

    @property
    def state(self) -> State:
        states = {step.state for step in self.steps}
        return State.NOW if State.NOW in states or len(states) > 1 else next(iter(states), State.NEXT)


@dataclass(frozen=True)
class Year:
    """A whole year of one person: `years` are all that the person has, `facts` what the case was opened with."""

    case: Case
    years: Sequence[Case]
    parts: Sequence[Part]
    facts: Mapping[str, Json]
    left: bool  # the person has left the agency: nothing more is asked

    @property
    def now(self) -> Sequence[Task]:
        """What waits for the reader, the most urgent first."""
        found = {step.task.id: step.task for step in self._steps() if step.task is not None}
        return sorted(found.values(), key=lambda task: (task.due_at is None, task.due_at or task.opened_at))

    @property
    def coming(self) -> Step | None:
        """What is asked of the employee next by a known day."""
        ahead = (step for step in self._steps() if step.state is State.NEXT and step.who == "employee")
        dated = ((step.until, step.key, step) for step in ahead if step.until is not None)
        return min(dated, default=(None, "", None))[2]

    @property
    def awaited(self) -> Step | None:
        """What somebody else does now, and the reader waits for."""
        others = (step for step in self._steps() if step.state is State.NOW and step.task is None)
        return next((step for step in others if step.who != "employee"), None)

    def _steps(self) -> Iterator[Step]:
        return (step for part in self.parts for step in part.steps)


PLANNING = (
    Step("draft", "employee", ("draft_skp",), "draft", ("draft_overdue", "team_draft_skp")),
    Step("dialogue", "appraiser", ("hold_dialogue", "resolve_dispute"), "dialogue", ("dialogue_overdue",)),
    Step("review", "performance_team", ("review_skp",), "review", ("review_overdue",), rare=True),
    Step("set", "appraiser", ("set_skp",), "set", ("setting_overdue", "team_set_skp")),
)
PERIOD = (
    Step("work", "employee", ("plan_actions", "log_progress", "give_feedback", "period_ended"), "ends"),
    Step("report", "employee", ("report_period",), "report_due"),
    Step("rate", "appraiser", ("team_leader_input", "rate_period"), "rate_due", ("superior_rate_period",)),
    Step("receive", "employee", ("acknowledge_period",)),
    Step("coaching", "appraiser", ("hold_coaching", "coaching_feedback", "hold_counselling"), rare=True),
)
APPRAISAL = (
    Step("annual_report", "employee", ("report_year",), "annual_report", ("annual_report_overdue",)),
    Step("annual_rating", "appraiser", ("inputs_closed", "rate_year"), "annual_rating", ("annual_rating_overdue",)),
    Step("annual_final", "appraiser", ("sign_evaluation",), "annual_final", ("signing_overdue", "superior_rate_year")),
    Step("annual_receive", "employee", ("acknowledge_year",), None, ("year_receipt_deemed",)),
)
OBJECTION = (
    Step("object", "employee", ("file_objection",), None, ("objection_window_closed",)),
    Step("explain", "employee", ("explain_objection", "explain_rating"), rare=True),
    Step("decide", "objection_decider", ("decide_objection", "panel_decide_objection"), rare=True),
)
FOLLOW_UP = (
    Step("improve", "employee", ("improve_performance",), rare=True),
    Step("develop", "employee", ("plan_development",), None, ("development_overdue",)),
    Step("agree", "appraiser", ("agree_development",), None, ("development_agreement_overdue",)),
)
LATER = {"appraisal": APPRAISAL, "objection": OBJECTION, "follow_up": FOLLOW_UP}


class Ahead:
    """The year of one's own; nobody reads another's here."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def year(self, cycle: str = "", *, by: Actor) -> Year | None:
        """The actor's own year, the newest unless one is named; None for who has none."""
        found = self._engine.cases(by=by, subject=by.person, limit=MOST_YEARS).items
        years = [case for case in found if case.status is not CaseStatus.CANCELLED]
        years.sort(key=lambda case: (case.cycle, case.opened_at), reverse=True)
        case = next((one for one in years if cycle in ("", one.cycle)), None)
        if case is None:
            return None
        outlook = self._engine.outlooks.of(case.id, by=by)
        mine = {one.id: one for one in self._engine.case(case.id, by=by).open_tasks if one.assignee == by.person}
        ended = case.status is CaseStatus.COMPLETED
        return Year(case, years, tuple(_parts(outlook, mine, ended)), outlook.data, LEFT in outlook.done)


def _parts(outlook: Outlook, mine: Mapping[UUID, Task], ended: bool) -> Iterator[Part]:
    line = (*PLANNING, *APPRAISAL, *OBJECTION, *FOLLOW_UP)
    steps = {step.key: step for step in _line(line, outlook, mine, ended)}
    yield Part("planning", [steps[one.key] for one in PLANNING if one.key in steps])
    for period in outlook.data.get("periods") or ():
        yield Part("implementation", list(_of_period(outlook, period, mine, ended)), period)
    for phase, of_phase in LATER.items():
        yield Part(phase, [steps[one.key] for one in of_phase if one.key in steps])


def _line(line: Sequence[Step], outlook: Outlook, mine: Mapping[UUID, Task], ended: bool) -> Iterator[Step]:
    """The steps that come one after the other; what stands before the first token is done."""
    reached = _first(line, outlook.places)
    if reached is None:
        reached = _between(outlook, ended, len(line))
    for number, step in enumerate(line):
        here = _here(step, outlook.places)
        if step.rare and not here and not outlook.done.intersection(step.at):
            continue
        state = State.NOW if here else State.DONE if number < reached or step.rare else State.NEXT
        lapsed = state is not State.NEXT and bool(outlook.done.intersection(step.instead))
        yield _placed(step, here, state, lapsed, outlook.data.get("deadlines") or {}, mine)


def _between(outlook: Outlook, ended: bool, all_of_them: int) -> int:
    """The first step that is not done, of a case that stands at none of them."""
    if ended or LAST in outlook.done:
        return all_of_them
    return len(PLANNING) if any(place.element == YEAR_ENDS for place in outlook.places) else 0


def _of_period(outlook: Outlook, period: Mapping[str, Json], mine: Mapping[UUID, Task], ended: bool) -> Iterator[Step]:
    """The steps of one period, which runs beside the others; with no token left in it, it is over."""
    places = [place for place in outlook.places if period in place.entries.values()]
    reached = _first(PERIOD, places)
    if reached is None:
        over = not places and (ended or PERIODS_BEGIN in outlook.done)
        reached = len(PERIOD) if over else 0
    for number, step in enumerate(PERIOD):
        here = _here(step, places)
        if here or not step.rare:
            state = State.NOW if here else State.DONE if number < reached else State.NEXT
            lapsed = any(place.element in step.instead for place in here)
            yield _placed(step, here, state, lapsed, period, mine)


def _first(line: Sequence[Step], places: Sequence[Place]) -> int | None:
    """The number of the first step at which a token stands."""
    return next((number for number, step in enumerate(line) if _here(step, places)), None)


def _here(step: Step, places: Sequence[Place]) -> Sequence[Place]:
    return [place for place in places if place.element in (*step.at, *step.instead)]


def _placed(
    step: Step,
    here: Sequence[Place],
    state: State,
    lapsed: bool,
    dates: Mapping[str, Json],
    mine: Mapping[UUID, Task],
) -> Step:
    """A step as it stands now; the reader's own task may be due after the day that the year gives for the step."""
    task = next((mine[place.task] for place in here if place.task is not None and place.task in mine), None)
    ends = [at for at in (_moment(dates, step.due), task.due_at if task else None) if at is not None]
    return replace(step, state=state, lapsed=lapsed, task=task, until=max(ends, default=None))


def _moment(dates: Mapping[str, Json], name: str | None) -> datetime | None:
    """A deadline; of a day without an hour its end, on the clock by which the period opens."""
    text = str(dates.get(name or "") or "")
    if not text:
        return None
    if "T" in text:
        return datetime.fromisoformat(text)
    zone = datetime.fromisoformat(str(dates["opens"])).tzinfo
    return datetime.combine(date.fromisoformat(text), END_OF_DAY, zone)
