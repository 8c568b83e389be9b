"""What a step asks of its database, counted on the shipped diagrams with real people: a rise fails."""

from collections import defaultdict
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.bootstrap import Application
from engine.clock import VirtualClock
from engine.cycle.simulation import build_agency, simulate

PEOPLE = 12
USUAL = 9  # statements of a step, in the median
# A step that records ratings, sets an SKP or reads files asks for these too; and whoever is first to ask for a person,
# after people's data changed, reads the organisation. The first task of its kind in an installation adds its texts.
MOST = 26


def test_a_step_is_one_transaction_of_few_statements(application: Application, clock: VirtualClock) -> None:
    engine = application.engine
    with Session(engine.database) as session, session.begin():
        build_agency(session, PEOPLE, 7, clock.now().date())
    asked, commits = list[int](), list[int]()
    counted = {"statements": 0, "commits": 0}

    def count(what: str) -> Any:
        def counting(*_given: object) -> None:
            counted[what] += 1

        return counting

    sa.event.listen(engine.database, "before_cursor_execute", count("statements"))
    sa.event.listen(engine.database, "commit", count("commits"))
    complete = engine.complete_task

    def counting(*args: Any, **given: Any) -> Any:
        before = dict(counted)
        receipt = complete(*args, **given)
        asked.append(counted["statements"] - before["statements"])
        commits.append(counted["commits"] - before["commits"])
        return receipt

    engine.complete_task = counting  # type: ignore[method-assign]
    simulate(application, clock, [2026], 7)

    assert len(asked) > 200
    assert median(asked) <= USUAL, asked
    assert max(asked) <= MOST, max(asked)
    shares = defaultdict(int, {number: asked.count(number) for number in set(asked)})
    assert sum(shares[number] for number in shares if number <= USUAL) >= 0.75 * len(asked), dict(shares)
    assert set(commits) == {1}
