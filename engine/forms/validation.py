"""Whether answers keep the form's rules: the clean answers, and a sentence for each field that does not."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.forms.fields import Group, Input, Part, Rows, inputs
from engine.forms.messages import say
from engine.forms.rules import Rules, Unfit
from engine.forms.scope import Answers, Json, Scope
from engine.forms.visibility import shown


@dataclass(frozen=True)
class Validated:
    """`clean` holds what showed and nothing else; `errors` maps a field's path ("rhk.0.rhk") to a sentence."""

    clean: Answers
    errors: dict[str, str]


@dataclass
class Validator:
    hidden: frozenset[str]
    locale: str
    errors: dict[str, str] = field(default_factory=dict)

    def level(self, parts: tuple[Part, ...], answers: Answers, outside: Scope, prefix: str = "") -> Answers:
        """The clean answers of the form or of one row."""
        return self.parts(parts, answers, outside.inner(answers), prefix)

    def parts(self, parts: tuple[Part, ...], answers: Answers, scope: Scope, prefix: str) -> Answers:
        clean: Answers = {}
        rules = Rules(scope, self.locale)
        for part in shown(parts, self.hidden, prefix):
            if isinstance(part, Group):
                clean.update(self.parts(part.parts, answers, scope, prefix))
            elif isinstance(part, Rows):
                clean[part.key] = self.rows(part, answers[part.key], scope, prefix + part.key)
            elif isinstance(part, Input):
                clean[part.key] = self.input(part, answers[part.key], rules, prefix + part.key)
        return clean

    def input(self, part: Input, value: Json, rules: Rules, path: str) -> Json:
        """The clean value; a read-only field was filled in elsewhere and is not judged."""
        if part.readonly:
            return value
        try:
            return rules.judge(part, value)
        except Unfit as unfit:
            self.errors[path] = str(unfit)
            return value

    def rows(self, part: Rows, rows: list[Answers], scope: Scope, path: str) -> list[Answers]:
        """The clean rows; rows that nobody filled in are left out, save those that the list must have."""
        filled = [number for number, row in enumerate(rows) if part.fixed or not is_empty(part, row)]
        spare = [number for number in range(len(rows)) if number not in filled][: max(0, part.min_rows - len(filled))]
        before = len(self.errors)
        clean = [
            {"_id": rows[number]["_id"], **self.level(part.parts, rows[number], scope, f"{path}.{number}.")}
            for number in sorted([*filled, *spare])
        ]
        if len(self.errors) == before and (sentence := self.rows_error(part, len(filled), scope)):
            self.errors[path] = sentence
        return clean

    def rows_error(self, part: Rows, count: int, scope: Scope) -> str | None:
        if not part.fixed and count < part.min_rows:
            return say(self.locale, "min_rows", label=self.label(part, scope), limit=part.min_rows)
        if count > part.max_rows:
            return say(self.locale, "max_rows", label=self.label(part, scope), limit=part.max_rows)
        if part.check is not None and scope.ask(part.check) is False:
            sentence = part.check_message.show(scope, self.locale)
            return sentence or say(self.locale, "check", label=self.label(part, scope))
        return None

    def label(self, part: Part, scope: Scope) -> str:
        return f'"{part.label.show(scope, self.locale)}"'


def is_empty(part: Rows, row: Mapping[str, Json]) -> bool:
    """Whether nobody has put anything into a row; what it starts with does not count."""
    for inner in inputs(part.parts):
        value = row.get(inner.key)
        if isinstance(inner, Rows):
            if any(not is_empty(inner, entry) for entry in value or ()):
                return False
        elif value is not None and value is not False and value not in ("", [], inner.first()):
            return False
    return True
