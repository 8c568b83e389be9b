"""The page of parameters: read by those who keep rules, proposed by one, decided by another."""

from collections.abc import Callable

import pytest

from engine.bootstrap import Application
from engine.runtime.values import SYSTEM
from tests.web.conftest import PASSWORD, Visitor

Visit = Callable[[str], Visitor]
TYPED = {"nilai": "02-28", "mulai": "2026-02-01", "unit": "", "alasan": "Surat edaran bupati 12/2026"}


@pytest.fixture
def second(visit: Visit, application: Application) -> Visitor:
    """Another process owner."""
    application.cycle.create_account(
        "pemilik-2", PASSWORD, by=SYSTEM, login="pemilik-2", name="Eko", roles=("process_owner",)
    )
    return visit("pemilik-2")


def test_a_value_is_looked_at_proposed_and_accepted(visit: Visit, second: Visitor, application: Application) -> None:
    first = visit("process_owner")
    first.opens("/parameter/skp.batas")

    effect = first.sends("/parameter/skp.batas/usul", TYPED).get_data(as_text=True)
    assert "17 pegawai" in effect
    assert "2026" in effect
    assert first.sends("/parameter/skp.batas/usul", {**TYPED, "kirim": "1"}).status_code == 302
    (proposal,) = application.cycle.rulebook.proposals(by=SYSTEM, waiting=True)
    own = first.sends(f"/parameter/skp.batas/usul/{proposal.id}/terima")
    assert own.status_code == 422
    assert "pemilik proses lain" in own.get_data(as_text=True)

    assert "SKP ditetapkan paling lambat" in second.opens("/parameter").get_data(as_text=True)
    second.opens("/parameter/skp.batas")
    assert second.sends(f"/parameter/skp.batas/usul/{proposal.id}/terima").status_code == 302
    assert "02-28" in second.opens("/parameter/skp.batas").get_data(as_text=True)
    assert application.cycle.rulebook.values_of("skp.batas", by=SYSTEM)[0].value == "02-28"


def test_a_faulty_value_keeps_what_was_typed(visit: Visit) -> None:
    owner = visit("process_owner")
    owner.opens("/parameter/keberatan.hari")

    answer = owner.sends("/parameter/keberatan.hari/usul", {**TYPED, "nilai": "banyak"})
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert 'value="banyak"' in page
    assert "Surat edaran bupati 12/2026" in page
    assert "dari 1 sampai 120" in page


def test_who_keeps_no_rules_sees_none_and_who_only_reads_may_not_propose(visit: Visit) -> None:
    assert visit("employee").opens("/parameter").status_code == 403
    auditor = visit("auditor")
    assert "Usulkan nilai lain" not in auditor.opens("/parameter/skp.batas").get_data(as_text=True)
    assert auditor.sends("/parameter/skp.batas/usul", TYPED).status_code == 403
    assert visit("personnel").opens("/parameter/tidak.ada").status_code == 404
