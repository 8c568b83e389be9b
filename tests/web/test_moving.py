"""Whom a changed diagram touches, seen before it is published; then running cases are moved, and taken back."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest

from engine.bootstrap import Application
from engine.runtime.values import SYSTEM
from tests.web.conftest import Visitor
from tests.web.test_studio import PLANNING, stored, with_due

Visit = Callable[[str], Visitor]


@pytest.fixture
def owner(visit: Visit) -> Visitor:
    return visit("process_owner")


def change(owner: Visitor) -> None:
    """A draft in which the SKP is due after five days."""
    before, _ = stored(owner)
    content = with_due(before, "draft_skp", "P5D").encode()
    owner.application.engine.save_document(PLANNING, content, revision=0, by=owner.actor)


def works(application: Application) -> None:
    while application.engine.batches.run():
        pass


def rehearses(owner: Visitor, **choices: str) -> str:
    """Begin a rehearsal and let the worker play it; gives its address."""
    answer = owner.sends("/rancang/gladi", choices)
    assert answer.status_code == 303
    assert "Sedang berjalan" in owner.opens(answer.location).get_data(as_text=True)
    works(owner.application)
    return answer.location


def test_the_owner_sees_whom_a_draft_touches_before_it_is_published(owner: Visitor) -> None:
    change(owner)
    assert "Siapa yang terkena?" in owner.opens("/rancang/terbit").get_data(as_text=True)

    page = owner.opens(rehearses(owner, hours="restart")).get_data(as_text=True)

    assert "Ada yang berubah: 16" in page
    assert re.search(r"Tenggat .* berubah dari .* menjadi", page)
    assert "Setelah draf terbit tanpa perubahan" in page
    assert owner.opens("/rancang/gladi").status_code == 200


def test_a_list_of_people_is_filtered_and_turned(owner: Visitor) -> None:
    change(owner)
    place = rehearses(owner)
    name = owner.application.engine.cases(by=SYSTEM_AUDITOR).items[0].subject_name

    assert owner.opens(f"{place}?cari={name}").get_data(as_text=True).count("Tidak ada yang berubah hari ini.") == 1
    assert "Tidak ada yang cocok." in owner.opens(f"{place}?nasib=blocked").get_data(as_text=True)


def test_cases_are_moved_as_rehearsed_and_taken_back(owner: Visitor) -> None:
    engine = owner.application.engine
    files = {**engine.loaded().documents.files}
    files[PLANNING] = files[PLANNING].replace(b'name="Susun SKP"', b'name="Menyusun SKP"')
    number = engine.publish_files(files, note="Nama langkah menyusun SKP", by=owner.actor).number
    place = rehearses(owner, release=str(number))

    assert owner.sends(f"{place}/pindahkan").status_code == 422
    assert owner.sends(f"{place}/pindahkan", {"sure": "yes"}).status_code == 303
    works(owner.application)
    assert "16 perkara pindah" in owner.opens(place).get_data(as_text=True)
    assert {case.release for case in engine.cases(by=SYSTEM_AUDITOR).items} == {number}
    assert owner.sends(f"{place}/pindahkan", {"sure": "yes"}).status_code == 409

    assert owner.sends(f"{place}/batalkan").status_code == 303
    works(owner.application)
    assert "16 perkara kembali" in owner.opens(place).get_data(as_text=True)
    assert {case.release for case in engine.cases(by=SYSTEM_AUDITOR).items} == {number - 1}


def test_a_removed_step_is_replaced_in_a_form(owner: Visitor) -> None:
    engine = owner.application.engine
    for name, content in engine.loaded().documents.files.items():
        if b"draft_skp" in content:
            engine.save_document(name, content.replace(b"draft_skp", b"write_skp"), revision=0, by=owner.actor)
    page = owner.opens(rehearses(owner)).get_data(as_text=True)
    assert "Belum dapat pindah: 16" in page
    assert 'name="ganti.draft_skp"' in page

    page = owner.opens(rehearses(owner, **{"ganti.draft_skp": "write_skp"})).get_data(as_text=True)
    assert "Ada yang berubah: 16" in page


def test_rehearsals_are_for_process_owners(visit: Visit) -> None:
    for part in ("employee", "auditor", "operator"):
        visitor = visit(part)
        assert visitor.opens("/rancang/gladi").status_code == 404
        assert visitor.sends("/rancang/gladi", {}).status_code == 404
        assert visitor.opens(f"/rancang/gladi/{UUID(int=1)}").status_code == 404


SYSTEM_AUDITOR = SYSTEM.__class__("auditor", roles=frozenset({"auditor"}))
