"""History and sealed values take little room, come back to the letter, and are read as they were written before."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import orjson
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from engine.runtime import canonical, sealing
from engine.runtime.event_texts import PACKER, text_of
from engine.runtime.models import CaseKeyRow, HistoryRow
from engine.runtime.packing import Unpackable
from engine.runtime.task_ids import number_of, task_id
from tests.runtime import diagrams as d
from tests.runtime.office import AUDITOR, Office, disarm

SEND = Callable[..., Office]
PROCESS = d.process("work", d.start(), d.user_task("write"), d.end(), *d.path("begun", "write", "finished"))
FIRST = {
    "history-2": "669c265971b74fc337d33f6e4444320c53191f43acff63e83a3d63d6363461c0",
    "sealed-2": "2b4ec2cf94d9063a706c7b07a905abad8416c0a9dc496e81ac30ebda5e04bd2e",
}
CASE = UUID("0b5f1a52-3d7e-4c11-9d53-8b8a40a3c6de")
IDS = (
    st.uuids().map(str) | st.just(str(CASE)) | st.integers(0, 2**32 - 1).map(lambda number: str(task_id(CASE, number)))
)
MOMENTS = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
DIGESTS = st.binary(min_size=32, max_size=32).map(lambda raw: b64encode(raw).decode())
NEARLY = st.sampled_from(
    [
        *("=" * 44, "A" * 43 + "=", "A" * 42 + "B=", "\x01", "\x02", "\x06", "\\u0001", str(uuid4()).upper()),
        *("2026-13-01T00:00:00+00:00", "2026-01-01T24:00:00+00:00", "2026-01-01T00:00:00.000000+00:00"),
        *("1969-12-31T23:59:59+00:00", "2200-01-01T00:00:00+00:00", "2026-01-01T00:00:00+07:00"),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text() | IDS | DIGESTS | MOMENTS | NEARLY,
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | IDS | DIGESTS | NEARLY, inner),
)


def test_the_dictionaries_are_those_that_everything_was_written_with() -> None:
    for name, packer in (("history-2", PACKER), ("sealed-2", sealing.PACKER)):
        assert hashlib.sha256(packer.dictionary.as_bytes()).hexdigest() == FIRST[name]


@given(VALUES)
def test_every_text_comes_back_to_the_letter(value: object) -> None:
    text = canonical.dumps(value).decode()
    for packer in (PACKER, sealing.PACKER):
        assert packer.unpack(packer.pack(text, CASE), CASE) == text


@given(st.uuids(), st.integers(0, 2**16 - 1), st.uuids())
def test_a_task_is_known_by_its_case_and_number_alone(case: UUID, number: int, other: UUID) -> None:
    assert number_of(case, task_id(case, number)) == number
    assert number_of(case, other) is None
    assert other == case or number_of(other, task_id(case, number)) is None


def test_an_event_keeps_neither_its_case_nor_what_its_tasks_are_called() -> None:
    named = canonical.dumps(
        {"case": str(CASE), "task": str(task_id(CASE, 7)), "at": "2026-01-02T01:00:00+00:00"}
    ).decode()
    drawn = canonical.dumps({"case": str(uuid4()), "task": str(uuid4()), "at": "2026-01-02T01:00:00+00:00"}).decode()
    assert len(PACKER.pack(named, CASE)) + 16 + 8 <= len(PACKER.pack(drawn, CASE))


@given(st.dictionaries(st.text(), VALUES, min_size=1, max_size=4))
def test_sealed_values_come_back_with_the_salts_of_their_commitments(values: dict[str, object]) -> None:
    case_id, key = uuid4(), sealing.new_key()
    commitments, box = sealing.seal(values, key, case_id, 7)
    opened = sealing.open_box(box, key, case_id, 7)
    assert {field: value for field, (_, value) in opened.items()} == values
    assert {field: sealing.commitment(salt, value) for field, (salt, value) in opened.items()} == commitments
    assert len({salt for salt, _ in opened.values()}) == len(values)
    assert all(len(salt) == sealing.SALT_BYTES for salt, _ in opened.values())


@pytest.mark.parametrize("packed", [b"", b"\x01rest", b"\x02", b"\x02rest", PACKER.pack('{"a":1}', CASE)[:-3]])
def test_what_was_not_packed_here_is_refused(packed: bytes) -> None:
    with pytest.raises(Unpackable):
        PACKER.unpack(packed, CASE)


def test_an_event_takes_a_third_of_its_text_on_sqlite(office_of: SEND, database: sa.Engine) -> None:
    office = office_of(PROCESS)
    office.opens()
    office.completes("write", text="kept")
    with database.connect() as connection:
        stored = connection.scalars(sa.text("SELECT body FROM history ORDER BY seq")).all()
        kept = connection.scalars(sa.select(HistoryRow.body).order_by(HistoryRow.seq)).all()
    bodies = [text_of(body, office.id) for body in kept]
    if database.dialect.name == "postgresql":
        assert stored == bodies
    else:
        assert all(3 * len(packed) < len(text) for packed, text in zip(stored, bodies, strict=True))
    assert [text for text, _ in office.engine.chain(office.id, by=AUDITOR)] == bodies


def test_rows_of_before_are_read_and_the_chain_goes_on(office_of: SEND, database: sa.Engine) -> None:
    office = office_of(PROCESS)
    office.opens(amount=7)
    before = office.engine.history(office.id, by=AUDITOR)
    with database.begin() as connection:
        disarm(connection)
        _write_as_before(connection, office.resources.kek)

    assert office.engine.verify().breach is None
    assert office.engine.history(office.id, by=AUDITOR) == before
    office.completes("write", text="packed")
    found = office.engine.verify()
    assert (found.breach, found.events) == (None, 2)


def test_a_damaged_event_is_named(office_of: SEND, database: sa.Engine) -> None:
    office = office_of(PROCESS)
    office.opens()
    with database.begin() as connection:
        disarm(connection)
        connection.exec_driver_sql("UPDATE history SET body = substr(body, 1, 40)")
    breach = office.engine.verify().breach
    assert breach is not None
    assert (breach.case_id, breach.seq) == (office.id, 1)


def _write_as_before(connection: sa.Connection, kek: bytes) -> None:
    """Events as plain text, and in the boxes each salt beside its value."""
    row = connection.execute(
        sa.select(HistoryRow.case_id, HistoryRow.box, HistoryRow.body, CaseKeyRow.wrapped).join(
            CaseKeyRow, CaseKeyRow.case_id == HistoryRow.case_id
        )
    ).one()
    assert row.box is not None
    key = sealing.unwrap(row.wrapped, kek, row.case_id)
    values = sealing.open_box(row.box, key, row.case_id, 1)
    plain = orjson.dumps({field: [b64encode(salt).decode(), value] for field, (salt, value) in values.items()})
    box = b"n" * 12 + AESGCM(key).encrypt(b"n" * 12, plain, row.case_id.bytes + bytes((0, 0, 0, 1)))
    connection.execute(sa.update(HistoryRow).values(body=text_of(row.body, row.case_id), box=box))
