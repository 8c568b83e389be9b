"""What kind of people work in a generated agency, and how each of them does a task.

Every draw is made for a name (a person, or a task of a person's case), never in the order of what happens: the same
seed gives the same year, whatever comes first at one moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from random import Random

from engine.cycle.simulation.cast import NO_STRENGTH, NOBODY, Cast
from engine.runtime.values import Json

BELOW, MEETS, ABOVE = "DI_BAWAH_EKSPEKTASI", "SESUAI_EKSPEKTASI", "DI_ATAS_EKSPEKTASI"


@dataclass(frozen=True)
class Temper:
    """How a person works: shares of 1, and days."""

    late: float  # does a task after it is due
    forgets: float  # does it only when reminded for the last time, or never
    returns: float  # an appraiser who sends a draft back
    objects: float
    pace: int  # days until a task without a due date is done


TEMPERS = (
    (0.60, Temper(late=0.05, forgets=0.02, returns=0.15, objects=0.02, pace=3)),
    (0.25, Temper(late=0.35, forgets=0.10, returns=0.25, objects=0.05, pace=6)),
    (0.15, Temper(late=0.30, forgets=0.45, returns=0.10, objects=0.12, pace=9)),
)


ALWAYS_LATE = Temper(late=1.0, forgets=0.0, returns=0.0, objects=0.0, pace=9)


@dataclass(frozen=True)
class Occasion:
    """A task that somebody has; `name` is the same in every year that is lived from one seed."""

    name: str  # the case's business key and the task's number in it
    element: str
    subject: str
    person: str
    due_at: datetime | None


class Staff:
    """Everyone's temper and strength, drawn from a seed, and the parts that some of them play."""

    def __init__(self, seed: int, cast: Cast = NOBODY) -> None:
        self._seed, self._cast = seed, cast

    def luck(self, *names: str) -> Random:
        """The dice of something that has a name."""
        return Random("/".join((str(self._seed), *names)))

    def temper(self, person: str) -> Temper:
        if person in self._cast.late:
            return ALWAYS_LATE
        draw, found = self.luck("temper", person).random(), TEMPERS[-1][1]
        for share, temper in TEMPERS:
            if draw < share:
                return temper
            draw -= share
        return found

    def must_do(self, task: Occasion) -> bool:
        """Whether somebody's part asks that this be done."""
        return task.element in self._cast.part(task.subject).answers

    def does_at(self, task: Occasion, now: datetime, zone: tzinfo, *, last_call: bool) -> datetime | None:
        """When a task is done that has just come (or of which the last reminder has come); None: not by himself."""
        temper, due_at = self.temper(task.person), task.due_at
        random = self.luck("plan", task.name, now.isoformat())
        if last_call:
            return _working_hour(now + timedelta(days=random.randint(0, 2)), zone, random)
        if due_at is None:
            return _working_hour(now + timedelta(days=random.randint(0, temper.pace)), zone, random)
        if self.must_do(task):
            return min(_working_hour(now, zone, random), max(due_at - timedelta(hours=1), now))
        draw = random.random()
        if draw < temper.forgets:
            return None
        room = max((due_at - now).total_seconds() / 86400, 0.0)
        if draw < temper.forgets + temper.late:
            return _working_hour(due_at + timedelta(days=random.randint(1, 9)), zone, random)
        days = room * random.uniform(0.1, 0.9) if room > temper.pace else random.uniform(0, room)
        return min(_working_hour(now + timedelta(days=days), zone, random), max(due_at - timedelta(hours=1), now))

    def decides(self, task: Occasion, rounds: int) -> dict[str, Json]:
        """Answers that steer the way of the case: a return, an objection, a rating, an end of a loop."""
        random, temper = self.luck("decide", task.name), self.temper(task.person)
        returns = rounds == 0 and random.random() < temper.returns
        decided: dict[str, Json] = {
            "keputusan": _DECISIONS.get(task.element, ("SETUJU", "KEMBALIKAN"))[1 if returns else 0],
            "sepakat": "BELUM_SEPAKAT" if random.random() < 0.03 else "SEPAKAT",
            "selesai": "BELUM" if rounds < 1 and random.random() < 0.3 else "YA",
            "lanjut": "YA" if rounds < 1 and random.random() < 0.4 else "TIDAK",
            "ajukan": "YA" if random.random() < temper.objects else "TIDAK",
            "tersedia": "YA",
            "klasifikasi": "UTAMA",
            "perspektif": "PENERIMA_LAYANAN",
            "jenis_utama": "PERJANJIAN_KINERJA",
        }
        if task.element == "evaluate_improvement":
            decided["hasil"] = "MEMBAIK" if random.random() < 0.7 else "TIDAK_MEMBAIK"
        if task.element == "record_competency_test":
            decided["hasil"] = "MEMENUHI" if random.random() < 0.7 else "TIDAK_MEMENUHI"
        decided.update(self._ratings(task))
        return {**decided, **self._cast.part(task.subject).answers.get(task.element, {})}

    def _ratings(self, task: Occasion) -> dict[str, Json]:
        """A person's work is of one strength all year, with some scatter."""
        weak, random = self._cast.part(task.subject).weak, self.luck("rate", task.name)
        strength = NO_STRENGTH if weak else self.luck("strength", task.subject).gauss(0, 1)
        result = _rating(strength + random.gauss(0, 0.5))
        behaviour = _rating(0.3 + 0.7 * strength + random.gauss(0, 0.6))
        return {"rating_hasil": result, "rating_perilaku": behaviour, **_numbers(result, behaviour)}


_DECISIONS: Mapping[str, tuple[str, str]] = {  # element -> usual decision, the other one
    "review_skp": ("TERUSKAN", "KEMBALIKAN"),
    "set_skp": ("TETAPKAN", "KEMBALIKAN"),
    "resolve_dispute": ("TETAPKAN", "KEMBALIKAN"),
    "approve_skp_change": ("SETUJU", "KEMBALIKAN"),
    "reclarify_results": ("MASIH_SESUAI", "MASIH_SESUAI"),
    "sign_evaluation": ("TANDATANGANI", "UBAH"),
    "decide_objection": ("TETAP", "UBAH"),
    "agree_development": ("SETUJU", "KEMBALIKAN"),
    "decide_placement": ("JABATAN_SESUAI", "TIDAK_ADA_LOWONGAN"),
    "propose_dismissal": ("TIDAK_USUL", "TIDAK_USUL"),
}


def _rating(strength: float) -> str:
    return BELOW if strength < -1.6 else ABOVE if strength > 1.0 else MEETS


def _numbers(result: str, behaviour: str) -> dict[str, Json]:
    """The same where a form asks for numbers."""
    values = {BELOW: 60, MEETS: 100, ABOVE: 115}
    own, other = values[result], values[behaviour]
    given = {"capaian": own, "nilai_tim": own, "nilai_skp": own, "angka": other, "nilai_perilaku": other}
    return {**given, "inovasi": "YA" if result == ABOVE else "TIDAK", "bobot": 100}


def _working_hour(moment: datetime, zone: tzinfo, random: Random) -> datetime:
    """The same local day (Monday after a weekend), at some minute between eight and four; never before `moment`."""
    local = moment.astimezone(zone)
    day = local.date()
    while day.weekday() > 4:
        day += timedelta(days=1)
    planned = datetime.combine(day, time(8), zone) + timedelta(minutes=random.randint(0, 480))
    return max(planned, moment)
