"""What commands share that run on a database of their own and print figures."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from engine.db import make_engine
from engine.migrations import upgrade
from engine.settings import Settings, from_environment


def throw_away(folder: Path, database_url: str | None) -> Settings:
    """Settings of a run that leaves nothing behind but what `database_url` names."""
    url = database_url or f"sqlite:///{folder / 'siklus.db'}"
    database = make_engine(url)
    upgrade(database)
    database.dispose()
    environment = {"SIKLUS_DATA": str(folder), "SIKLUS_DATABASE": url}
    return replace(from_environment(environment), cheap_passwords=True)


def show(figures: dict[str, Any], *, as_json: bool) -> None:
    """Print figures, for people or as JSON."""
    if as_json:
        click.echo(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        click.echo(f"{name}: {value}")
