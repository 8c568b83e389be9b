"""Plays a scenario to its end: green, or where it could not go on and what was found instead."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import FormInvalid, Problem, Refused
from engine.runtime.resources import LoadedRelease
from engine.runtime.sandbox.play import CannotPlay, MakeEngine, Play, begin
from engine.runtime.sandbox.scenario import Action, Do, Scenario
from engine.runtime.sandbox.staging import Staging
from engine.runtime.values import Json

MEND = "Perbaiki diagramnya, atau ubah skenarionya bila aturannya memang berubah."


@dataclass(frozen=True)
class Outcome:
    """How a scenario ended: `problem` None is green. `pairs` and `rules` are what it passed, as a witness notes it."""

    file: str
    problem: Problem | None
    pairs: frozenset[tuple[str, str]]
    rules: frozenset[tuple[str, str]]

    @property
    def green(self) -> bool:
        return self.problem is None


def run(make: MakeEngine, release: LoadedRelease, staging: Staging, scenario: Scenario) -> Outcome:
    """Play a scenario from its opening to its end."""
    try:
        play = begin(make, release, staging, scenario.opening)
    except CannotPlay as stopped:
        return Outcome(scenario.file, _problem(scenario, str(stopped), 1), frozenset(), frozenset())
    problem = _played(play, scenario) or _ended(play, scenario)
    return Outcome(scenario.file, problem, frozenset(play.witness.pairs), play.witness.rules)


def _played(play: Play, scenario: Scenario) -> Problem | None:
    for number, step in enumerate(scenario.steps, 1):
        said = take(play, step)
        if said is not None:
            line = scenario.lines[number - 1] if scenario.lines else None
            return _problem(scenario, f"Langkah {number} ({words(step)}): {said}", line, step)
    return None


def take(play: Play, action: Action) -> str | None:
    """Do one action; gives what stood against it, or None."""
    try:
        play.take(action)
    except Refused as stopped:
        return str(stopped)
    except FormInvalid as refused:
        return "Formulirnya menolak: " + "; ".join(f"{path}: {text}" for path, text in refused.errors.items())
    return f"Perkara terhenti karena gangguan. {play.incident}." if play.incident else None


def _ended(play: Play, scenario: Scenario) -> Problem | None:
    end, line = scenario.end, scenario.end_line
    if play.status != end.status:
        found = (
            f"Keadaan akhirnya {play.status}, bukan {end.status}; yang terbuka: {', '.join(play.open) or 'tidak ada'}."
        )
        return _problem(scenario, found, line)
    if play.open != sorted(end.open):
        return _problem(scenario, f"Pada akhirnya yang terbuka: {', '.join(play.open) or 'tidak ada'}.", line)
    rest = iter(play.calls)
    for service, arguments in end.calls:
        if not any(name == service and _holds(given, arguments) for name, given in rest):
            return _problem(scenario, f"Panggilan {service} {dict(arguments)} tidak terjadi pada urutannya.", line)
    return None


def _holds(given: Mapping[str, Json], wanted: Mapping[str, Json]) -> bool:
    return all(name in given and given[name] == value for name, value in wanted.items())


def words(step: Action) -> str:
    """A step on one line, as its file says it."""
    return ", ".join(f"{key}: {value}" for key, value in step.to_json().items() if key not in ("answers", "form"))


def _problem(scenario: Scenario, message: str, line: int | None, step: Action | None = None) -> Problem:
    element = step.element if isinstance(step, Do) else None
    return Problem(scenario.file, message, MEND, element, scenario.name, line, rule="scenario-red")
