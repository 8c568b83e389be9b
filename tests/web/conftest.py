"""A small agency whose year is open, its people as visitors of the pages, and a browser."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from engine.bootstrap import Application, start
from engine.clock import VirtualClock
from engine.cycle.simulation.agency import build_agency
from engine.runtime.values import SYSTEM, Actor, Task
from engine.settings import Settings
from tests.cycle.house import decides
from tests.web.browser import chromium, serving
from web import create_app
from web.assets import build

PASSWORD = "perahu-layar-biru-2026"
OPENED = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
LOGINS = ("process_owner", "auditor", "operator")
SKP = {
    "rhk": [
        {
            "klasifikasi": "UTAMA",
            "rhk": "Seluruh puskesmas binaan memberi layanan gizi sesuai standar",
            "metode": "NON_LANGSUNG",
            "jenis_hasil": "OUTCOME",
        }
    ]
}


@dataclass(frozen=True)
class Cast:
    """Who is who, as account logins: an employee, a colleague of the same unit, their appraiser, personnel."""

    employee: str
    colleague: str
    appraiser: str
    personnel: str


@pytest.fixture(scope="session")
def agency_folder(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Cast]:
    """A folder with an agency of sixteen whose year 2026 is open: everyone drafts an SKP."""
    folder = tmp_path_factory.mktemp("agency")
    shutil.copy(sqlite_template, folder / "siklus.db")
    application = start(settings_of(folder), VirtualClock(OPENED))
    with Session(application.engine.database) as session, session.begin():
        agency = build_agency(session, 16, 8, OPENED.date())
    cycle = application.cycle
    decides(application, "skp.tunggu_pimpinan", False)
    cycle.create_cycle(2026, by=SYSTEM)
    cycle.open_cycle("2026", by=SYSTEM)
    while application.work():
        pass
    application.engine.sandbox.run_scenarios(by=SYSTEM)
    heads = set(agency.heads.values())
    plain = [person for person in agency.staff if person not in heads and person not in agency.team]
    appraisers = {person: _appraiser(application, person) for person in plain}
    employee, colleague = next(
        (one, other) for one in plain for other in plain if one != other and appraisers[one] == appraisers[other]
    )
    people = {
        "employee": employee,
        "colleague": colleague,
        "appraiser": appraisers[employee],
        "personnel": agency.team[0],
    }
    for part, person in people.items():
        cycle.create_account(person, PASSWORD, by=SYSTEM, roles=("personnel",) if part == "personnel" else ())
    for login in LOGINS:
        cycle.create_account(
            login, PASSWORD, by=SYSTEM, login=login, name=login.replace("_", " ").title(), roles=(login,)
        )
    cast = Cast(**{part: cycle.employee(person, by=SYSTEM).employee.nip for part, person in people.items()})
    application.engine.database.dispose()
    return folder, cast


def _appraiser(application: Application, person: str) -> str:
    chosen = application.cycle.employee(person, by=SYSTEM).superiors.appraiser.person
    assert chosen is not None
    return chosen.id


def settings_of(folder: Path, **changed: Any) -> Settings:
    return Settings(
        **{
            "database_url": f"sqlite:///{folder / 'siklus.db'}",
            "data_dir": folder,
            "secret_key": "not-a-secret",
            "kek": b"k" * 32,
            "cheap_passwords": True,
            **changed,
        }
    )


@pytest.fixture
def cast(agency_folder: tuple[Path, Cast]) -> Cast:
    return agency_folder[1]


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that stands on the morning after the year was opened."""
    return VirtualClock(OPENED)


@pytest.fixture
def application(agency_folder: tuple[Path, Cast], tmp_path: Path, clock: VirtualClock) -> Iterator[Application]:
    """The product with a copy of the agency of one's own."""
    shutil.copytree(agency_folder[0], tmp_path / "data")
    started = start(settings_of(tmp_path / "data"), clock)
    yield started
    started.engine.database.dispose()


@pytest.fixture
def app(application: Application) -> Flask:
    made = create_app(application)
    made.testing = False  # errors become pages, as for everybody
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser that many windows share; the scripts are built first."""
    build()
    with chromium() as started:
        yield started


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the product is served."""
    with serving(app) as served:
        yield served


class Visitor:
    """Someone with a browser that knows no scripts."""

    def __init__(self, app: Flask, application: Application, login: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.application = application
        self.login = login
        self.token = ""

    @property
    def actor(self) -> Actor:
        account = self.application.cycle.account_of(self.login)
        assert account is not None
        return account.actor

    def opens(self, path: str, **headers: str) -> TestResponse:
        answer = self.client.get(path, headers=headers)
        self._notice(answer)
        return answer

    def sends(self, path: str, data: Mapping[str, Any] | None = None, **headers: str) -> TestResponse:
        """Post a form with the token of the page that was seen last."""
        answer = self.client.post(path, data={"csrf_token": self.token, **(data or {})}, headers=headers)
        self._notice(answer)
        return answer

    def signs_in(self, password: str = PASSWORD) -> TestResponse:
        self.opens("/masuk")
        answer = self.sends("/masuk", {"nip": self.login, "password": password})
        self.opens("/tentang")
        return answer

    def tasks(self) -> list[Task]:
        return list(self.application.engine.inbox(by=self.actor).items)

    def _notice(self, answer: TestResponse) -> None:
        found = re.search(rb'name="csrf_token" value="([^"]+)"', answer.get_data())
        self.token = found[1].decode() if found else self.token


@pytest.fixture
def visit(app: Flask, application: Application, cast: Cast) -> Callable[[str], Visitor]:
    """Somebody signed in, by part: "employee", "appraiser", "personnel", "auditor" ...; "nobody" is not signed in."""

    def visitor(part: str) -> Visitor:
        made = Visitor(app, application, getattr(cast, part, part))
        if part != "nobody":
            made.signs_in()
        return made

    return visitor


def filled(application: Application, task: Task, by: Actor, **decided: Any) -> dict[str, Any]:
    """Answers that a task's form accepts."""
    from engine.cycle.simulation.answers import fill

    engine = application.engine
    view = engine.task(task.id, by=by)
    return fill(engine.form(task.id, by=by), view.answers, view.context, engine.environment(), Random(1), decided)


def skp_answers(application: Application, task: Task, by: Actor) -> dict[str, Any]:
    """An SKP that its form accepts."""
    return filled(application, task, by, klasifikasi="UTAMA")


def text(answer: TestResponse) -> str:
    """The page of an answer."""
    return answer.get_data(as_text=True)


@pytest.fixture
def later(application: Application) -> Application:
    """The product after a worker has done what fell due."""
    while application.work():
        pass
    return application
