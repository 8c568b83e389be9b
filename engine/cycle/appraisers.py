"""Who appraises whom (pure): the climb of DOMAIN 1.2, step by step along the seats above a person.

Table D12_resolusi_penilai decides each step from the facts of one seat, so that an agency may change the rule; that
nobody appraises himself, a relative, or the one who stands above him is not in the table's hands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.cycle.models import ActingKind
from engine.cycle.organisation import Person, Seat
from engine.runtime.services import Ask
from engine.runtime.values import Json

TABLE = "D12_resolusi_penilai"
BELOW = "di bawah jenjang pengawas tanpa surat pendelegasian"


@dataclass(frozen=True)
class Line:
    """What stands above one person on a day."""

    subject: Person
    seats: Sequence[Seat]  # of the person's unit and those above, nearest first
    named: "Line | None" = None  # what stands above the superior whom a reporting line names
    conflicts: frozenset[str] = frozenset()
    delegates: frozenset[str] = frozenset()  # of those who occur here: who holds a delegation letter
    acting_may_appraise: Mapping[ActingKind, bool] = field(
        default_factory=lambda: {ActingKind.PLT: True, ActingKind.PLH: False}
    )


@dataclass(frozen=True)
class Chosen:
    """Who appraises, from which seat (None: named by a reporting line), and why, in words for the history.

    `person` None: nobody was found, the agency's administrator has to settle it.
    `feedback_only` are stand-ins that were passed over: they may give feedback, not ratings.
    """

    person: Person | None
    seat: int | None
    why: str
    feedback_only: tuple[str, ...] = ()


def choose_appraiser(line: Line, decide: Ask) -> Chosen:
    """The appraiser of the line's subject: the named superior, or the first seat above that may."""
    if line.named is not None and _may_be_named(line, line.named):
        named = line.named.subject
        if decide(TABLE, _facts(line, "ADA", "TIDAK_ADA", named)) == "ATASAN":
            return Chosen(named, None, f"Atasan yang ditunjuk: {named.name}, {named.position or 'tanpa jabatan'}.")
    return _climb(line, decide, _first_above(line), frozenset({line.subject.id}))


def choose_superior(line: Line, appraiser: Chosen, decide: Ask) -> Chosen:
    """The appraiser's superior for this subject: the next seat above the one from which the appraiser appraises.

    Above an appraiser whom a reporting line names it is the next seat above that person. Never the subject, never the
    appraiser.
    """
    if appraiser.person is None:
        return Chosen(None, None, "Pejabat penilai belum ada, jadi atasannya juga belum dapat ditentukan.")
    barred = frozenset({line.subject.id, appraiser.person.id})
    if appraiser.seat is not None:
        return _climb(line, decide, appraiser.seat + 1, barred)
    above = line.named or line
    return _climb(replace(above, conflicts=line.conflicts), decide, _first_above(above), barred)


@dataclass(frozen=True)
class _Step:
    """One seat on the way up: what D12 was asked and whom it means."""

    seat: Seat
    status: str
    acting: str
    candidate: Person | None
    verdict: Json

    @property
    def stand_in(self) -> Person | None:
        return self.seat.stand_in.person if self.seat.stand_in else None

    @property
    def person(self) -> Person | None:
        return {"ATASAN": self.seat.holder, "PLT": self.stand_in}.get(str(self.verdict))


def _climb(line: Line, decide: Ask, start: int, barred: frozenset[str]) -> Chosen:
    passed: list[str] = []
    feedback_only: list[str] = []
    for number in range(start, len(line.seats)):
        step = _step(line, line.seats[number], decide)
        if step.verdict == "ADMIN":
            return Chosen(
                None, None, _because(passed, f"tabel {TABLE} menyerahkannya kepada admin"), tuple(feedback_only)
            )
        obstacle = _obstacle(line, step, barred)
        if step.person is not None and obstacle is None:
            return Chosen(step.person, number, _because(passed, _title(step)), tuple(feedback_only))
        if step.stand_in is not None and step.stand_in.id not in barred | line.conflicts:
            feedback_only.append(step.stand_in.id)
        passed.append(f"{step.seat.name} {obstacle}")
    return Chosen(None, None, _because(passed, "tidak ada jabatan lain di atasnya"), tuple(feedback_only))


def _step(line: Line, seat: Seat, decide: Ask) -> _Step:
    status, acting = _state(line, seat)
    candidate = seat.stand_in.person if seat.stand_in else seat.holder
    return _Step(seat, status, acting, candidate, decide(TABLE, _facts(line, status, acting, candidate)))


def _title(step: _Step) -> str:
    person = step.person
    acting = f"{step.seat.stand_in.kind} " if step.seat.stand_in and person is step.stand_in else ""
    return f"{acting}{step.seat.name}: {person.name if person else ''}"


def _state(line: Line, seat: Seat) -> tuple[str, str]:
    """The codes of D12's inputs status_atasan and jenis_penugasan_atasan for a seat.

    An acting official appraises when the letter and the agency's rule both let him.
    """
    stand_in = seat.stand_in
    if stand_in is None:
        return ("ADA" if seat.holder else "KOSONG"), "TIDAK_ADA"
    may = stand_in.includes_appraisal and line.acting_may_appraise[stand_in.kind]
    return ("BERHALANGAN" if seat.holder else "KOSONG"), f"{stand_in.kind}_{'MENILAI' if may else 'TANPA_PENILAIAN'}"


def _facts(line: Line, status: str, acting: str, candidate: Person | None) -> Mapping[str, Json]:
    return {
        "jenis_jabatan": line.subject.post_kind.value if line.subject.post_kind else None,
        "status_atasan": status,
        "jenis_penugasan_atasan": acting,
        "konflik": candidate is not None and candidate.id in line.conflicts,
    }


def _obstacle(line: Line, step: _Step, barred: frozenset[str]) -> str | None:
    """Why a seat does not give the appraiser, in words; None when nothing stands against it."""
    person = step.person
    involved = {one.id for one in (step.candidate, person) if one is not None}
    if involved & line.conflicts:
        return "mempunyai konflik kepentingan"
    if person is None:
        away = {"KOSONG": "kosong", "BERHALANGAN": "berhalangan"}.get(step.status, "dilewati menurut tabel")
        kept = {
            "PLT_TANPA_PENILAIAN": " dan Plt-nya tidak berwenang menilai",
            "PLH_TANPA_PENILAIAN": " dan Plh hanya memberi umpan balik",
        }
        return away + kept.get(step.acting, "")
    if person.id in barred:
        return "dijabat oleh pegawai yang bersangkutan"
    seat = step.seat
    if person is seat.holder and not (seat.kind.may_appraise or seat.independent or person.id in line.delegates):
        return BELOW
    return None


def _first_above(line: Line) -> int:
    """The first seat above all that the subject holds or acts in: one's own subordinates do not appraise."""
    taken = [number for number, seat in enumerate(line.seats) if seat.is_taken_by(line.subject.id)]
    return max(taken, default=-1) + 1


def _may_be_named(line: Line, named: Line) -> bool:
    """A named superior must be someone else, entitled, in office, and not someone whom the subject stands above."""
    person = named.subject
    if person.id == line.subject.id or person.id in line.conflicts or person.post_kind is None:
        return False
    if any(seat.is_taken_by(line.subject.id) for seat in named.seats):
        return False
    if named.named is not None and named.named.subject.id == line.subject.id:
        return False
    leads = any(seat.independent and seat.is_taken_by(person.id) for seat in named.seats)
    return person.post_kind.may_appraise or leads or person.id in line.delegates


def _because(passed: Sequence[str], result: str) -> str:
    climbed = "".join(f"{reason[0].upper()}{reason[1:]}; " for reason in passed)
    return f"{climbed}{result}."
