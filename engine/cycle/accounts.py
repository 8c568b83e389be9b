"""Accounts: signing in with a NIP and a password, throttled; what an account may do.

Guessing is slowed down for each account and each address, and nobody is ever locked out for good: an address from which
the account has signed in before is not slowed down by what strangers try. Source: reference RELIABILITY 5.3.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.cycle.models import (
    AccountRow,
    EmployeeRow,
    GroupMemberRow,
    HoldingRow,
    PostRow,
    SignInAttemptRow,
)
from engine.cycle.organisation import in_force
from engine.cycle.passwords import Passwords, check_new_password
from engine.cycle.storage import Storage
from engine.errors import EngineError, FormInvalid, NotFound, NotYours, Refused
from engine.runtime.values import Actor

ROLES = frozenset({"process_owner", "auditor", "personnel", "operator"})
WINDOW = timedelta(hours=1)  # failures older than this are forgotten
TRUSTED = timedelta(days=90)  # how long an address is known to an account
LONGEST_DELAY = timedelta(minutes=15)
FREE_FOR_ACCOUNT = 4  # failures that cost no delay yet
FREE_FOR_ADDRESS = 30  # an office shares one address
WRONG = "NIP atau kata sandi tidak benar. Periksa lagi, lalu coba masuk sekali lagi."


_ON: Any = sa.bindparam("on", type_=sa.Date())
SIGNED_IN = (  # one statement, because every page asks: a row for each work pool, of two posts the later one last
    sa.select(
        AccountRow.id,
        AccountRow.person,
        AccountRow.login,
        AccountRow.name,
        AccountRow.locale,
        AccountRow.roles,
        AccountRow.session_epoch,
        AccountRow.must_change,
        EmployeeRow.name.label("employee"),
        PostRow.unit_id.label("unit"),
        sa.func.coalesce(PostRow.heads_unit, sa.false()).label("leads"),
        GroupMemberRow.group.label("pool"),
    )
    .select_from(AccountRow)
    .outerjoin(EmployeeRow, EmployeeRow.id == AccountRow.person)
    .outerjoin(HoldingRow, sa.and_(HoldingRow.employee_id == EmployeeRow.id, in_force(HoldingRow, _ON)))
    .outerjoin(PostRow, PostRow.id == HoldingRow.post_id)
    .outerjoin(GroupMemberRow, sa.and_(GroupMemberRow.person == AccountRow.person, in_force(GroupMemberRow, _ON)))
    .where(AccountRow.active)
    .order_by(HoldingRow.starts)
)
BY_ID = SIGNED_IN.where(AccountRow.id == sa.bindparam("account"))
BY_LOGIN = SIGNED_IN.where(AccountRow.login == sa.bindparam("login"))


class SignInRefused(EngineError):
    """Wrong, or tried too often; `retry_at` says from when another try is looked at. The same for unknown accounts."""

    def __init__(self, message: str, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


@dataclass(frozen=True)
class Account:
    """Who has signed in."""

    id: UUID
    person: str  # employee id; the login for who is no employee
    nip: str
    name: str
    locale: str
    roles: frozenset[str]
    groups: frozenset[str]
    session_epoch: int
    unit: str | None
    leads: bool  # holds the post that leads a unit
    must_change: bool

    @property
    def actor(self) -> Actor:
        return Actor(self.person, self.name, self.groups, self.roles)


class Accounts:
    """The agency's accounts."""

    def __init__(self, storage: Storage, passwords: Passwords) -> None:
        self._storage = storage
        self._passwords = passwords

    def authenticate(self, nip: str, password: str, *, address: str) -> Account:
        """The account of a NIP and its password.

        The try is written down before the password is looked at, so that many at once are counted too.

        Raises:
            SignInRefused: wrong, unknown, closed, or tried too often.
        """
        login = "".join(nip.split())
        now = self._storage.now()
        keys = _digest("account", login), _digest("address", address)
        with self._storage.writing() as session:
            retry_at = _retry_at(session, *keys, now=now)
            if retry_at is None:
                attempt = SignInAttemptRow(account=keys[0], address=keys[1], at=now)
                session.add(attempt)
                session.flush()
                attempt_id = attempt.id
            row = session.scalar(sa.select(AccountRow).where(AccountRow.login == login, AccountRow.active))
            found = (row.id, row.password_hash) if row else None
        if retry_at is not None:
            raise SignInRefused(_too_often(retry_at, self._storage.zone), retry_at)
        if not self._passwords.matches(password, found[1] if found else None) or found is None:
            raise SignInRefused(WRONG)
        with self._storage.writing() as session:
            session.execute(sa.update(SignInAttemptRow).where(SignInAttemptRow.id == attempt_id).values(succeeded=True))
            _forget_old_attempts(session, now)
            if self._passwords.is_dated(found[1]):
                session.execute(
                    sa.update(AccountRow)
                    .where(AccountRow.id == found[0], AccountRow.password_hash == found[1])
                    .values(password_hash=self._passwords.hash(password))
                )
            account = self._read(session.connection(), BY_ID, account=found[0])
        if account is None:
            raise SignInRefused(WRONG)
        return account

    def account(self, account_id: UUID) -> Account | None:
        """An open account, with what it may do today; None when it is closed or gone."""
        with self._storage.connected() as connection:
            return self.read(connection, account_id)

    def read(self, connection: sa.Connection, account_id: UUID) -> Account | None:
        """As `account`, through an open connection."""
        return self._read(connection, BY_ID, account=account_id)

    def account_of(self, nip: str) -> Account | None:
        """The open account of a NIP that another door has vouched for (single sign-on)."""
        with self._storage.connected() as connection:
            return self._read(connection, BY_LOGIN, login="".join(nip.split()))

    def create(
        self,
        person: str,
        password: str,
        *,
        by: Actor,
        login: str | None = None,
        name: str | None = None,
        roles: Iterable[str] = (),
        locale: str = "id",
        must_change: bool = False,
    ) -> Account:
        """Give an employee, or with `login` and `name` someone who is none, a way in.

        Raises:
            NotYours: the actor may not; only the system grants roles.
            NotFound: no such employee.  Refused: the account exists.  FormInvalid: the password is weak.
        """
        granted = frozenset(roles)
        if not ({"personnel", "system"} & by.roles) or (granted and "system" not in by.roles):
            raise NotYours("Anda tidak berwenang membuat akun dengan peran ini.")
        if granted - ROLES:
            raise FormInvalid({"roles": f"Peran tidak dikenal: {', '.join(sorted(granted - ROLES))}."})
        now = self._storage.now()
        with self._storage.writing() as session:
            employee = session.get(EmployeeRow, person)
            if employee is None and (login is None or name is None):
                raise NotFound("Pegawai ini tidak ada.")
            login, name = (employee.nip, employee.name) if employee else (login or person, name or person)
            check_new_password(password, names=(login, name))
            if session.scalar(
                sa.select(AccountRow.id).where(sa.or_(AccountRow.login == login, AccountRow.person == person))
            ):
                raise Refused(f"{name} sudah mempunyai akun.")
            row = AccountRow(
                login=login,
                person=person,
                name=name,
                password_hash=self._passwords.hash(password),
                must_change=must_change,
                roles=sorted(granted),
                locale=locale,
                created_at=now,
                password_changed_at=now,
            )
            session.add(row)
            session.flush()
            return self._known(session, row.id)

    def change_password(self, account_id: UUID, old: str, new: str) -> Account:
        """Put a new password in place of the old one; every session of the account ends.

        Raises:
            NotFound: no such account.  FormInvalid: the old one is wrong, or the new one is weak.
        """
        with self._storage.reading() as session:
            row = session.get(AccountRow, account_id)
            if row is None or not row.active:
                raise NotFound("Akun ini tidak ada.")
            stored, names = row.password_hash, (row.login, row.name)
        if not self._passwords.matches(old, stored):
            raise FormInvalid({"old": "Kata sandi lama tidak benar."})
        if old == new:
            raise FormInvalid({"new": "Kata sandi baru sama dengan yang lama."})
        check_new_password(new, names=names, field="new")
        return self._set_password(account_id, new, must_change=False)

    def reset_password(self, account_id: UUID, new: str, *, by: Actor) -> Account:
        """Give an account a first password again, to be changed at the next sign-in.

        Raises:
            NotYours: the actor is not personnel, or the account has roles that personnel does not hand out.
        """
        account = self.account(account_id)
        if account is None:
            raise NotFound("Akun ini tidak ada.")
        if "system" not in by.roles and ("personnel" not in by.roles or account.roles or account.person == by.person):
            raise NotYours("Anda tidak berwenang mengatur ulang kata sandi akun ini.")
        check_new_password(new, names=(account.nip, account.name), field="new")
        return self._set_password(account_id, new, must_change=True)

    def set_locale(self, account_id: UUID, locale: str) -> None:
        """The language in which the account reads and gets mail: "id" or "en"."""
        if locale not in ("id", "en"):
            raise Refused(f'Bahasa "{locale}" tidak tersedia.')
        with self._storage.writing() as session:
            session.execute(sa.update(AccountRow).where(AccountRow.id == account_id).values(locale=locale))

    def end_sessions(self, account_id: UUID) -> None:
        """Sign the account out everywhere."""
        with self._storage.writing() as session:
            session.execute(
                sa.update(AccountRow)
                .where(AccountRow.id == account_id)
                .values(session_epoch=AccountRow.session_epoch + 1)
            )

    def _set_password(self, account_id: UUID, password: str, *, must_change: bool) -> Account:
        hashed = self._passwords.hash(password)
        with self._storage.writing() as session:
            row = session.get_one(AccountRow, account_id)
            row.password_hash = hashed
            row.password_changed_at = self._storage.now()
            row.must_change = must_change
            row.session_epoch += 1
            session.flush()
            return self._known(session, row.id)

    def _known(self, session: Session, account_id: UUID) -> Account:
        """The account that was just written."""
        account = self._read(session.connection(), BY_ID, account=account_id)
        assert account is not None, "only open accounts are written"
        return account

    def _read(self, connection: sa.Connection, query: sa.Select[*tuple[Any, ...]], **key: object) -> Account | None:
        rows = connection.execute(query, {"on": self._storage.today(), **key}).all()
        if not rows:
            return None
        row = rows[-1]
        return Account(
            id=row.id,
            person=row.person,
            nip=row.login,
            name=row.employee or row.name,
            locale=row.locale,
            roles=frozenset(row.roles),
            groups=frozenset(one.pool for one in rows if one.pool is not None),
            session_epoch=row.session_epoch,
            unit=row.unit,
            leads=bool(row.leads),
            must_change=row.must_change,
        )


def _retry_at(session: Session, account: str, address: str, *, now: datetime) -> datetime | None:
    """From when a try is looked at again; None: at once."""
    attempts = SignInAttemptRow
    of_account, of_address = attempts.account == account, attempts.address == address
    known = session.scalar(
        sa.select(sa.func.count()).where(of_account, of_address, attempts.succeeded, attempts.at > now - TRUSTED)
    )
    since = session.scalar(
        sa.select(sa.func.max(attempts.at)).where(of_account, attempts.succeeded, *([of_address] if known else []))
    )
    start = max(since, now - WINDOW) if since else now - WINDOW
    delays = [([of_account, of_address] if known else [of_account], start, FREE_FOR_ACCOUNT)]
    if not known:
        delays.append(([of_address], now - WINDOW, FREE_FOR_ADDRESS))
    waits: list[datetime] = []
    for conditions, first, free in delays:
        failures = (*conditions, attempts.succeeded.is_(False), attempts.at > first)
        count, last = session.execute(sa.select(sa.func.count(), sa.func.max(attempts.at)).where(*failures)).one()
        wait = _after(count, last, free)
        if wait is not None:
            waits.append(wait)
    latest = max(waits, default=None)
    return latest if latest is not None and latest > now else None


def _after(count: int, last: datetime | None, free: int) -> datetime | None:
    """Each failure beyond the free ones doubles the wait since the last."""
    if last is None or count < free:
        return None
    delay = timedelta(seconds=2 << min(count - free, 9))
    return last + min(delay, LONGEST_DELAY)


def _too_often(retry_at: datetime, zone: tzinfo) -> str:
    local = retry_at.astimezone(zone)
    return f"Terlalu banyak percobaan masuk. Coba lagi setelah pukul {local:%H.%M.%S}."


def _forget_old_attempts(session: Session, now: datetime) -> None:
    attempts = SignInAttemptRow
    session.execute(
        sa.delete(attempts).where(
            sa.or_(attempts.at < now - TRUSTED, sa.and_(attempts.succeeded.is_(False), attempts.at < now - WINDOW * 24))
        )
    )


def _digest(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()
