"""Counselling is between two: what is typed and signed there is read by the counsellor alone; only the advice goes on."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import orjson
import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.privacy.schedule import Retained
from engine.cycle.simulation.answers import fill
from engine.db import Base, new_id
from engine.errors import EngineError, NotFound, NotYours, Refused
from engine.runtime import sealing, steps, tasks
from engine.runtime.event_texts import text_of
from engine.runtime.models import CaseKeyRow, HistoryRow, OutboxRow, SecretKeyRow, TaskRow
from engine.runtime.reading import case_key
from engine.runtime.values import ENDED, SYSTEM, Actor, OpenCase, Task
from engine.settings import Settings, SettingsError, from_environment
from tests.cycle.agency import Agency
from tests.cycle.house import MORNING, opened

SARI = Actor("sari", groups=frozenset({"counsellor"}))
DAN = Actor("dan", groups=frozenset({"counsellor"}))
FIRST, SECOND = b"c" * 32, b"d" * 32  # keys of counselling
CONFIDED = "QZXJ merawat ibu yang sakit sejak Maret"
OTHERS = [
    Actor("alice"),
    Actor("bob"),
    Actor("carol"),
    Actor("dan", groups=frozenset({"counsellor"})),
    Actor("dian", roles=frozenset({"personnel"})),
    Actor("dian", groups=frozenset({"admin"}), roles=frozenset({"process_owner"})),
    Actor("audit", roles=frozenset({"auditor"})),
    Actor("op", roles=frozenset({"operator"})),
    SYSTEM,
]


@pytest.fixture
def house(
    settings: Settings, populated: sa.Engine, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Application]:
    """A counselling of alice's; sari and dan are counsellors."""
    with populated.begin() as connection:
        for counsellor in ("sari", "dan"):
            Agency(connection).joins(counsellor, "counsellor")
    with opened(replace(settings, counselling_keks=(FIRST,)), populated, clock, monkeypatch) as (application, _post):
        application.engine.open_case(
            OpenCase(
                "counselling", "c/alice", "alice", "Alice", "KESMAS", "2026", "Konseling", {"employee": {"id": "alice"}}
            ),
            by=SYSTEM,
        )
        yield application


def taken(house: Application, by: Actor = SARI) -> Task:
    (task,) = house.engine.inbox(by=by, box="team").items
    house.engine.claim(task.id, by=by)
    return house.engine.task(task.id, by=by).task


def types(house: Application, task: Task) -> int:
    return house.engine.save_draft(task.id, {"masalah": CONFIDED}, revision=task.revision, by=SARI)


def holds(house: Application, task: Task, revision: int) -> None:
    view = house.engine.task(task.id, by=SARI)
    started = {**view.answers, "masalah": CONFIDED, "ringkasan": CONFIDED, "hasil": CONFIDED}
    decided = {"lanjut": "TIDAK", "tindak_lanjut": "BIMBINGAN"}
    answers: dict[str, Any] = fill(view.form, started, view.context, house.engine.environment(), Random(1), decided)
    house.engine.complete_task(task.id, answers, key=str(new_id()), revision=revision, by=SARI)


def read_by(house: Application, task: Task, who: Actor) -> str:
    """All that the verbs give to somebody of this task and its case."""
    engine, case = house.engine, task.case_id
    asks = (
        lambda: engine.task(task.id, by=who),
        lambda: engine.case(case, by=who),
        lambda: engine.history(case, by=who),
        lambda: engine.operations.view(case, by=who),
        lambda: engine.inbox(by=who, box="done"),
    )
    found = []
    for ask in asks:
        try:
            found.append(repr(ask()))
        except EngineError as refused:
            found.append(str(refused))
    return "\n".join(found)


def stored(house: Application) -> str:
    """Every value of every table as the models read it."""
    with house.engine.database.connect() as connection:
        return repr([connection.execute(sa.select(table)).all() for table in Base.metadata.sorted_tables])


@pytest.mark.parametrize("signed", [False, True])
def test_nobody_but_the_counsellor_reads_it_nor_does_the_database_say_it(house: Application, signed: bool) -> None:
    task = taken(house)
    revision = types(house, task)
    if signed:
        holds(house, task, revision)

    assert CONFIDED in read_by(house, task, SARI)
    assert [who.person for who in OTHERS if "QZXJ" in read_by(house, task, who)] == []
    assert "QZXJ" not in stored(house)


def test_the_counsellor_knows_of_the_task_and_not_of_the_case(house: Application) -> None:
    task = taken(house)
    view = house.engine.task(task.id, by=SARI)
    holds(house, task, types(house, task))

    assert view.is_guest
    assert view.context.keys() <= {"employee", "cycle", "periods", "behaviours"}
    assert house.engine.task(task.id, by=SARI).answers["masalah"] == CONFIDED
    for ask in (house.engine.case, house.engine.history):
        with pytest.raises(NotFound):
            ask(task.case_id, by=SARI)
    assert house.engine.cases(by=SARI, subject="alice").total == 0


def test_a_draft_stays_with_the_one_who_typed_it(house: Application) -> None:
    task = taken(house)
    types(house, task)
    house.engine.release_claim(task.id, by=SARI)

    house.engine.claim(task.id, by=DAN)
    seen = house.engine.task(task.id, by=DAN)

    assert "QZXJ" not in repr(seen)
    assert not seen.answers.get("masalah")
    house.engine.release_claim(task.id, by=DAN)
    house.engine.claim(task.id, by=SARI)
    assert house.engine.task(task.id, by=SARI).answers["masalah"] == CONFIDED


def test_a_box_of_another_task_or_person_does_not_open(house: Application) -> None:
    task = taken(house)
    types(house, task)
    with house.engine.database.begin() as connection:
        connection.execute(sa.update(TaskRow).where(TaskRow.id == task.id).values(assignee="dan"))

    assert "QZXJ" not in repr(house.engine.task(task.id, by=DAN))


def test_only_the_advice_goes_on(house: Application) -> None:
    task = taken(house)
    holds(house, task, types(house, task))

    data = house.engine.operations.view(task.case_id, by=Actor("op", roles=frozenset({"operator"}))).data
    with house.engine.database.connect() as connection:
        told = [row.payload for row in connection.execute(sa.select(OutboxRow)) if row.case_id == task.case_id]
        bodies = connection.scalars(sa.select(HistoryRow.body).where(HistoryRow.case_id == task.case_id))
        events = [orjson.loads(text_of(body, task.case_id)) for body in bodies]

    assert "counselling_session" not in data  # not even the advice, for who operates
    assert any("performers" in payload for payload in told)
    assert "QZXJ" not in repr(told)
    (held,) = [event for event in events if event["type"] == "task_completed"]
    assert held["data"]["secret"] is True


def opened_with(house: Application, case: UUID, *keks: bytes) -> list[str]:
    """What the boxes of a case say to whoever has a copy of the database and these keys."""
    found = []
    with house.engine.database.connect() as connection:
        wrapped = connection.scalars(sa.select(CaseKeyRow.wrapped).where(CaseKeyRow.case_id == case)).all()
        wrapped += connection.scalars(sa.select(SecretKeyRow.wrapped).where(SecretKeyRow.case_id == case)).all()
        sealed = (HistoryRow.case_id == case, HistoryRow.box.is_not(None))
        boxes = connection.execute(sa.select(HistoryRow.seq, HistoryRow.box).where(*sealed)).all()
    for one, kek, (seq, box) in product(wrapped, keks, boxes):
        with suppress(sealing.Unsealable):
            found.append(repr(sealing.open_box(box, sealing.unwrap(one, kek, case), case, seq)))
    return found


def test_the_key_of_all_cases_and_a_copy_of_the_database_open_no_note(house: Application, settings: Settings) -> None:
    task = taken(house)
    holds(house, task, types(house, task))

    without, with_it = opened_with(house, task.case_id, settings.kek), opened_with(house, task.case_id, FIRST)

    assert without, "the other events open"
    assert "QZXJ" not in repr(without)
    assert "QZXJ" in repr(with_it)
    assert house.engine.verify().breach is None


def test_the_key_is_changed_without_losing_or_opening_a_note(house: Application) -> None:
    task = taken(house)
    holds(house, task, types(house, task))
    house.engine._resources.secret_keks = (SECOND, FIRST)

    with pytest.raises(NotYours):
        house.privacy.counselling.rotate(by=Actor("dian", roles=frozenset({"personnel"})))
    assert [house.privacy.counselling.rotate(by=SYSTEM) for _ in range(2)] == [1, 0]

    house.engine._resources.secret_keks = (SECOND,)
    assert CONFIDED in read_by(house, task, SARI)
    assert house.engine.verify().breach is None
    house.engine._resources.secret_keks = (FIRST,)
    with pytest.raises(sealing.Unsealable, match="tidak ada di server ini"):
        house.engine.task(task.id, by=SARI)


def test_notes_and_drafts_of_before_are_read_on(house: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """They were sealed under the case's key."""

    def case_key_of_before(_ring: object, connection: sa.Connection, case: UUID) -> bytes:
        key = case_key(house.engine._resources, connection, case)
        assert key is not None
        return key

    with monkeypatch.context() as before:
        for room in (steps, tasks):
            before.setattr(room, "secret_key_for", case_key_of_before)
        task = taken(house)
        revision = types(house, task)
    assert house.engine.task(task.id, by=SARI).answers["masalah"] == CONFIDED

    with monkeypatch.context() as before:
        before.setattr(steps, "secret_key_for", case_key_of_before)
        holds(house, task, revision)
    assert CONFIDED in read_by(house, task, SARI)
    assert house.engine.verify().breach is None


def test_the_key_lies_in_a_file_of_its_own_that_the_settings_name(tmp_path: Path) -> None:
    kept = from_environment({"SIKLUS_DATA": str(tmp_path)})
    (tmp_path / "counselling.key").rename(tmp_path / "old.key")
    new = {"SIKLUS_DATA": str(tmp_path), "SIKLUS_COUNSELLING_KEY": str(tmp_path / "new.key")}

    changed = from_environment({**new, "SIKLUS_COUNSELLING_KEY_BEFORE": str(tmp_path / "old.key")})

    assert kept.counselling_keks != (kept.kek,)
    assert changed.counselling_keks[1:] == kept.counselling_keks
    assert changed.counselling_keks[0] != kept.counselling_keks[0]
    with pytest.raises(SettingsError, match="tidak ada"):
        from_environment({**new, "SIKLUS_COUNSELLING_KEY_BEFORE": str(tmp_path / "lost.key")})


@pytest.mark.parametrize(
    "attack", ["UPDATE history SET box = NULL", "DELETE FROM secret_keys", "DELETE FROM case_keys"]
)
def test_what_goes_without_a_recorded_erasure_is_refused_or_found(house: Application, attack: str) -> None:
    task = taken(house)
    holds(house, task, types(house, task))

    try:
        with house.engine.database.begin() as connection:
            connection.exec_driver_sql(attack)
    except sa.exc.DBAPIError:
        assert "history" in attack
        assert house.engine.verify().breach is None
    else:
        breach = house.engine.verify().breach
        assert breach is not None
        assert "history" not in attack


def test_after_two_years_the_notes_are_erased_and_the_history_tells_so(house: Application, clock: VirtualClock) -> None:
    task = taken(house)
    holds(house, task, types(house, task))
    case, retention = task.case_id, house.privacy.retention
    if house.engine.case(case, by=OTHERS[6]).case.status not in ENDED:
        house.engine.cancel_case(case, reason="Selesai dibahas", by=Actor("op", roles=frozenset({"operator"})))
    for person in ("dian1", "dian2"):
        house.cycle.create_account(
            person, "perahu-layar-biru", by=SYSTEM, login=person, name=person, roles=frozenset({"personnel"})
        )
    first, second = (Actor(person, person, roles=frozenset({"personnel"})) for person in ("dian1", "dian2"))
    with pytest.raises(Refused, match="masa simpan"):
        retention.propose(Retained.SECRETS, "Jadwal retensi arsip", by=first)
    clock.go_to(MORNING + timedelta(days=3 * 366))

    retention.accept(retention.propose(Retained.SECRETS, "Jadwal retensi arsip", by=first), by=second)
    while house.work():
        pass

    found = house.engine.verify()
    assert (found.breach, found.erased) == (None, 1)
    assert "QZXJ" not in read_by(house, task, SARI)
    assert opened_with(house, case, FIRST) == []
    assert [event.type for event in house.engine.history(case, by=OTHERS[6])][-1] == "values_erased"
