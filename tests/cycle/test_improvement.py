"""The improvement path below target (P8b) through the engine, on the dates of WX-17."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.models import ActionRow, FindingRow
from engine.cycle.parameters import Parameters
from engine.cycle.simulation.answers import fill
from engine.db import new_id
from engine.runtime.values import SYSTEM, Actor, CaseStatus, Json, OpenCase
from tests.cycle.agency import Agency, example
from tests.cycle.house import Post

WX_17 = example(17)
BOB, TUTI = Actor("bob"), Actor("tuti", groups=frozenset({"performance_team:DINKES"}))
PYB, PPK = Actor("sari"), Actor("dan")
AUDITOR = Actor("audit", roles=frozenset({"auditor"}))
PATH = {step["langkah"]: step for step in WX_17["jalur"]}
END = date.fromisoformat(PATH["perbaikan_kinerja"]["sampai"])
PLACED = date.fromisoformat(PATH["penempatan_sementara"]["mulai"])
LONGEST = date.fromisoformat(PATH["penempatan_sementara"]["paling_lama"])


class Path:
    """Alice's improvement path, with who decides in it."""

    def __init__(self, house: Application, clock: VirtualClock) -> None:
        self.house, self.clock = house, clock
        received = date.fromisoformat(WX_17["surat_diterima"])
        self.goes_to(received, hour=9)
        request = OpenCase(
            "improvement",
            "p/alice",
            "alice",
            "Alice",
            "KESMAS",
            "2025",
            "SKP 2025",
            {"final_predicate": WX_17["predikat_tahunan"], "parameters": Parameters().for_case()},
        )
        self.case: UUID = house.engine.open_case(request, by=SYSTEM)[0]
        self.does("plan_improvement", BOB, surat_diterima=received.isoformat())

    def goes_to(self, day: date, *, hour: int = 0, second: int = 0) -> None:
        """Move on to a moment on the wall in Jakarta, one day at a time, as workers that run all the time do."""
        until = datetime(day.year, day.month, day.day, hour, tzinfo=UTC) + timedelta(hours=-7, seconds=second)
        while self.clock.now() < until:
            self.clock.go_to(min(until, self.clock.now() + timedelta(days=15)))
            while self.house.work():
                pass

    def end_of(self, day: date, *, second: int = 59) -> None:
        self.goes_to(day, hour=23, second=59 * 60 + second)

    def open(self) -> list[str]:
        return sorted(one.element for one in self.house.engine.case(self.case, by=AUDITOR).open_tasks)

    def does(self, element: str, by: Actor, **decided: Json) -> None:
        engine = self.house.engine
        task = next(one for one in engine.case(self.case, by=AUDITOR).open_tasks if one.element == element)
        if task.assignee is None:
            engine.claim(task.id, by=by)
        view = engine.task(task.id, by=by)
        answers = fill(view.form, view.answers, view.context, engine.environment(), Random(1), decided)
        engine.complete_task(task.id, {**answers, **decided}, key=str(new_id()), revision=view.task.revision, by=by)

    def status(self) -> CaseStatus:
        return self.house.engine.case(self.case, by=AUDITOR).case.status


@pytest.fixture
def path(opened_house: tuple[Application, Post], clock: VirtualClock) -> Path:
    house, _ = opened_house
    with house.engine.database.begin() as connection:
        agency = Agency(connection)
        agency.joins("sari", "authorised_official")
        agency.joins("dan", "appointing_authority")
    return Path(house, clock)


def test_six_months_end_on_the_day_of_the_letter_and_improvement_closes_the_plan(path: Path) -> None:
    assert date.fromisoformat(str(WX_17["keluar"]["tanggal"])) == END
    path.end_of(date(2026, 2, 28), second=58)
    assert path.open() == []
    path.end_of(date(2026, 2, 28))  # a month after 30 January, in a month without a 30th
    assert path.open() == ["check_improvement"]
    path.end_of(END, second=58)
    assert path.open() == []  # the checks that nobody made have lapsed
    path.end_of(END)
    assert path.open() == ["evaluate_improvement"]

    path.does("evaluate_improvement", BOB, hasil="MEMBAIK")

    assert path.status() is CaseStatus.COMPLETED


def test_without_improvement_the_path_leads_to_a_proposal_that_a_person_decides(path: Path) -> None:
    path.end_of(END)
    path.does("evaluate_improvement", BOB, hasil="TIDAK_MEMBAIK")
    assert path.open() == ["record_competency_test"]
    path.does("record_competency_test", TUTI, hasil="TIDAK_MEMENUHI")
    assert path.open() == ["decide_placement"]
    path.goes_to(PLACED, hour=9)
    path.does("decide_placement", PYB, keputusan="TIDAK_ADA_LOWONGAN")
    for review in (date(2027, 1, 1), date(2027, 4, 1), date(2027, 7, 1)):
        path.end_of(review, second=58)
        assert path.open() == []
        path.end_of(review)
        path.does("review_vacancy", PYB, tersedia="TIDAK")
    path.end_of(LONGEST, second=58)
    assert path.open() == []
    path.end_of(LONGEST)
    assert path.open() == ["review_vacancy"]
    path.does("review_vacancy", PYB, tersedia="TIDAK")

    assert path.open() == ["propose_dismissal"]
    path.goes_to(LONGEST + timedelta(days=200))
    assert path.open() == ["propose_dismissal"]  # nothing but a person decides
    path.does("propose_dismissal", PPK, keputusan="USUL")
    assert path.status() is CaseStatus.COMPLETED
    with path.house.engine.database.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(ActionRow)) == 0
        assert connection.scalars(sa.select(FindingRow.text)).all() == []
