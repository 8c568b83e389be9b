"""Who may open what: closed unless a page says otherwise, and what is not yours does not exist."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from engine.bootstrap import Application
from tests.web.conftest import Cast, Visitor
from web.security import PUBLIC

Visit = Callable[[str], Visitor]
PLACES = {
    "/": {"employee", "appraiser", "personnel", "process_owner", "auditor", "operator"},
    "/perkara": {"employee", "appraiser", "personnel", "process_owner", "auditor", "operator"},
    "/profil": {"employee", "appraiser", "personnel", "process_owner", "auditor", "operator"},
    "/siklus": {"personnel", "auditor"},
    "/siklus/2026": {"personnel", "auditor"},
    "/pegawai": {"personnel", "auditor"},
    "/laporan": {"appraiser", "personnel", "auditor"},
    "/impor": {"personnel"},
    "/impor/templat/employees.xlsx": {"personnel"},
    "/gangguan": {"operator"},
    "/kendali": {"operator"},
    "/pekerjaan": {"personnel", "operator", "process_owner", "auditor"},
}
PARTS = ("employee", "appraiser", "personnel", "process_owner", "auditor", "operator")


@pytest.mark.parametrize("part", PARTS)
def test_each_role_opens_its_own_places_and_no_others(visit: Visit, part: str) -> None:
    visitor = visit(part)

    answers = {path: visitor.opens(path).status_code for path in PLACES}

    assert answers == {path: 200 if part in parts else 403 for path, parts in PLACES.items()}


def test_every_page_but_the_public_ones_asks_for_signing_in(app: Flask, visit: Visit) -> None:
    nobody = visit("nobody")
    ids = {"uuid": "00000000-0000-0000-0000-000000000000", "int": "1", "string": "x", "path": "x", "default": "x"}
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PUBLIC or "GET" not in (rule.methods or ()):
            continue
        values = {
            name: ids[
                converter.__class__.__name__.removesuffix("Converter")
                .lower()
                .replace("integer", "int")
                .replace("unicode", "string")
            ]
            for name, converter in rule._converters.items()
        }  # the map of addresses itself
        with app.test_request_context():
            path = app.url_map.bind("localhost").build(rule.endpoint, values)
        answer = nobody.opens(path)

        assert answer.status_code == 303, path
        assert answer.location.startswith("/masuk"), path


def test_another_persons_task_and_case_do_not_exist(visit: Visit) -> None:
    colleague, employee = visit("colleague"), visit("employee")
    task = employee.tasks()[0]

    for path in (
        f"/tugas/{task.id}",
        f"/tugas/{task.id}/periksa",
        f"/tugas/{task.id}/terkirim",
        f"/perkara/{task.case_id}",
        f"/perkara/{task.case_id}/diagram/planning",
        f"/perkara/{task.case_id}/isian/1",
    ):
        assert colleague.opens(path).status_code == 404, path
    for path in (f"/tugas/{task.id}", f"/tugas/{task.id}/kirim", f"/tugas/{task.id}/ambil", f"/tugas/{task.id}/lepas"):
        assert colleague.sends(path, {"pernyataan": "ya", "_do": "draft"}).status_code == 404, path


def test_an_auditor_reads_every_case_and_changes_none(visit: Visit) -> None:
    auditor, task = visit("auditor"), visit("employee").tasks()[0]

    assert auditor.opens(f"/perkara/{task.case_id}").status_code == 200
    assert "Susun SKP" in auditor.opens(f"/perkara/{task.case_id}").get_data(as_text=True)
    assert 'id="f"' not in auditor.opens(f"/tugas/{task.id}").get_data(as_text=True)
    assert auditor.sends(f"/tugas/{task.id}", {"_do": "draft"}).status_code == 403


def test_lists_show_only_what_may_be_opened(visit: Visit, application: Application) -> None:
    employee, auditor = visit("employee"), visit("auditor")

    assert employee.opens("/perkara").get_data(as_text=True).count('data-label="Tahap"') == 1
    assert auditor.opens("/perkara").get_data(as_text=True).count('data-label="Tahap"') == 16


def test_the_menu_offers_only_open_doors(visit: Visit) -> None:
    for part in PARTS:
        visitor = visit(part)
        page = visitor.opens("/").get_data(as_text=True)
        links = set(re.findall(r'class="siklus-(?:nav__link|menu__item)" href="([^"]*)"', page))
        doors = [path for path in PLACES if path in links]

        assert doors, part
        assert all(visitor.opens(path).status_code == 200 for path in doors), part


def test_an_unknown_address_is_a_page_with_a_way_on_and_a_number(visit: Visit) -> None:
    answer = visit("employee").opens("/tidak-ada")
    page = answer.get_data(as_text=True)

    assert answer.status_code == 404
    assert "Halaman tidak ditemukan" in page
    assert "Sebutkan nomor ini" in page


def test_a_first_password_opens_only_the_page_that_changes_it(
    application: Application, visit: Visit, cast: Cast
) -> None:
    personnel, employee = visit("personnel"), application.cycle.account_of(cast.employee)
    assert employee is not None
    application.cycle.reset_password(employee.id, "sandi-awal-yang-panjang-9", by=personnel.actor)
    visitor = visit("nobody")
    visitor.login = cast.employee
    visitor.signs_in("sandi-awal-yang-panjang-9")

    assert visitor.opens("/").location.startswith("/profil")
    visitor.opens("/profil")
    changed = visitor.sends(
        "/profil/kata-sandi",
        {"old": "sandi-awal-yang-panjang-9", "new": "pilihan-saya-sendiri-77", "again": "pilihan-saya-sendiri-77"},
    )
    assert changed.location == "/profil"
    assert visitor.opens("/").status_code == 200
