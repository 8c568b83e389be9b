"""The real server, as `siklus run` starts it, and the CPU time that it takes."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.settings import Settings
from web.serving import READY

COMMAND = (sys.executable, "-c", "from web.cli import main; main()", "run", "--port", "0")
PATIENCE = 60  # seconds in which it has to start, or to stop


class Server:
    """A running server: its address, its processes and what it said."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        assert process.stdout is not None
        self._process, self._log = process, log
        self.address = process.stdout.readline().split()[-1]

    def wait_for(self, workers: int) -> None:
        """Wait until each of its processes answers: else the first one gets all connections, and keeps them."""
        ends = time.monotonic() + PATIENCE
        while workers > 1 and self.said(READY) < workers and time.monotonic() < ends:
            time.sleep(0.05)

    def cpu_seconds(self) -> float | None:
        """What all its processes have taken so far; None where the system does not tell it in /proc."""
        if not Path("/proc").exists():
            return None
        return sum(_ticks(pid) for pid in _family(self._process.pid)) / os.sysconf("SC_CLK_TCK")

    def said(self, words: str) -> int:
        """How often its log has these words."""
        return self._log.read_text().count(words)


@contextmanager
def running(settings: Settings, workers: int) -> Iterator[Server]:
    """Start the server on a prepared database; stops it at the end."""
    log = settings.data_dir / "server.log"
    environment = {"SIKLUS_DATA": str(settings.data_dir), "SIKLUS_DATABASE": settings.database_url}
    with (
        log.open("w") as errors,
        subprocess.Popen(  # noqa: S603  # the product itself
            [*COMMAND, "--workers", str(workers)],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            server = Server(process, log)
            server.wait_for(workers)
            yield server
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in _family(int(child)))]


def _ticks(pid: int) -> int:
    """User and system time, in ticks of the clock."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
