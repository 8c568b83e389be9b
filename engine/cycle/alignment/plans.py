"""SKPs as the rules of alignment read them: a person's planned results, their indicators, what they support."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engine.runtime.values import Json

MAIN, ADDITIONAL = "UTAMA", "TAMBAHAN"
DIRECT, NON_DIRECT = "DIRECT", "NON_DIRECT"
ONE_LEVEL, TWO_LEVELS = "SATU_TINGKAT", "DUA_TINGKAT"
STUDY, STUDY_REFERENCE = "TUGAS_BELAJAR", "Tugas belajar"  # what the results of a study leave support (DOMAIN 1.4)
ALONE, TEAM_LEADER, MEMBER = "MANDIRI", "KETUA_TIM", "ANGGOTA"


@dataclass(frozen=True)
class Target:
    """An individual indicator and what is to be reached; `value` None: nothing was written yet."""

    aspect: str  # KUANTITAS | KUALITAS | WAKTU | BIAYA
    indicator: str
    value: float | None
    measure: str
    polarity: str  # NAIK | TURUN | TEPAT
    last: float | None = None  # what was reached last year
    reason: str = ""  # why the target is weaker than that


@dataclass(frozen=True)
class PlannedResult:
    """A row of an SKP. `id` is what others' results refer to, `row` the form's row, the same in every version."""

    id: str
    number: int
    text: str
    row: str = ""
    classification: str = MAIN
    parent: str | None = None  # the result of a leader that it supports
    reference: str = ""  # an agreement's indicator, an objective, a directive, in words
    method: str = NON_DIRECT
    targets: tuple[Target, ...] = ()
    narrative: str = ""  # the measure of success where no number is asked for
    note: str = ""  # how it contributes, where that is not plain
    nature: str = ""  # RESULT | DRIVER


@dataclass(frozen=True)
class Standing:
    """Where a person stands in the role-result matrix, and what follows for the results to support.

    `relations` tells for each owner of results what he is to the person: ATASAN, KEPALA_UNIT, KETUA_TIM,
    KETUA_TIM_TANPA_SURAT; who is not in it is LAIN. `mode` None: no matrix was published for the unit.
    `agreed` are the indicators that the person's SKP has to have, as number and name (heads of units, AL-16).
    """

    mode: str | None = None
    role: str | None = None
    relations: Mapping[str, str] = field(default_factory=dict)
    agreed: tuple[tuple[int, str], ...] = ()
    uncollectable: frozenset[str] = frozenset()  # names of indicators without source or frequency (AL-17)
    in_matrix: bool | None = None
    leads: bool = False  # has people below, who could support
    serves: tuple[date, date] | None = None  # the days of the year on which the person works under the contract


@dataclass(frozen=True)
class Plan:
    """The SKP of a person: set, or as it is being written."""

    person: str
    name: str
    results: tuple[PlannedResult, ...]
    standing: Standing = Standing()


def results_of(rows: Sequence[Mapping[str, Json]], ids: Sequence[str] = ()) -> tuple[PlannedResult, ...]:
    """The rows of the SKP's form as results; `ids` where they have been set and are known to others."""
    return tuple(
        _result(row, ids[number - 1] if ids else f"#{number}", number) for number, row in enumerate(rows, start=1)
    )


def _result(row: Mapping[str, Json], id: str, number: int) -> PlannedResult:
    qualitative = row.get("pendekatan") == "KUALITATIF"
    studies = row.get("rhk_pimpinan") == STUDY
    return PlannedResult(
        id=id,
        number=number,
        text=_text(row, "rhk"),
        row=str(row.get("_id") or number),
        classification=_text(row, "klasifikasi") or MAIN,
        parent=None if studies else _text(row, "rhk_pimpinan") or None,
        reference=STUDY_REFERENCE if studies else _text(row, "acuan"),
        method=_text(row, "metode") or NON_DIRECT,
        targets=() if qualitative else tuple(_target(one) for one in row.get("indikator") or []),
        narrative=_text(row, "narasi") if qualitative else "",
        note=_text(row, "catatan_kontribusi"),
        nature=_text(row, "jenis_hasil"),
    )


def _target(row: Mapping[str, Json]) -> Target:
    return Target(
        aspect=_text(row, "aspek"),
        indicator=_text(row, "iki"),
        value=_number(row.get("target_nilai")),
        measure=_text(row, "satuan"),
        polarity=_text(row, "polaritas") or "NAIK",
        last=_number(row.get("realisasi_terakhir")),
        reason=_text(row, "alasan_target"),
    )


def _text(row: Mapping[str, Any], key: str) -> str:
    return str(row.get(key) or "").strip()


def _number(value: Json) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
