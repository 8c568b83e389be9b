"""Mails leave when people want to read them, several in one, each once."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import JAKARTA, VirtualClock
from engine.mail import ALWAYS, Hours
from engine.runtime.models import OutboxRow
from engine.runtime.outbox import MAX_ATTEMPTS, Effect
from engine.runtime.values import Actor
from tests.cycle.house import MORNING, Post, decides

HOURS = Hours(time(6), time(18), lambda day: day.weekday() < 5)
AUDITOR = Actor("auditor", roles=frozenset({"auditor", "operator"}))
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


@pytest.fixture
def house(opened_house: tuple[Application, Post]) -> Application:
    return opened_house[0]


@pytest.fixture
def post(opened_house: tuple[Application, Post]) -> Post:
    return opened_house[1]


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
    decides(house, "surat.aktif", False)
    house.mail.deliver(notice())
    assert waiting(house) == []

    for key, value in (("surat.aktif", True), ("surat.gabung", False), ("surat.selesai", "23:59")):
        decides(house, key, value)
    clock.go_to(EVENING)
    house.mail.deliver(notice())
    house.mail.deliver(notice())
    everything(house)
    assert len(post.mails) == 2
