"""What may happen to a person during the year: each judges itself, and writes itself into the people's data.

Source: DOMAIN 1.4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.cycle.access import demand_agency, demand_unit, scope, tree
from engine.cycle.line_changes import called, end, people_of, post_leading, require_in_sight, unit_name
from engine.cycle.models import HoldingRow, PostKind, PostRow, ReportingLineRow, UnitRow
from engine.cycle.organisation import Organisation, in_force
from engine.cycle.people import People
from engine.cycle.ratings import TIERS
from engine.db import new_id
from engine.errors import FormInvalid
from engine.runtime.values import Actor, Json

TITLE = 200  # letters


@dataclass(frozen=True)
class Transfer:
    """From a day on someone holds another post; the SKP of the old one is closed, and a new one begins."""

    employee: str
    unit: str
    position: str
    kind: PostKind
    tier: str | None
    heads: bool
    letter: str
    starts: date
    ends: None = None
    gives_away: None = None
    event: str = "MUTASI"

    @property
    def about(self) -> str:
        return self.employee

    def title(self, organisation: Organisation) -> str:
        where = f"{self.position.strip()}, {unit_name(organisation, self.unit)}"
        return f"Mutasi {called(organisation, self.employee)}: {where}"

    def judge(self, organisation: Organisation, by: Actor) -> None:
        require_in_sight(organisation, self.employee, by)
        demand_unit(scope(organisation, by), self.unit)
        faults = self._faults(organisation)
        if faults:
            raise FormInvalid(faults)

    def write(self, session: Session) -> None:
        end(session, HoldingRow, HoldingRow.employee_id == self.employee, self.starts)
        end(session, ReportingLineRow, ReportingLineRow.employee_id == self.employee, self.starts)
        row = {"employee_id": self.employee, "post_id": self._post(session), "starts": self.starts, "ends": None}
        session.execute(sa.insert(HoldingRow), row)

    def concerns(self, organisation: Organisation) -> frozenset[str]:
        """Whoever the person leads, before or after; the own case ends and begins anew."""
        led = organisation.units_led_by(self.employee) | ({self.unit} if self.heads else set())
        return people_of(organisation, led) - {self.employee}

    def confirm(self, organisation: Organisation, people: People) -> None:
        """A post is held, whatever it does to appraisals."""

    def _faults(self, organisation: Organisation) -> Mapping[str, str]:
        faults = {}
        person = organisation.people([self.employee])[self.employee]
        title = self.position.strip()
        there = sa.select(UnitRow.id).where(UnitRow.id == self.unit, in_force(UnitRow, self.starts))
        if organisation.connection.scalar(there) is None:
            faults["unit"] = "Unit ini tidak ada pada hari itu."
        if not title or len(title) > TITLE:
            faults["position"] = "Tulis nama jabatan barunya."
        if not self.letter.strip():
            faults["letter"] = "Tulis nomor surat keputusannya."
        if (self.kind is PostKind.FUNGSIONAL) != (self.tier in TIERS):
            faults["tier"] = "Jenjang diisi untuk jabatan fungsional, dan hanya untuk itu."
        if person.unit == self.unit and person.position == title and person.heads_unit == self.heads:
            faults["position"] = f"{person.name} sudah memegang jabatan itu."
        if person.since is not None and self.starts <= person.since:
            faults["starts"] = (
                f"Jabatan yang sekarang dipegang sejak {person.since:%d-%m-%Y}; tanggal mutasi sesudahnya."
            )
        if self.heads:
            faults |= self._taken(organisation)
        return faults

    def _taken(self, organisation: Organisation) -> Mapping[str, str]:
        """The post that leads a unit has one holder."""
        post = post_leading(organisation.connection, self.unit, self.starts)
        if post is None:
            return {"unit": "Unit ini tidak mempunyai jabatan pimpinan."}
        row = HoldingRow
        query = sa.select(row.employee_id).where(row.post_id == post, in_force(row, self.starts))
        holder = organisation.connection.scalar(query)
        if holder is None or holder == self.employee:
            return {}
        return {"heads": f"Jabatan pimpinan itu masih dipegang {called(organisation, holder)}; catat dahulu mutasinya."}

    def _post(self, session: Session) -> str:
        """The post that leads the unit, or the staff post of this name, kind and tier; a new one where there is none."""
        if self.heads:
            return str(post_leading(session.connection(), self.unit, self.starts))
        row, title = PostRow, self.position.strip()
        described = {"unit_id": self.unit, "name": title, "kind": self.kind, "tier": self.tier, "heads_unit": False}
        same = [
            getattr(row, name) == value if value is not None else getattr(row, name).is_(None)
            for name, value in described.items()
        ]
        known = session.scalar(sa.select(row.id).where(*same, in_force(row, self.starts)).order_by(row.id).limit(1))
        if known is not None:
            return known
        post = str(new_id())
        session.execute(sa.insert(row), {"id": post, **described, "starts": self.starts, "ends": None})
        return post


@dataclass(frozen=True)
class Reorganised(Transfer):
    """From a day on someone's post stands elsewhere in the organisation: the SKP goes on, and is changed where it must be."""

    event: str = "REORGANISASI"

    def title(self, organisation: Organisation) -> str:
        where = f"{self.position.strip()}, {unit_name(organisation, self.unit)}"
        return f"Reorganisasi, {called(organisation, self.employee)}: {where}"

    def concerns(self, organisation: Organisation) -> frozenset[str]:
        """The own case goes on, with whoever appraises there."""
        return super().concerns(organisation) | {self.employee}

    def change(self, by: Actor) -> Mapping[str, Json]:
        """What the process of changing an SKP is told."""
        text = f"Reorganisasi sejak {self.starts:%d-%m-%Y}: sesuaikan hasil kerja dengan unit dan pimpinan yang baru."
        return change_of_skp("REORGANISASI", text, self.letter, self.starts, by)


@dataclass(frozen=True)
class UnitMoved:
    """From today on a unit, with all below it, stands under another; the SKP of its head is changed where it must be."""

    employee: str  # someone of the unit, its head where it has one
    parent: str
    letter: str
    starts: date
    ends: None = None
    gives_away: None = None
    event: str = "REORGANISASI"

    @property
    def about(self) -> str:
        return self.employee

    def title(self, organisation: Organisation) -> str:
        return f"Reorganisasi: {unit_name(organisation, self._unit(organisation))} ke {unit_name(organisation, self.parent)}"

    def judge(self, organisation: Organisation, by: Actor) -> None:
        require_in_sight(organisation, self.employee, by)
        demand_agency(organisation, by)
        faults, unit = {}, self._unit(organisation)
        parent = organisation.connection.scalar(sa.select(UnitRow.parent_id).where(UnitRow.id == unit))
        there = sa.select(UnitRow.id).where(UnitRow.id == self.parent, in_force(UnitRow, self.starts))
        if self.parent in tree(organisation.connection, [unit]) or organisation.connection.scalar(there) is None:
            faults["unit"] = "Pilih unit lain yang tidak berada di bawah unit ini."
        elif parent == self.parent:
            faults["unit"] = "Unit ini sudah berada di bawah unit itu."
        if not self.letter.strip():
            faults["letter"] = "Tulis nomor surat keputusannya."
        if self.starts != organisation.on:
            faults["starts"] = "Susunan unit berubah pada hari pencatatannya: tulis hari ini."
        if faults:
            raise FormInvalid(faults)

    def write(self, session: Session) -> None:
        unit = self._unit(Organisation(session.connection(), self.starts))
        session.execute(sa.update(UnitRow).where(UnitRow.id == unit).values(parent_id=self.parent))

    def concerns(self, organisation: Organisation) -> frozenset[str]:
        return people_of(organisation, frozenset({self._unit(organisation)}))

    def confirm(self, organisation: Organisation, people: People) -> None:
        """Who appraises its head then is told by where the tasks go."""

    def change(self, by: Actor) -> Mapping[str, Json]:
        """What the process of changing an SKP is told."""
        text = f"Unit dipindahkan sejak {self.starts:%d-%m-%Y}: sesuaikan hasil kerja dengan pimpinan di atasnya yang baru."
        return change_of_skp("REORGANISASI", text, self.letter, self.starts, by)

    def _unit(self, organisation: Organisation) -> str:
        person = organisation.people([self.employee])[self.employee]
        return person.unit or ""


def change_of_skp(reason: str, text: str, letter: str, starts: date, by: Actor) -> dict[str, Json]:
    """A change of the SKP that an event asks for (F23), as `skp_change.bpmn` reads it."""
    return {
        "asal": "PERISTIWA",
        "alasan": reason,
        "uraian": text,
        "dokumen": letter.strip(),
        "berlaku": starts.isoformat(),
        "diminta_oleh": by.name or by.person,
        "hasil": [],
    }
