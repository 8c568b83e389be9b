"""Numbers, days and times as people type them and as pages show them.

Numbers are written the Indonesian way in both languages ("1.234,5"), so that one figure never has two readings.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from typing import TypeVar

from babel.dates import format_date

Moment = TypeVar("Moment")
MAX_DIGITS = 15  # what a JSON number keeps exactly

_NUMBER = re.compile(r"([+\-\u2212]?)(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d+))?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}(?::\d{2})?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+\-]\d{2}:\d{2})?", re.ASCII)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def clean(text: str) -> str:
    """Text as it may be stored: one kind of line break, no control characters, composed letters (NFC)."""
    return unicodedata.normalize("NFC", _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def read_number(text: str) -> Decimal | None:
    """ "1.234,5" -> 1234.5; None for anything that is not a number written the Indonesian way."""
    found = _NUMBER.fullmatch(text.strip().replace("\u00a0", "").replace(" ", ""))
    if found is None or len(text) > 100:
        return None
    sign, whole, fraction = found.groups()
    return Decimal(("-" if sign in ("-", "\u2212") else "") + whole.replace(".", "") + "." + (fraction or "0"))


def as_json(number: Decimal) -> int | float:
    """A whole number as int, any other as float."""
    return int(number) if number == number.to_integral_value() else float(number)


def as_decimal(value: object) -> Decimal | None:
    """The exact decimal that a JSON number shows; None for what is no finite number (true and false are none)."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return number if number.is_finite() else None


def significant_digits(number: Decimal) -> int:
    """How many digits a number needs, leading and trailing noughts behind the comma aside."""
    text = f"{abs(number):f}"
    whole, _, fraction = text.partition(".")
    return len((whole + fraction.rstrip("0")).lstrip("0"))


def decimals(number: Decimal) -> int:
    """How many digits stand behind the comma."""
    return len(f"{number:f}".partition(".")[2].rstrip("0"))


def write_number(number: Decimal, *, grouped: bool = True) -> str:
    """1234.5 -> "1.234,5", or "1234,5" for an entry field."""
    whole, _, fraction = f"{abs(number):f}".partition(".")
    whole = f"{int(whole):,}".replace(",", ".") if grouped else str(int(whole))
    fraction = fraction.rstrip("0")
    sign = "-" if number < 0 and (whole != "0" or fraction) else ""
    return sign + whole + (f",{fraction}" if fraction else "")


def read_day(text: str) -> date | None:
    return _parse(date.fromisoformat, text) if _DAY.fullmatch(text) else None


def read_time(text: str) -> time | None:
    return _parse(time.fromisoformat, text) if _TIME.fullmatch(text) else None


def read_moment(text: str, zone: tzinfo) -> datetime | None:
    """A day and time; without an offset it is meant in the zone."""
    moment = _parse(datetime.fromisoformat, text) if _MOMENT.fullmatch(text) else None
    return moment.replace(tzinfo=zone) if moment is not None and moment.tzinfo is None else moment


def _parse(read: Callable[[str], Moment], text: str) -> Moment | None:
    try:
        return read(text)
    except ValueError:
        return None


def show_day(day: date, locale: str) -> str:
    return format_date(day, "d MMMM y", locale=locale)


def show_time(at: time, locale: str) -> str:
    return at.strftime("%H.%M" if locale == "id" else "%H:%M")


def show_moment(moment: datetime, locale: str, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    return f"{show_day(local.date(), locale)} {'pukul' if locale == 'id' else 'at'} {show_time(local.time(), locale)}"


def show_size(size: int) -> str:
    """A file size: "340 KB", "1,2 MB"."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} KB"
    return f"{write_number(Decimal(round(size / 1_000_000, 1)).quantize(Decimal('0.1')))} MB"


def show(value: object, locale: str, zone: tzinfo) -> str:
    """Any value of the case data as people read it; nothing for null."""
    match value:
        case None:
            return ""
        case bool():
            return ("Ya" if value else "Tidak") if locale == "id" else ("Yes" if value else "No")
        case int() | float() | Decimal():
            number = as_decimal(value)
            return "" if number is None else write_number(number)
        case str():
            return _show_text(value, locale, zone)
        case datetime():
            return show_moment(value, locale, zone)
        case date():
            return show_day(value, locale)
        case time():
            return show_time(value, locale)
        case dict():
            return _show_entry(value, locale, zone)
        case list() | tuple():
            return ", ".join(filter(None, (show(item, locale, zone) for item in value)))
        case _:
            return str(value)


def _show_text(text: str, locale: str, zone: tzinfo) -> str:
    """Text, with ISO days and moments written out."""
    if day := read_day(text):
        return show_day(day, locale)
    if len(text) > 10 and text[10] == "T" and (moment := read_moment(text, zone)):
        return show_moment(moment, locale, zone)
    return text


def _show_entry(entry: Mapping[str, object], locale: str, zone: tzinfo) -> str:
    """What names an object of the case data: its name, label, text or title."""
    for key in ("name", "label", "text", "title", "id"):
        if entry.get(key) not in (None, ""):
            return show(entry[key], locale, zone)
    return ""
