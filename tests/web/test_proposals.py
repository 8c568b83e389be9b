"""The pages of proposals: for personnel and auditors, with what payroll takes along."""

from collections.abc import Callable
from io import BytesIO

from openpyxl import load_workbook

from tests.web.conftest import Visitor, text

Visit = Callable[[str], Visitor]


def test_personnel_reads_proposals_and_takes_them_along(visit: Visit) -> None:
    personnel = visit("personnel")
    factors = text(personnel.opens("/usul/tunjangan?periode=TW1"))
    careers = text(personnel.opens("/usul/karier"))

    assert "belum dinilai" in factors
    assert "Predikat tahun terakhir belum final" in careers
    assert "/usul/tunjangan" in text(personnel.opens("/pegawai"))
    for path, first in (("/usul/tunjangan.xlsx?periode=TW1", "persen_kinerja"), ("/usul/karier.xlsx", "alasan")):
        rows = list(load_workbook(BytesIO(personnel.opens(path).get_data())).worksheets[0].iter_rows(values_only=True))
        assert first in rows[0]
        assert len(rows) > 10
        assert all(isinstance(row[0], str) and len(row[0]) == 18 for row in rows[1:])


def test_nobody_else_reads_them(visit: Visit) -> None:
    for part in ("employee", "appraiser", "operator", "process_owner"):
        for path in ("/usul/tunjangan", "/usul/karier", "/usul/tunjangan.xlsx", "/usul/karier.xlsx"):
            assert visit(part).opens(path).status_code == 403
