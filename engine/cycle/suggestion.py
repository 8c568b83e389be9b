"""What attainment suggests as the result rating: advice for the rater, judged by table D19_saran_rating (DOMAIN 4.3).

Where a regime rates in numbers, each result gets its class and value by table D7_nilai_iki instead (DOMAIN 4.7).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from engine.runtime.services import Ask, ServiceCall, service
from engine.runtime.values import Json

ATTAINMENT, ADVICE = "D7_capaian", "D19_saran_rating"
VALUE, SCOPE = "D7_nilai_iki", "D7_bobot_lingkup"  # of the regime in numbers
MAIN, IN_WORDS = "UTAMA", "KUALITATIF"
FAR_ABOVE = 1.10
Row = Mapping[str, Json]


@dataclass(frozen=True)
class Reached:
    """A planned result with how far it was reached: 1.0 is the target; None: nothing was reported in numbers."""

    text: str
    main: bool
    in_words: bool
    ratio: float | None
    proved: bool  # evidence was given for it

    @property
    def percent(self) -> float | None:
        return None if self.ratio is None else round(100 * self.ratio, 1)


@service("cycle/suggest_rating")
def suggest_rating(call: ServiceCall) -> Json:
    """Hold the `report` of a year or period against the SKP: {saran, rhk: [{rhk, capaian}]}.

    `saran` is null while a main result that is measured has no number. Only how D19 came to it goes into the history.
    `in_numbers`: values in place of advice, as `measured` gives them for a post of the `kind` JPT or LAIN. `by_period`:
    before the year has ended, what counts is the target up to the end of the period that the report names.
    """
    skp: Row = call.data.get("skp") or {}
    results, report = skp.get("rhk") or [], call.arguments.get("report") or []
    if call.arguments.get("by_period"):
        results = for_period(results, report)
    if call.arguments.get("in_numbers"):
        return {"saran": None, "rhk": measured(results, report, str(call.arguments["kind"]), call.look_up)}
    found = reached(results, report, call.look_up)
    return {
        "saran": advice(found, call.decide),
        "rhk": [{"rhk": one.text, "capaian": one.percent} for one in found if not one.in_words],
    }


def for_period(results: Sequence[Row], report: Sequence[Row]) -> list[Row]:
    """Results with the targets up to the end of a period in place of the year's; none where the report names none."""
    told = _by_indicator(report)

    def aimed(result: Row, indicator: Row) -> Row:
        row = told.get((result.get("rhk"), indicator.get("iki")), {})
        return {**indicator, "target_nilai": row.get("target_periode"), "target_atas": None}

    return [
        {**result, "indikator": [aimed(result, one) for one in result.get("indikator") or []]} for result in results
    ]


def measured(results: Sequence[Row], report: Sequence[Row], kind: str, ask: Ask) -> list[dict[str, Json]]:
    """Each result with the mean value of its indicators; class and value are None while one of them has no number."""
    told, found = _by_indicator(report), reached(results, report, ask)
    return [
        {
            "nomor": number,
            "rhk": one.text,
            "klasifikasi": result.get("klasifikasi"),
            "jenis_utama": result.get("jenis_utama"),
            "metode": result.get("metode"),
            "bobot": result.get("bobot") if one.main else ask(SCOPE, {"lingkup": result.get("lingkup")}),
            "capaian": one.percent,
            "kelas": classed(one.percent, _cannot_be_passed(result), kind, ask).get("kelas"),
            "nilai": None if one.percent is None else _mean_value(result, told, kind, ask),
        }
        for number, (result, one) in enumerate(zip(results, found, strict=True), start=1)
    ]


def reached(results: Sequence[Row], report: Sequence[Row], ask: Ask) -> list[Reached]:
    """Each result of an SKP with the mean of what was reached of its indicators."""
    told = _by_indicator(report)
    return [_reached(result, told, ask) for result in results]


def advice(found: Sequence[Reached], ask: Ask) -> str | None:
    """What the table says of the main results that are measured; None without any, or while one has no number."""
    measured = [one for one in found if one.main and not one.in_words]
    ratios = [one.ratio for one in measured if one.ratio is not None]
    if not measured or len(ratios) < len(measured):
        return None
    far = sum(one.ratio is not None and one.ratio > FAR_ABOVE and one.proved for one in measured)
    facts = {"r_terendah": min(ratios), "r_median": median(ratios), "porsi_melampaui": far / len(measured)}
    suggested: str | None = ask(ADVICE, facts)
    return suggested


def _by_indicator(report: Sequence[Row]) -> Mapping[tuple[Json, Json], Row]:
    return {(row.get("rhk"), row.get("iki")): row for row in report}


def _reached(result: Row, told: Mapping[tuple[Json, Json], Row], ask: Ask) -> Reached:
    text, in_words = result.get("rhk"), result.get("pendekatan") == IN_WORDS
    indicators: Sequence[Row] = result.get("indikator") or []
    pairs = [(one, told.get((text, one.get("iki")), {})) for one in indicators]
    ratios = [ratio for one, row in pairs if (ratio := _ratio(one, row, ask)) is not None]
    return Reached(
        text=str(text),
        main=result.get("klasifikasi") == MAIN,
        in_words=in_words,
        ratio=sum(ratios) / len(ratios) if ratios and len(ratios) == len(indicators) else None,
        proved=any(row.get("bukti") or row.get("tautan") for _, row in pairs),
    )


def _ratio(indicator: Row, row: Row, ask: Ask) -> float | None:
    percent = _percent(indicator, row, ask)
    return None if percent is None else percent / 100


def _percent(indicator: Row, row: Row, ask: Ask) -> float | None:
    realised, target = row.get("realisasi"), indicator.get("target_nilai")
    if realised is None or not target:
        return None
    facts = {
        "realisasi": realised,
        "target": target,
        "target_atas": indicator.get("target_atas"),
        "polaritas": indicator.get("polaritas") or "NAIK",
    }
    percent = ask(ATTAINMENT, facts)
    return None if percent is None else float(percent)


def _mean_value(result: Row, told: Mapping[tuple[Json, Json], Row], kind: str, ask: Ask) -> float:
    """The mean of the values of a result's indicators, all of which have a number."""
    values = []
    for indicator in result["indikator"]:
        percent = _percent(indicator, told[result.get("rhk"), indicator.get("iki")], ask)
        values.append(float(classed(percent, bool(indicator.get("target_maksimum")), kind, ask)["nilai"]))
    return round(sum(values) / len(values), 4)


def _cannot_be_passed(result: Row) -> bool:
    indicators: Sequence[Row] = result.get("indikator") or []
    return bool(indicators) and all(one.get("target_maksimum") for one in indicators)


def classed(percent: float | None, best: bool, kind: str, ask: Ask) -> Row:
    """{kelas, nilai} of an attainment in percent; empty of none."""
    if percent is None:
        return {}
    found: Row = ask(VALUE, {"capaian": percent, "target_maksimum": best, "jenis_jabatan": kind})
    return found
