"""String functions."""

from decimal import Decimal

from engine.feel.budget import ITEMS, TEXT, Budget, fitting_list, fitting_text, too_long_list, too_long_text
from engine.feel.functions.library import feel
from engine.feel.patterns import Match, Pattern
from engine.feel.values import lifted


@feel("substring", "string: text, start position: whole, length?: whole")
def substring(budget: Budget, text: str, start: int, length: int | None = None) -> object:
    if start == 0 or abs(start) > len(text) or (length is not None and length < 1):
        return None
    first = start - 1 if start > 0 else len(text) + start
    return text[first:] if length is None else text[first : first + length]


@feel("string length", "string: text")
def string_length(budget: Budget, text: str) -> object:
    return Decimal(len(text))


@feel("upper case", "string: text")
def upper_case(budget: Budget, text: str) -> object:
    return fitting_text(text.upper(), budget)


@feel("lower case", "string: text")
def lower_case(budget: Budget, text: str) -> object:
    return fitting_text(text.lower(), budget)


@feel("trim", "string: text")
def trim(budget: Budget, text: str) -> object:
    return text.strip()


@feel("substring before", "string: text, match: text")
def substring_before(budget: Budget, text: str, match: str) -> object:
    before, found, _ = text.partition(match) if match else ("", "", "")
    return before if found else ""


@feel("substring after", "string: text, match: text")
def substring_after(budget: Budget, text: str, match: str) -> object:
    return text.partition(match)[2] if match else text


@feel("contains", "string: text, match: text")
def contains(budget: Budget, text: str, match: str) -> object:
    return match in text


@feel("starts with", "string: text, match: text")
def starts_with(budget: Budget, text: str, match: str) -> object:
    return text.startswith(match)


@feel("ends with", "string: text, match: text")
def ends_with(budget: Budget, text: str, match: str) -> object:
    return text.endswith(match)


@feel("matches", "input: text, pattern: text, flags?: text or null")
def matches(budget: Budget, text: str, pattern: str, flags: str | None = None) -> object:
    return Pattern.read(pattern, flags or "").find(text, 0, budget) is not None


@feel("replace", "input: text, pattern: text, replacement: text, flags?: text or null")
def replace(budget: Budget, text: str, pattern: str, replacement: str, flags: str | None = None) -> object:
    """Replaces each match; $1 to $9 in the replacement are the pattern's groups. Null if the pattern matches nothing at all."""
    read = Pattern.read(pattern, flags or "")
    if read.find("", 0, budget) is not None:
        return None
    parts: list[str] = []
    size = at = 0
    for match in read.find_all(text, budget):
        parts += [text[at : match.start], _filled(replacement, match, text)]
        size += len(parts[-1]) + len(parts[-2])
        if size > TEXT:
            raise too_long_text()
        at = match.end
    return fitting_text("".join([*parts, text[at:]]), budget)


def _filled(replacement: str, match: Match, text: str) -> str:
    if "$" not in replacement and "\\" not in replacement:
        return replacement
    parts: list[str] = []
    at = size = 0
    while at < len(replacement):
        char, following = replacement[at], replacement[at + 1 : at + 2]
        if char == "\\" and following:
            parts.append(following)
            at += 2
        elif char == "$" and "0" <= following <= "9":
            group = match.groups[int(following)] if int(following) < len(match.groups) else None
            parts.append(text[group[0] : group[1]] if group else "")
            at += 2
        else:
            parts.append(char)
            at += 1
        size += len(parts[-1])
        if size > TEXT:
            raise too_long_text()
    return "".join(parts)


@feel("split", "string: text, delimiter: text")
def split(budget: Budget, text: str, delimiter: str) -> object:
    """The parts between the matches of a pattern; null if it matches nothing at all."""
    read = Pattern.read(delimiter)
    if read.find("", 0, budget) is not None:
        return None
    parts: list[object] = []
    at = 0
    for match in read.find_all(text, budget):
        parts.append(text[at : match.start])
        at = match.end
        if len(parts) > ITEMS:
            raise too_long_list()
    return fitting_list([*parts, text[at:]], budget)


@feel("string join", "list: list, delimiter?: text or null")
def string_join(budget: Budget, items: list[object], delimiter: str | None = None) -> object:
    """The texts of a list in one; nulls are left out, anything else makes it null."""
    texts = []
    for item in lifted(items):
        if isinstance(item, str):
            texts.append(item)
        elif item is not None:
            return None
    if sum(map(len, texts)) + len(delimiter or "") * len(texts) > TEXT:
        raise too_long_text()
    return fitting_text((delimiter or "").join(texts), budget)
