"""The application that a command works on."""

import click

from engine.bootstrap import Application, start
from engine.db import make_engine
from engine.migrations import is_current
from engine.settings import from_environment


def ready() -> Application:
    """The application on a database of the newest schema; raises ClickException."""
    settings = from_environment()
    if not is_current(make_engine(settings.database_url)):
        raise click.ClickException("Skema basis data belum terbaru. Jalankan: siklus init")
    return start(settings)
