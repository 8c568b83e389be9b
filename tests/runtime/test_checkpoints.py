"""A signed checkpoint in an auditor's hands shows what nobody can see in the database alone."""

import base64
import gzip
from collections.abc import Callable
from uuid import UUID

import orjson
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.errors import NotYours, Refused
from engine.runtime import history
from engine.runtime.checkpoints import root
from engine.runtime.event_texts import text_of
from engine.runtime.models import CaseRow, HistoryRow
from engine.runtime.values import SYSTEM, Actor
from tests.runtime import diagrams as d
from tests.runtime.office import AUDITOR, Office, disarm

PROCESS = d.process("work", d.start(), d.user_task("write"), d.end(), *d.path("begun", "write", "finished"))
KEY, OTHER = b"s" * 32, b"t" * 32


@pytest.fixture
def office(office_of: Callable[..., Office]) -> Office:
    return office_of(PROCESS)


@pytest.fixture
def cases(office: Office) -> list[UUID]:
    opened = [office.opens(key=f"2026/{who}") for who in ("alice", "bob", "carol")]
    return sorted(opened)


def rewrite(connection: sa.Connection, case: UUID) -> None:
    """Another first event, and every hash after it made to fit: the database alone cannot tell."""
    rows = connection.execute(sa.select(HistoryRow.seq, HistoryRow.body).where(HistoryRow.case_id == case)).all()
    previous = history.genesis(case)
    for seq, body in sorted((row.seq, text_of(row.body, case)) for row in rows):
        told = body.replace('"actor":"', '"actor":"x') if seq == 1 else body
        previous = history.link(previous, told)
        here = (HistoryRow.case_id == case, HistoryRow.seq == seq)
        connection.execute(sa.update(HistoryRow).where(*here).values(body=told, hash=previous))
    connection.execute(sa.update(CaseRow).where(CaseRow.id == case).values(head=previous))


def test_what_has_happened_since_does_not_break_a_checkpoint(office: Office, cases: list[UUID]) -> None:
    checkpoints = office.engine.checkpoints
    content = checkpoints.sign(KEY, by=SYSTEM)
    office.opens(key="2026/dan")
    second = checkpoints.sign(KEY, by=SYSTEM)

    first = checkpoints.check(content, by=AUDITOR)

    assert (first.no, first.cases, first.breach) == (1, 3, None)
    assert checkpoints.check(second, by=AUDITOR).breach is None
    newest, oldest = checkpoints.all(by=AUDITOR)
    assert (oldest.prev, len(newest.prev)) == ("", 64)


def test_a_chain_that_was_written_anew_is_found_by_the_checkpoint_alone(office: Office, cases: list[UUID]) -> None:
    content = office.engine.checkpoints.sign(KEY, by=SYSTEM)
    with office.engine.database.begin() as connection:  # by somebody who owns the database
        disarm(connection)
        rewrite(connection, cases[1])

    assert office.engine.verify().breach is None, "the database alone cannot tell"
    breach = office.engine.checkpoints.check(content, by=AUDITOR).breach
    assert breach is not None
    assert str(cases[1]) in breach


def test_a_forged_file_is_found(office: Office, cases: list[UUID]) -> None:
    checkpoints = office.engine.checkpoints
    whole = orjson.loads(gzip.decompress(checkpoints.sign(KEY, by=SYSTEM)))
    public = base64.b64encode(Ed25519PrivateKey.from_private_bytes(OTHER).public_key().public_bytes_raw()).decode()
    forged = {
        "fewer": {**whole, "heads": whole["heads"][1:]},
        "told": {**whole, "checkpoint": {**whole["checkpoint"], "events": 1}},
        "signer": {**whole, "public_key": public},
        "head": {**whole, "heads": [[case, seq, "00" * 32] for case, seq, _ in whole["heads"]]},
    }

    found = {name: checkpoints.check(orjson.dumps(one), by=AUDITOR).breach for name, one in forged.items()}

    assert [name for name, breach in found.items() if breach is None] == []
    assert checkpoints.check(orjson.dumps(whole), by=AUDITOR, public_key=public).breach is not None
    assert checkpoints.check(orjson.dumps(whole), by=AUDITOR, public_key=whole["public_key"]).breach is None
    for nonsense in (b"", b"{}", b"[1]", b'{"checkpoint":{"v":1}}'):
        with pytest.raises(Refused, match="bukan titik periksa"):
            checkpoints.check(nonsense, by=AUDITOR)


def test_only_the_command_line_signs_and_only_auditors_look(office: Office, cases: list[UUID]) -> None:
    content = office.engine.checkpoints.sign(KEY, by=SYSTEM)
    for who in (Actor("alice"), Actor("op", roles=frozenset({"operator", "personnel"}))):
        with pytest.raises(NotYours):
            office.engine.checkpoints.check(content, by=who)
    with pytest.raises(NotYours):
        office.engine.checkpoints.sign(KEY, by=AUDITOR)
    with pytest.raises(sa.exc.DBAPIError, match="append only"), office.engine.database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM checkpoints")


@pytest.mark.parametrize("count", range(9))
def test_every_head_counts_in_the_root(count: int) -> None:
    heads = [(UUID(int=number), 1, bytes([number]) * 32) for number in range(count)]
    changed = [
        [(case, seq, b"x" * 32) if at == one else (case, seq, head) for at, (case, seq, head) in enumerate(heads)]
        for one in range(count)
    ]

    assert len({root(heads), *(root(one) for one in changed)}) == count + 1
