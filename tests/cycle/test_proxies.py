"""Who acts in whose place: for which days, processes and authorities, and never in a chain that ends in self-appraisal."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.line_changes import Change, NamedProxy, NoProxy
from engine.cycle.models import ConflictRow, DelegationRow, ProxyRow
from engine.cycle.people import People
from engine.cycle.proxies import ALL, Proxy, acting_for
from engine.errors import FormInvalid, NotFound, NotYours
from engine.runtime.values import Actor, Assignment
from tests.cycle.agency import LONG_AGO, Agency
from tests.cycle.house import Post, works
from tests.cycle.test_lines import DIAN, TODAY, WHY, drafts, filled, has
from tests.cycle.test_lines import house as house

SPRING = date(2026, 4, 15)
BOB = Actor("bob")


def names(connection: sa.Connection, person: str, proxy: str, process: str = ALL, authority: str = ALL) -> None:
    row = {"employee_id": person, "proxy_id": proxy, "process": process, "authority": authority}
    more = {"reason": "Cuti.", "starts": SPRING, "ends": SPRING + timedelta(days=10), "named_by": person}
    connection.execute(sa.insert(ProxyRow), row | more)


def who(
    people: People,
    connection: sa.Connection,
    performer: str = "appraiser",
    on: date = SPRING,
    process: str = "planning",
) -> Assignment:
    return people.resolve(connection, performer, subject="alice", unit="KESMAS", data={}, on=on, process=process)


def test_a_proxy_acts_for_some_days_and_both_names_are_told(
    agency: Agency, people: People, connection: sa.Connection
) -> None:
    names(connection, "bob", "sari")
    found = who(people, connection)
    assert (found.person, found.on_behalf_of) == ("sari", "bob")
    assert found.why.startswith("Sari atas nama Bob: ")
    assert who(people, connection, on=SPRING + timedelta(days=11)) == who(people, connection, on=SPRING - timedelta(1))
    assert who(people, connection, on=SPRING - timedelta(days=1)).person == "bob"


@pytest.mark.parametrize(
    ("process", "authority", "asked", "person"),
    [
        ("planning", ALL, ("appraiser", "planning"), "sari"),
        ("planning", ALL, ("appraiser", "coaching"), "bob"),
        (ALL, "appraiser", ("appraiser", "coaching"), "sari"),
        (ALL, "appraiser_superior", ("appraiser", "coaching"), "bob"),
        (ALL, ALL, ("appraiser", "annual_evaluation"), "bob"),
        (ALL, ALL, ("employee", "planning"), "alice"),
    ],
)
def test_in_a_process_and_an_authority_but_not_for_what_the_agency_keeps_to_the_official(
    process: str,
    authority: str,
    asked: tuple[str, str],
    person: str,
    agency: Agency,
    people: People,
    connection: sa.Connection,
) -> None:
    names(connection, "bob", "sari", process, authority)
    names(connection, "alice", "sari")
    assert who(people, connection, asked[0], process=asked[1]).person == person


def test_who_may_not_appraise_alice_does_not_act_for_bob_either(
    agency: Agency, people: People, connection: sa.Connection
) -> None:
    for proxy in ("alice", "andi", "carol"):  # the subject, no official, the one who would hear the objection
        names(connection, "bob", proxy)
        assert who(people, connection).person == "bob"
    connection.execute(sa.insert(DelegationRow), {"employee_id": "andi", "letter": "SK-1", "starts": LONG_AGO})
    connection.execute(sa.delete(ProxyRow))
    names(connection, "bob", "andi")
    assert who(people, connection).person == "andi"
    relatives = {"employee_id": "andi", "other_id": "alice", "reason": "suami istri", "starts": LONG_AGO}
    connection.execute(sa.insert(ConflictRow), relatives)
    assert who(people, connection).person == "bob"


def test_a_chain_stops_before_it_would_come_back_to_the_subject(
    agency: Agency, people: People, connection: sa.Connection
) -> None:
    names(connection, "bob", "sari")
    names(connection, "sari", "alice")
    assert who(people, connection).person == "sari"
    connection.execute(sa.update(ProxyRow).where(ProxyRow.employee_id == "sari").values(proxy_id="bob"))
    assert who(people, connection).person == "sari"


@given(
    links=st.dictionaries(st.sampled_from("abcdef"), st.lists(st.sampled_from("abcdef"), max_size=3)),
    barred=st.sets(st.sampled_from("bcdef")),
)
def test_every_chain_ends_at_one_who_may(links: Mapping[str, Sequence[str]], barred: set[str]) -> None:
    named = {person: [Proxy(person, other, ALL, ALL) for other in others] for person, others in links.items()}
    assert acting_for("a", "appraiser", "planning", named, lambda other: other not in barred) not in barred


def naming(**other: object) -> NamedProxy:
    usual = NamedProxy("bob", "sari", ALL, ALL, WHY, "bob", TODAY, TODAY + timedelta(days=7))
    return replace(usual, **other)


def test_who_goes_on_leave_names_a_proxy_alone_and_gets_the_rest_back(
    house: tuple[Application, Post], clock: VirtualClock
) -> None:
    application, _ = house
    case, lines = drafts(application, "alice"), application.cycle.lines
    assert [one.task.subject for one in lines.rehearse(naming(), by=BOB).handovers] == ["alice"]
    lines.carry_out(naming(), expected=1, reason=WHY, by=BOB)
    works(application)
    assert has(application, "bob") == {("bob", "employee")}
    (task,) = [one for one in application.engine.inbox(by=Actor("sari")).items if one.subject == "alice"]
    assert application.engine.task(task.id, by=Actor("sari")).on_behalf_of == "Bob"
    assert [(one.proxy.id, one.ends) for one in lines.proxies("bob", by=BOB)] == [("sari", TODAY + timedelta(days=7))]

    auditor = Actor("fay", roles=frozenset({"auditor"}))
    (event,) = [one for one in application.engine.history(case, by=auditor) if one.type == "tasks_handed_over"]
    assert (event.actor, event.data["handed_over"][0]["on_behalf_of"]) == ("bob", "bob")
    clock.advance(timedelta(days=8))
    works(application)
    assert ("alice", "appraiser") in has(application, "bob")
    assert application.engine.verify().breach is None


def test_what_a_proxy_does_stands_in_the_history_with_both_names(house: tuple[Application, Post]) -> None:
    application, _ = house
    case = drafts(application, "alice")
    application.cycle.lines.carry_out(naming(), expected=1, reason=WHY, by=DIAN)
    works(application)
    sari = Actor("sari", name="Sari")
    (task,) = [one for one in application.engine.inbox(by=sari).items if one.subject == "alice"]
    answers = filled(application, task.id, sari)
    application.engine.complete_task(task.id, answers, revision=task.revision, key="dialog", by=sari)
    done = [one for one in application.engine.history(case, by=sari) if one.type == "task_completed"][-1]
    assert (done.actor_name, done.on_behalf_of) == ("Sari", "Bob")


def test_a_proxy_is_taken_back_early(house: tuple[Application, Post]) -> None:
    application, _ = house
    drafts(application, "alice")
    lines = application.cycle.lines
    lines.carry_out(naming(), expected=1, reason=WHY, by=BOB)
    works(application)
    lines.carry_out(NoProxy("bob", TODAY), expected=1, reason="Sudah kembali bekerja.", by=BOB)
    works(application)
    assert ("alice", "appraiser") in has(application, "bob")
    assert lines.proxies("bob", by=BOB) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (naming(proxy="bob"), "proxy"),
        (naming(proxy="nobody"), "proxy"),
        (naming(ends=None), "ends"),
        (naming(ends=TODAY - timedelta(days=1)), "ends"),
        (naming(authority="employee"), "process"),
        (NoProxy("bob", TODAY - timedelta(days=1)), "starts"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(house: tuple[Application, Post], change: Change, field: str) -> None:
    with pytest.raises(FormInvalid) as refused:
        house[0].cycle.lines.rehearse(change, by=BOB)
    assert set(refused.value.errors) == {field}


def test_nobody_names_a_proxy_for_another(house: tuple[Application, Post]) -> None:
    lines = house[0].cycle.lines
    for by in (Actor("alice"), Actor("sari", roles=frozenset({"operator"}))):
        with pytest.raises(NotYours):
            lines.rehearse(naming(), by=by)
        with pytest.raises(NotYours):
            lines.proxies("bob", by=by)
    with pytest.raises(NotFound):
        lines.rehearse(naming(person="pemilik"), by=Actor("pemilik"))
    with pytest.raises(NotYours):
        lines.colleagues("sari", by=Actor("pemilik"))
    assert [one.id for one in lines.colleagues("sari", by=Actor("alice"))] == ["sari"]
    assert lines.colleagues("s", by=Actor("alice")) == []
