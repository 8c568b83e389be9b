"""The rules of each kind of field: a fitting answer gives its clean value, any other a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from engine.feel import Expression, to_json
from engine.forms.entry import (
    MAX_DIGITS,
    as_decimal,
    decimals,
    read_day,
    read_moment,
    read_time,
    show_day,
    show_moment,
    show_size,
    show_time,
    significant_digits,
    write_number,
)
from engine.forms.fields import (
    Checkbox,
    Choice,
    FileInput,
    Input,
    MomentBound,
    MomentInput,
    MomentKind,
    NumberInput,
    TextFormat,
    TextInput,
)
from engine.forms.messages import say
from engine.forms.options import options_of
from engine.forms.scope import Json, Scope


class Unfit(ValueError):
    """An answer breaks a rule; the message is the sentence for the person who gave it."""


@dataclass(frozen=True)
class Rules:
    """Judges one answer after another at one place of a form."""

    scope: Scope
    locale: str

    def judge(self, part: Input, value: Json) -> Json:
        """The clean value.

        Raises:
            Unfit: the sentence says what is wrong and what fits.
        """
        clean = self.fitting(part, value)
        if clean == part.empty:
            if self.is_required(part):
                raise Unfit(self.missing(part))
        elif part.check is not None and self.scope.ask(part.check) is False:
            raise Unfit(part.check_message.show(self.scope, self.locale) or self.sentence(part, "check"))
        return clean

    def is_required(self, part: Input) -> bool:
        return part.required or self.scope.holds(part.required_when)

    def sentence(self, part: Input, key: str, **values: object) -> str:
        return say(self.locale, key, label=self.label(part), **values)

    def label(self, part: Input) -> str:
        return f'"{part.label.show(self.scope, self.locale) or part.key}"'

    def missing(self, part: Input) -> str:
        kinds = {Choice: "required_choice", Checkbox: "required_tick", FileInput: "required_file"}
        return self.sentence(part, kinds.get(type(part), "required"))

    def fitting(self, part: Input, value: Json) -> Json:
        """The value as its kind of field keeps it; raises Unfit."""
        match part:
            case TextInput():
                return self.text(part, value)
            case NumberInput():
                return self.number(part, value)
            case Choice():
                return self.choice(part, value)
            case MomentInput():
                return self.moment(part, value)
            case FileInput():
                return self.files(part, value)
        return part.coerce(value)

    def text(self, part: TextInput, value: Json) -> Json:
        text = (part.coerce(value) or "").strip()
        if not text:
            return None
        if len(text) > part.max_length:
            raise Unfit(self.sentence(part, "long", limit=part.max_length, count=len(text)))
        if len(text) < part.min_length:
            raise Unfit(self.sentence(part, "short", limit=part.min_length, count=len(text)))
        if part.format is not TextFormat.ANY and not FORMATS[part.format](text):
            raise Unfit(self.sentence(part, part.format.value))
        if part.pattern is not None and not part.pattern.search(text):
            raise Unfit(part.pattern_message.show(self.scope, self.locale) or self.sentence(part, "pattern"))
        return text

    def number(self, part: NumberInput, value: Json) -> Json:
        typed = part.coerce(value)
        if typed is None or (isinstance(typed, str) and not typed.strip()):
            return None
        number = as_decimal(typed)
        if number is None:
            raise Unfit(self.sentence(part, "number"))
        if significant_digits(number) > MAX_DIGITS:
            raise Unfit(self.sentence(part, "digits"))
        if part.decimals is not None and decimals(number) > part.decimals:
            raise Unfit(self.sentence(part, "decimals" if part.decimals else "whole", limit=part.decimals))
        least, most = self.number_bound(part.min), self.number_bound(part.max)
        if least is not None and number < least:
            raise Unfit(self.sentence(part, "min", limit=write_number(least)))
        if most is not None and number > most:
            raise Unfit(self.sentence(part, "max", limit=write_number(most)))
        return typed

    def number_bound(self, bound: Decimal | Expression | None) -> Decimal | None:
        """The bound in force; an expression that gives no number bounds nothing."""
        return as_decimal(self.scope.ask(bound)) if isinstance(bound, Expression) else bound

    def choice(self, part: Choice, value: Json) -> Json:
        chosen = part.coerce(value)
        known = options_of(part, self.scope, self.locale)
        if any(code not in known for code in (chosen if isinstance(chosen, list) else [chosen] if chosen else [])):
            raise Unfit(self.sentence(part, "option"))
        return chosen

    def moment(self, part: MomentInput, value: Json) -> Json:
        typed = part.coerce(value)
        if typed is None:
            return None
        moment = read(part.kind, typed, self.scope)
        if moment is None:
            raise Unfit(self.sentence(part, part.kind.value))
        least = self.moment_bound(part, part.min)
        most = self.moment_bound(part, part.max)
        if part.not_past and not isinstance(moment, time):
            now = self.scope.environment.now.astimezone(self.scope.zone)
            past = now.date() if not isinstance(moment, datetime) else now
            least = past if least is None or is_before(least, past) else least
        if least is not None and is_before(moment, least):
            raise Unfit(self.sentence(part, "earliest", limit=show_any(least, self.scope, self.locale)))
        if most is not None and is_before(most, moment):
            raise Unfit(self.sentence(part, "latest", limit=show_any(most, self.scope, self.locale)))
        return moment.isoformat(timespec="minutes") if isinstance(moment, time) else moment.isoformat()

    def moment_bound(self, part: MomentInput, bound: MomentBound) -> date | time | datetime | None:
        """The bound in force, of the field's own kind; an expression that gives none bounds nothing."""
        if not isinstance(bound, Expression):
            return local(bound, self.scope) if isinstance(bound, datetime) else bound
        value = self.scope.ask(bound)
        if value is None:
            return None
        if isinstance(value, datetime) and part.kind is MomentKind.DATE:
            return value.astimezone(self.scope.zone).date()
        text = value if isinstance(value, str) else to_json(value)
        return read(part.kind, text, self.scope) if isinstance(text, str) else None

    def files(self, part: FileInput, value: Json) -> Json:
        files = part.coerce(value)
        if len(files) > part.max_files:
            key = "one_file" if part.max_files == 1 else "many_files"
            raise Unfit(self.sentence(part, key, limit=part.max_files))
        for file in files:
            name, size = file.get("name", ""), file.get("size", 0)
            if name and not accepts(part.accept, file):
                raise Unfit(self.sentence(part, "file_type", name=name, limit=", ".join(part.accept)))
            if part.max_bytes is not None and size > part.max_bytes:
                raise Unfit(self.sentence(part, "file_size", name=name, limit=show_size(part.max_bytes)))
        return files


def read(kind: MomentKind, text: str, scope: Scope) -> date | time | datetime | None:
    """A typed day, time or both (in the case's zone where it has no offset)."""
    if kind is MomentKind.DATE:
        return read_day(text)
    return read_time(text) if kind is MomentKind.TIME else read_moment(text, scope.zone)


def local(moment: datetime, scope: Scope) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=scope.zone)


def is_before(one: date | time | datetime, other: date | time | datetime) -> bool:
    """Whether one moment lies before another of the same kind; unlike kinds are never compared."""
    match one, other:
        case datetime(), datetime():
            return one < other
        case (datetime(), _) | (_, datetime()):
            return False
        case date(), date():
            return one < other
        case time(), time():
            return one.replace(tzinfo=None) < other.replace(tzinfo=None)
    return False


def show_any(moment: date | time | datetime, scope: Scope, locale: str) -> str:
    if isinstance(moment, datetime):
        return show_moment(moment, locale, scope.zone)
    return show_time(moment, locale) if isinstance(moment, time) else show_day(moment, locale)


def is_email(text: str) -> bool:
    name, at, host = text.rpartition("@")
    return bool(
        at
        and name
        and "@" not in name
        and "." in host.strip(".")
        and len(text) <= 254
        and not any(sign.isspace() or sign in '<>()[],;:\\"' for sign in text)
    )


def is_phone(text: str) -> bool:
    digits = [sign for sign in text if sign in "0123456789"]
    return 6 <= len(digits) <= 15 and all(sign in "0123456789 ()-." for sign in text.removeprefix("+"))


def is_nip(text: str) -> bool:
    return len(text) == 18 and text.isascii() and text.isdigit()


FORMATS = {TextFormat.EMAIL: is_email, TextFormat.PHONE: is_phone, TextFormat.NIP: is_nip}


def accepts(accept: tuple[str, ...], file: Mapping[str, Json]) -> bool:
    """Whether a file's name, or media type where it is known, is among those accepted."""
    name, media_type = str(file.get("name", "")).lower(), str(file.get("media_type", "")).lower()
    return not accept or any(
        name.endswith(item) if item.startswith(".") else _is_type(media_type, item) for item in accept
    )


def _is_type(media_type: str, wanted: str) -> bool:
    """An unknown type passes: the upload has judged it by its content."""
    return not media_type or media_type == wanted or (wanted.endswith("/*") and media_type.startswith(wanted[:-1]))
