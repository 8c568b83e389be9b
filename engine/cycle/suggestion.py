"""What attainment suggests as the result rating: advice for the rater, judged by table D19_saran_rating (DOMAIN 4.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from engine.runtime.services import Ask, ServiceCall, service
from engine.runtime.values import Json

ATTAINMENT, ADVICE = "D7_capaian", "D19_saran_rating"
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


@service("cycle/suggest_rating")
def suggest_rating(call: ServiceCall) -> Json:
    """Hold the `report` of a year or period against the SKP: {saran, rhk: [{rhk, capaian}]}.

    `saran` is null while a main result that is measured has no number. Only how D19 came to it goes into the history.
    """
    skp: Row = call.data.get("skp") or {}
    found = reached(skp.get("rhk") or [], call.arguments.get("report") or [], call.look_up)
    return {
        "saran": advice(found, call.decide),
        "rhk": [
            {"rhk": one.text, "capaian": None if one.ratio is None else round(100 * one.ratio, 1)}
            for one in found
            if not one.in_words
        ],
    }


def reached(results: Sequence[Row], report: Sequence[Row], ask: Ask) -> list[Reached]:
    """Each result of an SKP with the mean of what was reached of its indicators."""
    told = {(row.get("rhk"), row.get("iki")): row for row in report}
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
    return None if percent is None else float(percent) / 100
