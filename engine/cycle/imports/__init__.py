"""Units, employees and the organisation's objectives from files: read, compare, confirm."""

from engine.cycle.imports.batches import (
    ImportPreview,
    ImportResult,
    confirm,
    look,
    preview,
)
from engine.cycle.imports.columns import Fault
from engine.cycle.imports.kinds import KINDS
from engine.cycle.imports.plans import ChangedRow, FieldDifference, NewRow
from engine.cycle.imports.reading import ImportRefused
from engine.cycle.imports.template import template

__all__ = [
    "KINDS",
    "ChangedRow",
    "Fault",
    "FieldDifference",
    "ImportPreview",
    "ImportRefused",
    "ImportResult",
    "NewRow",
    "confirm",
    "look",
    "preview",
    "template",
]
