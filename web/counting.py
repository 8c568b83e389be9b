"""Progress on the command line."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click


@contextmanager
def counting(label: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on the error stream, once there is something to count: gives what is told how many of how many."""
    bar: Any = None

    def told(_done: int, total: int) -> None:
        nonlocal bar
        bar = bar or click.progressbar(length=total, label=label, file=sys.stderr)
        bar.update(1)

    try:
        yield told
    finally:
        if bar is not None:
            bar.render_finish()
