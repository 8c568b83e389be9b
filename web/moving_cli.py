"""`siklus rehearse` and `siklus migrate`: what another release does to running cases, and moving them in bulk."""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

import click

from engine.bootstrap import Application
from engine.runtime.batches import Batch, BatchStatus
from engine.runtime.moves.values import Choices, Fate, Group, Rehearsal
from engine.runtime.values import SYSTEM, Json
from web.counting import counting
from web.ready import ready

WORDS = {Fate.UNAFFECTED: "tidak terkena", Fate.CHANGED: "ada yang berubah", Fate.BLOCKED: "belum dapat pindah"}
STAYED = 1  # exit code: some case cannot move, or did not
PAUSE = 0.2  # seconds between looks at work that another worker has taken
ALL = 1_000_000


def _choices(_context: click.Context, _option: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    for pair in pairs:
        if not all(pair.partition("=")):
            raise click.BadParameter(f"{pair}: tulis LAMA=BARU.")
    return dict(pair.split("=", 1) for pair in pairs)


def _asks(command: Callable[..., None]) -> Callable[..., None]:
    """What both commands are asked."""
    options = (
        click.option("--restart", is_flag=True, help="Timers and due dates count anew."),
        click.option(
            "--map", "mapping", multiple=True, metavar="OLD=NEW", callback=_choices,
            help="An element that stands for a removed one.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print what happens to every case as JSON."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.option("--release", "number", type=int, help="A published release; default: the newest.")
@click.option("--drafts", is_flag=True, help="The drafts as they stand.")
@_asks
def rehearse(number: int | None, drafts: bool, restart: bool, mapping: dict[str, str], as_json: bool) -> None:
    """Say what a release would do to every running case; writes nothing. Exits with 1 when some case cannot move."""
    application = ready()
    wanted = None if drafts else (number or application.engine.loaded().number)
    rehearsal = _rehearsed(application, wanted, Choices(mapping, restart))
    if as_json:
        plans = [{"case": str(plan.case_id), "fate": plan.fate, **plan.to_json()} for plan in rehearsal.plans]
        click.echo(json.dumps({"counts": rehearsal.counts, "cases": plans}, indent=2))
    else:
        _show(rehearsal.counts, rehearsal.groups)
    sys.exit(STAYED if rehearsal.counts[Fate.BLOCKED] else 0)


@click.command()
@click.option("--to", "number", required=True, type=int, help="The published release.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_asks
def migrate(number: int, yes: bool, restart: bool, mapping: dict[str, str], as_json: bool) -> None:
    """Rehearse, ask, and move every running case that nothing stands against, as bulk work that others may watch.

    The rehearsal is kept: it can be read, and the move taken back, on the pages. Exits with 1 when some case stayed.
    """
    application = ready()
    moves = application.engine.moves
    id = moves.start_rehearsal(number, Choices(mapping, restart), by=SYSTEM)
    _works_off(application, "Gladi", lambda: moves.rehearsal(id, by=SYSTEM).played)
    counts = moves.rehearsal(id, by=SYSTEM).counts
    movable = sum(count for fate, count in counts.items() if fate is not Fate.BLOCKED)
    if not as_json:
        _show(counts, moves.report(id, by=SYSTEM)[0])
    moved = None
    if movable and (yes or click.confirm(f"Pindahkan {movable} perkara ke rilis {number}?", err=True)):
        moves.migrate(id, by=SYSTEM)
        moved = _works_off(application, "Pindah", lambda: moves.rehearsal(id, by=SYSTEM).moved)
    _tell(application, id, number, counts, moved, as_json=as_json)
    sys.exit(0 if moved is not None and moved.done == sum(counts.values()) else STAYED)


def _works_off(application: Application, label: str, order: Callable[[], Batch | None]) -> Batch:
    """Carry an order out here, beside other workers, with a progress bar; gives how it ended, or stands when stopped."""
    batch = order()
    assert batch is not None, "it was ordered just now"
    with click.progressbar(length=batch.total, label=label, file=sys.stderr) as bar:
        while batch is not None and batch.status is BatchStatus.RUNNING:
            if not application.engine.batches.run(limit=50):
                time.sleep(PAUSE)
            before, batch = batch, order()
            assert batch is not None
            bar.update(before.waiting - batch.waiting)
    assert batch is not None
    return batch


def _tell(
    application: Application,
    rehearsal: UUID,
    number: int,
    counts: Mapping[Fate, int],
    moved: Batch | None,
    *,
    as_json: bool,
) -> None:
    stayed = _stayed(application, moved) if moved is not None else []
    if as_json:
        done = moved.done if moved is not None else 0
        told = {"rehearsal": str(rehearsal), "release": number, "counts": counts, "moved": done, "stayed": stayed}
        click.echo(json.dumps(told, indent=2))
    elif moved is None:
        click.echo("Tidak ada perkara yang pindah.")
    else:
        for item in stayed:
            click.echo(f"{item['case']}: {item['said']}", err=True)
        click.echo(f"{moved.done} dari {moved.total} perkara pindah ke rilis {number}.")


def _stayed(application: Application, moved: Batch) -> Sequence[dict[str, Json]]:
    """The cases that were to move and did not, each with the reason."""
    items = application.engine.batches.items(moved.id, by=SYSTEM, limit=ALL).items
    return [{"case": item.item, "outcome": item.outcome, "said": item.said} for item in items if item.outcome != "done"]


def _rehearsed(application: Application, number: int | None, choices: Choices) -> Rehearsal:
    """A rehearsal, with its progress."""
    with counting("Gladi") as progress:
        return application.engine.moves.rehearse(number, choices, by=SYSTEM, progress=progress)


def _show(counts: Mapping[Fate, int], groups: Sequence[Group]) -> None:
    click.echo(", ".join(f"{WORDS[fate]}: {count}" for fate, count in counts.items()))
    for group in groups:
        fates = ", ".join(f"{WORDS[fate]} {count}" for fate, count in group.fates.items())
        click.echo(f"{group.count:>7}  {', '.join(group.places)} (rilis {group.from_release}): {fates}")
        for reason in group.reasons:
            click.echo(f"         {reason}")
