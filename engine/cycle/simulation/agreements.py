"""What a generated agency wants: a goal, objectives, the head's agreement, and everyone's part in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from engine.cycle.objectives.models import (
    AgreedTargetRow,
    AgreementRow,
    AgreementStatus,
    IndicatorRow,
    MatrixRoleRow,
    ObjectiveKind,
    ObjectiveRow,
    StrategyRow,
    Validity,
)

SINCE = date(2020, 1, 1)


@dataclass(frozen=True)
class _Aim:
    """An objective with its indicator, its target, and what people produce for it."""

    objective: str
    indicator: str
    measure: str
    polarity: str
    baseline: float
    target: float
    realised: float
    formula: str
    strategy: str
    parts: tuple[str, ...]


AIMS = (
    _Aim(
        "Menurunnya prevalensi stunting balita",
        "Prevalensi stunting",
        "persen",
        "TURUN",
        21.4,
        18.2,
        19.0,
        "balita stunting / balita diukur x 100",
        "Paket gizi lengkap bagi ibu hamil dan balita berisiko",
        (
            "Balita gizi kurang di puskesmas binaan tertangani sesuai tata laksana",
            "Data gizi balita lengkap dan dipakai",
        ),
    ),
    _Aim(
        "Meningkatnya cakupan imunisasi dasar lengkap",
        "Cakupan imunisasi dasar lengkap",
        "persen",
        "NAIK",
        88,
        92,
        90.5,
        "bayi terimunisasi lengkap / bayi x 100",
        "Jadwal imunisasi keliling di desa yang jauh dari puskesmas",
        ("Seluruh bayi di desa binaan terimunisasi lengkap", "Stok vaksin tersedia tanpa kekosongan"),
    ),
    _Aim(
        "Meningkatnya mutu layanan puskesmas",
        "Puskesmas terakreditasi paripurna",
        "puskesmas",
        "NAIK",
        14,
        18,
        15,
        "jumlah puskesmas dengan akreditasi paripurna",
        "Pendampingan akreditasi berdasarkan temuan audit",
        ("Temuan akreditasi puskesmas binaan tuntas", "Keluhan pasien selesai paling lama tiga hari kerja"),
    ),
)


class Staffed(Protocol):
    """Who is who, as far as it matters here."""

    root: str
    heads: dict[str, str]
    staff: list[str]


def agree(session: Session, agency: Staffed, years: Iterable[int]) -> None:
    """Write goals and indicators once, and for each year a published agreement of the agency with a one-level matrix."""
    head = agency.heads[agency.root]
    _aims(session, agency.root, head)
    others = [person for person in agency.staff if person != head]
    for year in years:
        _year(session, agency.root, head, others, year)


def _aims(session: Session, unit: str, owner: str) -> None:
    goal = {"code": "T-1", "version": 1, "kind": ObjectiveKind.GOAL, "unit_id": unit, "starts": SINCE}
    session.add(ObjectiveRow(**goal, text="Meningkatnya derajat kesehatan masyarakat"))
    for place, aim in enumerate(AIMS, start=1):
        session.add(
            ObjectiveRow(
                code=f"SS-{place}",
                version=1,
                kind=ObjectiveKind.OBJECTIVE,
                parent_code="T-1",
                text=aim.objective,
                unit_id=unit,
                starts=SINCE,
            )
        )
        session.add(
            IndicatorRow(
                code=f"IKU-{place}",
                version=1,
                objective_code=f"SS-{place}",
                unit_id=unit,
                name=aim.indicator,
                definition=f"{aim.indicator} pada akhir tahun.",
                formula=aim.formula,
                measure=aim.measure,
                polarity=aim.polarity,
                frequency="TRIWULANAN",
                source="Sistem informasi kesehatan daerah",
                owner_id=owner,
                baseline=aim.baseline,
                validity=Validity.EXACT,
                starts=SINCE,
            )
        )
        session.add(
            StrategyRow(
                code=f"STR-{place}",
                version=1,
                indicator_code=f"IKU-{place}",
                text=aim.strategy,
                owner_id=owner,
                starts=SINCE,
            )
        )


def _year(session: Session, unit: str, head: str, others: Sequence[str], year: int) -> None:
    first = date(year, 1, 1)
    agreement = AgreementRow(
        unit_id=unit,
        cycle_id=str(year),
        version=1,
        number=f"PK-1/{year}",
        signed_on=first,
        mode="SATU_TINGKAT",
        status=AgreementStatus.PUBLISHED,
        starts=first,
        published_at=datetime(year, 1, 1, tzinfo=UTC),
        published_by=head,
    )
    session.add(agreement)
    session.flush()
    for place, aim in enumerate(AIMS, start=1):
        session.add(
            AgreedTargetRow(
                agreement_id=agreement.id,
                number=place,
                indicator_code=f"IKU-{place}",
                target=aim.target,
                realised=aim.realised,
            )
        )
    for number, person in enumerate(others):
        place = number % len(AIMS)
        session.add(
            MatrixRoleRow(
                agreement_id=agreement.id,
                indicator_code=f"IKU-{place + 1}",
                employee_id=person,
                role="MANDIRI",
                text=AIMS[place].parts[number // len(AIMS) % 2],
                method="NON_DIRECT",
            )
        )
