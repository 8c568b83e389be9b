"""What commands share that run on a database of their own and print figures."""

import json
from pathlib import Path
from typing import Any

import click

from engine.db import make_engine
from engine.migrations import upgrade
from engine.settings import Settings


def throw_away(folder: Path, database_url: str | None) -> Settings:
    """Settings of a run that leaves nothing behind but what `database_url` names."""
    url = database_url or f"sqlite:///{folder / 'siklus.db'}"
    upgrade(make_engine(url))
    return Settings(database_url=url, data_dir=folder, secret_key="", kek=b"k" * 32, cheap_passwords=True)


def show(figures: dict[str, Any], *, as_json: bool) -> None:
    """Print figures, for people or as JSON."""
    if as_json:
        click.echo(json.dumps(figures, indent=2))
        return
    for name, value in figures.items():
        click.echo(f"{name}: {value}")
