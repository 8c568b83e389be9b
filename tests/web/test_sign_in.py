"""Signing in and out."""

from collections.abc import Callable

import pytest

from engine.bootstrap import Application
from engine.clock import VirtualClock
from tests.web.conftest import PASSWORD, Cast, Visitor
from web.context import local_path

Visit = Callable[[str], Visitor]


def test_a_nip_with_spaces_and_its_password_open_the_inbox(visit: Visit, cast: Cast) -> None:
    nobody = visit("nobody")
    nobody.opens("/masuk")

    answer = nobody.sends("/masuk", {"nip": f"{cast.employee[:8]} {cast.employee[8:]}", "password": PASSWORD})

    assert answer.location == "/"
    assert nobody.opens("/").status_code == 200


def test_a_wrong_password_and_an_unknown_nip_get_the_same_answer(visit: Visit, cast: Cast) -> None:
    nobody = visit("nobody")
    nobody.opens("/masuk")
    wrong = nobody.sends("/masuk", {"nip": cast.employee, "password": "salah"})
    unknown = nobody.sends("/masuk", {"nip": "199901012020011999", "password": "salah"})

    assert wrong.status_code == unknown.status_code == 422
    assert "NIP atau kata sandi tidak benar" in wrong.get_data(as_text=True)
    assert "NIP atau kata sandi tidak benar" in unknown.get_data(as_text=True)
    assert f'value="{cast.employee}"' in wrong.get_data(as_text=True)


def test_after_many_tries_the_page_says_when_to_try_again(visit: Visit, cast: Cast, clock: VirtualClock) -> None:
    nobody = visit("nobody")
    nobody.opens("/masuk")
    for _ in range(6):
        answer = nobody.sends("/masuk", {"nip": cast.employee, "password": "salah"})

    assert answer.status_code == 429
    assert "Coba lagi setelah pukul" in answer.get_data(as_text=True)


def test_signing_in_leads_on_to_the_page_that_was_asked_for(visit: Visit, cast: Cast) -> None:
    nobody = visit("nobody")
    asked = nobody.opens("/perkara?tahap=planning")
    nobody.opens(asked.location)

    answer = nobody.sends("/masuk", {"nip": cast.employee, "password": PASSWORD, "next": "/perkara?tahap=planning"})

    assert answer.location == "/perkara?tahap=planning"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "evil",
        "/\tx",
        "/%0a\n",
        None,
    ],
)
def test_signing_in_never_leads_to_another_site(target: str | None) -> None:
    assert local_path(target) == "/"


def test_signing_out_ends_the_session(visit: Visit) -> None:
    employee = visit("employee")
    employee.opens("/")

    employee.sends("/keluar")

    assert employee.opens("/").location.startswith("/masuk")


def test_ending_all_sessions_signs_every_browser_out(visit: Visit, application: Application, cast: Cast) -> None:
    here, there = visit("employee"), visit("employee")
    account = application.cycle.account_of(cast.employee)
    assert account is not None

    application.cycle.end_sessions(account.id)

    assert here.opens("/").status_code == there.opens("/").status_code == 303


def test_changing_the_password_keeps_this_session_and_ends_the_others(visit: Visit) -> None:
    here, there = visit("employee"), visit("employee")
    here.opens("/profil")
    new = "kapal-pinisi-hijau-1945"

    wrong = here.sends("/profil/kata-sandi", {"old": PASSWORD, "new": new, "again": "lain"})
    weak = here.sends("/profil/kata-sandi", {"old": PASSWORD, "new": "abc", "again": "abc"})
    done = here.sends("/profil/kata-sandi", {"old": PASSWORD, "new": new, "again": new})

    assert (wrong.status_code, weak.status_code, done.status_code) == (422, 422, 303)
    assert "Kedua kata sandi baru tidak sama" in wrong.get_data(as_text=True)
    assert here.opens("/").status_code == 200
    assert there.opens("/").status_code == 303


def test_what_was_typed_survives_the_end_of_the_session(visit: Visit, application: Application, cast: Cast) -> None:
    employee = visit("employee")
    task = employee.tasks()[0]
    employee.opens(f"/tugas/{task.id}")
    employee.client.delete_cookie("siklus")

    asked = employee.sends(
        f"/tugas/{task.id}",
        {"revision": str(task.revision), "_do": "draft", "rhk.n": "1", "rhk.0.rhk": "Kalimat yang tidak boleh hilang"},
    )
    page = asked.get_data(as_text=True)
    assert asked.status_code == 401
    assert "Isian Anda tidak hilang" in page
    import html
    import re

    kept = html.unescape(re.findall(r'name="kept" value="([^"]+)"', page)[0])
    back = employee.sends(
        "/masuk", {"nip": cast.employee, "password": PASSWORD, "next": f"/tugas/{task.id}", "kept": kept}
    )

    assert back.location == f"/tugas/{task.id}"
    assert "Kalimat yang tidak boleh hilang" in employee.opens(f"/tugas/{task.id}").get_data(as_text=True)


def test_an_autosave_after_the_end_of_the_session_says_so_and_swaps_nothing_else(visit: Visit) -> None:
    employee = visit("employee")
    task = employee.tasks()[0]
    employee.client.delete_cookie("siklus")

    answer = employee.sends(f"/tugas/{task.id}", {"_do": "draft"}, **{"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer.headers["HX-Retarget"] == "#status"
    assert "Sesi Anda berakhir" in answer.get_data(as_text=True)
