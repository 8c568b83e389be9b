"""Parameters: proposed by one process owner, decided by another, in force from a day on."""

from datetime import date, timedelta

import pytest

from engine.clock import VirtualClock
from engine.cycle.catalogue import CATALOGUE, PARAMETERS, Day, Number, Several, Span
from engine.cycle.rulebook import Proposal
from engine.cycle.year import PerformanceCycle
from engine.errors import EngineError, FormInvalid, NotFound, NotYours, Refused
from engine.runtime.values import Actor, Json
from tests.cycle.agency import PERSONNEL

FIRST = Actor("dewi", name="Dewi", roles=frozenset({"process_owner"}))
SECOND = Actor("eko", name="Eko", roles=frozenset({"process_owner"}))
AUDITOR = Actor("auditor", roles=frozenset({"auditor"}))
TODAY = date(2026, 1, 2)
WHY = "Surat edaran bupati 12/2026"

pytestmark = pytest.mark.usefixtures("populated")


def value(cycle: PerformanceCycle, key: str, unit: str | None = None) -> Json:
    return next(one for one in cycle.rulebook.in_force(unit=unit, by=AUDITOR) if one.parameter.key == key).value


def propose(cycle: PerformanceCycle, text: str = "02-28", *, unit: str | None = None, starts: date = TODAY) -> Proposal:
    return cycle.rulebook.propose("skp.batas", text, starts=starts, reason=WHY, unit=unit, by=FIRST)


def test_a_proposed_value_is_not_in_force_until_another_process_owner_accepts_it(cycle: PerformanceCycle) -> None:
    proposal = propose(cycle)
    assert value(cycle, "skp.batas") == "01-31"

    with pytest.raises(Refused, match="pemilik proses lain"):
        cycle.rulebook.accept(proposal.id, by=FIRST)
    with pytest.raises(NotYours):
        cycle.rulebook.accept(proposal.id, by=PERSONNEL)
    cycle.rulebook.accept(proposal.id, by=SECOND)

    assert value(cycle, "skp.batas") == "02-28"
    with pytest.raises(Refused, match="sudah diputuskan"):
        cycle.rulebook.decline(proposal.id, "Tidak jadi dipakai", by=SECOND)


def test_the_record_keeps_who_proposed_who_decided_and_why(cycle: PerformanceCycle) -> None:
    declined = propose(cycle)
    with pytest.raises(FormInvalid, match="mengapa"):
        cycle.rulebook.decline(declined.id, " ", by=SECOND)
    cycle.rulebook.decline(declined.id, "Belum ada dasar hukumnya", by=SECOND)
    withdrawn = propose(cycle)
    with pytest.raises(NotFound):
        cycle.rulebook.withdraw(withdrawn.id, by=SECOND)
    cycle.rulebook.withdraw(withdrawn.id, by=FIRST)

    kept = {one.id: one for one in cycle.rulebook.proposals(key="skp.batas", by=AUDITOR)}
    assert (kept[declined.id].status, kept[declined.id].decided_by) == ("declined", "eko")
    assert (kept[declined.id].decision, kept[declined.id].reason) == ("Belum ada dasar hukumnya", WHY)
    assert kept[withdrawn.id].status == "withdrawn"
    assert cycle.rulebook.proposals(waiting=True, by=AUDITOR) == []
    assert value(cycle, "skp.batas") == "01-31"


def test_a_value_begins_on_its_day_and_ends_the_one_before(cycle: PerformanceCycle, clock: VirtualClock) -> None:
    proposal = propose(cycle, starts=date(2026, 3, 1))
    cycle.rulebook.accept(proposal.id, by=SECOND)
    assert value(cycle, "skp.batas") == "01-31"

    clock.advance(timedelta(days=60))
    assert value(cycle, "skp.batas") == "02-28"


def test_a_day_that_passed_while_nobody_decided_becomes_today(cycle: PerformanceCycle, clock: VirtualClock) -> None:
    proposal = propose(cycle)
    clock.advance(timedelta(days=5))

    assert cycle.rulebook.accept(proposal.id, by=SECOND).starts == TODAY + timedelta(days=5)


def test_the_effect_says_whom_a_value_reaches_and_whom_not(cycle: PerformanceCycle) -> None:
    cycle.create_cycle(2026, by=PERSONNEL)
    cycle.open_cycle("2026", by=PERSONNEL)
    own = propose(cycle, "02-10", unit="SDK")
    cycle.rulebook.accept(own.id, by=SECOND)
    later = propose(cycle, "02-20", starts=date(2026, 6, 1))
    cycle.rulebook.accept(later.id, by=SECOND)

    effect = cycle.rulebook.effect("skp.batas", "02-28", starts=TODAY, by=FIRST)
    unit = cycle.rulebook.effect("skp.batas", "02-28", starts=TODAY, unit="SDK", by=FIRST)

    assert (effect.before, effect.after) == ("01-31", "02-28")
    assert effect.people > unit.people > 0
    assert effect.apart == ["SDK"]
    assert [one.value for one in effect.replaced] == ["02-20"]
    assert effect.kept_years == [2026]
    assert (unit.before, unit.apart) == ("02-10", [])
    assert value(cycle, "skp.batas") == "01-31"  # looking changes nothing


@pytest.mark.parametrize(
    ("key", "text", "starts", "reason", "error", "words"),
    [
        ("skp.betas", "02-28", TODAY, WHY, Refused, "tidak dikenal"),
        ("skp.batas", "31 Februari", TODAY, WHY, FormInvalid, "01-31"),
        ("skp.batas", "02-30", TODAY, WHY, FormInvalid, "01-31"),
        ("skp.batas", "02-28", date(2026, 1, 1), WHY, FormInvalid, "sudah lewat"),
        ("skp.batas", "02-28", TODAY, "ya", FormInvalid, "10 huruf"),
        ("skp.batas", "01-31", TODAY, WHY, FormInvalid, "sudah berlaku"),
        ("keberatan.hari", "0", TODAY, WHY, FormInvalid, "dari 1 sampai 120"),
        ("periode.jenis", "MINGGU", TODAY, WHY, FormInvalid, "TRIWULAN"),
        ("plt.boleh_menilai", "barangkali", TODAY, WHY, FormInvalid, "ya atau tidak"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_mend(
    cycle: PerformanceCycle, key: str, text: str, starts: date, reason: str, error: type[EngineError], words: str
) -> None:
    with pytest.raises(error, match=words):
        cycle.rulebook.propose(key, text, starts=starts, reason=reason, by=FIRST)
    assert cycle.rulebook.proposals(by=AUDITOR) == []


def test_one_proposal_waits_at_a_time_for_each_unit(cycle: PerformanceCycle) -> None:
    propose(cycle)
    propose(cycle, unit="SDK")
    with pytest.raises(Refused, match="menunggu keputusan"):
        propose(cycle, "03-01")
    with pytest.raises(NotFound):
        propose(cycle, unit="tidak-ada")


def test_only_process_owners_propose(cycle: PerformanceCycle) -> None:
    for by in (PERSONNEL, AUDITOR, Actor("alice")):
        with pytest.raises(NotYours):
            cycle.rulebook.propose("skp.batas", "02-28", starts=TODAY, reason=WHY, by=by)
    with pytest.raises(NotYours):
        cycle.rulebook.in_force(by=Actor("alice"))


def test_kinds_read_what_people_type() -> None:
    assert Day().read("12-31") == "12-31"
    assert Number(1, 120).read("14") == 14
    assert Span().read("P1Y") == "P1Y"
    assert Several({"PEGAWAI": "pegawai", "PENILAI": "penilai"}).read("PEGAWAI, PENILAI") == ["PEGAWAI", "PENILAI"]
    for kind, wrong in ((Span(), "6 bulan"), (Several({"A": "a"}), "B"), (Several({"A": "a"}), " "), (Day(), "13-01")):
        with pytest.raises(ValueError, match=r"Tulis"):
            kind.read(wrong)


def test_every_default_is_a_value_of_its_kind() -> None:
    assert len(CATALOGUE) == len(PARAMETERS)
    for parameter in PARAMETERS:
        default = parameter.default
        typed = {True: "ya", False: "tidak"}.get(default) if isinstance(default, bool) else None
        text = typed or (", ".join(default) if isinstance(default, list) else str(default))
        assert parameter.read(text) == default, parameter.key
