"""`siklus bench http`: so many people send form after form to the real server, each as fast as it answers."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from engine.bench.measure import Work, spread
from engine.settings import Settings
from web.load.browser import Browser, Failed, hidden
from web.load.people import Person, prepare
from web.load.server import Server, running

WARM = 3  # submits of each person before anything is measured


def bench_http(settings: Settings, *, submits: int = 1000, clients: int = 8, workers: int = 2) -> dict[str, Any]:
    """Submits over HTTP on the shipped documents: the form is posted and checked, then sent, each redirect followed."""
    people = prepare(settings, clients, WARM + -(-submits // clients))
    with running(settings, workers) as server:
        return {"workers": workers, "clients": clients} | _measured(server, people)


@dataclass
class _Client:
    """One person at work: wall time of each submit and its two halves, in milliseconds; what failed."""

    browser: Browser
    person: Person
    token: str = ""
    check: list[float] = field(default_factory=list)
    send: list[float] = field(default_factory=list)
    failed: Counter[int] = field(default_factory=Counter)

    def signs_in(self) -> None:
        self.token = self.browser.signs_in(self.person.login, self.person.password)
        for task in self.person.tasks[:WARM]:
            self._submits(task)
        self.check, self.send = [], []
        self.browser.sent = self.browser.received = self.browser.requests = 0

    def works(self) -> None:
        for task in self.person.tasks[WARM:]:
            try:
                self._submits(task)
            except Failed as failure:
                self.failed[failure.status] += 1

    def _submits(self, task: UUID) -> None:
        """What a person does with a filled form: send it to be checked, declare, send it for good.

        On a connection of its own: people come back minutes later, and whoever was ready first would else keep them all.
        """
        self.browser.closes()
        begun = time.perf_counter()
        path = f"/tugas/{task}"
        page = self.browser.sends(path, {**self.person.fields, "csrf_token": self.token, "_do": "check"})
        checked = time.perf_counter()
        self.browser.sends(f"{path}/kirim", {**hidden(page), "pernyataan": "ya"})
        self.check.append((checked - begun) * 1000)
        self.send.append((time.perf_counter() - checked) * 1000)


def _measured(server: Server, people: Sequence[Person]) -> dict[str, Any]:
    clients = [_Client(Browser(server.address), person) for person in people]
    _all_at_once([client.signs_in for client in clients])
    work, before = Work(), server.cpu_seconds()
    with work.more(sum(len(client.person.tasks) - WARM for client in clients)):
        _all_at_once([client.works for client in clients])
    after = server.cpu_seconds()
    for client in clients:
        client.browser.closes()
    done = sum(len(client.send) for client in clients)
    return {
        "fields": len(people[0].fields),
        "submits": {"n": done, "seconds": round(work.wall, 3), "per_second": round(done / work.wall, 1)},
        "wall_ms": _spreads(clients),
        "failed": dict(sum((client.failed for client in clients), Counter[int]())),
        "locked": server.said("database is locked"),
        "cpu_ms_of_a_submit": {
            "server": round((after - before) / done * 1000, 2) if before is not None and after is not None else None,
            "clients": round(work.cpu / done * 1000, 2),
        },
        "requests_of_a_submit": sum(client.browser.requests for client in clients) / done,
        "bytes_of_a_submit": {
            "sent": sum(client.browser.sent for client in clients) // done,
            "received": sum(client.browser.received for client in clients) // done,
        },
    }


def _spreads(clients: Sequence[_Client]) -> dict[str, dict[str, float]]:
    halves = {name: [ms for client in clients for ms in getattr(client, name)] for name in ("check", "send")}
    whole = [check + send for check, send in zip(halves["check"], halves["send"], strict=True)]
    return {name: spread(values) for name, values in {"submit": whole, **halves}.items()}


def _all_at_once(works: Sequence[Any]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
