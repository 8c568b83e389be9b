"""Headers, tokens, and forms from elsewhere."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from engine.bootstrap import Application, start
from engine.clock import VirtualClock
from tests.web.conftest import Cast, Visitor, settings_of
from web import create_app

Visit = Callable[[str], Visitor]


def test_pages_allow_no_inline_script_or_style_and_no_frame(visit: Visit) -> None:
    answer = visit("employee").opens("/")
    policy = answer.headers["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_only_pages_that_draw_allow_style_attributes(visit: Visit) -> None:
    employee = visit("employee")
    case = employee.opens(f"/perkara/{employee.tasks()[0].case_id}").headers["Content-Security-Policy"]

    assert "style-src-attr 'unsafe-inline'" in case
    assert "script-src 'self';" in case


def test_a_form_without_its_token_is_refused(visit: Visit) -> None:
    employee = visit("employee")
    task = employee.tasks()[0]
    employee.token = "wrong"

    answer = employee.sends(f"/tugas/{task.id}", {"_do": "draft"})

    assert answer.status_code == 400
    assert "Permintaan tidak dapat dibaca" in answer.get_data(as_text=True)
    assert not employee.tasks()[0].has_draft


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_from_another_site_is_refused(visit: Visit, site: str) -> None:
    employee = visit("employee")

    assert employee.sends("/keluar", **{"Sec-Fetch-Site": site}).status_code == 403
    assert employee.opens("/").status_code == 200


def test_every_post_form_carries_a_token(visit: Visit) -> None:
    personnel = visit("personnel")
    task = personnel.tasks()[0]
    for path in ("/", "/profil", "/siklus", "/siklus/2026", "/impor", f"/tugas/{task.id}", "/masuk"):
        page = personnel.opens(path).get_data(as_text=True)
        forms = page.split("<form")[1:]
        posts = [form for form in forms if 'method="post"' in form.split(">")[0]]

        assert all('name="csrf_token"' in form.split("</form>")[0] for form in posts), path


def test_over_https_the_cookie_is_bound_to_this_host(
    agency_folder: tuple[Path, Cast], tmp_path: Path, clock: VirtualClock
) -> None:
    shutil.copytree(agency_folder[0], tmp_path / "data")
    application = start(settings_of(tmp_path / "data", base_url="https://siklus.example"), clock)
    app = create_app(application)

    answer = app.test_client().get("/masuk", base_url="https://siklus.example")
    cookie = answer.headers["Set-Cookie"]
    application.engine.database.dispose()

    assert cookie.startswith("__Host-siklus=")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert answer.headers["Strict-Transport-Security"]


def test_a_failure_of_ours_is_a_page_with_a_number_and_no_trace(
    app: Flask, application: Application, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    employee = visit("employee")

    def breaks(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("engine.runtime.engine.Engine.inbox", breaks)
    answer = employee.opens("/")

    assert answer.status_code == 500
    assert "Ada gangguan di pihak kami" in answer.get_data(as_text=True)
    assert "secret detail" not in answer.get_data(as_text=True)


def test_a_failure_of_the_database_is_a_page_too(
    visit: Visit, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    employee = visit("employee")

    def breaks(*_arguments: object, **_named: object) -> None:
        raise OSError("database is gone")

    for verb in ("engine.runtime.engine.Engine.inbox_counts", "engine.cycle.year.PerformanceCycle.visit"):
        monkeypatch.setattr(verb, breaks)
    answer = employee.opens("/perkara")

    assert answer.status_code == 500
    assert "Ada gangguan di pihak kami" in answer.get_data(as_text=True)


def test_an_error_in_a_part_of_a_page_stays_a_part(visit: Visit) -> None:
    answer = visit("employee").opens("/tidak-ada", **{"HX-Request": "true"})

    assert answer.headers["HX-Retarget"] == "#status"
    assert "<html" not in answer.get_data(as_text=True)


def test_too_much_at_once_is_said_so(visit: Visit) -> None:
    employee = visit("employee")
    task = employee.tasks()[0]

    answer = employee.sends(f"/tugas/{task.id}", {"_do": "draft", "x": "a" * 3_000_000})

    assert answer.status_code == 413
    assert "Kiriman terlalu besar" in answer.get_data(as_text=True)
