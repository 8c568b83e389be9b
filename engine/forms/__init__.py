"""Forms: documents in the form-js schema, answered and judged on the server. Pure; knows no page and no process."""

from engine.forms.changes import ChangeView, FieldChange
from engine.forms.form import Form, check_form, load_form
from engine.forms.messages import LOCALES, words
from engine.forms.scope import Answers
from engine.forms.texts import Block, Span
from engine.forms.validation import Validated
from engine.forms.views import FieldView, FileView, OptionView, RowView, SummaryItem, SummaryRow

__all__ = [
    "LOCALES",
    "Answers",
    "Block",
    "ChangeView",
    "FieldChange",
    "FieldView",
    "FileView",
    "Form",
    "OptionView",
    "RowView",
    "Span",
    "SummaryItem",
    "SummaryRow",
    "Validated",
    "check_form",
    "load_form",
    "words",
]
