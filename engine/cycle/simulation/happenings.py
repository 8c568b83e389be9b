"""What befalls the people of a generated agency: superiors change, heads retire, someone acts for them, others leave."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from engine.cycle.changing import Request
from engine.cycle.events.absences import StudyBegins, StudyResult
from engine.cycle.events.changes import Transfer
from engine.cycle.events.leaving import Leaving
from engine.cycle.line_changes import Acting, Change, NewSuperior
from engine.cycle.models import ActingKind, PostKind
from engine.cycle.simulation.agency import Agency
from engine.cycle.year import PerformanceCycle
from engine.runtime.values import SYSTEM, Actor

PEOPLE_PER_EVENT = 100
PERSONNEL = Actor("simulasi", "Petugas kepegawaian", roles=frozenset({"personnel"}))
REASON = "Surat keputusan bupati."


@dataclass(frozen=True)
class Happening:
    """What personnel enter on a day; `kind` counts it."""

    on: date
    kind: str
    name: str  # of the person or unit: the order of one day
    enter: Callable[[PerformanceCycle], object]


def hire(cycle: PerformanceCycle) -> None:
    """Give the one who enters all this an account: what is ordered is carried out by what its account may do."""
    who = PERSONNEL
    cycle.create_account(
        who.person, secrets.token_urlsafe(), by=SYSTEM, login=who.person, name=who.name, roles=who.roles
    )


def happenings(agency: Agency, players: Sequence[str], year: int) -> list[Happening]:
    """The events of a year, each at least once: of people who play no other part, given in `players`."""
    times = max(1, len(agency.staff) // PEOPLE_PER_EVENT)
    shares = [players[place * times : (place + 1) * times] for place in range(6)]
    found = [*_new_superiors(agency, shares[0], year), *_leaving([*shares[1], *shares[2]], year)]
    found += [*_transfers(agency, [*shares[3], *shares[4]], year), *_study(shares[5], year)]
    return sorted([*found, *_vacancy(agency, year), *_changed_skps(agency, year)], key=lambda one: (one.on, one.name))


def _new_superiors(agency: Agency, people: Sequence[str], year: int) -> Iterator[Happening]:
    day = date(year, 3, 2)
    for person in people:
        yield _entered("GANTI_PENILAI", person, NewSuperior(person, agency.heads[agency.root], day), day)


def _leaving(people: Sequence[str], year: int) -> Iterator[Happening]:
    for number, person in enumerate(people):
        kind, day = (("MENINGGAL", date(year, 5, 4)), ("BERHENTI", date(year, 9, 30)))[number % 2]
        yield _entered(kind, person, Leaving(person, kind, day), day)


def _transfers(agency: Agency, people: Sequence[str], year: int) -> Iterator[Happening]:
    """In the middle of the year to another section: the old SKP is closed, a new one begins."""
    day, units = date(year, 7, 1), sorted(agency.heads)
    for person in people:
        unit = next(unit for unit in units if unit != agency.root and person not in agency.members.get(unit, ()))
        moves = Transfer(person, unit, "Analis Kebijakan", PostKind.FUNGSIONAL, "Ahli Muda", False, f"SK-7/{year}", day)
        yield _entered(moves.event, person, moves, day)


def _study(people: Sequence[str], year: int) -> Iterator[Happening]:
    day = date(year, 8, 3)
    result = StudyResult("Lulus mata kuliah semester pertama program magister", "Indeks prestasi semester", 3.25, "IP")
    for person in people:
        begins = StudyBegins(person, day, date(year + 2, 7, 31), f"TB-3/{year}", [result])
        yield _entered(begins.event, person, begins, day)


def _vacancy(agency: Agency, year: int) -> Iterator[Happening]:
    """The head of a section retires; a neighbour acts, and while that one is away another does so by the day."""
    first, second, third = sorted(agency.heads)[2:5]
    last_day, begins = date(year, 5, 29), date(year, 6, 1)
    yield _entered("PENSIUN", first, Leaving(agency.heads[first], "PENSIUN", last_day), last_day)
    letter = f"SP-8/{year}"
    acts = Acting(first, agency.heads[second], ActingKind.PLT, letter, includes_appraisal=True, starts=begins)
    yield _entered("PLT", first, acts, begins)
    days = date(year, 8, 3), date(year, 8, 14)
    away = Acting(third, agency.heads[second], ActingKind.PLH, letter, False, *days)
    yield _entered("PLH", third, away, days[0])


def changers(agency: Agency) -> tuple[str, str, str]:
    """Who asks for changes of an SKP: the second is decided too late, the last leads the agency and is heard."""
    second, third = sorted(agency.heads)[3:5]
    return agency.heads[second], agency.heads[third], agency.heads[agency.root]


def _changed_skps(agency: Agency, year: int) -> Iterator[Happening]:
    days = (date(year, 4, 1), date(year, 6, 15), date(year, 7, 15))
    for person, day in zip(changers(agency), days, strict=True):
        yield Happening(day, "UBAH_SKP", person, partial(_asks, person, str(year), day))


def _asks(person: str, year: str, day: date, cycle: PerformanceCycle) -> None:
    wanted = Request("KEADAAN_LAIN", "Rencana disesuaikan dengan arahan pimpinan daerah.", "Arahan bupati", day)
    case = cycle.skp_changes.case_of(person, year)
    if case is not None:
        cycle.skp_changes.ask(case, wanted, by=Actor(person))


def _entered(kind: str, name: str, change: Change, on: date) -> Happening:
    def enter(cycle: PerformanceCycle) -> object:
        found = cycle.lines.rehearse(change, by=PERSONNEL)
        return cycle.lines.carry_out(change, expected=len(found.handovers), reason=REASON, by=PERSONNEL)

    return Happening(on, kind, name, enter)
