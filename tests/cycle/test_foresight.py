"""The plan of letters says beforehand what is then sent, letter by letter, and changes nothing."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.db import Base
from engine.errors import NotYours, Refused
from engine.runtime.models import BatchItemRow, BatchRow, ForeseenLetterRow, OutboxRow
from engine.runtime.values import SYSTEM, Actor
from tests.cycle.house import MORNING, OWNER, Post, decides, works

DAYS = 30
Sent = tuple[datetime, str, str]


def planned(house: Application, days: int = DAYS) -> list[Sent]:
    house.foresight.start(days, by=OWNER)
    while house.engine.batches.run():
        pass
    people = house.foresight.readers(by=OWNER, limit=100).items
    letters = [letter for one in people for letter in house.foresight.letters(one.person, by=OWNER, limit=1000).items]
    return sorted((one.leaves_at, f"{one.person}@sukamaju.go.id", one.subject) for one in letters)


def lived(house: Application, post: Post, clock: VirtualClock, until: datetime) -> list[Sent]:
    """What is really sent until then, while nobody does anything."""
    sent: list[Sent] = []
    while (at := next_event(house)) is not None and at <= until:
        clock.go_to(max(at, clock.now()))
        while house.work():
            pass
        sent += [(clock.now(), str(mail["To"]), str(mail["Subject"])) for mail in post.mails]
        post.mails.clear()
    return sorted(sent)


def next_event(house: Application) -> datetime | None:
    with house.engine.database.connect() as connection:
        letter = connection.scalar(sa.select(sa.func.min(OutboxRow.next_at)))
    found = [at for at in (letter, house.engine.next_timer_at()) if at is not None]
    return min(found, default=None)


def content(house: Application) -> dict[str, list[object]]:
    """Every row of every table but those of the plan and its order."""
    own = {ForeseenLetterRow.__tablename__, BatchRow.__tablename__, BatchItemRow.__tablename__}
    with house.engine.database.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(sa.select(table))))
            for table in Base.metadata.sorted_tables
            if table.name not in own
        }


def test_what_is_foreseen_is_what_is_then_sent(opened_house: tuple[Application, Post], clock: VirtualClock) -> None:
    house, post = opened_house
    decides(house, "surat.gabung", False)  # one mail a letter, so that they can be counted

    plan = planned(house)
    sent = lived(house, post, clock, MORNING + timedelta(days=DAYS))

    assert len(plan) > 40
    assert {subject.split(":")[0] for _, _, subject in plan} >= {"Pengingat", "Tugas baru", "Terlambat 3 hari"}
    assert plan == sent


def test_looking_ahead_changes_nothing(opened_house: tuple[Application, Post]) -> None:
    house, post = opened_house
    before = content(house)

    assert planned(house)

    assert content(house) == before
    assert post.mails == []


def test_a_new_plan_takes_the_place_of_the_old(opened_house: tuple[Application, Post]) -> None:
    house, _ = opened_house
    long, short = planned(house), planned(house, days=8)

    assert 0 < len(short) < len(long)
    assert sum(house.foresight.by_day(by=OWNER).values()) == len(short)
    (reader,) = house.foresight.readers(by=OWNER, search="alice").items
    assert reader.letters == len([to for _, to, _ in short if to == "alice@sukamaju.go.id"])


def test_who_may_not_order_a_plan_reads_none(opened_house: tuple[Application, Post]) -> None:
    house, _ = opened_house
    with pytest.raises(NotYours):
        house.foresight.start(DAYS, by=Actor("alice"))
    with pytest.raises(NotYours):
        house.foresight.by_day(by=Actor("alice"))
    with pytest.raises(Refused, match="60 hari"):
        house.foresight.start(61, by=OWNER)
    house.foresight.start(DAYS, by=OWNER)
    with pytest.raises(Refused, match="sedang disusun"):
        house.foresight.start(DAYS, by=OWNER)


def test_reminders_of_data_requests_are_foreseen_too(
    opened_house: tuple[Application, Post], clock: VirtualClock
) -> None:
    house, post = opened_house
    decides(house, "surat.gabung", False)
    house.cycle.create_account("bob", "perahu-layar-biru", by=SYSTEM, roles=("personnel",))
    house.privacy.requests.ask("HAPUS", "Hapus bukti saya dari tahun lalu.", by=Actor("alice"))
    works(house)
    post.mails.clear()

    plan = {(at, to, subject) for at, to, subject in planned(house, days=9) if "Permintaan data" in subject}
    sent: set[Sent] = set()
    for _ in range(9 * 24):
        clock.go_to(clock.now() + timedelta(hours=1))
        works(house)
        sent |= {(clock.now(), str(mail["To"]), str(mail["Subject"])) for mail in post.mails}
        post.mails.clear()

    assert plan == {one for one in sent if "Permintaan data" in one[2]}
    assert {subject for _, _, subject in plan} == {"Permintaan data: batasnya dekat", "Permintaan data: terlambat"}
