"""A report that lapsed goes back to its employee, alone: with a reason, its own days, and what was judged of it undone."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.models import RatingRow
from engine.errors import FormInvalid, NotYours, Refused
from engine.runtime.values import SYSTEM, Actor
from tests.cycle.house import Post, works
from tests.cycle.test_lines import DIAN
from tests.cycle.test_lines import house as house
from tests.cycle.test_transfer import AUDITOR, does, goes_to, open_elements, plans, year_of

WHY = "Pegawai dirawat di rumah sakit sampai batas laporan lewat."
CAROL = Actor("carol")  # above bob, who appraises alice
END = datetime(2026, 4, 30, 16, 59, 59, tzinfo=UTC)
RATED = {"rating_hasil": "SESUAI_EKSPEKTASI", "rating_perilaku": "SESUAI_EKSPEKTASI"}


def ratings(application: Application, period: str) -> list[tuple[str | None, bool]]:
    """Predicates given to alice for a period, and whether each counts."""
    query = sa.select(RatingRow.predicate, RatingRow.superseded)
    with application.engine.database.connect() as connection:
        found = query.where(RatingRow.subject == "alice", RatingRow.period == period).order_by(RatingRow.id)
        return [(predicate, not superseded) for predicate, superseded in connection.execute(found)]


def told(post: Post) -> set[str]:
    """Who has had the letter about a returned report, alone or among others."""
    texts = {str(mail["To"]): f"{mail['Subject']}\n{mail.get_body(('plain',)).get_content()}" for mail in post.mails}
    return {
        person for person in ("alice", "bob") for to, text in texts.items() if person in to and "dibuka lagi" in text
    }


def case_of_alice(application: Application) -> UUID:
    (case,) = year_of(application, "alice")
    return case.id


def test_a_lapsed_report_of_a_period_goes_back_and_its_rating_counts_no_more(
    house: tuple[Application, Post], clock: VirtualClock
) -> None:
    application, post = house
    reports = application.lapsed_reports
    plans(application, "alice", "bob")
    goes_to(application, clock, date(2026, 4, 13))
    case = case_of_alice(application)
    (found,) = reports.case(case, by=DIAN).reports
    assert (found.period, found.rated, found.refusal) == ("TW1", False, None)
    assert [one.subject for one in reports.cases("2026", by=CAROL).items] == ["alice"]
    does(application, "bob", "rate_period", **RATED)
    assert ratings(application, "TW1") == [("BAIK", True)]
    assert reports.case(case, by=CAROL).reports[0].rated
    post.mails.clear()

    reports.give_back(case, "TW1", date(2026, 4, 30), reason=WHY, by=CAROL)
    works(application)

    assert ratings(application, "TW1") == [("BAIK", False)]
    assert open_elements(application, case)["report_period"] == "alice"
    assert "acknowledge_period" not in open_elements(application, case)
    (task,) = [one for one in application.engine.inbox(by=Actor("alice")).items if one.element == "report_period"]
    assert (task.due_at, application.engine.task(task.id, by=Actor("alice")).note) == (END, WHY)
    assert told(post) == {"alice", "bob"}
    event = application.engine.history(case, by=AUDITOR)[-1]
    assert (event.type, event.actor, event.data["reason"]) == ("case_reset", "carol", WHY)
    with pytest.raises(Refused, match="sudah dikembalikan"):
        reports.give_back(case, "TW1", date(2026, 5, 8), reason=WHY, by=CAROL)

    goes_to(application, clock, date(2026, 4, 28))
    assert "rate_period" not in open_elements(application, case), "the old limits of the rating have moved along"
    does(application, "alice", "report_period")
    does(application, "bob", "rate_period", **{**RATED, "rating_hasil": "DI_ATAS_EKSPEKTASI"})
    does(application, "alice", "acknowledge_period")
    assert [counts for _, counts in ratings(application, "TW1")] == [False, True]
    assert application.engine.verify().breach is None


def test_of_two_periods_that_wait_one_goes_back_and_the_window_closes_again(
    house: tuple[Application, Post], clock: VirtualClock
) -> None:
    application, _ = house
    plans(application, "alice", "bob")
    goes_to(application, clock, date(2026, 7, 13))
    case = case_of_alice(application)
    both = application.lapsed_reports.case(case, by=DIAN).reports
    assert {one.period for one in both} == {"TW1", "TW2"}
    application.lapsed_reports.give_back(case, "TW2", date(2026, 7, 31), reason=WHY, by=DIAN)
    works(application)
    assert [one.period for one in application.lapsed_reports.case(case, by=DIAN).reports] == ["TW1"]
    elements = [one.element for one in application.engine.case(case, by=AUDITOR).open_tasks]
    assert elements.count("report_period") == 1 and elements.count("superior_rate_period") == 1
    goes_to(application, clock, date(2026, 8, 10))
    assert {one.period for one in application.lapsed_reports.case(case, by=DIAN).reports} == {"TW1", "TW2"}


def test_a_lapsed_report_of_the_year_goes_back_until_the_result_is_delivered(
    house: tuple[Application, Post], clock: VirtualClock
) -> None:
    application, _ = house
    reports = application.lapsed_reports
    plans(application, "alice", "bob")
    goes_to(application, clock, date(2027, 1, 11))
    case = case_of_alice(application)
    assert [one.period for one in reports.case(case, by=DIAN).reports if one.period == "annual"]
    reports.give_back(case, "annual", date(2027, 1, 14), reason=WHY, by=DIAN)
    works(application)
    assert open_elements(application, case)["report_year"] == "alice"
    application.cycle.predicates.decree("DINKES", "2026", "BAIK", "LKjIP 2026", by=SYSTEM)
    goes_to(application, clock, date(2027, 1, 20))
    does(application, "bob", "rate_year", **RATED)
    assert ratings(application, "annual") == [("BAIK", True)]

    reports.give_back(case, "annual", date(2027, 1, 29), reason=WHY, by=DIAN)  # past the join: the stage begins anew
    works(application)
    assert ratings(application, "annual") == [("BAIK", False)]
    assert open_elements(application, case)["report_year"] == "alice"
    assert "sign_evaluation" not in open_elements(application, case)
    does(application, "alice", "report_year")
    goes_to(application, clock, date(2027, 2, 4))
    does(
        application,
        "bob",
        "rate_year",
        **{**RATED, "rating_hasil": "DI_ATAS_EKSPEKTASI"},
        alasan="Laporan lengkap " * 3,
    )
    assert [counts for _, counts in ratings(application, "annual")] == [False, True]
    assert application.engine.verify().breach is None


def test_who_may_return_a_report_and_what_is_asked(house: tuple[Application, Post], clock: VirtualClock) -> None:
    application, _ = house
    reports = application.lapsed_reports
    plans(application, "alice", "bob")
    goes_to(application, clock, date(2026, 4, 13))
    case = case_of_alice(application)
    for by in (Actor("alice"), Actor("bob"), Actor("fay", roles=frozenset({"auditor"}))):
        assert reports.cases("2026", by=by).items == []
        with pytest.raises(NotYours):
            reports.give_back(case, "TW1", date(2026, 4, 30), reason=WHY, by=by)
    with pytest.raises(FormInvalid):
        reports.give_back(case, "TW1", date(2026, 4, 13), reason=WHY, by=DIAN)
    with pytest.raises(Refused, match="alasannya"):
        reports.give_back(case, "TW1", date(2026, 4, 30), reason="", by=DIAN)
    with pytest.raises(Refused, match="tidak lewat batas"):
        reports.give_back(case, "TW2", date(2026, 4, 30), reason=WHY, by=DIAN)
