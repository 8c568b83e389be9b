"""What the words of a planned result tell: signs for table D17, found with the words of D17_kata (DOMAIN 3.9)."""

import re
from collections.abc import Callable, Iterator, Sequence

from engine.cycle.alignment.findings import WORDING, Facts, Finding, Judge
from engine.cycle.alignment.plans import PlannedResult, Target

Words = Callable[[str], frozenset[str]]
TOKEN = re.compile(r"[\w%]+(?:-\w+)*")
JOINED = re.compile(r"\b(?:dan(?:/atau)?|atau|serta)\b|;")
OPENING = re.compile(r"^(?:me|ter|ber|di)\w+nya$")
STATE = re.compile(r"^(?:ter\w{4,}|di\w{3,}(?:kan|i))$")
CATEGORY_LENGTH = 4  # words of a name of work: "Administrasi kepegawaian dinas"
COUNTED = frozenset({"jumlah", "banyaknya", "frekuensi", "volume", "lama"})


def words_of(text: str) -> list[str]:
    """The words of a sentence in small letters."""
    return TOKEN.findall(text.casefold())


def wording(judge: Judge, results: Sequence[PlannedResult], severity: str) -> list[Finding]:
    """What D17 says of each result of an SKP; `severity` is that of PH-01 (parameter `bahasa.ph01`)."""
    findings: list[Finding] = []
    for result in results:
        if not result.text:
            continue
        signs = [*_signs(result, judge.words), *_twins(result, results)]
        if signs:
            found = {"tanda": sorted({sign for sign, _ in signs}), "ph01": severity}
            values = _values(result, judge.words) | {key: one for _, given in signs for key, one in given.items()}
            findings += judge.judge(WORDING, Facts(found, values, result.number))
    return findings


Sign = tuple[str, dict[str, str]]


def _signs(result: PlannedResult, words: Words) -> Iterator[Sign]:
    tokens = words_of(result.text)
    if not tokens:
        return
    first = tokens[0]
    if first in words("KATA_KEGIATAN"):
        yield "KATA_KEGIATAN", {"kata": first.capitalize()}
    if first in words("NAMA_PEKERJAAN") and not _says_a_state(tokens, words):
        yield "NAMA_PEKERJAAN", {"kata": first.capitalize()}
    if first in words("KEGIATAN_PASIF"):
        yield "KEGIATAN_PASIF", {"kata": first.capitalize()}
    if is_only_a_document(result, words):
        yield "DOKUMEN_SAJA", {}
    if _has_several_results(result.text, words):
        yield "DUA_HASIL", {}
    if len([token for token in tokens[1:] if token not in words("KATA_SAMBUNG")]) < 2:
        yield "TANPA_OBJEK", {}
    for target in result.targets:
        if _counts_activity(target, words):
            yield "INDIKATOR_KEGIATAN", {"indikator": target.indicator}
        if target.aspect == "WAKTU" and target.value is not None and _is_a_span(target, words):
            yield "LAMA_PERIODE", {"nilai": number(target.value), "satuan": target.measure}


def _twins(result: PlannedResult, results: Sequence[PlannedResult]) -> Iterator[Sign]:
    """An earlier result with three or more targets that are all the same: copied (PH-07)."""
    own = [(target.aspect, target.value, target.measure.casefold()) for target in result.targets]
    for other in results:
        if other.number >= result.number or len(own) < 3:
            return
        if own == [(target.aspect, target.value, target.measure.casefold()) for target in other.targets]:
            yield "TARGET_KEMBAR", {"nomor": str(other.number)}
            return


def is_only_a_document(result: PlannedResult, words: Words) -> bool:
    """A document is all that is promised: nothing is measured but how many, and nobody is said to use it (PH-05)."""
    tokens, documents = words_of(result.text), words("DOKUMEN")
    counted = [target for target in result.targets if set(words_of(target.measure)) & documents]
    return (
        bool(documents & set(tokens))
        and not words("PEMAKAIAN") & set(tokens)
        and len(counted) == len(result.targets) > 0
        and all(target.aspect != "KUALITAS" for target in counted)
    )


def says_an_effect(result: PlannedResult, words: Words) -> bool:
    """The sentence opens with a change, or says who uses the output or which standard it keeps."""
    tokens = words_of(result.text)
    return bool(tokens) and (tokens[0] in words("PEMBUKA_DAMPAK") or bool(words("PEMAKAIAN") & set(tokens)))


def number(value: float) -> str:
    """A number as Indonesians write it."""
    text = f"{value:,.2f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"
    return text.translate(str.maketrans(",.", ".,"))


def _says_a_state(tokens: Sequence[str], words: Words) -> bool:
    rest = tokens[1:]
    told = any(token in words("PEMAKAIAN") or token[0].isdigit() or STATE.match(token) for token in rest)
    return told or len(tokens) > CATEGORY_LENGTH


def _has_several_results(text: str, words: Words) -> bool:
    heads = [words_of(part)[:1] for part in JOINED.split(text.casefold())]
    results = words("PEMBUKA_DAMPAK") | words("KEGIATAN_PASIF") | words("KATA_KEGIATAN")
    return sum(1 for head in heads if head and (head[0] in results or OPENING.match(head[0]))) > 1


def _counts_activity(target: Target, words: Words) -> bool:
    indicator, measure = words_of(target.indicator), words_of(target.measure)
    counted = bool(indicator) and indicator[0] in COUNTED and bool(words("KEGIATAN") & set(indicator))
    return target.aspect not in ("WAKTU", "BIAYA") and (counted or bool(words("SATUAN_KEGIATAN") & set(measure)))


def _is_a_span(target: Target, words: Words) -> bool:
    """ "12 bulan", "1 tahun": the length of the period, and no word of what is to be finished by then."""
    return target.measure.casefold() in words("SATUAN_WAKTU") and target.polarity != "TURUN"


def _values(result: PlannedResult, words: Words) -> dict[str, str]:
    tokens = result.text.split()
    opened = bool(tokens) and (
        words_of(tokens[0])[:1] != [] and not words_of(tokens[0])[0].isdigit() and len(tokens) > 1
    )
    rest = " ".join(tokens[1:] if opened else tokens).rstrip(".")
    return {
        "objek": rest[:1].upper() + rest[1:],
        "contoh": f"{rest[:1].upper()}{rest[1:]} sesuai standar dan dimanfaatkan",
    }
