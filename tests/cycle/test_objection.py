"""An objection: each window at its exact moment, who decides, what it may change, and who reads it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.models import RatingRow
from engine.cycle.simulation.answers import fill
from engine.db import new_id
from engine.errors import FormInvalid, NotFound, NotYours, TaskNotOpen
from engine.runtime.values import SYSTEM, Actor, Json, OpenCase, Task
from engine.settings import Settings
from tests.cycle.agency import Agency
from tests.cycle.house import Post, opened

ALICE, BOB, CAROL, DAN = Actor("alice"), Actor("bob"), Actor("carol"), Actor("dan")
TUTI = Actor("tuti", groups=frozenset({"performance_team:DINKES"}))
SARI = Actor("sari", groups=frozenset({"authorised_official"}))
AUDIT = Actor("audit", roles=frozenset({"auditor"}))
PANEL = Actor("dan", groups=frozenset({"assessment_team"}))
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
RATING = {"rating_hasil": "DI_BAWAH_EKSPEKTASI", "rating_perilaku": "SESUAI_EKSPEKTASI", "alasan": "Baru 20 puskesmas."}
FACTS = "24 puskesmas sudah sesuai tata laksana pada 31 Desember."


@dataclass(frozen=True)
class Hearing:
    """An objection in the house: its case, who acts, and what the clock says."""

    house: Application
    clock: VirtualClock
    post: Post
    case: UUID

    def goes_to(self, local: str) -> None:
        """Move on to a moment on the wall in Jakarta, and let the workers do what fell due."""
        self.clock.go_to(datetime.fromisoformat(f"{local}+07:00").astimezone(UTC))
        while self.house.work():
            pass

    def task(self, element: str, by: Actor) -> Task:
        view = self.house.engine.case(self.case, by=ALICE)
        return self.house.engine.task(next(one.id for one in view.open_tasks if one.element == element), by=by).task

    def open(self) -> list[str]:
        return sorted(one.element for one in self.house.engine.case(self.case, by=ALICE).open_tasks)

    def does(self, element: str, by: Actor, **decided: Json) -> None:
        task = self.task(element, by)
        view = self.house.engine.task(task.id, by=by)
        answers = fill(view.form, view.answers, view.context, self.house.engine.environment(), Random(1), decided)
        answers = {**answers, **decided}
        self.house.engine.complete_task(task.id, answers, key=str(new_id()), revision=task.revision, by=by)

    def objects(self) -> None:
        self.does("file_objection", ALICE, ajukan="YA", alasan=FACTS)

    def hears(self) -> None:
        self.does("explain_objection", ALICE)
        self.does("explain_rating", BOB)

    def status(self) -> tuple[str, str]:
        with self.house.engine.database.connect() as connection:
            query = sa.select(RatingRow.predicate, RatingRow.status)
            found = connection.execute(query.where(RatingRow.case_id == self.case, RatingRow.superseded.is_(False)))
            return tuple(found.one())  # type: ignore[return-value]

    def told(self, subject: str) -> set[str]:
        """Who got a mail with these words."""
        return {str(mail["To"]).partition("@")[0] for mail in self.post.mails if subject in str(mail["Subject"])}


Opens = Callable[..., Hearing]


@pytest.fixture
def hearing(
    settings: Settings, populated: sa.Engine, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Opens]:
    """Begin a hearing about somebody's result, received on Monday 5 January 2026; sari is the authorised official."""
    with populated.begin() as connection:
        agency = Agency(connection)
        agency.joins("sari", "authorised_official")
        for member in ("dan", "tuti"):
            agency.joins(member, "assessment_team")
    with opened(settings, populated, clock, monkeypatch) as (application, post):

        def opens(subject: str = "alice", working: bool = True, **data: Json) -> Hearing:
            parameters = {"objection_days": 14, "objection_working_days": working, "decision_days": 14}
            known: Mapping[str, Json] = {
                "employee": {"id": subject, "name": subject.title(), "nip": "1", "position": "Nutrisionis", "unit": {}},
                "parameters": parameters,
                "rating": RATING,
                "predicate": "BUTUH_PERBAIKAN",
                **data,
            }
            parties = frozenset({f"p:{subject}", "p:bob", "p:carol", "g:performance_team:DINKES"})
            request = OpenCase(
                "objection", f"o/{subject}", subject, subject.title(), "KESMAS", "2026", "SKP", known, parties
            )
            case, _ = application.engine.open_case(request, by=SYSTEM)
            return Hearing(application, clock, post, case)

        yield opens


@pytest.mark.parametrize(("working", "last_day"), [(True, "2026-01-26"), (False, "2026-01-19")])
def test_an_objection_is_in_time_to_the_last_second_of_the_window(hearing: Opens, working: bool, last_day: str) -> None:
    # 14 working days after 5 January: 16 January 2026 is a day off; or 14 calendar days
    one = hearing(working=working)
    one.goes_to(f"{last_day}T23:59:58")

    one.objects()

    assert one.status() == ("BUTUH_PERBAIKAN", "DALAM_KEBERATAN")


@pytest.mark.parametrize(("working", "last_day"), [(True, "2026-01-26"), (False, "2026-01-19")])
def test_with_the_last_second_the_result_is_final(hearing: Opens, working: bool, last_day: str) -> None:
    one = hearing(working=working)
    task = one.task("file_objection", ALICE)
    one.goes_to(f"{last_day}T23:59:58")
    assert one.open() == ["file_objection"]

    one.goes_to(f"{last_day}T23:59:59")

    assert one.status() == ("BUTUH_PERBAIKAN", "FINAL")
    with pytest.raises(TaskNotOpen):
        one.house.engine.complete_task(task.id, {"ajukan": "YA"}, key="late", revision=task.revision, by=ALICE)


def test_an_objection_needs_reasons_and_is_about_the_own_result(hearing: Opens) -> None:
    one = hearing()
    task = one.task("file_objection", ALICE)
    given = {"ajukan": "YA", "butir": ["PREDIKAT"], "harapan": "Sesuai ekspektasi"}

    with pytest.raises(FormInvalid) as refused:
        one.house.engine.complete_task(task.id, given, key="1", revision=task.revision, by=ALICE)
    with pytest.raises(NotYours):
        one.house.engine.complete_task(task.id, {**given, "alasan": FACTS}, key="2", revision=task.revision, by=BOB)
    with pytest.raises((NotFound, NotYours)):
        one.house.engine.complete_task(
            task.id, {**given, "alasan": FACTS}, key="3", revision=task.revision, by=Actor("andi")
        )

    assert list(refused.value.errors) == ["alasan"]


def test_each_side_has_five_working_days_to_explain(hearing: Opens) -> None:
    one = hearing()
    one.objects()
    assert one.open() == ["explain_objection", "explain_rating"]
    one.goes_to("2026-01-12T23:59:58")
    assert one.open() == ["explain_objection", "explain_rating"]

    one.goes_to("2026-01-12T23:59:59")

    assert one.open() == ["decide_objection"]
    assert one.task("decide_objection", CAROL).due_at == datetime(2026, 2, 2, 16, 59, 59, tzinfo=UTC)


def test_who_does_not_decide_is_reminded_on_the_seventh_day_and_the_official_told_on_the_fourteenth(
    hearing: Opens,
) -> None:
    one = hearing(working=False)
    one.objects()
    one.hears()
    one.goes_to("2026-01-11T18:00:00")
    one.post.mails.clear()

    one.goes_to("2026-01-12T06:59:59")
    assert one.told("Putuskan keberatan") == set()
    one.goes_to("2026-01-12T07:00:00")
    assert one.told("Putuskan keberatan") == {"carol"}
    one.post.mails.clear()
    one.goes_to("2026-01-19T06:59:59")
    assert one.told("Putuskan keberatan") == set()
    one.goes_to("2026-01-19T07:00:00")
    assert one.told("Putuskan keberatan") == {"carol", "sari"}
    one.goes_to("2026-04-01T08:00:00")

    assert one.open() == ["decide_objection"]
    assert one.status() == ("BUTUH_PERBAIKAN", "DALAM_KEBERATAN")


def test_the_superior_changes_the_result_for_good(hearing: Opens) -> None:
    one = hearing()
    one.objects()
    one.hears()

    one.does(
        "decide_objection",
        CAROL,
        keputusan="UBAH",
        rating_hasil="SESUAI_EKSPEKTASI",
        rating_perilaku="SESUAI_EKSPEKTASI",
    )

    assert one.status() == ("BAIK", "FINAL")
    assert one.open() == []
    assert one.house.engine.case(one.case, by=ALICE).case.status == "completed"


def test_a_corrected_result_is_held_against_the_pattern_again_and_that_is_told(hearing: Opens) -> None:
    one = hearing()
    one.house.cycle.predicates.decree("DINKES", "2026", "BAIK", "LKjIP 2026", by=SYSTEM)
    one.objects()
    one.hears()
    changed = {"rating_hasil": "SESUAI_EKSPEKTASI", "rating_perilaku": "SESUAI_EKSPEKTASI"}
    one.does("decide_objection", CAROL, keputusan="UBAH", **changed)
    one.post.mails.clear()
    one.goes_to("2026-01-05T15:00:00")

    texts = {str(mail["To"]).partition("@")[0]: mail.get_body(("plain",)).get_content() for mail in one.post.mails}
    told = {person for person, text in texts.items() if "mengubah satu hasil di Unit KAB" in text}
    assert {"bob", "carol", "tuti"} <= told, "the appraiser, the one above, and the performance team"
    assert "alice" not in told
    assert "Sebarannya sesuai dengan pola." in texts["tuti"]


def test_over_the_superiors_own_rating_a_panel_decides(hearing: Opens) -> None:
    taken = hearing(taken_over={"cluster": "PENILAIAN"})
    taken.objects()
    taken.hears()

    assert taken.open() == ["panel_decide_objection"]
    task = taken.task("panel_decide_objection", ALICE)
    assert (task.assignee, task.group) == (None, "assessment_team")
    taken.house.engine.claim(task.id, by=PANEL)
    taken.does("panel_decide_objection", PANEL, keputusan="TETAP")
    assert taken.status() == ("BUTUH_PERBAIKAN", "FINAL")


def test_above_an_appraiser_who_is_head_of_the_agency_stands_the_panel(hearing: Opens) -> None:
    one = hearing("carol")  # rated by the regent, above whom there is nobody
    chosen = one.house.cycle._people.resolve

    with one.house.engine.database.connect() as connection:
        found = chosen(connection, "objection_decider", subject="carol", unit="DINKES", data={}, on=date(2026, 1, 5))

    assert (found.person, found.group) == (None, "assessment_team")


def test_only_who_takes_part_reads_what_the_objection_holds(hearing: Opens) -> None:
    one = hearing()
    task = one.task("file_objection", ALICE)
    file = one.house.engine.attach(task.id, filename="bukti.pdf", content=PDF, by=ALICE)
    one.objects()
    one.hears()
    everybody = (ALICE, BOB, CAROL, SARI, TUTI, AUDIT, DAN)

    assert [who.person for who in everybody if _reads_file(one, file.id, who)] == ["alice", "bob", "carol", "sari"]
    assert [who.person for who in everybody if _reads_reasons(one, who)] == ["alice", "bob", "carol", "sari"]


def _reads_file(one: Hearing, file: UUID, who: Actor) -> bool:
    try:
        return one.house.engine.attachment(file, by=who)[1] == PDF
    except NotFound:
        return False


def _reads_reasons(one: Hearing, who: Actor) -> bool:
    try:
        return FACTS in repr(one.house.engine.history(one.case, by=who))
    except NotFound:
        return False
