"""Personnel bring events of many people as a file: seen first, then recorded."""

import io
import re
from typing import Any

from engine.bootstrap import Application
from tests.web.conftest import Visitor
from tests.web.test_lines import DAY, WHY, Visit, text


def uploads(personnel: Visitor, lines: list[str]) -> Any:
    content = "\n".join(["nip;peristiwa;tanggal;nomor_surat;alasan;sampai;jenis_cuti", *lines]).encode()
    return personnel.sends("/impor", {"kind": "events", "file": (io.BytesIO(content), "peristiwa.csv")})


def test_a_file_of_events_is_seen_row_by_row_and_recorded_once(visit: Visit, application: Application) -> None:
    personnel, employee = visit("personnel"), visit("employee").actor.person
    nip = application.cycle.employee(employee, by=personnel.actor).employee.nip
    assert "/impor/templat/events.xlsx" in text(personnel.opens("/impor"))
    assert personnel.opens("/impor/templat/events.xlsx").status_code == 200
    leave = f"{nip};CUTI;{DAY};SI-1;{WHY};2026-04-04;BESAR"
    seen = uploads(personnel, [leave, f"{nip};CUTI;{DAY};SI-1;{WHY};;BESAR"])
    shown = text(seen)
    assert seen.status_code == 200 and "Cuti besar" in shown and "Wajib diisi untuk CUTI." in shown
    address = re.search(r'action="(/impor/peristiwa/[^"]+)"', shown)
    assert address is not None

    sent = personnel.sends(address[1])
    assert sent.status_code == 303 and "1 peristiwa dicatat." in text(personnel.opens(sent.location))
    assert "Cuti besar" in text(personnel.opens(f"/pegawai/{employee}"))
    assert personnel.sends(address[1]).status_code == 409
    refused = uploads(personnel, ["tanpa kolom"])
    assert refused.status_code == 200 and "Tidak ada yang perlu ditulis." in text(refused)
