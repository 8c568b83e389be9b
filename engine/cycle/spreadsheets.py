"""Texts on their way into a spreadsheet and back: what a program might calculate goes out behind an apostrophe."""

import re

GUARD = "'"
CALCULATES = re.compile(r"'*[=+\-@\t\r].", re.DOTALL)  # guarded or not; a sign that stands alone is no formula


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula; `bare` gives the same text back, whatever it was."""
    return GUARD + text if CALCULATES.match(text) else text


def bare(text: str) -> str:
    """A text as it was before `guarded` let it out; one that was never let out stays as it is."""
    return text[1:] if text.startswith(GUARD) and CALCULATES.match(text[1:]) else text
