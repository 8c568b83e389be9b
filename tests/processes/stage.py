"""Plays the scenarios of `bpmn/scenarios` on the shipped documents; docs/scenarios.md describes their format.

Every performer is one person of that name. What a step does not answer, the form's usual answers fill in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import yaml

from engine.bootstrap import CASE_DATA, shipped_documents
from engine.clock import VirtualClock
from engine.cycle.calendar import WorkCalendar, calendar_functions, year_deadlines, year_periods
from engine.cycle.parameters import Parameters
from engine.cycle.people import PERFORMERS
from engine.cycle.simulation.answers import fill
from engine.runtime.documents import Registry
from engine.runtime.engine import Engine
from engine.runtime.resources import Resources
from engine.runtime.services import Service, ServiceCall
from engine.runtime.values import Actor, Assignment, Json, OpenCase, Recipient, Task, TaskView

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Asia/Jakarta")
OWNER = Actor("owner", "Owner", roles=frozenset({"operator", "personnel", "process_owner"}))
AUDITOR = Actor("auditor", "Auditor", roles=frozenset({"auditor"}))
PLAN: Json = {
    "rhk": [
        {
            "klasifikasi": "UTAMA",
            "acuan": "PK 2026 nomor 1",
            "rhk": "Meningkatnya cakupan balita berisiko yang menerima paket gizi lengkap",
            "jenis_hasil": "RESULT",
            "pendekatan": "KUANTITATIF",
            "indikator": [
                {"aspek": "KUALITAS", "iki": "Cakupan", "target_nilai": 90, "satuan": "persen", "polaritas": "NAIK"}
            ],
        }
    ]
}
ANSWERS: Mapping[str, Json] = {  # what services say unless a scenario says otherwise
    "cycle/record_skp": {"version": 1},
    "cycle/leader_results": [],
    "cycle/team_leaders": [],
    "cycle/unit_rating": {"predicate": None, "rating": None},
    "cycle/record_rating": {},
    "cycle/record_actions": {},
    "cycle/notify": {},
    "cycle/finding": {},
    "cycle/distribution": {"n": 1, "counts": {}, "verdict": None, "reason": ""},
}


def scenarios() -> Sequence[Path]:
    return sorted((ROOT / "bpmn" / "scenarios").glob("*.yaml"))


class _Everyone:
    """A directory where each performer is a person of that name."""

    def resolve(self, connection: sa.Connection, performer: str, **_facts: Any) -> Assignment:
        return Assignment(performer, why=PERFORMERS[performer])

    def recipients(self, connection: sa.Connection, performer: str, **_facts: Any) -> Sequence[Recipient]:
        return self.contacts(connection, [performer])

    def contacts(self, connection: sa.Connection, people: Iterable[str]) -> Sequence[Recipient]:
        return [Recipient(person, person, f"{person}@x.id") for person in people]

    def members(self, connection: sa.Connection, group: str) -> Sequence[Recipient]:
        return ()

    def numbered(self, connection: sa.Connection, digits: str) -> Sequence[str]:
        return ()

    def names(self, connection: sa.Connection, people: Iterable[str]) -> Mapping[str, str]:
        return {person: person for person in people}


@dataclass
class Stage:
    """One case of one scenario, in motion."""

    scenario: Mapping[str, Any]
    engine: Engine
    clock: VirtualClock
    calls: list[tuple[str, Mapping[str, Json]]]  # services in the order of their calls, with their arguments
    case_id: UUID
    sent: int = 0
    random: Random = field(default_factory=lambda: Random(7))

    def play(self) -> None:
        """Take all steps; AssertionError at the first that cannot be taken."""
        for number, step in enumerate(self.scenario["steps"], 1):
            where = f"step {number} of {self.scenario['name']}: {step}"
            if "wait" in step:
                self._goes_to(self.clock.now() + timedelta(days=step["wait"]))
            elif "until" in step:
                self._goes_to(_moment(step["until"]))
            elif "open" in step:
                assert self.open() == sorted(step["open"]), where
            else:
                self._does(step, where)

    def open(self) -> list[str]:
        return sorted(task.element for task in self._tasks())

    def status(self) -> str:
        return str(self.engine.case(self.case_id, by=AUDITOR).case.status.value)

    def called(self, service: str) -> list[Mapping[str, Json]]:
        return [arguments for name, arguments in self.calls if name == service]

    def passed(self) -> frozenset[tuple[str, str]]:
        """(process, element) of everything that the case has entered."""
        elements = self.engine.case(self.case_id, by=AUDITOR).elements
        return frozenset((process, element) for process, inside in elements.items() for element in inside)

    def _tasks(self) -> Sequence[Task]:
        return self.engine.case(self.case_id, by=AUDITOR).open_tasks

    def _does(self, step: Mapping[str, Any], where: str) -> None:
        who, element = next((key, value) for key, value in step.items() if key in PERFORMERS)
        task = next((task for task in self._tasks() if task.element == element), None)
        assert task is not None, f"{where}: open are {self.open()}"
        by = Actor(who, who)
        view = self.engine.task(task.id, by=by)
        assert view.may_act, f"{where}: not a task of {who}"
        if "note" in step:
            assert view.note == step["note"], where
        if "due" in step:
            assert task.due_at is not None and task.due_at.astimezone(ZONE).date() == step["due"], where
        self.sent += 1
        answers = self._filled(view, step.get("answers", {}), by)
        self.engine.complete_task(task.id, answers, revision=task.revision, key=f"step-{self.sent}", by=by)

    def _filled(self, view: TaskView, decided: Mapping[str, Json], by: Actor) -> dict[str, Json]:
        form = self.engine.form(view.task.id, by=by)
        started = {**view.answers, **{key: value for key, value in decided.items() if key in form.keys}}
        return fill(form, started, view.context, self.engine.environment(), self.random, decided)

    def _goes_to(self, end: datetime) -> None:
        """Let time pass; timers and reminders fire on their hour."""
        while (due := self.engine.next_timer_at()) is not None and due <= end:
            self.clock.go_to(max(due, self.clock.now()))
            while self.engine.sweep():
                pass
        self.clock.go_to(max(end, self.clock.now()))


def stage(path: Path, database: sa.Engine, folder: Path) -> Stage:
    """Open the scenario's case on the shipped documents."""
    scenario = yaml.safe_load(path.read_text(encoding="utf-8"))
    opening = _moment(scenario.get("opens", "2026-01-02T08:00:00+07:00"))
    clock, calls = VirtualClock(opening), []
    services = _services(scenario.get("given", {}), calls)
    calendar = WorkCalendar(frozenset(), ZONE)
    registry = Registry(frozenset(services), PERFORMERS, calendar_functions(lambda: calendar.days_off, ZONE), CASE_DATA)
    engine = Engine(
        Resources(
            database=database,
            clock=clock,
            zone=ZONE,
            kek=b"k" * 32,
            data_dir=folder,
            upload_max_bytes=1024 * 1024,
            directory=_Everyone(),
            services=services,
            registry=registry,
        )
    )
    engine.publish_files(shipped_documents(), note="Dokumen yang dibawa produk.", by=OWNER)
    usual = _usual(opening, calendar)
    data = _with_names(_merged(usual, scenario.get("data", {})), usual)
    request = OpenCase(
        scenario["process"], "2026/employee", "employee", "Pegawai", "unit-1", "2026", scenario["name"], data
    )
    case_id, _ = engine.open_case(request, by=OWNER)
    return Stage(scenario, engine, clock, calls, case_id)


def _usual(opening: datetime, calendar: WorkCalendar) -> dict[str, Json]:
    """The data of a case that opens now."""
    parameters = Parameters()
    periods = [period.to_json() for period in year_periods(2026, parameters, calendar, opening)]
    return {
        "employee": {
            "id": "employee",
            "name": "Pegawai",
            "kind": "PNS",
            "post_kind": "FUNGSIONAL",
            "tier": "AHLI_PERTAMA",
            "heads_unit": False,
            "unit": {"id": "unit-1", "name": "Dinas Kesehatan"},
        },
        "appraiser": {"id": "appraiser", "name": "Penilai"},
        "cycle": {"id": "2026", "year": 2026, "regime": "REG_2022", "starts": "2026-01-01", "ends": "2026-12-31"},
        "deadlines": year_deadlines(2026, parameters, calendar, opening).to_json(),
        "periods": periods,
        "parameters": parameters.for_case(),
        "leader_results": [],
        "behaviours": [{"id": "BP", "name": "Berorientasi Pelayanan", "guides": []}],
    }


def _services(given: Mapping[str, Json], calls: list[tuple[str, Mapping[str, Json]]]) -> Mapping[str, Service]:
    recorded: list[dict[str, Json]] = list(given.get("cycle/history_of_ratings", []))

    def says(name: str) -> Service:
        def answer(call: ServiceCall) -> Json:
            calls.append((name, dict(call.arguments)))
            return given.get(name, ANSWERS[name])

        return answer

    def record(call: ServiceCall) -> Json:
        calls.append(("cycle/record_rating", dict(call.arguments)))
        recorded[:] = [one for one in recorded if one["period"] != call.arguments["period"]]
        recorded.append(dict(call.arguments))
        return {"period": call.arguments["period"]}

    fixed = {name: says(name) for name in ANSWERS}
    return {**fixed, "cycle/record_rating": record, "cycle/history_of_ratings": lambda call: list(recorded)}


def _merged(usual: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The scenario's data over the usual; contexts are merged, all else replaced."""
    merged = dict(usual)
    for key, value in own.items():
        nested = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merged(merged[key], value) if nested else value
    return merged


def _with_names(data: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """Codes of periods become the periods of the usual data, and the SKP called "usual" becomes a plan."""
    periods = {period["code"]: period for period in usual["periods"]}
    named = {key: periods[data[key]] for key in ("period",) if key in data}
    chosen = [periods.get(one, one) if isinstance(one, str) else one for one in data["periods"]]
    plan = {"skp": PLAN} if data.get("skp") == "usual" else {}
    return {**data, **named, **plan, "periods": chosen}


def _moment(value: str | date) -> datetime:
    """A day means its end, so that what is due on it has come due."""
    if isinstance(value, date):
        return datetime.combine(value, time(23, 59, 59), ZONE)
    return datetime.fromisoformat(value)
