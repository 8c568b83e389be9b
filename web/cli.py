"""The one command line: `siklus`. Each command is a thin call into the engine."""

import json
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from sqlalchemy.orm import Session

from engine.bootstrap import shipped_documents, start
from engine.clock import SystemClock, VirtualClock
from engine.cycle.demo import PASSWORD, build_demo, demo_accounts, first_moment, is_empty
from engine.cycle.imports import KINDS
from engine.cycle.simulation import build_agency, cast, rule, simulate
from engine.db import make_engine
from engine.errors import EngineError
from engine.migrations import is_current, upgrade
from engine.runtime.scheduler import AlarmClock
from engine.runtime.values import SYSTEM
from engine.settings import Settings, from_environment, signing_key
from web.bench_cli import bench
from web.counting import counting
from web.moving_cli import migrate, rehearse
from web.ready import ready
from web.serving import listen, log_to_stderr, serve
from web.throwaway import show, throw_away

LOCAL = "127.0.0.1"
EACH_MINUTE = 60
ROLES = ("auditor", "operator", "personnel", "process_owner")


class _Command(click.Group):
    """Says what the engine refused in its own words, without a trace."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except EngineError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Command)
def main() -> None:
    """Siklus: the yearly performance cycle of civil servants."""
    log_to_stderr()


for command in (bench, rehearse, migrate):
    main.add_command(command)


@main.command()
def init() -> None:
    """Make or upgrade the database, and publish the shipped documents into an empty one."""
    settings = from_environment()
    upgrade(make_engine(settings.database_url))
    application = start(settings)
    click.echo(f"Basis data siap; rilis {application.engine.loaded().number}.")


@main.command()
@click.option("--people", default=64, show_default=True, type=click.IntRange(min=16), help="Size of the agency.")
def demo(people: int) -> None:
    """Fill an empty database with a demo agency; prints the accounts."""
    settings = from_environment()
    if not is_empty(make_engine(settings.database_url)):
        click.echo("Basis data sudah berisi instansi; demo tidak diubah.")
    else:
        now = SystemClock().now()
        clock = VirtualClock(first_moment(now))
        with _bar("Demo", clock.now(), now) as moved:
            summary = build_demo(start(settings, clock, durable=False), clock, now, people=people, progress=moved)
        click.echo(f"{summary.cases} perkara, {summary.steps} langkah dalam {summary.cpu_seconds:.0f} detik CPU.")
    _show_accounts(settings)


@main.command()
@click.option("--host", default=LOCAL, show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--threads", default=8, show_default=True, help="Pages that one process answers at once.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(min=1), help="Processes that answer.")
def run(host: str, port: int, threads: int, workers: int) -> None:
    """Serve the pages, with a worker inside; stops at SIGTERM or Ctrl-C."""
    application = ready()
    listening = _listening(host, port)
    click.echo(f"Siklus berjalan di http://{host}:{listening.getsockname()[1]}")
    serve(application, listening, threads=threads, workers=workers)


@main.command()
def worker() -> None:
    """Fire timers and send notices, without pages; stops at SIGTERM or Ctrl-C."""
    _ring_until_stopped(ready().alarm_clock(), "Pekerja berjalan.")


@main.command()
def signer() -> None:
    """Sign a checkpoint whenever one is due and send it to the auditors, with the key in SIKLUS_SIGNING_KEY; stops at SIGTERM."""
    witness, key = ready().witness, signing_key()
    alarm = AlarmClock({"checkpoints": (lambda: witness.run(key, by=SYSTEM), EACH_MINUTE)})
    _ring_until_stopped(alarm, "Penanda tangan titik periksa berjalan.")


@main.command()
@click.argument("login")
@click.option("--name", help="For an account that is no employee.")
@click.option("--person", help="Employee id; the login is then the NIP of the employee.")
@click.option(
    "--role", "roles", multiple=True, type=click.Choice(ROLES), help="What the account may do; may be repeated."
)
@click.password_option(help="The first password; asked for when it is not given.")
def account(login: str, name: str | None, person: str | None, roles: tuple[str, ...], password: str) -> None:
    """Give someone a way in: the first accounts of an installation."""
    cycle = ready().cycle
    if person is not None:
        made = cycle.create_account(person, password, by=SYSTEM, roles=roles, must_change=True)
    else:
        made = cycle.create_account(login, password, by=SYSTEM, login=login, name=name or login, roles=roles)
    click.echo(f"Akun {made.nip} ({made.name}) dibuat.")


@main.command(name="simulate")
@click.option("--people", default=60, show_default=True, type=click.IntRange(min=16))
@click.option("--year", default=2026, show_default=True)
@click.option("--seed", default=7, show_default=True)
@click.option("--regime", default="REG_2022", show_default=True, type=click.Choice(["REG_2022", "REG_2021"]))
@click.option("--db", "database_url", help="An empty database; default: SQLite in a temporary folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def simulate_command(people: int, year: int, seed: int, regime: str, database_url: str | None, as_json: bool) -> None:
    """Live a whole year of a generated agency through the engine's public verbs."""
    with tempfile.TemporaryDirectory(prefix="siklus-") as folder:
        settings = throw_away(Path(folder), database_url)
        begins = datetime(year, 1, 1, tzinfo=UTC)
        clock = VirtualClock(begins)
        application = start(settings, clock, durable=False)
        with Session(application.engine.database) as session, session.begin():
            agency = build_agency(session, people, seed, begins.date())
            parts, events = cast(session, agency, year)
            rule(session, "rezim.aktif", regime, year)
        with _bar(f"Tahun {year}", begins, datetime(year + 2, 12, 31, tzinfo=UTC)) as moved:
            summary = simulate(application, clock, [year], seed, cast=parts, happenings=events, progress=moved)
        show(summary.to_json(), as_json=as_json)


@main.command()
@click.option(
    "--checkpoint",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A signed file to hold against the history.",
)
@click.option("--public-key", help="The signer's key as it was handed over (base64).")
def verify(checkpoint: Path | None, public_key: str | None) -> None:
    """Check the hash chain of every case; names the first broken event and exits with 1."""
    engine = ready().engine
    found = engine.verify()
    if found.breach is not None:
        click.echo(f"RUSAK: {found.breach}")
        sys.exit(1)
    click.echo(f"Utuh: {found.cases} perkara, {found.events} peristiwa, {found.erased} di antaranya isinya dihapus.")
    if checkpoint is not None:
        checked = engine.checkpoints.check(checkpoint.read_bytes(), by=SYSTEM, public_key=public_key)
        if checked.breach is not None:
            click.echo(f"RUSAK terhadap titik periksa {checked.no}: {checked.breach}")
            sys.exit(1)
        click.echo(f"Sesuai titik periksa {checked.no}: {checked.cases} perkara, {checked.events} peristiwa.")
        click.echo(f"Kunci penanda tangan: {checked.public_key}")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def checkpoint(file: Path) -> None:
    """Sign the heads of all cases into a file for the auditor, with the key in SIKLUS_SIGNING_KEY."""
    file.write_bytes(ready().engine.checkpoints.sign(signing_key(), by=SYSTEM))
    click.echo(f"Titik periksa ditulis ke {file}. Serahkan kepada auditor, yang menyimpannya.")


@main.command(name="rotate-counselling-key")
def rotate_counselling_key() -> None:
    """Wrap the keys of counselling with the file in SIKLUS_COUNSELLING_KEY; SIKLUS_COUNSELLING_KEY_BEFORE names the old."""
    count = ready().privacy.counselling.rotate(by=SYSTEM)
    click.echo(f"{count} kunci konseling dibungkus ulang. Berkas kunci yang lama tidak dipakai lagi.")


@main.command()
@click.option("--note", required=True, help="What changed, and why.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
def publish(note: str, folder: Path | None) -> None:
    """Publish the documents of a folder with bpmn/ and forms/ in it; default: the shipped ones."""
    documents = shipped_documents(folder) if folder is not None else shipped_documents()
    with counting("Skenario") as told:
        release = ready().engine.publish_files(documents, note=note, told=told, by=SYSTEM)
    click.echo(f"Rilis {release.number} terbit: {release.sha256}")


@main.command(name="import")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--confirm", is_flag=True, help="Write what the preview shows.")
def import_command(kind: str, file: Path, confirm: bool) -> None:
    """Preview a CSV or XLSX file of units, employees, objectives ...; writes nothing without --confirm."""
    cycle = ready().cycle
    preview = cycle.preview_import(kind, file.read_bytes(), file.name, by=SYSTEM)
    click.echo(f"Baru {len(preview.new)}, berubah {len(preview.changed)}, sama {preview.unchanged}.")
    for fault in preview.faulty:
        click.echo(f"Baris {fault.row}, kolom {fault.column}: {fault.message}")
    if confirm:
        cycle.confirm_import(preview.id, by=SYSTEM)
        click.echo("Tersimpan.")


@main.command(name="check-alignment")
@click.option("--cycle", "cycle_id", help="The year; default: the newest.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def check_alignment(cycle_id: str | None, as_json: bool) -> None:
    """Hold all SKPs of a year against one another; keeps the findings for the pages."""
    cycle, started = ready().cycle, time.perf_counter()
    known = [one.id for one in cycle.cycles(by=SYSTEM)]
    if not known:
        raise click.ClickException("Belum ada siklus.")
    found = cycle.alignment.check_agency(cycle_id or known[0], by=SYSTEM)
    figures = {"cycle": found.cycle, "people": found.people, "results": found.results, "verdicts": dict(found.verdicts)}
    show({**figures, "codes": dict(found.codes), "seconds": time.perf_counter() - started}, as_json=as_json)


@main.command()
@click.argument("case_id")
def export(case_id: str) -> None:
    """Print the history of a case as JSON lines: exactly the texts that are chained, with their hashes."""
    for body, hash in ready().engine.chain(UUID(case_id), by=SYSTEM):
        click.echo(json.dumps({"body": body, "hash": hash.hex()}, ensure_ascii=False))


@main.command()
def doctor() -> None:
    """Look at the installation: settings, database, release, what waits; exits with 1 when something is wrong."""
    settings = from_environment()
    database = make_engine(settings.database_url)
    checks: list[tuple[str, Callable[[], bool]]] = [
        (f"folder data {settings.data_dir} dapat ditulisi", lambda: _writable(settings.data_dir)),
        ("skema basis data terbaru", lambda: is_current(database)),
        ("dokumen rilis terbaru dapat dimuat", lambda: start(settings).engine.loaded().number > 0),
    ]
    sound = True
    for words, holds in checks:
        fine = holds()
        sound = sound and fine
        click.echo(f"{'ya   ' if fine else 'TIDAK'} {words}")
        if not fine:
            break
    sys.exit(0 if sound else 1)


def _ring_until_stopped(alarm: AlarmClock, words: str) -> None:
    """Ring until SIGTERM or Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    alarm.start()
    click.echo(words)
    stop.wait()
    alarm.stop()


def _listening(host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except OSError as error:
        raise click.ClickException(f"{host}:{port} tidak dapat dipakai ({error}). Pilih --port lain.") from error


def _bar(label: str, begins: datetime, ends: datetime) -> Any:
    """A progress bar over the days of the virtual clock, on the error stream; used as a context."""

    class Bar:
        def __enter__(self) -> Callable[[datetime, int], None]:
            days = max((ends - begins).days, 1)
            self.bar = click.progressbar(length=days, label=label, file=sys.stderr)
            self.bar.__enter__()
            self.at = 0

            def moved(now: datetime, _tasks: int) -> None:
                day = min((now - begins).days, days)
                self.bar.update(day - self.at)
                self.at = max(day, self.at)

            return moved

        def __exit__(self, *error: Any) -> None:
            self.bar.__exit__(*error)

    return Bar()


def _show_accounts(settings: Settings) -> None:
    click.echo(f"\nAkun demo (kata sandi semua akun: {PASSWORD}):")
    for account in demo_accounts(make_engine(settings.database_url)):
        click.echo(f"  {account.who:<24} {account.login:<20} {account.name}")


def _writable(folder: Path) -> bool:
    with tempfile.NamedTemporaryFile(dir=folder):
        return True
