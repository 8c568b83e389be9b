"""Study leave and long leave: the SKP of the year is changed for the months that remain; the appraiser stays.

Source: DOMAIN 1.4 (TUGAS_BELAJAR, long sick, maternity and big leave), WX-11.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from engine.cycle.alignment.plans import STUDY as THE_STUDY
from engine.cycle.events.changes import change_of_skp
from engine.cycle.events.reading import STUDY_BEGAN, STUDY_ENDED, studying
from engine.cycle.line_changes import called, require_in_sight
from engine.cycle.organisation import Organisation
from engine.cycle.people import People
from engine.errors import FormInvalid
from engine.runtime.services import Ask
from engine.runtime.values import Actor, Json

LEAVE = "CUTI"
LONGEST = 366 * 6  # days of study
LEAVES: Mapping[str, str] = {
    "SAKIT": "Cuti sakit",
    "MELAHIRKAN": "Cuti melahirkan",
    "BESAR": "Cuti besar",
    "CLTN": "Cuti di luar tanggungan negara",
    "MPP": "Masa persiapan pensiun",
    "DIBERHENTIKAN_SEMENTARA": "Pemberhentian sementara",
}


@dataclass(frozen=True)
class StudyResult:
    """A main result that is expected of the study: its text, indicator, target, unit, and whether more or less is better."""

    text: str
    indicator: str
    target: float
    measure: str
    polarity: str = "NAIK"

    def row(self) -> dict[str, Json]:
        """As a row of the SKP's form that supports the study itself."""
        indicator = {"aspek": "KUALITAS", "iki": self.indicator, "target_nilai": self.target, "satuan": self.measure}
        return {
            "klasifikasi": "UTAMA",
            "rhk_pimpinan": THE_STUDY,
            "metode": "NON_DIRECT",
            "rhk": self.text,
            "jenis_hasil": "RESULT",
            "pendekatan": "KUANTITATIF",
            "indikator": [{**indicator, "polaritas": self.polarity}],
        }


class _Absence:
    """What absences have in common: the record of the person is the data, and no task goes to anybody else.

    The appraiser stays the same; who acts in the person's place is named as a proxy.
    """

    employee: str

    @property
    def about(self) -> str:
        return self.employee

    def write(self, session: Session) -> None:
        """Nothing but the record: see `studying`."""

    def concerns(self, organisation: Organisation) -> frozenset[str]:
        return frozenset()

    def confirm(self, organisation: Organisation, people: People) -> None:
        """Nothing moves; after study the own case ends and begins anew."""


@dataclass(frozen=True)
class StudyBegins(_Absence):
    """From a day on someone studies: what is expected of the study is added to the SKP, the old targets are re-scoped."""

    employee: str
    starts: date
    ends: date | None
    letter: str
    results: Sequence[StudyResult]
    gives_away: None = None
    event: str = STUDY_BEGAN

    def title(self, organisation: Organisation) -> str:
        return f"Tugas belajar {called(organisation, self.employee)} ({self.letter.strip()})"

    def judge(self, organisation: Organisation, by: Actor) -> None:
        require_in_sight(organisation, self.employee, by)
        faults = _letter(self.letter)
        if self.ends is None or not self.starts < self.ends <= self.starts + timedelta(days=LONGEST):
            faults["ends"] = "Tulis hari terakhirnya menurut surat, paling lama enam tahun."
        if not self.results or any(
            len(one.text.strip()) < 20 or len(one.indicator.strip()) < 3 for one in self.results
        ):
            faults["text"] = "Tulis hasil studi yang diharapkan (paling sedikit 20 huruf) dan indikatornya."
        if studying(organisation.connection, [self.employee], self.starts):
            faults["starts"] = "Pegawai ini sudah tercatat tugas belajar pada tanggal itu."
        if faults:
            raise FormInvalid(faults)

    def change(self, by: Actor) -> Mapping[str, Json]:
        """What the process of changing an SKP is told."""
        before = self.starts - timedelta(days=1)
        text = f"Tugas belajar sejak {self.starts:%d-%m-%Y}: hasil studi ditambahkan, target lama disesuaikan sampai {before:%d-%m-%Y}."
        told = change_of_skp("TUGAS_BELAJAR", text, self.letter, self.starts, by)
        return {**told, "tambah": [one.row() for one in self.results]}


@dataclass(frozen=True)
class StudyEnds(_Absence):
    """From a day on someone is back from study: the SKP with the study is closed, and a new one begins."""

    employee: str
    starts: date
    letter: str
    ends: None = None
    gives_away: None = None
    event: str = STUDY_ENDED

    def title(self, organisation: Organisation) -> str:
        return f"Kembali dari tugas belajar: {called(organisation, self.employee)}"

    def judge(self, organisation: Organisation, by: Actor) -> None:
        require_in_sight(organisation, self.employee, by)
        faults = _letter(self.letter)
        if not studying(organisation.connection, [self.employee], self.starts - timedelta(days=1)):
            faults["starts"] = "Pegawai ini tidak tercatat tugas belajar sampai hari sebelumnya."
        if faults:
            raise FormInvalid(faults)


@dataclass(frozen=True)
class LongLeave(_Absence):
    """For some months someone is away: the targets are scaled to what remains of the year."""

    employee: str
    kind: str  # of LEAVES
    starts: date
    ends: date | None
    letter: str
    gives_away: None = None
    event: str = LEAVE

    def title(self, organisation: Organisation) -> str:
        return f"{LEAVES[self.kind]}: {called(organisation, self.employee)}"

    def judge(self, organisation: Organisation, by: Actor) -> None:
        require_in_sight(organisation, self.employee, by)
        faults = _letter(self.letter)
        if self.kind not in LEAVES:
            faults["kind"] = "Pilih jenis cutinya."
        if self.ends is None or not self.starts < self.ends <= self.starts + timedelta(days=LONGEST):
            faults["ends"] = "Tulis hari terakhir cuti, sesudah hari pertama."
        if faults:
            raise FormInvalid(faults)

    def change(self, by: Actor) -> Mapping[str, Json]:
        """What the process of changing an SKP is told."""
        until = f" sampai {self.ends:%d-%m-%Y}" if self.ends else ""
        text = f"{LEAVES[self.kind]} sejak {self.starts:%d-%m-%Y}{until}: target disesuaikan dengan bulan yang tersisa."
        return change_of_skp("CUTI", text, self.letter, self.starts, by)


@dataclass(frozen=True)
class StudyValue(_Absence):
    """What a year of study is worth by the grades of its terms, where the regime makes no SKP for it (table D13_nilai_studi).

    `value` is what the table gives, asked by whoever enters it and again before it is kept.
    """

    employee: str
    starts: date  # the first day of the year
    regime: str
    grades: tuple[float, ...]
    scale: float
    letter: str
    value: float | None
    ends: None = None
    gives_away: None = None
    event: str = "NILAI_STUDI"

    def title(self, organisation: Organisation) -> str:
        grades = " dan ".join(f"{grade:.2f}".replace(".", ",") for grade in self.grades)
        return f"Nilai {self.starts.year} dari indeks prestasi {grades} (skala {self.scale:g}, {self.regime}): {self.value:g}"

    def judge(self, organisation: Organisation, by: Actor) -> None:
        require_in_sight(organisation, self.employee, by)
        faults = _letter(self.letter)
        if not self.grades or any(not 0 <= grade <= self.scale for grade in self.grades):
            faults["grades"] = f"Tulis indeks prestasi tiap semester, antara 0 dan {self.scale:g}."
        if self.starts > organisation.on:
            faults["starts"] = "Nilai dicatat untuk tahun yang sudah dimulai."
        if faults:
            raise FormInvalid(faults)

    def confirm(self, organisation: Organisation, people: People) -> None:
        found = worth_of_study(people.decide, self.regime, self.grades, self.scale)
        if found is None or found != self.value:
            raise FormInvalid({"regime": "Rezim ini menilai studi dalam SKP, bukan dari indeks prestasi."})


def worth_of_study(ask: Ask, regime: str, grades: Sequence[float], scale: float) -> float | None:
    """The year's value by table D13_nilai_studi; None where the regime rates a study in its SKP, or without grades."""
    if not grades:
        return None
    value = ask("D13_nilai_studi", {"rezim": regime, "ipk": list(grades), "skala": scale})
    return float(value) if value is not None else None


def _letter(letter: str) -> dict[str, str]:
    return {} if letter.strip() else {"letter": "Tulis nomor suratnya."}
