"""A form: what it asks, how it is answered, and whether the answers will do."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.errors import Problem
from engine.feel import Environment
from engine.feel.shapes import Shape
from engine.forms import answers as trees
from engine.forms import reading
from engine.forms.changes import AnyChange, ChangeView, FieldChange, differences, show_change
from engine.forms.fields import FileInput, Part, Rows, inputs
from engine.forms.places import Place
from engine.forms.scope import Answers, Json, Scope
from engine.forms.shapes import shapes_at
from engine.forms.source import Level
from engine.forms.summaries import Reader
from engine.forms.validation import Validated, Validator
from engine.forms.viewing import Viewer
from engine.forms.views import FieldView, SummaryRow
from engine.forms.visibility import hidden_places, lists_of, without

Context = Mapping[str, Json]


@dataclass(frozen=True)
class Form:
    """A form document that was read. It holds no answers; it never changes; everything here is pure."""

    content: reading.Content

    @property
    def id(self) -> str:
        return self.content.id

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.content.parts

    @property
    def keys(self) -> frozenset[str]:
        """The keys of its top level."""
        return self.content.keys

    @property
    def names(self) -> frozenset[str]:
        """The case data that its expressions read."""
        return self.content.names

    @property
    def texts(self) -> tuple[str, ...]:
        """All that can be translated, in the order of the form."""
        return self.content.texts

    def untranslated(self, locale: str) -> tuple[str, ...]:
        known = self.content.translations.get(locale, {})
        return tuple(text for text in self.texts if not known.get(text))

    def shapes_at(self, level: Level) -> Mapping[str, Shape]:
        """What is known of its fields, as expressions at a level see them."""
        return shapes_at(self.parts, level)

    def title(self, locale: str) -> str:
        title = self.content.title
        return self.content.translations.get(locale, {}).get(title.source) or title.source

    def blank(self, context: Context, environment: Environment, given: Context | None = None) -> Answers:
        """What the form starts with: `given` (a prefill), else defaults; lists have their least number of rows.

        Rows get an `_id` that follows from their place, so that two calls give the same rows.
        """
        return trees.blank(self.parts, given or {}, self.id)

    def decode(self, posted: trees.Posted, stored: Context | None = None) -> Answers:
        """The answers in a post, along the form: what is typed where it parses, else the text as it was typed.

        With the answers that are `stored` the result keeps what the page did not ask for: read-only fields, fields
        that were hidden, rows of lists whose rows are given, names of files. Without them those come out empty.
        """
        return trees.Decoder(self.id, posted).level(self.parts, stored)

    def protect(self, answers: Context, stored: Context) -> Answers:
        """Answers from a program instead of a page, with read-only fields and given rows as they are stored."""
        return trees.protect(self.parts, answers, stored, self.id)

    def act(self, answers: Context, action: str, context: Context, environment: Environment) -> Answers:
        """Answers after a row button: "add:rhk", "del:rhk.0", "up:rhk.1", "down:rhk.0"; also "del:bukti.0" for a file.

        An action that does not fit (no such row, too few or too many rows) changes nothing.
        """
        return trees.act(self.parts, self._fit(answers), action, self.id)

    def validate(self, answers: Context, context: Context, environment: Environment, locale: str) -> Validated:
        """The clean answers (hidden fields and empty rows left out, numbers and ISO dates) and what is wrong."""
        fitted, hidden, outside = self._looked_at(answers, context, environment)
        validator = Validator(hidden, locale)
        clean = validator.level(self.parts, without(self.parts, fitted, hidden), outside)
        return Validated(clean, validator.errors)

    def view(
        self,
        answers: Context,
        context: Context,
        environment: Environment,
        locale: str,
        errors: Mapping[str, str] | None = None,
    ) -> tuple[FieldView, ...]:
        """What a page draws; hidden parts are not in it."""
        fitted, hidden, outside = self._looked_at(answers, context, environment)
        viewer = Viewer(hidden, locale, errors or {}, self.content.drivers)
        return viewer.level(self.parts, without(self.parts, fitted, hidden), outside, Place())

    def summary(
        self, answers: Context, context: Context, environment: Environment, locale: str
    ) -> tuple[SummaryRow, ...]:
        """The answers to read, with the tables that the form shows beside them."""
        fitted, hidden, outside = self._looked_at(answers, context, environment)
        given = without(self.parts, fitted, hidden)
        return Reader(hidden, locale).parts(self.parts, given, outside.inner(given), Place())

    def changes(self, old: Context, new: Context) -> tuple[FieldChange, ...]:
        """What differs between two answers, rows matched by their `_id`."""
        return tuple(differences(self.parts, old, new))

    def show_changes(
        self, changes: Iterable[AnyChange], context: Context, environment: Environment, locale: str
    ) -> tuple[ChangeView, ...]:
        """Changes in words: labels of rows and fields, values as people read them."""
        scope = Scope(context, environment)
        return tuple(show_change(self.parts, change, scope, locale) for change in changes)

    def file_fields(self, answers: Context) -> Mapping[str, FileInput]:
        """The paths under which files may be attached to these answers."""
        return dict(_file_fields(self.parts, self._fit(answers), ""))

    def with_files(self, answers: Context, known: Mapping[str, Mapping[str, Json]]) -> Answers:
        """Answers with the details of each attached file; files that are not known are left out."""
        return _with_files(self.parts, self._fit(answers), known)

    def _fit(self, answers: Context) -> Answers:
        return trees.fit(self.parts, answers, self.id)

    def _looked_at(
        self, answers: Context, context: Context, environment: Environment
    ) -> tuple[Answers, frozenset[str], Scope]:
        fitted, outside = self._fit(answers), Scope(context, environment)
        return fitted, hidden_places(self.parts, fitted, outside), outside


def _file_fields(parts: tuple[Part, ...], answers: Context, prefix: str) -> Iterator[tuple[str, FileInput]]:
    for part in inputs(parts):
        if isinstance(part, FileInput) and not part.readonly:
            yield prefix + part.key, part
        elif isinstance(part, Rows):
            for number, row in enumerate(lists_of(answers, part.key)):
                yield from _file_fields(part.parts, row, f"{prefix}{part.key}.{number}.")


def _with_files(parts: tuple[Part, ...], answers: Answers, known: Mapping[str, Mapping[str, Json]]) -> Answers:
    complete = dict(answers)
    for part in inputs(parts):
        if isinstance(part, FileInput):
            ids: Sequence[str] = [file["id"] for file in answers[part.key]]
            complete[part.key] = part.coerce([{**known[id], "id": id} for id in ids if id in known])
        elif isinstance(part, Rows):
            complete[part.key] = [_with_files(part.parts, row, known) for row in answers[part.key]]
    return complete


def load_form(content: bytes, file: str, functions: Iterable[str] = ()) -> Form:
    """Read a form document; `functions` are the product functions that its FEEL may call.

    Raises:
        DefinitionError: it cannot be used; lists every problem, `element` being the path of the field.
    """
    return Form(reading.read(content, file, functions))


def check_form(content: bytes, file: str, functions: Iterable[str] = ()) -> tuple[Form | None, tuple[Problem, ...]]:
    """The form (None where errors forbid its use) with every problem, warnings included."""
    found, problems = reading.check(content, file, functions)
    return None if found is None else Form(found), problems
