"""A small regency, the shipped decision tables, and a runtime that only keeps what it is asked to open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import yaml

from engine.clock import JAKARTA, VirtualClock
from engine.cycle.models import (
    ActingKind,
    ActingRow,
    EmployeeKind,
    EmployeeRow,
    GroupMemberRow,
    HoldingRow,
    PostKind,
    PostRow,
    UnitRow,
)
from engine.db import new_id
from engine.errors import StepFailed
from engine.feel import Environment, to_json
from engine.feel.dmn import read_decisions
from engine.runtime.services import Ask
from engine.runtime.values import Actor, Json, OpenCase

ROOT = Path(__file__).parent.parent.parent
LONG_AGO = date(2020, 1, 1)
PERSONNEL = Actor("dian", name="Dian", roles=frozenset({"personnel"}))


def shipped_tables() -> Ask:
    """Asks the decision tables of bpmn/."""
    files = [read_decisions(path.read_bytes(), path.name) for path in sorted((ROOT / "bpmn").glob("*.dmn"))]
    decisions = {name: decision for file in files for name, decision in file.decisions.items()}
    environment = Environment(datetime(2026, 1, 2, tzinfo=JAKARTA), JAKARTA)

    def decide(decision: str, inputs: Mapping[str, Json]) -> Json:
        return to_json(decisions[decision].evaluate(inputs, environment).value)

    return decide


def example(number: int) -> dict[str, Any]:
    """A worked example of the domain specification."""
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "tests" / "fixtures" / "wx" / f"wx-{number:02d}.yaml").read_text())
    return loaded


@dataclass
class Agency:
    """Writes units and people in few words."""

    connection: sa.Connection
    numbers: int = 0
    nips: dict[str, str] = field(default_factory=dict)

    def unit(self, id: str, parent: str | None = None, *, independent: bool = False) -> str:
        row = {"id": id, "name": f"Unit {id}", "parent_id": parent, "independent": independent, "starts": LONG_AGO}
        self.connection.execute(sa.insert(UnitRow).values(row))
        return id

    def post(self, unit: str, kind: PostKind, *, heads: bool = False, tier: str | None = None) -> str:
        self.numbers += 1
        post = f"{unit}:{self.numbers}"
        name = f"Kepala {unit}" if heads else f"{kind.value.title()} {unit}"
        row = {
            "id": post,
            "unit_id": unit,
            "name": name,
            "kind": kind,
            "heads_unit": heads,
            "tier": tier,
            "starts": LONG_AGO,
        }
        self.connection.execute(sa.insert(PostRow).values(row))
        return post

    def person(
        self,
        id: str,
        unit: str | None = None,
        kind: PostKind = PostKind.FUNGSIONAL,
        *,
        heads: bool = False,
        starts: date = LONG_AGO,
    ) -> str:
        self.numbers += 1
        self.nips[id] = f"1985010120100{self.numbers:05d}"
        row = {"id": id, "nip": self.nips[id], "name": id.title(), "kind": EmployeeKind.PNS, "starts": starts}
        self.connection.execute(sa.insert(EmployeeRow).values(row))
        if unit is not None:
            self.holds(id, self.post(unit, kind, heads=heads), starts=starts)
        return id

    def head(self, id: str, unit: str, kind: PostKind) -> str:
        return self.person(id, unit, kind, heads=True)

    def holds(self, person: str, post: str, *, starts: date = LONG_AGO, ends: date | None = None) -> None:
        row = {"employee_id": person, "post_id": post, "starts": starts, "ends": ends}
        self.connection.execute(sa.insert(HoldingRow).values(row))

    def leaves(self, person: str, last_day: date) -> None:
        self.connection.execute(sa.update(HoldingRow).where(HoldingRow.employee_id == person).values(ends=last_day))

    def acts(
        self,
        person: str,
        unit: str,
        kind: ActingKind,
        *,
        appraises: bool,
        starts: date = LONG_AGO,
        ends: date | None = None,
    ) -> None:
        post = self.connection.scalar(sa.select(PostRow.id).where(PostRow.unit_id == unit, PostRow.heads_unit))
        row = {"post_id": post, "employee_id": person, "kind": kind, "letter": "SP-1", "includes_appraisal": appraises}
        self.connection.execute(sa.insert(ActingRow).values({**row, "starts": starts, "ends": ends}))

    def joins(self, person: str, group: str) -> None:
        self.connection.execute(sa.insert(GroupMemberRow).values(group=group, person=person, starts=LONG_AGO))


def regency(agency: Agency) -> Agency:
    """Regent, secretary, a health office with two divisions; alice works under bob, bob under carol."""
    agency.unit("KAB")
    agency.unit("DINKES", "KAB")
    agency.unit("KESMAS", "DINKES")
    agency.unit("SDK", "DINKES")
    agency.head("regent", "KAB", PostKind.PEJABAT_NEGARA)
    agency.head("carol", "DINKES", PostKind.JPT_PRATAMA)
    agency.head("bob", "KESMAS", PostKind.ADMINISTRATOR)
    agency.head("sari", "SDK", PostKind.ADMINISTRATOR)
    agency.person("alice", "KESMAS")
    agency.person("andi", "KESMAS", PostKind.PELAKSANA)
    agency.person("dan", "SDK")
    agency.person("tuti", "DINKES", PostKind.PELAKSANA)
    agency.joins("tuti", "performance_team:DINKES")
    return agency


class NoBatches:
    """Takes note of kinds of bulk work, and does none."""

    def register(self, kind: str, *_: object) -> None: ...


class Runtime:
    """Opens cases by keeping them: what the year needs of the engine."""

    def __init__(self, database: sa.Engine, clock: VirtualClock) -> None:
        self.database = database
        self.clock = clock
        self.assignments: Any = None  # nobody has a task here
        self.announcements: Any = None
        self.prefilling: Any = SimpleNamespace(fill=None)
        self.case_files: Any = None
        self.batches = NoBatches()
        self.cases: dict[str, OpenCase] = {}
        self.ids: dict[str, UUID] = {}
        self.broken: set[str] = set()

    def open_cases(self, requests: Sequence[OpenCase], *, by: Actor) -> list[tuple[UUID, bool]]:
        for request in requests:
            if request.subject in self.broken:
                raise StepFailed("planning", "Perencanaan", "rusak")
        results = []
        for request in requests:
            created = request.business_key not in self.cases
            self.cases.setdefault(request.business_key, request)
            results.append((self.ids.setdefault(request.business_key, new_id()), created))
        return results
