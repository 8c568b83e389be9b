"""`siklus bench`: each measurement on an empty database of its own."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from engine import bench as measures
from engine.settings import Settings
from web.load import bench_http
from web.throwaway import show, throw_away

Measure = Callable[[Settings], dict[str, Any]]
MEASUREMENTS: list[click.Command] = []


@click.group()
def bench() -> None:
    """Measure the engine: against the library as it comes, against the floor of its database, and at scale."""


def _measure(name: str, measure: Measure, database_url: str | None, *, as_json: bool) -> None:
    """Run one measurement and print it with the machine and the day."""
    with tempfile.TemporaryDirectory(prefix="siklus-") as folder:
        settings = throw_away(Path(folder), database_url)
        figures = {"bench": name, **measures.circumstances(settings.database_url), **measure(settings)}
    show(figures, as_json=as_json)


def _command(name: str, *options: click.Option) -> Callable[[Callable[..., dict[str, Any]]], click.Command]:
    """A sub-command of that name, which takes a database and a form of output beside its own options."""

    def made(measure: Callable[..., dict[str, Any]]) -> click.Command:
        def run(database_url: str | None, as_json: bool, **sizes: Any) -> None:
            _measure(name, lambda settings: measure(settings, **sizes), database_url, as_json=as_json)

        command = click.Command(
            name,
            callback=run,
            help=measure.__doc__,
            params=[
                *options,
                click.Option(
                    ["--db", "database_url"], help="An empty database; default: SQLite in a temporary folder."
                ),
                click.Option(["--json", "as_json"], is_flag=True, help="Print the figures as JSON."),
            ],
        )
        bench.add_command(command)
        MEASUREMENTS.append(command)
        return command

    return made


def _size(name: str, default: int, words: str, least: int = 1) -> click.Option:
    return click.Option([f"--{name}"], default=default, show_default=True, type=click.IntRange(min=least), help=words)


PEOPLE = "Size of the agency."
LIVE = "Live cases."


@_command(
    "step",
    _size("people", 20, PEOPLE, 16),
    _size("rounds", 300, "Rounds of the coaching loop, and on the floor.", 20),
)
def step(settings: Settings, people: int, rounds: int) -> dict[str, Any]:
    """What it costs when a person sends a form."""
    return measures.bench_step(settings, people=people, rounds=rounds).to_json()


@_command("start", _size("cases", 100, "Cases opened one by one."))
def start(settings: Settings, cases: int) -> dict[str, Any]:
    """What it costs to open one case."""
    return measures.bench_start(settings, cases=cases)


@_command("open-cycle", _size("people", 500, PEOPLE, 16))
def open_cycle(settings: Settings, people: int) -> dict[str, Any]:
    """How many cases of a year are opened in a second."""
    return measures.bench_open_cycle(settings, people=people)


@_command("alignment", _size("people", 10_000, PEOPLE, 16), _size("results", 4, "Planned results of each person."))
def alignment(settings: Settings, people: int, results: int) -> dict[str, Any]:
    """How long it takes to hold all SKPs of an agency against one another."""
    return measures.bench_alignment(settings, people=people, results=results)


@_command("timers", _size("people", 100, PEOPLE, 16), _size("armed", 1_000_000, "Timers that are not due."))
def timers(settings: Settings, people: int, armed: int) -> dict[str, Any]:
    """How many due timers and reminders are handled in a second, and what a look costs when none is due."""
    return measures.bench_timers(settings, people=people, armed=armed)


@_command("inbox", _size("tasks", 1_000_000, "Open tasks in the table."))
def inbox(settings: Settings, tasks: int) -> dict[str, Any]:
    """What a person's inbox costs beside everybody else's tasks."""
    return measures.bench_inbox(settings, tasks=tasks)


@_command("size", _size("people", 60, PEOPLE, 16))
def size(settings: Settings, people: int) -> dict[str, Any]:
    """What a case takes in the database on the first of July."""
    return measures.bench_size(settings, people=people)


@_command("rehearse", _size("cases", 10_000, LIVE, 16))
def rehearse(settings: Settings, cases: int) -> dict[str, Any]:
    """What it costs to say what a new release would do to every live case."""
    return measures.bench_rehearse(settings, cases=cases)


@_command("migrate", _size("cases", 1_000, LIVE, 16))
def migrate(settings: Settings, cases: int) -> dict[str, Any]:
    """What it costs to move live cases to a new release, and back."""
    return measures.bench_migrate(settings, cases=cases)


@_command(
    "http",
    _size("submits", 1000, "Forms that are sent in all."),
    _size("clients", 8, "People who send at once."),
    _size("workers", 2, "Processes of the server."),
)
def http(settings: Settings, submits: int, clients: int, workers: int) -> dict[str, Any]:
    """How many forms a real server takes in a second, each redirect followed."""
    return bench_http(settings, submits=submits, clients=clients, workers=workers)


@bench.command("all")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON, one text for each measurement.")
@click.pass_context
def everything(context: click.Context, as_json: bool) -> None:
    """Every measurement in its usual size, each on a SQLite of its own."""
    for command in MEASUREMENTS:
        context.invoke(command, as_json=as_json)
