"""`siklus run` in processes: one address, all answer, the dead are replaced, and stopping leaves nobody behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from urllib.request import urlopen

import pytest
from sqlalchemy.orm import Session

from engine.bootstrap import Application, start
from engine.cycle.simulation.agency import build_agency
from engine.runtime.values import SYSTEM, Actor
from engine.settings import from_environment

SIKLUS = Path(sys.executable).with_name("siklus")
PATIENCE = 60  # seconds until a test gives up waiting for what never comes
AUDITOR = Actor("auditor", roles=frozenset({"auditor"}))
BOTH = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])


class Served:
    """The product as a process of its own."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [SIKLUS, "run", "--port", "0", "--workers", str(workers)],
                env={**os.environ, "SIKLUS_DATA": str(folder)},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().split()[-1]

    def answers(self) -> bool:
        with urlopen(f"{self.address}/sehat", timeout=PATIENCE) as answer:
            return bool(answer.status == 200)

    def pages(self) -> set[int]:
        """The processes that answer; another child, which tracks resources, is none."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        found = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
        return {child for child, command in found.items() if b"spawn_main" in command}

    def ends(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@contextmanager
def served(folder: Path, workers: int) -> Iterator[Served]:
    started = Served(folder, workers)
    try:
        yield started
    finally:
        with suppress(ProcessLookupError):
            os.killpg(started.process.pid, signal.SIGKILL)
        started.process.wait()
        assert started.process.stdout is not None
        started.process.stdout.close()


def until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def application(sqlite_template: Path, tmp_path: Path) -> Iterator[Application]:
    """A migrated database with the shipped documents, in a folder with keys of its own."""
    (tmp_path / "siklus.db").write_bytes(sqlite_template.read_bytes())
    started = start(from_environment({"SIKLUS_DATA": str(tmp_path)}))
    yield started
    started.engine.database.dispose()


@pytest.fixture
def folder(application: Application) -> Path:
    return application.settings.data_dir


@BOTH
def test_stopping_ends_every_process(folder: Path, number: signal.Signals) -> None:
    with served(folder, workers=2) as product:
        assert product.answers()
        answering = product.pages()
        assert len(answering) == 2
        assert product.ends(number) == 0
        assert not any(alive(pid) for pid in answering)


def test_one_worker_answers_in_the_process_itself_and_stops_cleanly(folder: Path) -> None:
    with served(folder, workers=1) as product:
        assert product.answers()
        assert product.pages() == set()
        assert product.ends(signal.SIGTERM) == 0


def test_a_process_that_dies_is_replaced_and_told_of(folder: Path) -> None:
    with served(folder, workers=2) as product:
        assert product.answers()
        victim = min(product.pages())
        os.kill(victim, signal.SIGKILL)
        until(lambda: victim not in product.pages() and len(product.pages()) == 2)
        assert product.answers()
        until(lambda: f"Proses halaman {victim} mati (kode -9)" in product.log.read_text())


def test_processes_end_when_their_parent_is_gone(folder: Path) -> None:
    with served(folder, workers=2) as product:
        assert product.answers()
        answering = product.pages()
        product.process.kill()
        until(lambda: not any(alive(pid) for pid in answering))


def test_the_parent_alone_does_the_workers_rounds(application: Application, folder: Path) -> None:
    """With the processes that answer standing still, an ordered opening is carried out all the same."""
    with Session(application.engine.database) as session, session.begin():
        build_agency(session, 16, 8, date(2026, 1, 2))
    with served(folder, workers=2) as product:
        assert product.answers()
        for pid in product.pages():
            os.kill(pid, signal.SIGSTOP)
        application.cycle.create_cycle(2026, by=SYSTEM)
        application.cycle.open_cycle("2026", by=SYSTEM)
        until(lambda: application.cycle.openings("2026", by=SYSTEM)[0].status == "done")
    assert application.engine.cases(by=AUDITOR).total > 0
