"""Ratings in numbers (REG_2021): what a form's answers come to by tables D7 and D6 (DOMAIN 4.7).

Every class, value and band comes from the tables of the case's release; what stands here gathers and takes means.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from engine.cycle.suggestion import MAIN, Row, classed
from engine.errors import Refused
from engine.runtime.services import ServiceCall, service
from engine.runtime.values import Json

OF_RESULT, ADDITIONAL = "D7_nilai_hasil", "D7_kinerja_tambahan"
FINAL, BANDS, LEVEL = "D6_nilai_akhir", "D6_pita_nilai", "D6_tingkat"
REGIMES = frozenset({"REG_2021"})  # those that rate in numbers
ACTION_PLAN = "RENCANA_AKSI"
PLACES = Decimal("0.0001")  # of means; what is final is rounded by its table


@dataclass(frozen=True)
class Valued:
    """A result with its class and value; `weight`: of a main result its share, of an additional one that of its scope."""

    text: str
    main: bool
    action_plan: bool
    weight: float | None
    percent: float | None
    grade: str
    value: float

    def to_json(self) -> dict[str, Json]:
        return {
            "rhk": self.text,
            "utama": self.main,
            "bobot": self.weight,
            "capaian": self.percent,
            "kelas": self.grade,
            "nilai": self.value,
        }


@service("cycle/score_rating")
def score_rating(call: ServiceCall) -> Json:
    """A `rating` with what it comes to: `rating_hasil` and `rating_perilaku` by table D6_tingkat, and `angka`.

    `measured` are the results as `cycle/suggest_rating` has measured them in numbers; `kind` is JPT or LAIN, `rule` the
    table that gives the value of the SKP, `weights` 70/30 or 60/40, `behaviour` a value that holds in place of the
    rater's. `angka` is {rhk: [{rhk, utama, bobot, capaian, kelas, nilai}], skp, perilaku, bobot, nilai}.

    Raises:
        Refused: no main result has a value.
    """
    rating: Row = call.arguments["rating"]
    valued = _valued(call, rating)
    skp = call.decide(
        str(call.arguments["rule"]),
        {
            "rata_utama": mean_of([one for one in valued if one.main and not one.action_plan]),
            "rata_rencana_aksi": mean_of([one for one in valued if one.main and one.action_plan]),
            "kt": call.look_up(ADDITIONAL, {"tambahan": [_additional(one) for one in valued if not one.main]}),
            "jenis_jabatan": call.arguments["kind"],
        },
    )
    if skp is None:
        raise Refused("Belum ada hasil kerja utama yang bernilai, jadi nilai SKP tidak dapat dihitung.")
    given = [float(row["angka"]) for row in rating.get("nilai_perilaku") or []]
    behaviour = call.arguments.get("behaviour")
    own = _mean(given, [1.0] * len(given)) if behaviour is None else float(behaviour)
    return _in_numbers(call, rating, float(skp), own, {"rhk": [one.to_json() for one in valued]})


@service("cycle/score_values")
def score_values(call: ServiceCall) -> Json:
    """A decision as `rating`, whose `nilai_skp` and `nilai_perilaku` are given outright; see `score_rating`."""
    rating: Row = call.arguments["rating"]
    return _in_numbers(call, rating, float(rating["nilai_skp"]), float(rating["nilai_perilaku"]), {})


def mean_of(results: Sequence[Valued]) -> float | None:
    """The mean of values by weight, a plain one where some have no weight; None of nothing."""
    weights = [one.weight for one in results if one.weight]
    whole = [float(weight) for weight in weights] if len(weights) == len(results) else [1.0] * len(results)
    return _mean([one.value for one in results], whole) if results else None


def _in_numbers(call: ServiceCall, rating: Row, skp: float, behaviour: float | None, more: Row) -> dict[str, Json]:
    if behaviour is None:
        raise Refused("Nilai perilaku kerja belum diisi.")
    weights = call.arguments["weights"]
    value = call.decide(FINAL, {"skp": skp, "perilaku": behaviour, "bobot": weights})
    return {
        **rating,
        "rating_hasil": call.look_up(LEVEL, {"nilai": skp}),
        "rating_perilaku": call.look_up(LEVEL, {"nilai": behaviour}),
        "angka": {**more, "skp": skp, "perilaku": behaviour, "bobot": weights, "nilai": value},
    }


def _valued(call: ServiceCall, rating: Row) -> list[Valued]:
    """Each measured result with what the rater says of it."""
    said = {row.get("nomor"): row for row in rating.get("nilai_hasil") or []}
    return [_value(call, one, said.get(one.get("nomor"), {})) for one in call.arguments.get("measured") or []]


def _value(call: ServiceCall, measured: Row, said: Row) -> Valued:
    """The value of one result: as it was measured, or of the attainment that the rater gives instead."""
    kind, percent, own = call.arguments["kind"], measured.get("capaian"), measured
    if said.get("capaian") is not None:
        percent = said["capaian"]
        own = classed(percent, False, kind, call.look_up)
    if own.get("nilai") is None:
        raise Refused(f'Hasil kerja "{measured.get("rhk")}" belum diberi capaian.')
    facts = {
        "nilai": own["nilai"],
        "nilai_tim": said.get("nilai_tim"),
        "metode": measured.get("metode"),
        "jenis_jabatan": kind,
    }
    return Valued(
        text=str(measured.get("rhk")),
        main=measured.get("klasifikasi") == MAIN,
        action_plan=measured.get("jenis_utama") == ACTION_PLAN,
        weight=measured.get("bobot"),
        percent=percent,
        grade=str(own.get("kelas")),
        value=float(call.look_up(OF_RESULT, facts)),
    )


def _additional(one: Valued) -> Mapping[str, Json]:
    return {"kelas": one.grade, "bobot": one.weight or 0, "nilai": one.value}


def _mean(values: Sequence[float], weights: Sequence[float]) -> float | None:
    total = sum(Decimal(str(weight)) for weight in weights)
    if not total:
        return None
    weighed = sum(Decimal(str(value)) * Decimal(str(weight)) for value, weight in zip(values, weights, strict=True))
    return float((weighed / total).quantize(PLACES, ROUND_HALF_UP))
