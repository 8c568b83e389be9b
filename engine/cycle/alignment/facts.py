"""What is true of results and SKPs, in the terms of table D14 (DOMAIN 3.8)."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import product

from engine.cycle.alignment.findings import Facts
from engine.cycle.alignment.landscape import AGREEMENT, Landscape, Owned, claim_of
from engine.cycle.alignment.plans import DIRECT, MAIN, NON_DIRECT, Plan, PlannedResult, Target
from engine.cycle.alignment.wording import Words, number, says_an_effect, words_of
from engine.runtime.values import Json

OTHER = "LAIN"
IN_AGREEMENT = re.compile(r"\b(?:PK|perjanjian kinerja|IKU|indikator|renstra|sasaran)\b", re.IGNORECASE)
NUMBERED = re.compile(r"(?:PK|indikator)\D{0,20}?(\d{1,3})\b(?!\d)", re.IGNORECASE)
TRIFLE = 1e-9

Sign = tuple[str, dict[str, str]]


def result_facts(plan: Plan, result: PlannedResult, seen: Landscape, words: Words) -> Facts:
    """The facts of one result by itself and towards what it supports."""
    parent = seen.results.get(result.parent or "")
    signs = [*_own_signs(plan, result), *_signs_upward(plan, result, parent, seen, words)]
    relation = _relation(plan, parent)
    inputs: dict[str, Json] = {
        "klasifikasi": result.classification,
        "acuan": _reference(result, parent),
        "hubungan": relation,
        "mode_matriks": plan.standing.mode if relation else None,
        "peran": plan.standing.role if relation else None,
        "rasio": None,
        "tanda": sorted({sign for sign, _ in signs}),
    }
    values = {"pemilik": parent.name if parent else "–"}
    return Facts(inputs, values | {key: one for _, given in signs for key, one in given.items()}, result.number)


def plan_facts(plan: Plan) -> Facts:
    """The facts of an SKP as a whole."""
    signs: list[Sign] = []
    if plan.results and all(result.classification != MAIN for result in plan.results):
        signs.append(("HANYA_TAMBAHAN", {}))
    missing = [name for place, name in plan.standing.agreed if not _covers(plan.results, place, name)]
    if missing:
        signs.append(("PK_TERLEWAT", {"daftar": "; ".join(missing)}))
    return _signed(signs, 0)


def matrix_facts(plan: Plan) -> Facts:
    """Whether the person has a row in a published matrix (AL-20)."""
    missing = plan.standing.in_matrix is False
    return _signed([("TANPA_BARIS_MATRIKS", {"pemilik": plan.name})] if missing else [], 0)


def support_facts(plan: Plan, result: PlannedResult, seen: Landscape, words: Words) -> Iterator[Facts]:
    """The facts of a result towards those who carry it: known only when all have planned (AL-03, AL-04, AL-10)."""
    children = seen.children.get(result.id, ())
    signs: list[Sign] = []
    if plan.standing.leads and result.classification == MAIN and not children:
        signs.append(("TANPA_PENDUKUNG", {}))
    twins = [one for one in seen.claims.get(claim_of(result), ()) if one.person != plan.person]
    if twins and result.parent and result.method != DIRECT:
        signs.append(("KLAIM_GANDA", {"pemilik": twins[0].name}))
    if signs:
        yield _signed(signs, result.number)
    for target in result.targets:
        shares = _shares(target, children, words)
        if shares and target.value:
            yield _sum(target, sum(shares), result.number)


def _own_signs(plan: Plan, result: PlannedResult) -> Iterator[Sign]:
    if not result.narrative and not any(target.indicator and target.value is not None for target in result.targets):
        yield "TANPA_INDIKATOR", {}
    for target in result.targets:
        if _weaker(target) and not target.reason:
            given = {"nilai": number(target.value or 0), "terakhir": number(target.last or 0)}
            yield "TARGET_LEBIH_LEMAH", {**given, "satuan": target.measure}
        if target.indicator.casefold() in plan.standing.uncollectable:
            yield "DATA_TIDAK_TERKUMPUL", {"indikator": target.indicator}
        if plan.standing.serves and _outlasts(target, *plan.standing.serves):
            yield "DI_LUAR_MASA_TUGAS", {}


def _signs_upward(
    plan: Plan, result: PlannedResult, parent: Owned | None, seen: Landscape, words: Words
) -> Iterator[Sign]:
    if parent is None:
        return
    if seen.circles(plan, result):
        yield "MELINGKAR", {}
    if result.parent in seen.replaced:
        yield "INDUK_BERUBAH", {}
    if result.method == DIRECT and (other := _other_measure(result, parent.result)):
        yield "SATUAN_BEDA", other
    yield from _looser(result, parent.result, words)
    if result.method == NON_DIRECT and _is_weak(result, parent.result, words):
        yield "TAUTAN_LEMAH", {}
    yield from _out_of_reach(plan, result, seen)


def _reference(result: PlannedResult, parent: Owned | None) -> str:
    if parent is not None:
        return "RHK"
    if (result.parent or "").startswith(AGREEMENT) or IN_AGREEMENT.search(result.reference):
        return "PK"
    return "DIREKTIF" if result.reference else "TIDAK_ADA"


def _relation(plan: Plan, parent: Owned | None) -> str | None:
    return plan.standing.relations.get(parent.person, OTHER) if parent else None


def _covers(results: Iterable[PlannedResult], place: int, name: str) -> bool:
    """Whether an SKP has an agreed indicator: by its own name, or by its number in the agreement."""
    wanted = name.casefold()
    for result in results:
        named = {target.indicator.casefold() for target in result.targets}
        numbers = {int(found) for found in NUMBERED.findall(f"{result.parent or ''} {result.reference}")}
        if wanted in named or place in numbers:
            return True
    return False


def _weaker(target: Target) -> bool:
    if target.value is None or target.last is None:
        return False
    return (
        target.value < target.last
        if target.polarity == "NAIK"
        else (target.polarity == "TURUN" and target.value > target.last)
    )


def _outlasts(target: Target, first: date, last: date) -> bool:
    """A span in months that is longer than the person serves in the year."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return target.measure.casefold() == "bulan" and target.aspect == "WAKTU" and (target.value or 0) > months


def _other_measure(result: PlannedResult, parent: PlannedResult) -> dict[str, str] | None:
    own = {target.measure.casefold() for target in result.targets}
    wanted = {target.measure.casefold(): target.measure for target in parent.targets}
    if not own or not wanted or own & wanted.keys():
        return None
    return {"satuan": result.targets[0].measure, "satuan_induk": ", ".join(wanted.values())}


def _looser(result: PlannedResult, parent: PlannedResult, words: Words) -> Iterator[Sign]:
    """A limit that is worse than the one it serves: the same measure, and the lower the better."""
    for target, above in product(result.targets, parent.targets):
        own, limit = target.value or 0, above.value or 0
        lower_is_better = "TURUN" == target.polarity == above.polarity
        if lower_is_better and own > limit + TRIFLE and _comparable(result, target, above, words):
            given = {"nilai": number(own), "nilai_induk": number(limit), "satuan": target.measure}
            yield "BATAS_LEBIH_LONGGAR", given
            return


def _comparable(result: PlannedResult, target: Target, above: Target, words: Words) -> bool:
    if target.measure.casefold() != above.measure.casefold():
        return False
    shared = set(words_of(target.indicator)) & set(words_of(above.indicator)) - words("KATA_SAMBUNG")
    return result.method == DIRECT or target.aspect == above.aspect == "WAKTU" or bool(shared)


def _is_weak(result: PlannedResult, parent: PlannedResult, words: Words) -> bool:
    """An output whose use nobody can see: no quality measured, no effect told, nothing in common with the result above."""
    if result.narrative or says_an_effect(result, words) or any(one.aspect == "KUALITAS" for one in result.targets):
        return False
    above = {target.measure.casefold() for target in parent.targets}
    return bool(result.targets) and not above & {target.measure.casefold() for target in result.targets}


def _out_of_reach(plan: Plan, result: PlannedResult, seen: Landscape) -> Iterator[Sign]:
    """The very indicator of somebody two levels above, given to one person (AL-08)."""
    if plan.standing.leads:
        return
    own = {(target.indicator.casefold(), target.measure.casefold(), target.value) for target in result.targets}
    for height, owned in enumerate(seen.above(plan, result)):
        theirs = {(one.indicator.casefold(), one.measure.casefold(), one.value) for one in owned.result.targets}
        if height > 0 and owned.person != plan.person and own & theirs:
            yield "DI_LUAR_KENDALI", {"pemilik": owned.name}
            return


def _shares(target: Target, children: Iterable[Owned], words: Words) -> list[float]:
    """What direct children take of a target that can be added up."""
    measure = target.measure.casefold()
    if measure in words("SATUAN_TAK_DIJUMLAH"):
        return []
    return [
        one.value
        for child in children
        if child.result.method == DIRECT
        for one in child.result.targets
        if one.measure.casefold() == measure and one.value is not None
    ]


def _sum(target: Target, total: float, place: int) -> Facts:
    wanted = target.value or 0
    values = {"jumlah": number(total), "target": number(wanted), "selisih": number(total - wanted)}
    inputs: dict[str, Json] = {"rasio": round(total / wanted + TRIFLE, 4), "tanda": []}
    return Facts(_ALL | inputs, {**values, "satuan": target.measure}, place)


_ALL: dict[str, Json] = dict.fromkeys(("klasifikasi", "acuan", "hubungan", "mode_matriks", "peran", "rasio", "tanda"))


def _signed(signs: list[Sign], place: int) -> Facts:
    values = {key: one for _, given in signs for key, one in given.items()}
    return Facts({**_ALL, "tanda": sorted(sign for sign, _ in signs)}, values, place)
