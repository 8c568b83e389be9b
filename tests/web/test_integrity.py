"""The auditor's page: all chains checked in the background, a kept checkpoint held against the history."""

from collections.abc import Callable
from io import BytesIO

from engine.bootstrap import Application
from engine.runtime.values import SYSTEM
from tests.web.conftest import Visitor, text

Visit = Callable[[str], Visitor]


def test_an_auditor_proves_that_nothing_was_changed(application: Application, visit: Visit) -> None:
    auditor = visit("auditor")
    assert "Belum pernah diperiksa" in text(auditor.opens("/keutuhan"))
    auditor.sends("/keutuhan/periksa")
    assert "Sedang diperiksa" in text(auditor.opens("/keutuhan"))
    while application.work():
        pass
    assert "Utuh: 16 perkara, 16 peristiwa, 0 di antaranya isinya dihapus." in text(auditor.opens("/keutuhan"))

    content = application.engine.checkpoints.sign(b"s" * 32, by=SYSTEM)
    kept = auditor.sends("/keutuhan/titik-periksa", {"berkas": (BytesIO(content), "1.json")})
    assert "Riwayat sesuai titik periksa 1" in text(kept)
    other = auditor.sends("/keutuhan/titik-periksa", {"berkas": (BytesIO(content), "1.json"), "kunci": "lain"})
    assert other.status_code == 409
    assert "TIDAK sesuai" in text(other)
    assert auditor.sends("/keutuhan/titik-periksa", {"berkas": (BytesIO(b"x"), "1.json")}).status_code == 422
    assert visit("operator").opens("/keutuhan").status_code == 403
