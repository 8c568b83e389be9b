"""Papers in the pages: whoever may read one issues and downloads it, anybody checks its code."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.bootstrap import Application
from engine.cycle.models import RatingRow
from engine.cycle.papers import bulk, codes
from engine.cycle.papers.kinds import PaperKind
from engine.cycle.skps import record
from engine.db import new_id
from engine.runtime.values import SYSTEM, Case
from tests.web.conftest import Visitor

Visit = Callable[[str], Visitor]
AT = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
RHK = {"klasifikasi": "UTAMA", "rhk": "Balita <gizi buruk> tertangani", "pendekatan": "KUANTITATIF"}
INDICATOR = {"aspek": "KUANTITAS", "iki": "Balita tertangani", "target_nilai": 1250, "satuan": "balita"}


def inflated(pdf: bytes) -> bytes:
    """The packed objects of a PDF, readable."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    return pdf + b"".join(zlib.decompress(one) for one in streams if one.startswith(b"x"))


def case_of(application: Application, visitor: Visitor) -> Case:
    return application.engine.cases(by=visitor.actor, subject=visitor.actor.person).items[0]


@pytest.fixture
def case(application: Application, visit: Visit) -> Case:
    """The employee's case, with an SKP that was set."""
    found = case_of(application, visit("employee"))
    with Session(application.engine.database) as session, session.begin():
        record(
            session.connection(),
            case_id=found.id,
            subject=found.subject,
            unit=found.unit,
            cycle=found.cycle,
            skp={"rhk": [{**RHK, "indikator": [INDICATOR]}], "dukungan": [{"kategori": "SDM", "uraian": "Dua bidan"}]},
            by_team=False,
            now=AT,
        )
    return found


NUMBERS = {
    "rhk": [
        {
            "rhk": "Balita <gizi buruk> tertangani",
            "utama": True,
            "bobot": 60,
            "capaian": 98,
            "kelas": "CUKUP",
            "nilai": 88,
        }
    ],
    "skp": 102.8,
    "perilaku": 100,
    "bobot": "70/30",
    "nilai": 101.96,
}


def rate(
    application: Application,
    case: Case,
    predicate: str,
    status: str = "DISAMPAIKAN",
    numbers: dict[str, object] | None = None,
) -> None:
    """Give an annual predicate, as the service of the diagrams does."""
    with Session(application.engine.database) as session, session.begin():
        session.execute(sa.update(RatingRow).where(RatingRow.case_id == case.id).values(superseded=True))
        session.add(
            RatingRow(
                case_id=case.id,
                cycle_id=case.cycle,
                subject=case.subject,
                unit_id=case.unit,
                period="annual",
                result_rating="SESUAI_EKSPEKTASI",
                behaviour_rating="SESUAI_EKSPEKTASI",
                predicate=predicate,
                status=status,
                given_at=AT,
                numbers=numbers,
            )
        )


def test_an_skp_is_issued_downloaded_and_checked_by_anybody(application: Application, visit: Visit, case: Case) -> None:
    employee, nobody = visit("employee"), visit("nobody")
    address = f"/dokumen/skp/{case.id}"
    assert address in employee.opens(f"/perkara/{case.id}").text

    before = employee.opens(address).text
    sent = employee.sends(address)
    after = employee.opens(address).text
    download = re.search(r"/dokumen/[0-9a-f-]{36}\.pdf", after)

    assert "belum diterbitkan" in before
    assert sent.status_code == 303
    assert "Balita &lt;gizi buruk&gt; tertangani" in after
    assert "1.250 balita" in after
    assert "Sumber daya manusia, Dua bidan" in after
    assert download is not None
    pdf = employee.opens(download[0])
    assert pdf.mimetype == "application/pdf"
    assert pdf.data.startswith(b"%PDF-1.7")
    objects = inflated(pdf.data)
    assert b"/StructTreeRoot" in objects
    assert b"/FontFile" in objects
    code = re.search(r"Kode verifikasi ([0-9A-Z-]{19})", after)
    assert code is not None
    page = nobody.opens(f"/verifikasi/{code[1]}")
    assert page.status_code == 200
    assert "masih berlaku" in page.text
    assert case.subject_name in page.text
    assert "Balita" not in page.text


def test_issuing_twice_gives_the_same_version(application: Application, visit: Visit, case: Case) -> None:
    by = visit("employee").actor

    first = application.papers.issue(PaperKind.SKP, str(case.id), by=by)
    again = application.papers.issue(PaperKind.SKP, str(case.id), by=by)

    assert again == first
    assert first.version == 1


def test_a_reopened_evaluation_replaces_the_old_one(application: Application, visit: Visit, case: Case) -> None:
    by, papers = visit("employee").actor, application.papers
    rate(application, case, "BAIK")
    first = papers.issue(PaperKind.RESULT, str(case.id), by=by)

    rate(application, case, "BUTUH_PERBAIKAN", status="USULAN")
    reopened = papers.verify(first.code)
    rate(application, case, "SANGAT_BAIK", status="FINAL")
    second = papers.issue(PaperKind.RESULT, str(case.id), by=by)

    assert reopened is not None
    assert not reopened.current
    assert second.version == 2
    assert [(one.version, one.replaced) for line in papers.of_case(case.id, by=by) for one in line.papers] == [
        (2, False),
        (1, True),
    ]
    old, new = papers.verify(first.shown_code), papers.verify(f" {second.shown_code.lower()} ")
    assert old is not None
    assert new is not None
    assert (old.current, new.current) == (False, True)
    assert papers.pdf(first.id, by=by)[1].startswith(b"%PDF")


def test_an_evaluation_is_not_for_colleagues_and_an_skp_is(application: Application, visit: Visit, case: Case) -> None:
    rate(application, case, "BAIK")
    skp, result = f"/dokumen/skp/{case.id}", f"/dokumen/dokumen_evaluasi/{case.id}"
    issued = application.papers.issue(PaperKind.RESULT, str(case.id), by=visit("employee").actor)
    download = f"/dokumen/{issued.id}.pdf"

    def answers(part: str) -> list[int]:
        return [visit(part).opens(path).status_code for path in (skp, result, download)]

    assert answers("employee") == [200, 200, 200]
    assert answers("appraiser") == [200, 200, 200]
    assert answers("personnel") == [200, 200, 200]
    assert answers("colleague") == [200, 404, 404]
    assert answers("operator") == [404, 404, 404]
    assert visit("colleague").sends(result).status_code == 404


def test_the_evaluation_has_all_columns_and_the_pattern(application: Application, visit: Visit, case: Case) -> None:
    application.cycle.predicates.decree(case.unit, "2026", "BAIK", "SK 12/2027", by=SYSTEM)
    rate(application, case, "BAIK")

    page = visit("employee").opens(f"/dokumen/evaluasi/{case.id}/annual").text

    for heading in ("Hasil pimpinan yang diintervensi", "Aspek", "Indikator", "Ekspektasi khusus pimpinan"):
        assert heading in page
    assert "Pola distribusi: Baik mayoritas; Baik paling banyak 70 persen; ada Butuh Perbaikan atau Kurang" in page


def test_a_year_in_numbers_has_its_values_on_every_paper(application: Application, visit: Visit, case: Case) -> None:
    weighed = {**RHK, "bobot": 60, "indikator": [INDICATOR]}
    extra = {**RHK, "klasifikasi": "TAMBAHAN", "rhk": "Posyandu baru", "lingkup": "INSTANSI", "indikator": [INDICATOR]}
    with Session(application.engine.database) as session, session.begin():
        at = {"case_id": case.id, "subject": case.subject, "unit": case.unit, "cycle": case.cycle}
        record(session.connection(), **at, skp={"rhk": [weighed, extra]}, by_team=False, now=AT)
    employee, heading = visit("employee"), "Nilai dalam angka"
    rate(application, case, "BAIK")
    pages = [f"/dokumen/{kind}" for kind in (f"evaluasi/{case.id}/annual", f"dokumen_evaluasi/{case.id}")]
    plain = [employee.opens(page).text for page in pages]

    rate(application, case, "BAIK", numbers=NUMBERS)
    skp, *told = [employee.opens(page).text for page in (f"/dokumen/skp/{case.id}", *pages)]

    assert "Bobot (persen)" in skp
    assert "Antarunit dalam instansi" in skp
    assert all(heading not in page for page in plain)
    for page in told:
        assert all(text in page for text in (heading, "102,8", "101,96", "70/30"))
    assert ["Cukup" in page for page in told] == [True, False]  # results stand in the evaluation alone
    issued = application.papers.issue(PaperKind.RESULT, str(case.id), by=employee.actor)
    assert application.papers.pdf(issued.id, by=employee.actor)[1].startswith(b"%PDF")


def test_the_paper_of_a_unit_reads_the_spread_as_the_calibration_does(
    application: Application, visit: Visit, case: Case
) -> None:
    application.cycle.predicates.decree(case.unit, "2026", "BAIK", "SK 12/2027", by=SYSTEM)
    rate(application, case, "BAIK", status="USULAN")
    chief, address = visit("appraiser"), f"/dokumen/predikat_organisasi/{case.unit}/2026"

    proposed = chief.opens(address).text
    rate(application, case, "BAIK")
    delivered = chief.opens(address).text

    sheet = application.cycle.calibration.sheet(case.unit, "2026", by=chief.actor)
    assert f"Dihitung bersama {sheet.pooled_name}" in delivered
    assert f"({sum(sheet.spread.counts.values()) + sheet.spread.unrated} orang)" in delivered
    assert f"{sheet.spread.unrated + 1} orang belum menerima hasilnya" in proposed
    assert f"{sheet.spread.unrated} orang belum menerima hasilnya" in delivered
    assert "menurut surat keputusan" in delivered


def test_a_proposed_rating_goes_on_no_paper(application: Application, visit: Visit, case: Case) -> None:
    rate(application, case, "BAIK", status="USULAN")

    kinds = {line.source.kind for line in application.papers.of_case(case.id, by=visit("employee").actor)}

    assert kinds == {PaperKind.SKP}


def test_the_check_page_takes_codes_as_people_type_them(visit: Visit) -> None:
    nobody = visit("nobody")

    assert nobody.opens("/verifikasi").status_code == 200
    assert nobody.opens("/verifikasi?kode=abcd").status_code == 303
    unknown = nobody.opens("/verifikasi/K7QM-2RXT-0B4D-9ZPA")
    assert unknown.status_code == 404
    assert "tidak dikenal" in unknown.text
    assert nobody.opens("/verifikasi/%3Cscript%3E").status_code == 404


@pytest.mark.parametrize("typed", ["k7qm 2rxt-0b4d 9zpa", "K7QM2RXTOB4D9ZPA", " K7QM-2RXT-0B4D-9ZPA\n"])
def test_a_code_is_read_in_any_spelling(typed: str) -> None:
    assert codes.read(typed) == "K7QM2RXT0B4D9ZPA"


@pytest.mark.parametrize("typed", ["", "K7QM", "K7QM-2RXT-0B4D-9ZPU", "x" * 1000])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert codes.read(typed) is None


def test_what_is_no_paper_does_not_exist(visit: Visit, case: Case) -> None:
    employee = visit("employee")

    for path in (f"/dokumen/buku/{case.id}", "/dokumen/skp/x", f"/dokumen/skp/{new_id()}", f"/dokumen/{new_id()}.pdf"):
        assert employee.opens(path).status_code == 404, path


def test_many_papers_are_issued_as_one_order_and_come_in_parts(
    application: Application, visit: Visit, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    personnel = visit("personnel")
    with Session(application.engine.database) as session, session.begin():
        for other in application.engine.cases(by=visit("auditor").actor).items[:3]:
            if other.id != case.id:
                skp = {"rhk": [{**RHK, "indikator": [INDICATOR]}]}
                record(
                    session.connection(),
                    case_id=other.id,
                    subject=other.subject,
                    unit=other.unit,
                    cycle=other.cycle,
                    skp=skp,
                    by_team=False,
                    now=AT,
                )
    monkeypatch.setattr(bulk, "PER_PART", 2)
    personnel.opens("/dokumen/massal")

    ordered = personnel.sends("/dokumen/massal", {"jenis": "skp", "siklus": "2026", "unit": ""})
    while application.engine.batches.run():
        pass
    page = personnel.opens("/dokumen/massal").text
    parts = re.findall(r"/dokumen/massal/[0-9a-f-]{36}/\d+\.zip", page)
    names = [name for part in parts for name in zipfile.ZipFile(io.BytesIO(personnel.opens(part).data)).namelist()]

    assert ordered.status_code == 303
    (order,) = application.bulk_papers.all(by=personnel.actor)
    assert (order.done, order.failed) == (order.total, 0)
    assert len(parts) == -(-order.total // 2)
    assert len(set(names)) == order.total >= 3
    assert visit("employee").opens(parts[0]).status_code == 403
    assert personnel.opens(parts[0].replace("1.zip", "99.zip")).status_code == 404
    assert personnel.sends("/dokumen/massal", {"jenis": "putusan_keberatan", "siklus": "2026"}).status_code == 422
