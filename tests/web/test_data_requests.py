"""Requests about one's own data: asked on a page, answered by personnel with a reason, in time, and told by mail."""

import re
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.runtime.models import OutboxRow
from tests.web.conftest import Visitor, text

Visit = Callable[[str], Visitor]
WRONG = "Pangkat saya tercatat III/b, yang benar III/c sejak April."


def letters(application: Application) -> list[tuple[str, list[str]]]:
    """The letters about data that were queued, and to whom; queued ones are taken away."""
    with application.engine.database.begin() as connection:
        about = OutboxRow.key.startswith("request/")
        rows = connection.execute(sa.select(OutboxRow.payload).where(about).order_by(OutboxRow.id)).scalars().all()
        connection.execute(sa.delete(OutboxRow).where(about))
    return [(row["template"], row["people"]) for row in rows]


def test_a_request_is_asked_decided_with_a_reason_and_told(
    application: Application, visit: Visit, clock: VirtualClock
) -> None:
    employee, personnel = visit("employee"), visit("personnel")
    employee.opens("/data-saya")
    refused = employee.sends("/data-saya/permintaan", {"kind": "PERBAIKI", "text": "salah"})
    assert refused.status_code == 422
    assert "Tulis data mana yang dimaksud" in text(refused)

    assert employee.sends("/data-saya/permintaan", {"kind": "PERBAIKI", "text": WRONG}).status_code == 303
    assert letters(application) == [("data_request", [personnel.actor.person])]
    assert "(1)" in text(personnel.opens("/pegawai"))
    place = re.findall(r"/permintaan-data/[0-9a-f-]{36}", text(personnel.opens("/permintaan-data")))[0]
    assert WRONG in text(personnel.opens(place))
    assert personnel.sends(f"{place}/kabulkan", {"alasan": "ya"}).status_code == 409
    assert personnel.sends(f"{place}/kabulkan", {"alasan": "Sesuai SK kenaikan pangkat"}).status_code == 303

    assert letters(application) == [("data_request_decided", [employee.actor.person])]
    assert "Sesuai SK kenaikan pangkat" in text(employee.opens("/data-saya"))
    assert "sudah diputuskan" in text(personnel.sends(f"{place}/tolak", {"alasan": "Berubah pikiran lagi"}))
    assert employee.opens(place).status_code == visit("operator").opens(place).status_code == 403


def test_what_waits_too_long_is_shown_and_told_day_by_day(
    application: Application, visit: Visit, clock: VirtualClock
) -> None:
    employee, requests = visit("employee").actor, application.privacy.requests
    requests.ask("HAPUS", WRONG, by=employee)
    letters(application)
    told = []
    for hours in (47, 2, 24, 1, 23, 24):
        clock.go_to(clock.now() + timedelta(hours=hours))
        requests.run()
        told.append([template for template, _ in letters(application)])

    assert told == [[], ["data_request_due"], ["data_request_late"], [], ["data_request_late"], ["data_request_late"]]
    assert requests.waiting(by=visit("personnel").actor) == (1, 1)
    assert "Terlambat" in text(visit("personnel").opens("/permintaan-data"))


def test_nobody_decides_about_a_request_of_ones_own(application: Application, visit: Visit) -> None:
    personnel = visit("personnel")
    request = application.privacy.requests.ask("PERBAIKI", WRONG, by=personnel.actor)
    personnel.opens("/data-saya")

    answer = personnel.sends(f"/permintaan-data/{request}/kabulkan", {"alasan": "Saya sendiri yang meminta"})

    assert "diputuskan pengelola lain" in text(answer)
    assert letters(application) == [("data_request", ["auditor"])], "there is no other personnel"
