from datetime import timedelta

import pytest
import sqlalchemy as sa

from engine.clock import VirtualClock
from engine.cycle.accounts import WRONG, SignInRefused
from engine.cycle.models import AccountRow, SignInAttemptRow
from engine.cycle.passwords import CHEAP, Passwords
from engine.cycle.year import PerformanceCycle
from engine.errors import FormInvalid, NotFound, NotYours, Refused
from engine.runtime.values import SYSTEM, Actor
from tests.cycle.agency import PERSONNEL

GOOD = "kucing lewat pagar"
OFFICE, HOME = "10.0.0.7", "203.0.113.9"


@pytest.fixture
def nip(populated: sa.Engine, cycle: PerformanceCycle) -> str:
    """alice has an account."""
    return cycle.create_account("alice", GOOD, by=PERSONNEL).nip


def fails(
    cycle: PerformanceCycle, nip: str, *, address: str = OFFICE, password: str = "salah sama sekali"
) -> SignInRefused:
    with pytest.raises(SignInRefused) as refused:
        cycle.authenticate(nip, password, address=address)
    return refused.value


def test_a_nip_and_its_password_open_the_account(nip: str, cycle: PerformanceCycle) -> None:
    account = cycle.authenticate(f" {nip[:8]} {nip[8:]} ", GOOD, address=OFFICE)

    assert (account.person, account.name, account.unit, account.locale) == ("alice", "Alice", "KESMAS", "id")
    assert account.actor == Actor("alice", "Alice")
    assert cycle.account(account.id) == account


def test_groups_and_roles_come_with_the_account(populated: sa.Engine, cycle: PerformanceCycle) -> None:
    tuti = cycle.create_account("tuti", GOOD, by=PERSONNEL)
    owner = cycle.create_account(
        "pemilik", GOOD, by=SYSTEM, login="pemilik", name="Pemilik Proses", roles=["process_owner"], locale="en"
    )

    assert tuti.groups == {"performance_team:DINKES"}
    assert owner.actor == Actor("pemilik", "Pemilik Proses", roles=frozenset({"process_owner"}))
    assert cycle.authenticate("pemilik", GOOD, address=OFFICE).locale == "en"


def test_wrong_and_unknown_get_the_same_answer(nip: str, cycle: PerformanceCycle) -> None:
    assert str(fails(cycle, nip)) == str(fails(cycle, "199901012020011001")) == WRONG


def test_an_unknown_account_costs_the_same_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    hasher = CHEAP

    class Counting:
        def hash(self, password: str) -> str:
            return hasher.hash(password)

        def verify(self, stored: str, password: str) -> bool:
            checked.append(stored)
            return bool(hasher.verify(stored, password))

    passwords = Passwords(Counting())  # type: ignore[arg-type]  # stands in for the library's class
    stored = passwords.hash("kata sandi")

    assert not passwords.matches("kata sandi", None)
    assert passwords.matches("kata sandi", stored)
    assert len(checked) == 2


def test_guessing_is_slowed_down_more_and_more_but_never_for_good(
    nip: str, cycle: PerformanceCycle, clock: VirtualClock
) -> None:
    for _ in range(4):
        assert fails(cycle, nip).retry_at is None
    waits = []
    for _ in range(12):
        refused = fails(cycle, nip, password=GOOD)  # even the right one waits
        assert refused.retry_at is not None
        assert "Coba lagi setelah pukul" in str(refused)
        waits.append(refused.retry_at - clock.now())
        clock.go_to(refused.retry_at)
        assert str(fails(cycle, nip)) == WRONG

    assert waits[:3] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert max(waits) <= timedelta(minutes=15)
    clock.advance(timedelta(minutes=15))
    assert cycle.authenticate(nip, GOOD, address=OFFICE).person == "alice"


def test_an_unknown_account_is_slowed_down_alike(populated: sa.Engine, cycle: PerformanceCycle) -> None:
    for _ in range(4):
        fails(cycle, "199901012020011001")

    assert fails(cycle, "199901012020011001").retry_at is not None


def test_strangers_cannot_lock_out_someone_who_signs_in_from_the_own_desk(
    nip: str, cycle: PerformanceCycle, clock: VirtualClock
) -> None:
    cycle.authenticate(nip, GOOD, address=OFFICE)
    clock.advance(timedelta(days=1))
    for number in range(20):
        fails(cycle, nip, address=f"198.51.100.{number}")

    assert fails(cycle, nip, address=HOME, password=GOOD).retry_at is not None
    assert cycle.authenticate(nip, GOOD, address=OFFICE).person == "alice"


def test_an_address_that_tries_many_names_is_slowed_down(nip: str, cycle: PerformanceCycle) -> None:
    for number in range(30):
        fails(cycle, f"1999010120200{number:05d}", address=HOME)

    assert fails(cycle, nip, address=HOME, password=GOOD).retry_at is not None
    assert cycle.authenticate(nip, GOOD, address=OFFICE).person == "alice"


def test_signing_in_forgives_earlier_slips(nip: str, cycle: PerformanceCycle, clock: VirtualClock) -> None:
    for _ in range(3):
        fails(cycle, nip)
    clock.advance(timedelta(seconds=1))
    cycle.authenticate(nip, GOOD, address=OFFICE)
    clock.advance(timedelta(seconds=1))

    assert fails(cycle, nip).retry_at is None


def test_names_and_passwords_are_not_kept_with_the_attempts(
    nip: str, cycle: PerformanceCycle, database: sa.Engine
) -> None:
    fails(cycle, "kucing lewat pagar")
    with database.connect() as connection:
        kept = connection.execute(sa.select(SignInAttemptRow.account, SignInAttemptRow.address)).all()

    assert all(len(value) == 64 for row in kept for value in row)


def test_a_closed_account_is_gone(nip: str, cycle: PerformanceCycle, database: sa.Engine) -> None:
    account = cycle.authenticate(nip, GOOD, address=OFFICE)
    with database.begin() as connection:
        connection.execute(sa.update(AccountRow).values(active=False))

    assert str(fails(cycle, nip, password=GOOD)) == WRONG
    assert cycle.account(account.id) is None


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("pendek", "paling sedikit 12"),
        ("x" * 201, "paling banyak 200"),
        ("aaaabbbbaaaabbbb", "terlalu sedikit"),
        ("Rahasia123456!", "mudah ditebak"),
        ("123456789012345", "mudah ditebak"),
        ("Alice-20262026", "mudah ditebak"),
    ],
)
def test_a_weak_password_is_refused_with_a_reason(
    password: str, says: str, populated: sa.Engine, cycle: PerformanceCycle
) -> None:
    with pytest.raises(FormInvalid) as refused:
        cycle.create_account("alice", password, by=PERSONNEL)

    assert says in refused.value.errors["password"]


def test_a_password_does_not_hold_the_nip(nip: str, cycle: PerformanceCycle) -> None:
    account = cycle.authenticate(nip, GOOD, address=OFFICE)
    with pytest.raises(FormInvalid, match="NIP"):
        cycle.change_password(account.id, GOOD, f"aku {nip} ya")


def test_a_new_password_ends_all_sessions(nip: str, cycle: PerformanceCycle) -> None:
    before = cycle.authenticate(nip, GOOD, address=OFFICE)
    after = cycle.change_password(before.id, GOOD, "sepeda biru di sawah")

    assert after.session_epoch == before.session_epoch + 1
    assert cycle.authenticate(nip, "sepeda biru di sawah", address=OFFICE).person == "alice"
    with pytest.raises(FormInvalid) as refused:
        cycle.change_password(before.id, GOOD, "hujan turun di bulan juni")
    assert "old" in refused.value.errors


def test_personnel_give_a_first_password_that_has_to_be_changed(nip: str, cycle: PerformanceCycle) -> None:
    account = cycle.authenticate(nip, GOOD, address=OFFICE)

    assert cycle.reset_password(account.id, "awan tipis di timur", by=PERSONNEL).must_change
    assert not cycle.change_password(account.id, "awan tipis di timur", "sepeda biru di sawah").must_change
    with pytest.raises(NotYours):
        cycle.reset_password(account.id, "awan tipis di timur", by=Actor("alice"))


def test_only_the_system_hands_out_roles(populated: sa.Engine, cycle: PerformanceCycle) -> None:
    with pytest.raises(NotYours):
        cycle.create_account("alice", GOOD, by=PERSONNEL, roles=["auditor"])
    with pytest.raises(NotYours):
        cycle.create_account("alice", GOOD, by=Actor("bob"))
    with pytest.raises(FormInvalid):
        cycle.create_account("alice", GOOD, by=SYSTEM, roles=["king"])
    auditor = cycle.create_account("alice", GOOD, by=SYSTEM, roles=["auditor"])
    with pytest.raises(NotYours):
        cycle.reset_password(auditor.id, "awan tipis di timur", by=PERSONNEL)


def test_an_employee_has_one_account_and_nobody_else_gets_one(nip: str, cycle: PerformanceCycle) -> None:
    with pytest.raises(Refused, match="sudah mempunyai akun"):
        cycle.create_account("alice", GOOD, by=PERSONNEL)
    with pytest.raises(NotFound):
        cycle.create_account("nobody", GOOD, by=PERSONNEL)


def test_the_language_stays_with_the_account(nip: str, cycle: PerformanceCycle) -> None:
    account = cycle.authenticate(nip, GOOD, address=OFFICE)
    cycle.set_locale(account.id, "en")
    found = cycle.account_of(nip)

    assert found is not None
    assert found.locale == "en"
    with pytest.raises(Refused):
        cycle.set_locale(account.id, "xx")
