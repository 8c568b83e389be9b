"""An agency in January whose one section head appraises seventeen people, all of whom have sent their SKPs."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from engine.bootstrap import Application, start
from engine.clock import VirtualClock
from engine.cycle.models import ReportingLineRow
from engine.cycle.simulation.agency import SINCE, build_agency
from engine.runtime.values import SYSTEM, Actor
from tests.cycle.house import decides, works
from tests.web.conftest import OPENED, PASSWORD, settings_of, skp_answers

SUBORDINATES = 17


@dataclass(frozen=True)
class Span:
    """Who heads the section and whom: employee ids; `login` and `team` are NIPs."""

    head: str
    subordinates: Sequence[str]
    login: str
    team: str
    employee: str


def wide_agency(folder: Path, template: Path) -> Span:
    """Fill a folder with it; everybody of the span has an account, and one of the performance team."""
    shutil.copy(template, folder / "siklus.db")
    application = start(settings_of(folder), VirtualClock(OPENED))
    with Session(application.engine.database) as session, session.begin():
        agency = build_agency(session, 34, 8, OPENED.date())
        chiefs, head = {*agency.heads.values(), *agency.team}, agency.heads["unit-11"]
        below = [person for person in agency.staff if person not in chiefs][:SUBORDINATES]
        for person in below:
            session.add(ReportingLineRow(employee_id=person, superior_id=head, starts=SINCE))
    decides(application, "skp.tunggu_pimpinan", False)
    cycle = application.cycle
    cycle.create_cycle(2026, by=SYSTEM)
    cycle.open_cycle("2026", by=SYSTEM)
    works(application)
    for person in below:
        send_skp(application, Actor(person))
    for person in (head, below[0], agency.team[0]):
        cycle.create_account(person, PASSWORD, by=SYSTEM)
    nips = [cycle.employee(person, by=SYSTEM).employee.nip for person in (head, agency.team[0], below[0])]
    application.engine.database.dispose()
    return Span(head, below, *nips)


def send_skp(application: Application, by: Actor) -> None:
    task = application.engine.inbox(by=by).items[0]
    answers = skp_answers(application, task, by)
    application.engine.complete_task(task.id, answers, revision=task.revision, key=f"skp-{by.person}", by=by)
