"""The whole product on the regency, with a year just opened and a mail server that only remembers."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application, start
from engine.clock import VirtualClock
from engine.cycle import agency
from engine.cycle.models import EmployeeRow
from engine.runtime.values import SYSTEM, Actor, Json
from engine.settings import Settings

MORNING = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)  # Monday 10.00 in Jakarta
OWNER = Actor("pemilik", roles=frozenset({"process_owner"}))


class Post:
    """Takes the place of the mail server."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses = False

    def __call__(self, host: str, port: int, timeout: int) -> "Post":
        if self.refuses:
            raise ConnectionRefusedError("nobody answers")
        return self

    def __enter__(self) -> "Post":
        return self

    def __exit__(self, *failure: object) -> None:
        """Say goodbye."""

    def send_message(self, message: EmailMessage) -> None:
        self.mails.append(message)


def works(application: Application) -> None:
    """Let the worker do all that is due."""
    while application.work():
        pass


@contextmanager
def opened(
    settings: Settings,
    database: sa.Engine,
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
    *,
    in_order: bool = False,
) -> Iterator[tuple[Application, Post]]:
    """It is Monday morning; everybody has an address, and has been told of the first task.

    Nobody waits for a leader, unless all goes `in_order`.
    """
    clock.go_to(MORNING)
    post = Post()
    monkeypatch.setattr(smtplib, "SMTP", post)
    with database.begin() as connection:
        connection.execute(sa.update(EmployeeRow).values(email=EmployeeRow.id + "@sukamaju.go.id"))
    application = start(replace(settings, smtp_url="smtp://mail.example:25"), clock)
    decides(application, "skp.tunggu_pimpinan", in_order)
    application.cycle.create_cycle(2026, by=SYSTEM)
    application.cycle.open_cycle("2026", by=SYSTEM)
    works(application)
    assert {mail["Subject"] for mail in post.mails} == {"Tugas baru: Susun SKP"}
    post.mails.clear()
    application.cycle.create_account(
        OWNER.person, "perahu-layar-biru", by=SYSTEM, login="pemilik", name="Ni", roles=OWNER.roles
    )
    yield application, post
    application.engine.database.dispose()


def decides(application: Application, key: str, value: Json) -> None:
    """A parameter is in force from today on."""
    storage = application.cycle._storage
    with storage.writing() as session:
        agency.set_parameter(
            session, key, value, starts=storage.today(), unit=None, note="", by="dian", now=storage.now()
        )
