"""Where in a form its parts stand, and what the rows of its lists are called."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.forms.fields import Part, Rows
from engine.forms.messages import say
from engine.forms.scope import Json, Scope


@dataclass(frozen=True)
class Place:
    """Names start with `prefix`, HTML ids with `id`, `context` names the rows around, the nearest (`label`) first."""

    prefix: str = ""
    id: str = "f-"
    context: str = ""
    label: str = ""

    @property
    def path(self) -> str:
        """The row's own name: "rhk.0"."""
        return self.prefix.removesuffix(".")

    def id_of(self, part: Part) -> str:
        return self.id + part.slot.replace("#", "p")

    def row(self, part: Rows, row: Mapping[str, Json], number: int, label: str) -> "Place":
        """Inside a row; HTML ids follow the row's own id, so that they stay when rows move."""
        context = f"{label}, {self.context}" if self.context else label
        return Place(f"{self.prefix}{part.key}.{number}.", f"{self.id}{part.key}-{row['_id']}-", context, label)


def row_label(part: Rows, within: Scope, number: int, locale: str) -> str:
    """ "Indikator 2"; where the item label tells the row's own answers, just those words with the number."""
    return f"{part.item_label.show(within, locale) or say(locale, 'row')} {number + 1}"
