"""Serving the pages, from this process or from several that share one listening socket."""

import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from typing import Any, NoReturn

import waitress

from engine.bootstrap import Application, start
from engine.settings import Settings
from web import create_app

log = logging.getLogger(__name__)
READY = "Proses halaman siap"
PAUSE = 1.0  # seconds before a process that died is replaced: one that cannot start does not eat the machine
PATIENCE = 10  # seconds in which a process has to end what it answers
FRESH = multiprocessing.get_context("spawn")  # a forked process would share connections and locks of threads


def log_to_stderr() -> None:
    """What every process of the product says, and how."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for noisy in ("apscheduler", "alembic", "spiff"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises OSError where the address is taken. Port 0: any free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1024)


def serve(application: Application, listening: socket.socket, *, threads: int, workers: int) -> None:
    """Serve pages and do a worker's rounds until SIGTERM or Ctrl-C; with more than one worker, pages come from processes.

    Timers, outbox, openings and batches belong to the process that calls, whatever the number of workers.
    """
    stop_at_signals()
    alarm = application.alarm_clock()
    alarm.start()
    try:
        if workers == 1:
            serve_pages(application, listening, threads)
        else:
            _Pages(application.settings, listening, threads).keep(workers)
    finally:
        alarm.stop()


def serve_pages(application: Application, listening: socket.socket, threads: int) -> None:
    """Answer in threads of this process until it is told to stop; what is being answered is finished."""
    pages, proxy = create_app(application), _proxy(application.settings)
    waitress.create_server(pages, sockets=[listening], threads=threads, **proxy).run()


def stop_at_signals() -> None:
    """SIGTERM ends this process as Ctrl-C does: through its `finally`s."""
    signal.signal(signal.SIGTERM, _stop)


class _Pages:
    """The processes that answer; each with its own connections, all accepting from one socket."""

    def __init__(self, settings: Settings, listening: socket.socket, threads: int) -> None:
        self._given = (settings, listening, threads)
        self._processes: list[SpawnProcess] = []

    def keep(self, count: int) -> None:
        """Start so many, and put a new one in the place of each that dies; stops them all at the end."""
        try:
            self._processes.extend(self._begin() for _ in range(count))
            while True:
                wait([process.sentinel for process in self._processes])
                time.sleep(PAUSE)
                self._replace_the_dead()
        except KeyboardInterrupt:
            log.info("Berhenti.")
        finally:
            self._stop()

    def _begin(self) -> SpawnProcess:
        process = FRESH.Process(target=_answer, args=self._given, name="pages", daemon=True)
        process.start()
        return process

    def _replace_the_dead(self) -> None:
        for place, process in enumerate(self._processes):
            if not process.is_alive():
                self._processes[place] = self._begin()
                log.warning(
                    "Proses halaman %s mati (kode %s); digantikan proses %s.",
                    process.pid,
                    process.exitcode,
                    self._processes[place].pid,
                )

    def _stop(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(PATIENCE)
            if process.is_alive():
                process.kill()


def _answer(settings: Settings, listening: socket.socket, threads: int) -> None:
    """The life of one process: its own application, until the parent stops it or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent says when to stop
    stop_at_signals()
    log_to_stderr()
    threading.Thread(target=_follow_the_parent, daemon=True).start()
    application = start(settings)
    log.info("%s: %s", READY, os.getpid())
    serve_pages(application, listening, threads)


def _follow_the_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "only processes of _Pages come here"
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _stop(*_signal: object) -> NoReturn:
    sys.exit()


def _proxy(settings: Settings) -> Mapping[str, Any]:
    """What the server believes of a proxy in front: its word on address and scheme, when it is the one we know."""
    if settings.trusted_proxy is None:
        return {}
    headers = {"x-forwarded-for", "x-forwarded-proto"}
    return {
        "trusted_proxy": settings.trusted_proxy,
        "trusted_proxy_headers": headers,
        "clear_untrusted_proxy_headers": True,
    }
