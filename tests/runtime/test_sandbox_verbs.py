"""The sandbox of an engine: its plays, its scenarios, and what it asks of a set before it is published."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.clock import VirtualClock
from engine.errors import DefinitionError, NotFound, NotYours, Refused, StaleDocument
from engine.runtime.engine import Engine
from engine.runtime.models import ScenarioRunRow
from engine.runtime.resources import Resources
from engine.runtime.sandbox.play import CannotPlay
from engine.runtime.sandbox.scenario import Action, Do, Opening, Tell, Wait
from engine.runtime.values import Actor
from tests.runtime.office import ALICE, EVE, JAKARTA, START, OfficeDirectory
from tests.runtime.sandbox_office import FILES, STAGING

OPENING = Opening("work", "Cuti")
GRANTED = (Do("employee", "ask"), Do("supervisor", "decide", {"answer": "YES"}), Tell("message", "paid"))
OTHER = Actor("other", "Other", roles=frozenset({"process_owner"}))
SCENARIO = """\
name: Cuti diberikan
source: uji
process: work
steps:
- employee: ask
- {supervisor: decide, answers: {answer: "YES"}}
- message: paid
end: {status: completed}
"""


in_memory = pytest.mark.parametrize(
    "database_url", ["sqlite"], indirect=True
)  # thousands of plays, none of them stored


@pytest.fixture
def resources(database: sa.Engine, tmp_path: Path) -> Resources:
    return Resources(
        database=database,
        clock=VirtualClock(START),
        zone=JAKARTA,
        kek=b"k" * 32,
        data_dir=tmp_path,
        upload_max_bytes=1024,
        directory=OfficeDirectory(),
        services={},
        registry=STAGING.registry,
        staging=STAGING,
    )


@pytest.fixture
def engine(resources: Resources) -> Engine:
    made = Engine(resources)
    made.publish_files(FILES, note="Dokumen untuk uji.", by=EVE)
    return made


def acts(engine: Engine, *actions: Action) -> None:
    """Do actions on the only play."""
    for action in actions:
        (play,) = engine.sandbox.plays(by=EVE)
        engine.sandbox.act(play.id, action, revision=play.revision, by=EVE)


def test_a_play_stands_where_its_actions_led_even_after_a_restart(engine: Engine, resources: Resources) -> None:
    play = engine.sandbox.begin(OPENING, by=EVE)
    acts(engine, *GRANTED[:2])

    here = engine.sandbox.stand(play, by=EVE).play
    again = Engine(resources).sandbox.stand(play, by=EVE).play

    assert here is engine.sandbox.stand(play, by=EVE).play
    assert again is not here
    assert [event.type for event in again.history] == [event.type for event in here.history]
    assert again.clock.now() == here.clock.now()


def test_only_the_owner_of_a_play_finds_it(engine: Engine) -> None:
    play = engine.sandbox.begin(OPENING, by=EVE)

    with pytest.raises(NotFound):
        engine.sandbox.stand(play, by=OTHER)
    with pytest.raises(NotYours):
        engine.sandbox.begin(OPENING, by=ALICE)
    assert engine.sandbox.plays(by=OTHER) == []


def test_an_action_that_is_refused_leaves_the_play_where_it_was(engine: Engine) -> None:
    play = engine.sandbox.begin(OPENING, by=EVE)

    with pytest.raises(CannotPlay):
        acts(engine, GRANTED[1])

    assert engine.sandbox.stand(play, by=EVE).play.open == ["ask"]
    acts(engine, GRANTED[0])
    assert engine.sandbox.stand(play, by=EVE).play.open == ["decide"]


def test_a_case_that_failed_can_only_be_taken_back(engine: Engine) -> None:
    opening = replace(OPENING, given={"office/tell": "fails"})
    play = engine.sandbox.begin(opening, by=EVE)
    acts(engine, *GRANTED[:2])
    assert "buku besar" in (engine.sandbox.stand(play, by=EVE).play.incident or "")

    with pytest.raises(CannotPlay, match="Mundurkan"):
        acts(engine, Wait(1))
    (kept,) = engine.sandbox.plays(by=EVE)
    engine.sandbox.step_back(play, to=1, revision=kept.revision, by=EVE)

    assert engine.sandbox.stand(play, by=EVE).play.open == ["decide"]


def test_of_two_pages_the_older_is_refused(engine: Engine) -> None:
    play = engine.sandbox.begin(OPENING, by=EVE)
    acts(engine, Wait(1))

    with pytest.raises(StaleDocument):
        engine.sandbox.act(play, Wait(1), revision=1, by=EVE)
    with pytest.raises(StaleDocument):
        engine.sandbox.step_back(play, to=0, revision=1, by=EVE)


def test_a_play_on_changed_documents_says_where_it_no_longer_fits(engine: Engine) -> None:
    play = engine.sandbox.begin(OPENING, by=EVE)
    acts(engine, *GRANTED)
    form = FILES["choice.form.json"].replace(b'"YES"', b'"YA"')
    engine.save_document("choice.form.json", form, revision=0, by=EVE)

    stand = engine.sandbox.stand(play, by=EVE)

    assert stand.stopped is not None
    assert stand.stopped.startswith("Langkah 2 tidak lagi dapat dilakukan")
    assert stand.play.open == ["decide"]


def test_outcomes_are_kept_until_documents_or_scenario_change(engine: Engine, database: sa.Engine) -> None:
    engine.save_document("granted.scenario.yaml", SCENARIO.encode(), revision=0, by=EVE)
    assert [one.outcome for one in engine.sandbox.scenarios(by=EVE)] == [None]

    engine.sandbox.run_scenarios(by=EVE)
    (played,) = engine.sandbox.scenarios(by=EVE)
    assert played.outcome is not None and played.outcome.green
    engine.sandbox.run_scenarios(by=EVE)
    with database.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(ScenarioRunRow)) == 1
    engine.save_document("granted.scenario.yaml", SCENARIO.replace("uji", "lain").encode(), revision=1, by=EVE)

    assert [one.outcome for one in engine.sandbox.scenarios(by=EVE)] == [None]


def test_publishing_refuses_red_and_unreadable_scenarios(engine: Engine) -> None:
    red = SCENARIO.replace("completed", "active").encode()
    engine.save_document("red.scenario.yaml", red, revision=0, by=EVE)

    with pytest.raises(DefinitionError, match="Keadaan akhirnya completed, bukan active"):
        engine.publish(note="Skenario yang merah", by=EVE)
    engine.save_document("red.scenario.yaml", SCENARIO.replace("ask", "beg").encode(), revision=1, by=EVE)
    with pytest.raises(DefinitionError, match='tugas "beg" tidak ada'):
        engine.publish(note="Skenario yang salah", by=EVE)
    engine.save_document("red.scenario.yaml", SCENARIO.encode(), revision=2, by=EVE)

    assert engine.publish(note="Skenario yang hijau", by=EVE).number == 2


def test_publishing_asks_for_enough_flows_once_there_are_scenarios(resources: Resources) -> None:
    resources.coverage = 0.9
    engine = Engine(resources)
    engine.publish_files(FILES, note="Belum ada skenario.", by=EVE)

    with pytest.raises(DefinitionError, match="agreed_to_refused") as refused:
        engine.publish_files({**FILES, "a.scenario.yaml": SCENARIO.encode()}, note="Satu skenario.", by=EVE)

    (problem,) = refused.value.problems
    assert "late_to_lapsed" in problem.message
    assert (problem.file, problem.rule) == ("work.bpmn", "coverage")


@pytest.mark.parametrize("flow", ["agreed_to_refused", "late_to_lapsed", "paid_out_to_granted"])
def test_a_path_is_proposed_through_a_flow_that_none_passes(engine: Engine, flow: str) -> None:
    play = engine.sandbox.propose("work", flow, by=EVE)

    assert play is not None
    source, _, target = flow.partition("_to_")
    assert (source, target) in engine.sandbox.stand(play, by=EVE).play.witness.pairs
    engine.sandbox.save(play, "found.scenario.yaml", name="Usulan", source="uji", by=EVE)
    engine.sandbox.run_scenarios(by=EVE)
    (saved,) = engine.sandbox.scenarios(by=EVE)
    assert saved.outcome is not None and saved.outcome.green


@pytest.mark.parametrize("rule", ["size_rule_0", "size_rule_1"])
def test_a_path_is_proposed_to_a_rule_that_never_hits(engine: Engine, rule: str) -> None:
    play = engine.sandbox.propose_rule("size", rule, by=EVE)

    assert play is not None
    stand = engine.sandbox.stand(play, by=EVE)
    assert stand.play.witness.rules == {("size", rule)}
    assert stand.kept.opening.title.endswith(f"aturan {int(rule[-1]) + 1}")


@in_memory
def test_a_rule_that_can_never_hit_gets_no_path(engine: Engine) -> None:
    engine.save_document("size.dmn", FILES["size.dmn"].replace(b"&lt; 5", b"null"), revision=0, by=EVE)

    with pytest.raises(NotFound):
        engine.sandbox.propose_rule("size", "nothing", by=EVE)
    with pytest.raises(NotFound):
        engine.sandbox.propose_rule("nothing", "size_rule_1", by=EVE)
    assert engine.sandbox.propose_rule("size", "size_rule_0", by=EVE) is None


@in_memory
def test_where_no_path_is_found_it_says_so(engine: Engine) -> None:
    never = FILES["work.bpmn"].replace(b'decide.answer = "YES"', b'decide.answer = "PERHAPS"')
    engine.save_document("work.bpmn", never, revision=0, by=EVE)

    assert engine.sandbox.propose("work", "agreed_to_tell", by=EVE) is None
    assert engine.sandbox.plays(by=EVE) == []
    with pytest.raises(NotFound):
        engine.sandbox.propose("work", "nothing", by=EVE)


def with_scenarios(engine: Engine, *names: str) -> None:
    for name in names:
        text = SCENARIO if name != "red" else SCENARIO.replace("completed", "active")
        engine.save_document(f"{name}.scenario.yaml", text.replace("diberikan", name).encode(), revision=0, by=EVE)


def test_scenarios_are_played_by_workers_one_by_one(engine: Engine) -> None:
    with_scenarios(engine, "a", "b", "red")

    order = engine.sandbox.order_scenarios(by=EVE)
    assert engine.sandbox.order_scenarios(by=EVE) == order, "the same order is under way"
    assert [one.outcome for one in engine.sandbox.scenarios(by=EVE)] == [None] * 3
    engine.batches.run(limit=2)
    under_way = engine.sandbox.order_under_way(by=EVE)
    assert under_way is not None and (under_way.id, under_way.waiting) == (order, 1)
    engine.batches.run()

    assert engine.sandbox.order_under_way(by=EVE) is None
    assert [one.outcome and one.outcome.green for one in engine.sandbox.scenarios(by=EVE)] == [True, True, False]
    (failed,) = engine.batches.items(order, outcome="failed", by=EVE).items
    assert failed.item == "red.scenario.yaml"
    assert failed.said is not None and "Keadaan akhirnya completed" in failed.said
    with pytest.raises(Refused, match="sudah dijalankan"):
        engine.sandbox.order_scenarios(by=EVE)


def test_a_scenario_that_is_gone_when_its_turn_comes_is_skipped(engine: Engine) -> None:
    with_scenarios(engine, "a")
    order = engine.sandbox.order_scenarios(by=EVE)
    engine.discard_document("a.scenario.yaml", by=EVE)

    engine.batches.run()

    assert engine.batches.view(order, by=EVE).skipped == 1


def test_what_a_stopped_order_left_is_ordered_anew(engine: Engine) -> None:
    with_scenarios(engine, "a")
    stopped = engine.sandbox.order_scenarios(by=EVE)
    engine.batches.cancel(stopped, by=EVE)

    assert engine.sandbox.order_under_way(by=EVE) is None
    assert engine.sandbox.order_scenarios(by=EVE) != stopped
    with pytest.raises(NotYours):
        engine.sandbox.order_scenarios(by=ALICE)


def test_publishing_a_set_tells_how_many_scenarios_were_played(engine: Engine) -> None:
    told: list[tuple[int, int]] = []
    files = {**FILES, "a.scenario.yaml": SCENARIO.encode(), "b.scenario.yaml": SCENARIO.replace("uji", "u").encode()}

    engine.publish_files(files, note="Dua skenario.", told=lambda done, total: told.append((done, total)), by=EVE)

    assert told == [(1, 2), (2, 2)]

    told.clear()
    with pytest.raises(Refused, match="sama persis"):  # said before anything is played
        engine.publish_files(files, note="Sekali lagi saja.", told=lambda *played: told.append(played), by=EVE)
    assert told == []


def test_without_a_staging_there_is_no_sandbox(resources: Resources) -> None:
    resources.staging = None

    with pytest.raises(Refused, match="tidak tersedia"):
        Engine(resources).sandbox.begin(OPENING, by=EVE)


def test_a_saved_path_is_read_as_it_was_played(engine: Engine) -> None:
    play = engine.sandbox.begin(replace(OPENING, data={"days": 9}), by=EVE)
    acts(engine, *GRANTED)

    engine.sandbox.save(play, "long.scenario.yaml", name="Cuti panjang", source="uji", by=EVE)

    engine.sandbox.run_scenarios(by=EVE)
    (saved,) = engine.sandbox.scenarios(by=EVE)
    assert saved.scenario is not None and saved.outcome is not None
    assert (saved.scenario.steps, saved.scenario.opening.data) == (GRANTED, {"days": 9})
    assert saved.outcome.green
    assert saved.outcome.rules == {("size", "size_rule_1")}
    with pytest.raises(Refused, match="sudah ada"):
        engine.sandbox.save(play, "long.scenario.yaml", name="Lagi", source="uji", by=EVE)
