"""Mails leave when people want to read them, several in one, each once."""

import smtplib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application, start
from engine.clock import JAKARTA, VirtualClock
from engine.cycle import agency
from engine.cycle.models import EmployeeRow
from engine.mail import ALWAYS, Hours
from engine.runtime.models import OutboxRow
from engine.runtime.outbox import MAX_ATTEMPTS, Effect
from engine.runtime.values import SYSTEM, Actor
from engine.settings import Settings

HOURS = Hours(time(6), time(18), lambda day: day.weekday() < 5)
AUDITOR = Actor("auditor", roles=frozenset({"auditor", "operator"}))
MORNING = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)  # Monday 10.00 in Jakarta
EVENING = MORNING + timedelta(hours=10)


@pytest.mark.parametrize(
    ("moment", "leaves"),
    [
        ("2026-01-05T10:00", "2026-01-05T10:00"),
        ("2026-01-05T05:59", "2026-01-05T06:00"),
        ("2026-01-05T18:00", "2026-01-06T06:00"),
        ("2026-01-09T23:59", "2026-01-12T06:00"),  # Friday night: Monday
        ("2026-01-10T10:00", "2026-01-12T06:00"),
    ],
)
def test_a_letter_waits_for_the_next_hour_at_which_it_may_leave(moment: str, leaves: str) -> None:
    at, until = (datetime.fromisoformat(text).replace(tzinfo=JAKARTA) for text in (moment, leaves))

    assert HOURS.next(at, JAKARTA) == until
    assert ALWAYS.next(at, JAKARTA) == at


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


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(MORNING)


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Post:
    office = Post()
    monkeypatch.setattr(smtplib, "SMTP", office)
    return office


@pytest.fixture
def house(settings: Settings, populated: sa.Engine, clock: VirtualClock, post: Post) -> Application:
    """The product on the regency, with a mail server, a year just opened."""
    with populated.begin() as connection:
        connection.execute(sa.update(EmployeeRow).values(email=EmployeeRow.id + "@sukamaju.go.id"))
    started = start(replace(settings, smtp_url="smtp://mail.example:25"), clock)
    started.cycle.create_cycle(2026, by=SYSTEM)
    started.cycle.open_cycle("2026", by=SYSTEM)
    while started.work():
        pass
    assert {mail["Subject"] for mail in post.mails} == {"Tugas baru: Susun SKP"}
    post.mails.clear()
    return started


@pytest.fixture
def notice(house: Application) -> Callable[[], Effect]:
    """A notice to Alice about her case, under a key of its own."""
    case = house.engine.cases(by=AUDITOR, subject="alice").items[0]

    def queued() -> Effect:
        return Effect(0, f"{case.id}/{uuid4()}", case.id, "mail", {"template": "notice", "people": ["alice"]}, 1)

    return queued


def waiting(house: Application) -> list[str]:
    with house.engine.database.connect() as connection:
        return [str(each) for each in connection.scalars(sa.select(OutboxRow.status).order_by(OutboxRow.id))]


def everything(house: Application) -> None:
    while house.mail.post():
        pass


def test_what_waits_for_one_person_goes_as_one_mail(
    house: Application, post: Post, notice: Callable[[], Effect]
) -> None:
    house.mail.deliver(notice())
    house.mail.deliver(notice())
    everything(house)

    (mail,) = post.mails
    assert mail["Subject"] == "2 hal menunggu Anda"
    assert mail.get_content().count("/perkara/") == 2
    assert waiting(house) == []


def test_nothing_leaves_in_the_evening_and_all_of_it_in_the_morning(
    house: Application, post: Post, clock: VirtualClock, notice: Callable[[], Effect]
) -> None:
    clock.go_to(EVENING)
    house.mail.deliver(notice())
    everything(house)
    assert post.mails == []

    clock.advance(timedelta(hours=10))
    everything(house)
    assert len(post.mails) == 1


def test_a_notice_that_is_told_twice_is_written_once(
    house: Application, post: Post, notice: Callable[[], Effect]
) -> None:
    told = notice()
    house.mail.deliver(told)
    house.mail.deliver(told)
    everything(house)

    assert len(post.mails) == 1
    assert post.mails[0]["Subject"].startswith("Pemberitahuan")


def test_a_letter_is_tried_again_and_in_the_end_shown_to_operators(
    house: Application, post: Post, clock: VirtualClock, notice: Callable[[], Effect]
) -> None:
    post.refuses = True
    house.mail.deliver(notice())
    for _ in range(14):  # days, of which more than eight are working days
        everything(house)
        assert waiting(house)
        clock.advance(timedelta(days=1))

    (given_up,) = house.engine.operations.undelivered(by=AUDITOR).items
    assert (given_up.kind, given_up.what, given_up.attempts) == ("letter", "notice", MAX_ATTEMPTS)
    assert "nobody answers" in given_up.error
    post.refuses = False
    house.engine.operations.deliver_again([given_up.id], by=AUDITOR)
    everything(house)
    assert len(post.mails) == 1


def test_an_agency_may_switch_mails_off_or_send_each_alone_at_any_hour(
    house: Application, post: Post, clock: VirtualClock, notice: Callable[[], Effect]
) -> None:
    def decides(key: str, value: object) -> None:
        with house.cycle._storage.writing() as session:
            agency.set_parameter(
                session, key, value, starts=date(2026, 1, 5), unit=None, note="", by="dian", now=clock.now()
            )

    decides("surat.aktif", False)
    house.mail.deliver(notice())
    assert waiting(house) == []

    for key, value in (("surat.aktif", True), ("surat.gabung", False), ("surat.selesai", "23:59")):
        decides(key, value)
    clock.go_to(EVENING)
    house.mail.deliver(notice())
    house.mail.deliver(notice())
    everything(house)
    assert len(post.mails) == 2
