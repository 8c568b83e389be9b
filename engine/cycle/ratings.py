"""Grades: their order, joined over a year's parts, and how they spread over a unit (pure).

The grade itself comes from table D1; what stands here is arithmetic. Source: DOMAIN 4.1, 4.6, 9.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum

from engine.errors import Refused
from engine.runtime.values import Json


class Rating(StrEnum):
    """What an appraiser says of results, and of behaviour, the best first."""

    ABOVE = "DI_ATAS_EKSPEKTASI"
    AS_EXPECTED = "SESUAI_EKSPEKTASI"
    BELOW = "DI_BAWAH_EKSPEKTASI"


class Predicate(StrEnum):
    """The five grades of an employee, the best first."""

    SANGAT_BAIK = "SANGAT_BAIK"
    BAIK = "BAIK"
    BUTUH_PERBAIKAN = "BUTUH_PERBAIKAN"
    KURANG_MISCONDUCT = "KURANG_MISCONDUCT"
    SANGAT_KURANG = "SANGAT_KURANG"

    @property
    def rank(self) -> int:
        """5 for the best, 1 for the worst."""
        return 5 - list(Predicate).index(self)

    @property
    def label(self) -> str:
        """What people read."""
        return LABELS[self]


LABELS: Mapping[Predicate, str] = {
    Predicate.SANGAT_BAIK: "Sangat Baik",
    Predicate.BAIK: "Baik",
    Predicate.BUTUH_PERBAIKAN: "Butuh Perbaikan",
    Predicate.KURANG_MISCONDUCT: "Kurang (Misconduct)",
    Predicate.SANGAT_KURANG: "Sangat Kurang",
}
TIERS = ("Pemula", "Terampil", "Mahir", "Penyelia", "Ahli Pertama", "Ahli Muda", "Ahli Madya", "Ahli Utama")


class Aggregation(StrEnum):
    """How a year with several parts becomes one grade: parameter `mutasi.agregasi`."""

    LAST_APPRAISER = "PENILAI_TERAKHIR"
    BY_MONTHS = "BOBOT_BULAN"
    MEAN = "RATA_RATA"


@dataclass(frozen=True)
class Part:
    """A stretch of the year in one unit under one appraiser."""

    unit: str
    months: int
    predicate: Predicate


@dataclass(frozen=True)
class Aggregate:
    """The value on the scale 5 to 1 and its grade; both None when the last appraiser decides by judgement."""

    value: Decimal | None
    predicate: Predicate | None


def aggregate(parts: Sequence[Part], policy: Aggregation) -> Aggregate:
    """Join the grades of a year's parts; the value has three decimals, halves of a grade go to the better.

    Raises:
        ValueError: there are no parts, or they have no months.
    """
    if policy is Aggregation.LAST_APPRAISER:
        return Aggregate(None, None)
    weights = [part.months if policy is Aggregation.BY_MONTHS else 1 for part in parts]
    if sum(weights) <= 0:
        raise ValueError("the parts of a year need months")
    total = sum(weight * part.predicate.rank for weight, part in zip(weights, parts, strict=True))
    value = Decimal(total) / sum(weights)
    rank = int(value.quantize(Decimal(1), ROUND_HALF_UP))
    return Aggregate(value.quantize(Decimal("0.001"), ROUND_HALF_UP), list(Predicate)[5 - rank])


@dataclass(frozen=True)
class Breach:
    """One limit of the pattern that the counts break."""

    predicates: tuple[Predicate, ...]
    count: int
    limit: int | None  # None: "is not the majority"
    percent: Decimal | None
    text: str


@dataclass(frozen=True)
class Pattern:
    """The spread that an organisation's predicate allows: row of table D3_pola_distribusi.

    Percentages are of all employees of the unit. Grades that stand together in `least` count together ("and/or");
    0 percent means at least one person.
    """

    majority: Predicate | None
    most: Mapping[Predicate, Decimal]
    least: Mapping[tuple[Predicate, ...], Decimal]


@dataclass(frozen=True)
class Distribution:
    """What the check says of a unit of `n` people, of whom `unrated` have no predicate yet."""

    n: int
    counts: Mapping[Predicate, int]
    breaches: tuple[Breach, ...]
    unrated: int = 0

    @property
    def fits(self) -> bool:
        return not self.breaches

    def to_json(self) -> dict[str, Json]:
        return {
            "n": self.n,
            "unrated": self.unrated,
            "counts": {predicate.value: self.counts.get(predicate, 0) for predicate in Predicate},
            "verdict": "SESUAI" if self.fits else "LANGGAR",
            "reason": " ".join(breach.text for breach in self.breaches),
        }


def check_distribution(counts: Mapping[Predicate, int], pattern: Pattern, unrated: int = 0) -> Distribution:
    """Hold the grades of a unit against its pattern: at most is rounded down, at least is rounded up.

    Limits are shares of everybody. While people are `unrated`, only what they can no longer mend is a breach.
    """
    n = sum(counts.values()) + unrated
    breaches: list[Breach] = []
    if pattern.majority is not None and n and not _may_lead(counts, pattern.majority, n, unrated):
        have = counts.get(pattern.majority, 0)
        text = f"{pattern.majority.label} bukan mayoritas ({have} dari {n})."
        breaches.append(Breach((pattern.majority,), have, None, None, text))
    for predicate, percent in pattern.most.items():
        limit, have = _share(percent, n, ROUND_FLOOR), counts.get(predicate, 0)
        if have > limit:
            breaches.append(Breach((predicate,), have, limit, percent, _too_many(predicate, have, limit, percent)))
    for predicates, percent in pattern.least.items():
        limit = max(_share(percent, n, ROUND_CEILING), min(n, 1))
        have = sum(counts.get(one, 0) for one in predicates)
        if have + unrated < limit:
            breaches.append(Breach(predicates, have, limit, percent, _too_few(predicates, have, limit, percent)))
    return Distribution(n, dict(counts), tuple(breaches), unrated)


def pattern_of(row: Mapping[str, Json]) -> Pattern:
    """Read what table D3_pola_distribusi gave: modus, mayoritas, min_persen, maks_persen, wajib_ada, wajib_persen."""
    least: dict[tuple[Predicate, ...], Decimal] = {
        (predicate(code),): Decimal(str(percent)) for code, percent in (row.get("min_persen") or {}).items()
    }
    together = tuple(predicate(code) for code in row.get("wajib_ada") or [])
    if together:
        least[together] = Decimal(str(row.get("wajib_persen") or 0))
    return Pattern(
        majority=predicate(row["modus"]) if row.get("mayoritas") and row.get("modus") else None,
        most={predicate(code): Decimal(str(percent)) for code, percent in (row.get("maks_persen") or {}).items()},
        least=least,
    )


def in_words(pattern: Pattern) -> str:
    """A pattern as people read it."""
    parts = [f"{pattern.majority.label} mayoritas"] if pattern.majority else []
    parts += [
        f"{one.label} paling banyak {percent} persen" if percent else f"tanpa {one.label}"
        for one, percent in pattern.most.items()
    ]
    parts += [
        f"{_either(some)} paling sedikit {percent} persen" if percent else f"ada {_either(some)}"
        for some, percent in pattern.least.items()
    ]
    return "; ".join(parts)


def predicate(value: Json) -> Predicate:
    """The grade of a code; raises Refused for what is none."""
    try:
        return Predicate(str(value))
    except ValueError as error:
        raise Refused(f'"{value}" bukan predikat kinerja.') from error


def _may_lead(counts: Mapping[Predicate, int], favourite: Predicate, n: int, unrated: int) -> bool:
    """The largest count and more than half (DOMAIN 9, point 14), or it may still become so."""
    return (counts.get(favourite, 0) + unrated) * 2 > n


def _share(percent: Decimal, n: int, rounding: str) -> int:
    return int((percent * n / 100).to_integral_value(rounding))


def _too_many(predicate: Predicate, have: int, limit: int, percent: Decimal) -> str:
    if percent == 0:
        return f"Tidak boleh ada {predicate.label} ({have})."
    return f"{predicate.label} {have} > {limit} ({percent} persen)."


def _too_few(predicates: Sequence[Predicate], have: int, limit: int, percent: Decimal) -> str:
    if not have:
        return f"Tidak ada {_either(predicates)}."
    return f"{_either(predicates)} {have} < {limit} ({percent} persen)."


def _either(predicates: Sequence[Predicate]) -> str:
    return " atau ".join(predicate.label for predicate in predicates)
