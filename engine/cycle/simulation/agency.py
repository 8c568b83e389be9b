"""A generated agency: three levels of units, their heads, their people, and the pools that care for the cycle."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from sqlalchemy.orm import Session

from engine.cycle.models import (
    EmployeeKind,
    EmployeeRow,
    GroupMemberRow,
    HoldingRow,
    PostKind,
    PostRow,
    TeamMemberRow,
    TeamRow,
    UnitRow,
)
from engine.cycle.simulation.agreements import agree
from engine.cycle.simulation.names import full_name, nip

SINCE = date(2020, 1, 1)
FIELDS = (  # third-level units and what they do, by second-level unit
    ("Sekretariat", ("Subbagian Umum dan Kepegawaian", "Subbagian Perencanaan dan Keuangan")),
    ("Bidang Kesehatan Masyarakat", ("Seksi Gizi dan Kesehatan Keluarga", "Seksi Promosi Kesehatan")),
    ("Bidang Pencegahan Penyakit", ("Seksi Surveilans dan Imunisasi", "Seksi Penyakit Menular")),
    ("Bidang Pelayanan Kesehatan", ("Seksi Pelayanan Primer", "Seksi Pelayanan Rujukan")),
)
STAFF_POSTS = (
    ("Nutrisionis", PostKind.FUNGSIONAL, "Ahli Pertama", "Penata Muda, III/a"),
    ("Analis Kebijakan", PostKind.FUNGSIONAL, "Ahli Muda", "Penata, III/c"),
    ("Perencana", PostKind.FUNGSIONAL, "Ahli Muda", "Penata Tingkat I, III/d"),
    ("Epidemiolog", PostKind.FUNGSIONAL, "Ahli Pertama", "Penata Muda Tingkat I, III/b"),
    ("Pengolah Data", PostKind.PELAKSANA, None, "Pengatur, II/c"),
    ("Pengadministrasi Umum", PostKind.PELAKSANA, None, "Pengatur Muda, II/a"),
)


@dataclass
class Agency:
    """Who is who in a generated agency: employee ids."""

    name: str
    root: str
    heads: dict[str, str] = field(default_factory=dict)  # unit -> head
    staff: list[str] = field(default_factory=list)  # everyone who has a case, heads included
    members: dict[str, list[str]] = field(default_factory=dict)  # unit -> who works in it, the head included
    team: list[str] = field(default_factory=list)  # the performance team
    officials: dict[str, str] = field(default_factory=dict)  # "authorised_official" ... -> person


@dataclass
class _Builder:
    session: Session
    random: Random
    on: date
    agency: Agency
    number: int = 0

    def unit(self, id: str, name: str, parent: str | None, kind: PostKind, post: str) -> str:
        """A unit with the post that leads it and its holder; gives the head's id."""
        self.session.add(UnitRow(id=id, name=name, parent_id=parent, independent=parent is None, starts=SINCE))
        self.session.flush()
        head = self.person(id, post, kind, None, "Pembina, IV/a", heads=True)
        self.agency.heads[id] = head
        return head

    def person(self, unit: str, post: str, kind: PostKind, tier: str | None, grade: str, *, heads: bool = False) -> str:
        """An employee in a post of their own; gives the id."""
        self.number += 1
        id, post_id = f"peg-{self.number:04d}", f"jab-{self.number:04d}"
        self.session.add(
            EmployeeRow(
                id=id,
                nip=nip(self.random, self.number, self.on),
                name=full_name(self.random),
                email=f"{id}@sukamaju.example",
                kind=EmployeeKind.PPPK if kind is PostKind.PELAKSANA and self.number % 4 == 0 else EmployeeKind.PNS,
                grade=grade,
                starts=SINCE,
            )
        )
        title = f"{post} {tier}" if tier else post
        self.session.add(
            PostRow(id=post_id, unit_id=unit, name=title, kind=kind, tier=tier, heads_unit=heads, starts=SINCE)
        )
        self.session.flush()
        self.session.add(HoldingRow(employee_id=id, post_id=post_id, starts=SINCE))
        self.agency.staff.append(id)
        self.agency.members.setdefault(unit, []).append(id)
        return id


def build_agency(session: Session, people: int, seed: int, on: date, *, name: str = "Dinas Kesehatan") -> Agency:
    """Write an agency of so many employees (at least 20) into empty tables; the same seed gives the same agency.

    The regent, who appraises the head, holds a political office and has no case.
    """
    agency = Agency(name, "unit-00")
    build = _Builder(session, Random(seed), on, agency)
    session.add(
        UnitRow(id="pemda", name="Pemerintah Kabupaten Sukamaju", parent_id=None, independent=True, starts=SINCE)
    )
    session.flush()
    regent = build.person("pemda", "Bupati Sukamaju", PostKind.PEJABAT_NEGARA, None, "-", heads=True)
    agency.staff.remove(regent)
    build.unit("unit-00", f"{name} Kabupaten Sukamaju", "pemda", PostKind.JPT_PRATAMA, f"Kepala {name}")
    smallest = _units(build, people)
    while len(agency.staff) < people:
        post, kind, tier, grade = build.random.choice(STAFF_POSTS)
        build.person(smallest[len(agency.staff) % len(smallest)], post, kind, tier, grade)
    _pools(build, regent)
    _squad(build, smallest)
    agree(session, agency, (on.year, on.year + 1))
    session.flush()
    return agency


def _units(build: _Builder, people: int) -> list[str]:
    """Second and third level, as many as the head count carries; gives the units that take staff."""
    smallest = []
    for number, (field_name, sections) in enumerate(FIELDS[: max(2, min(4, people // 15))], start=1):
        unit = f"unit-{number}0"
        build.unit(unit, field_name, "unit-00", PostKind.ADMINISTRATOR, f"Kepala {field_name}")
        for place, section in enumerate(sections, start=1):
            build.unit(f"unit-{number}{place}", section, unit, PostKind.PENGAWAS, f"Kepala {section}")
            smallest.append(f"unit-{number}{place}")
    return smallest


def _pools(build: _Builder, regent: str) -> None:
    """The people behind roles that no reporting line gives."""
    agency = build.agency
    secretariat = [id for id in agency.staff if id not in agency.heads.values()][:3]
    agency.team = secretariat
    agency.officials = {
        "authorised_official": agency.heads["unit-10"],
        "appointing_authority": regent,
        "counsellor": agency.staff[-1],
        "admin": secretariat[0],
    }
    members = [("performance_team", person) for person in agency.team] + list(agency.officials.items())
    for group, person in members:
        build.session.add(GroupMemberRow(group=group, person=person, starts=SINCE))


def _squad(build: _Builder, units: list[str]) -> None:
    """One work team across units, with an assignment letter for each member."""
    staff = [id for id in build.agency.staff if id not in build.agency.heads.values()]
    leader, members = staff[0], staff[3:7]
    build.session.add(
        TeamRow(id="tim-1", name="Integrasi data kinerja", unit_id=units[0], leader_id=leader, starts=SINCE)
    )
    build.session.flush()
    for member in members:
        build.session.add(TeamMemberRow(team_id="tim-1", employee_id=member, letter="ST-12/2026", starts=SINCE))
