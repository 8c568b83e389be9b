"""Writes docs/lint.md: `python -m tests.runtime.lint.page`."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from tests.runtime.lint.constructs import constructs
from tests.runtime.lint.rulebook import GAP, Said, everything_said

PAGE = Path(__file__).parents[3] / "docs" / "lint.md"
HEAD = """# What the linter says

Written by `make lint-page` from the code; a test fails when it is stale. What the linter proves, and what it does not, is
ADR 18.

`error` blocks publishing, `warning` never does. Every problem names file, element and line. A gap (…) stands for what is
only known when it is said.

## What may be drawn

Each construct of BPMN 2.0 in the smallest model that holds it, and what becomes of that model: it *runs*, it runs and
people are *warned*, or it is *refused* by name. Warnings on style (names, sources, missing picture) are left out.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_drawn(), "## Rules\n", *_rules()]).rstrip() + "\n"


def _drawn() -> Iterator[str]:
    for group, some in groupby(constructs(), lambda construct: construct.group):
        yield f"### {group}\n"
        yield from _table(("construct", "becomes", "because"), [(one.name, *one.outcome()) for one in some])


def _rules() -> Iterator[str]:
    yield from _table(
        ("rule", "severity", "words", "mend"),
        [(f"`{said.rule}`", said.severity, said.words, said.mend) for said in _told(everything_said())],
    )


def _told(everything: Sequence[Said]) -> Iterator[Said]:
    """What people may read; sentences that only stand inside others are left out."""
    return (said for said in everything if said.rule != GAP)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(_cell(text) for text in row) + " |"
    yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(page())
