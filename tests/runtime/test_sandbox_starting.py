"""Start data as plain fields, and what a step changes in the data of a case."""

import pytest

from engine.runtime.sandbox.scenario import Do, Wait
from engine.runtime.sandbox.starting import Kind, StartField, start_fields
from engine.runtime.sandbox.variables import Change, changes
from tests.runtime.sandbox_office import OPENS, STAGING, play, release


def test_fields_say_what_the_usual_data_are() -> None:
    usual = {"days": 3, "who": {"id": "alice", "name": "Alice", "new": True}, "from": "2026-01-02", "list": [1]}

    fields = start_fields(release().documents, "work", usual, {"word": ["usual"]}, STAGING.registry)

    assert [(one.path, one.kind, one.usual) for one in fields] == [
        ("word", Kind.TEXT, None),
        ("days", Kind.NUMBER, 3),
        ("who.name", Kind.TEXT, "Alice"),
        ("who.new", Kind.FLAG, True),
        ("from", Kind.DAY, "2026-01-02"),
    ]
    assert [one.group for one in fields] == ["", "", "who", "who", ""]


def test_what_a_table_asks_of_the_start_is_a_field_too() -> None:
    fields = start_fields(release().documents, "work", {}, {}, STAGING.registry)

    assert [one.path for one in fields] == ["days"]
    assert STAGING.usual(OPENS) == {"days": 3}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.NUMBER, "14", 14),
        (Kind.NUMBER, "1.5", 1.5),
        (Kind.FLAG, "false", False),
        (Kind.DAY, "2026-01-31", "2026-01-31"),
        (Kind.TEXT, "PPPK", "PPPK"),
    ],
)
def test_what_is_typed_becomes_start_data(kind: Kind, text: str, value: object) -> None:
    assert StartField("a.b", "", kind).data(text) == {"a": {"b": value}}


@pytest.mark.parametrize(
    ("kind", "text"), [(Kind.NUMBER, "many"), (Kind.FLAG, "maybe"), (Kind.DAY, "soon"), (Kind.TEXT, "ROBOT")]
)
def test_what_is_of_another_kind_is_refused(kind: Kind, text: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        StartField("a", "", kind, options=["PNS"] if kind is Kind.TEXT else ()).data(text)


def test_changes_are_told_at_the_deepest_path() -> None:
    before = {"a": {"b": 1, "c": [1, {"d": 2}]}, "gone": 1, "same": None}
    after = {"a": {"b": 2, "c": [1, {"d": 3}]}, "same": None, "new": [1]}

    assert changes(before, after) == [
        Change("a.b", 1, 2),
        Change("a.c[2].d", 2, 3),
        Change("gone", 1, None),
        Change("new", None, [1]),
    ]
    assert changes(after, after) == []


def test_a_play_knows_what_each_action_changed() -> None:
    played = play()
    played.take(Wait(1))
    played.take(Do("employee", "ask"))

    assert played.changed(1) == []
    assert {change.path for change in played.changed(2)} >= {"ask", "size"}
    assert played.witness.data["size"] == "short"
