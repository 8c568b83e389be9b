"""`siklus bench http`: so many people send form after form to the real server, each as fast as it answers."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from engine.bench.measure import Work, spread
from engine.settings import Settings
from web.load.browser import Browser, Failed, hidden
from web.load.fields import answered
from web.load.people import Person, prepare
from web.load.server import Server, running

WARM = 3  # submits of each person before anything is measured


def bench_http(settings: Settings, *, submits: int = 1000, clients: int = 8, workers: int = 2) -> dict[str, Any]:
    """Submits over HTTP on the shipped documents, each redirect followed: the whole way of a form, and its two halves.

    The whole way is four requests: the form is posted, the page to declare judges it; it is sent, the receipt
    follows. Each half is one post and its redirect: `form_kept` is the form with all its fields, which keeps a draft;
    `form_sent` is the declaration, which moves the case on.
    """
    each = -(-submits // clients)
    people = prepare(settings, clients, WARM + 2 * each)
    with running(settings, workers) as server:
        return {"workers": workers, "clients": clients} | _measured(server, people, each)


@dataclass
class _Client:
    """One person at work: the wall time of each submit, in milliseconds; what failed."""

    browser: Browser
    person: Person
    token: str = ""
    kept: list[tuple[UUID, dict[str, str]]] = field(default_factory=list)  # tasks to declare, and what their pages hide
    took: list[float] = field(default_factory=list)
    failed: Counter[int] = field(default_factory=Counter)

    def signs_in(self) -> None:
        self.token = self.browser.signs_in(self.person.login, self.person.password)
        for task in self.person.tasks[:WARM]:
            self.browser.closes()  # else one process of the server may get no warmth
            self._submits(task)

    def rests(self) -> None:
        """Forget what was counted."""
        self.took = []
        self.browser.sent = self.browser.received = self.browser.requests = 0

    def submits(self, tasks: Sequence[UUID]) -> None:
        for task in tasks:
            self._timed(partial(self._submits, task))

    def keeps(self, tasks: Sequence[UUID]) -> None:
        for task in tasks:
            self._timed(partial(self._keeps, task))

    def sends(self) -> None:
        for task, held in self.kept:
            self._timed(partial(self._sends, task, held))

    def _timed(self, work: Callable[[], object]) -> None:
        """On a connection of its own: people come back minutes later, and whoever was ready first would else keep all."""
        self.browser.closes()
        begun = time.perf_counter()
        try:
            work()
        except Failed as failure:
            self.failed[failure.status] += 1
        else:
            self.took.append((time.perf_counter() - begun) * 1000)

    def _submits(self, task: UUID) -> None:
        self._keeps(task)
        self._sends(*self.kept.pop())

    def _keeps(self, task: UUID) -> None:
        """Send a filled form to be checked; the page to declare on follows."""
        fields = {**self.person.fields, "csrf_token": self.token, "_do": "check"}
        self.kept.append((task, hidden(self.browser.sends(f"/tugas/{task}", fields))))

    def _sends(self, task: UUID, held: Mapping[str, str]) -> None:
        self.browser.sends(f"/tugas/{task}/kirim", {**held, "pernyataan": "ya"})


def _measured(server: Server, people: Sequence[Person], each: int) -> dict[str, Any]:
    clients = [_Client(Browser(server.address), person) for person in people]
    _all_at_once([client.signs_in for client in clients])
    first, others = slice(WARM, WARM + each), slice(WARM + each, None)
    rounds: dict[str, Sequence[Callable[[], None]]] = {
        "whole_way": [partial(client.submits, client.person.tasks[first]) for client in clients],
        "form_kept": [partial(client.keeps, client.person.tasks[others]) for client in clients],
        "form_sent": [client.sends for client in clients],
    }
    figures = {name: _round(server, clients, works) for name, works in rounds.items()}
    for client in clients:
        client.browser.closes()
    return {
        "fields": len(people[0].fields),
        "answered": answered(people[0].fields),
        **figures,
        "failed": dict(sum((client.failed for client in clients), Counter[int]())),
        "locked": server.said("database is locked"),
    }


def _round(server: Server, clients: Sequence[_Client], works: Sequence[Callable[[], None]]) -> dict[str, Any]:
    """Let all of them work at once; what it took for each submit."""
    for client in clients:
        client.rests()
    work, before = Work(), server.cpu_seconds()
    with work.more(0):
        _all_at_once(works)
    after = server.cpu_seconds()
    done = sum(len(client.took) for client in clients)
    return {
        "n": done,
        "seconds": round(work.wall, 3),
        "per_second": round(done / work.wall, 1),
        "wall_ms": spread([ms for client in clients for ms in client.took]),
        "cpu_ms": {
            "server": round((after - before) / done * 1000, 2) if before is not None and after is not None else None,
            "clients": round(work.cpu / done * 1000, 2),
        },
        "requests": sum(client.browser.requests for client in clients) / done,
        "bytes": {
            "sent": sum(client.browser.sent for client in clients) // done,
            "received": sum(client.browser.received for client in clients) // done,
        },
    }


def _all_at_once(works: Sequence[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
