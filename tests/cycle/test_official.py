"""What table D10 reports to the authorised official: told once, with the right to read the case."""

import pytest

from engine.bootstrap import Application
from engine.cycle.parameters import Parameters
from engine.errors import NotFound
from engine.runtime.values import SYSTEM, Actor, OpenCase
from tests.cycle.agency import Agency
from tests.cycle.house import Post, works

PYB = Actor("sari", groups=frozenset({"authorised_official"}))


@pytest.mark.parametrize(("predicate", "reported"), [("SANGAT_KURANG", True), ("BAIK", False)])
def test_the_official_hears_of_who_is_far_below_target(
    opened_house: tuple[Application, Post], predicate: str, reported: bool
) -> None:
    house, post = opened_house
    with house.engine.database.begin() as connection:
        Agency(connection).joins("sari", "authorised_official")
    data = {"final_predicate": predicate, "parameters": Parameters().for_case()}
    employee = {"id": "alice", "name": "Alice", "kind": "PNS", "post_kind": "FUNGSIONAL"}
    request = OpenCase(
        "follow_up", "t/alice", "alice", "Alice", "KESMAS", "2025", "SKP 2025", {**data, "employee": employee}
    )
    case, _ = house.engine.open_case(request, by=SYSTEM)
    works(house)

    told = [str(mail["To"]) for mail in post.mails if "Laporan untuk pejabat" in str(mail["Subject"])]
    assert [to.partition("@")[0] for to in told] == (["sari"] if reported else [])
    if reported:
        assert house.engine.case(case, by=PYB).case.id == case
    else:
        with pytest.raises(NotFound):
            house.engine.case(case, by=PYB)
    with pytest.raises(NotFound):
        house.engine.case(case, by=Actor("andi"))
