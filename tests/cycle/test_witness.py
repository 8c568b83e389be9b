"""Checkpoints are signed when it is time and when a year is closed, and reach the auditors with their files."""

import gzip
from datetime import timedelta

import orjson
import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.catalogue import Addresses
from engine.errors import NotFound, NotYours, Refused
from engine.runtime.checkpoints import KEPT
from engine.runtime.models import CheckpointRow
from engine.runtime.values import SYSTEM, Actor
from tests.cycle.house import Post, decides, works

KEY = b"s" * 32
AUDITOR = Actor("bob", roles=frozenset({"auditor"}))
OUTSIDE = "titik@inspektorat.go.id"


@pytest.fixture
def house(opened_house: tuple[Application, Post]) -> Application:
    """Bob is an auditor, and a box outside gets the files too."""
    house = opened_house[0]
    house.cycle.create_account("bob", "perahu-layar-biru", by=SYSTEM, roles=("auditor",))
    decides(house, "titik_periksa.alamat", [OUTSIDE])
    return house


def signed(house: Application) -> int:
    with house.engine.database.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(CheckpointRow)) or 0


def test_a_checkpoint_is_signed_on_schedule_and_its_file_proves_the_history(
    house: Application, opened_house: tuple[Application, Post], clock: VirtualClock
) -> None:
    post, checkpoints = opened_house[1], house.engine.checkpoints
    assert house.witness.schedule(by=AUDITOR).overdue
    assert [house.witness.run(KEY, by=SYSTEM) for _ in range(2)] == [1, 0]
    works(house)
    mails = [mail for mail in post.mails if mail["Subject"] == "Titik periksa riwayat"]
    assert sorted(str(mail["To"]) for mail in mails) == ["bob@sukamaju.go.id", OUTSIDE]
    (attached,) = mails[0].iter_attachments()
    assert attached.get_filename() == "titik-periksa-1.json.gz"
    content = attached.get_content()
    assert content == checkpoints.file(1, by=AUDITOR)
    assert checkpoints.check(content, by=AUDITOR).breach is None
    assert checkpoints.check(gzip.decompress(content), by=AUDITOR).breach is None
    forged = {**orjson.loads(gzip.decompress(content)), "heads": []}
    assert checkpoints.check(gzip.compress(orjson.dumps(forged)), by=AUDITOR).breach is not None
    for broken in (content[:40], b"\x1f\x8bnonsense"):
        with pytest.raises(Refused, match="bukan titik periksa"):
            checkpoints.check(broken, by=AUDITOR)

    clock.go_to(clock.now() + timedelta(hours=23))
    assert house.witness.run(KEY, by=SYSTEM) == 0
    clock.go_to(clock.now() + timedelta(hours=1))
    assert house.witness.run(KEY, by=SYSTEM) == 1
    assert not house.witness.schedule(by=AUDITOR).overdue
    clock.go_to(clock.now() + timedelta(hours=48))
    assert house.witness.schedule(by=AUDITOR).overdue


def test_a_year_that_is_closed_is_sealed_by_a_checkpoint_of_its_own(house: Application, clock: VirtualClock) -> None:
    decides(house, "titik_periksa.jam", 0)
    assert house.witness.run(KEY, by=SYSTEM) == 0
    assert not house.witness.schedule(by=AUDITOR).overdue
    house.cycle.close_cycle("2026", by=SYSTEM)

    assert [house.witness.run(KEY, by=SYSTEM) for _ in range(2)] == [1, 0]
    clock.go_to(clock.now() + timedelta(days=30))
    assert house.witness.run(KEY, by=SYSTEM) == 0


def test_only_the_newest_files_stay_and_only_auditors_take_them(house: Application) -> None:
    for _ in range(KEPT + 2):
        house.engine.checkpoints.sign(KEY, by=SYSTEM)

    checkpoints = house.engine.checkpoints
    assert checkpoints.kept(by=AUDITOR) == frozenset(range(3, KEPT + 3))
    assert signed(house) == KEPT + 2
    with pytest.raises(NotFound):
        checkpoints.file(2, by=AUDITOR)
    personnel = Actor("alice", roles=frozenset({"personnel"}))
    with pytest.raises(NotYours):
        checkpoints.file(9, by=personnel)
    with pytest.raises(NotYours):
        house.witness.run(KEY, by=personnel)


def test_addresses_are_parted_by_commas() -> None:
    assert Addresses().read(f" {OUTSIDE}, a@b ,") == [OUTSIDE, "a@b"]
    assert Addresses().read(" ") == []
    for wrong in ("inspektorat", "a@b c@d", "a@b\nBcc: c@d"):
        with pytest.raises(ValueError, match="alamat surel"):
            Addresses().read(wrong)
