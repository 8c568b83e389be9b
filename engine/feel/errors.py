"""What is wrong with an expression, where, and what to write instead."""

from engine.errors import EngineError


class FeelError(EngineError):
    """An expression that cannot be read, or asks for more than an expression may.

    `line` and `column` count from 1 within `text`; an error while evaluating that has no place of its own stands at 1, 1.
    """

    def __init__(self, message: str, mend: str = "", *, text: str = "", line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
        self.text = text
        self.line = line
        self.column = column

    @property
    def caret(self) -> str:
        """The faulty line with a caret under the fault, two lines of text; empty when the text is not known."""
        lines = self.text.splitlines()
        if not 1 <= self.line <= len(lines):
            return ""
        start = max(0, self.column - 61)
        shown = lines[self.line - 1][start : start + 120].replace("\t", " ")
        return f"{shown}\n{' ' * (self.column - 1 - start)}^"

    def __str__(self) -> str:
        place = f" (baris {self.line}, kolom {self.column})" if self.text else ""
        return f"{self.message}{place}" + (f" {self.mend}" if self.mend else "")


def error_at(text: str, offset: int, message: str, mend: str = "") -> FeelError:
    """The error at an offset of a text, with line and column worked out."""
    before = text[:offset]
    line = before.count("\n") + 1
    return FeelError(message, mend, text=text, line=line, column=offset - (before.rfind("\n") + 1) + 1)
