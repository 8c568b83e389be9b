"""History and sealed values take little room, come back to the letter, and are read as they were written before."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from uuid import uuid4

import orjson
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from engine.runtime import canonical, sealing
from engine.runtime.columns import PACKER
from engine.runtime.models import CaseKeyRow, HistoryRow
from engine.runtime.packing import Unpackable
from tests.runtime import diagrams as d
from tests.runtime.office import AUDITOR, Office, disarm

SEND = Callable[..., Office]
PROCESS = d.process("work", d.start(), d.user_task("write"), d.end(), *d.path("begun", "write", "finished"))
FIRST = {
    "history-1": "99e4003d3561361da1b338f714ae6acddb948a99503154bba6bd3051871ad122",
    "sealed-1": "600a9143be11e3ed7027d5f8f4d0278b14679a0e70a6c4b966c1bf247ae31bf0",
}
IDS = st.uuids().map(str)
DIGESTS = st.binary(min_size=32, max_size=32).map(lambda raw: b64encode(raw).decode())
NEARLY = st.sampled_from(["=" * 44, "A" * 43 + "=", "A" * 42 + "B=", "\x01", "\x02", "\\u0001", str(uuid4()).upper()])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text() | IDS | DIGESTS | NEARLY,
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | IDS | DIGESTS | NEARLY, inner),
)


def test_the_dictionaries_are_those_that_everything_was_written_with() -> None:
    for name, packer in (("history-1", PACKER), ("sealed-1", sealing.PACKER)):
        assert hashlib.sha256(packer.dictionary.as_bytes()).hexdigest() == FIRST[name]


@given(VALUES)
def test_every_text_comes_back_to_the_letter(value: object) -> None:
    text = canonical.dumps(value).decode()
    for packer in (PACKER, sealing.PACKER):
        assert packer.unpack(packer.pack(text)) == text


@given(st.dictionaries(st.text(), VALUES, min_size=1, max_size=4))
def test_sealed_values_come_back_with_the_salts_of_their_commitments(values: dict[str, object]) -> None:
    case_id, key = uuid4(), sealing.new_key()
    commitments, box = sealing.seal(values, key, case_id, 7)
    opened = sealing.open_box(box, key, case_id, 7)
    assert {field: value for field, (_, value) in opened.items()} == values
    assert {field: sealing.commitment(salt, value) for field, (salt, value) in opened.items()} == commitments
    assert len({salt for salt, _ in opened.values()}) == len(values)
    assert all(len(salt) == sealing.SALT_BYTES for salt, _ in opened.values())


@pytest.mark.parametrize("packed", [b"", b"\x02rest", b"\x01", b"\x01rest", PACKER.pack('{"a":1}')[:-3]])
def test_what_was_not_packed_here_is_refused(packed: bytes) -> None:
    with pytest.raises(Unpackable):
        PACKER.unpack(packed)


def test_an_event_takes_a_third_of_its_text_on_sqlite(office_of: SEND, database: sa.Engine) -> None:
    office = office_of(PROCESS)
    office.opens()
    office.completes("write", text="kept")
    with database.connect() as connection:
        stored = connection.scalars(sa.text("SELECT body FROM history ORDER BY seq")).all()
        bodies = connection.scalars(sa.select(HistoryRow.body).order_by(HistoryRow.seq)).all()
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
    connection.execute(sa.update(HistoryRow).values(body=sa.type_coerce(row.body, sa.Text), box=box))
