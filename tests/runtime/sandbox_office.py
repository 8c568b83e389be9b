"""The usual world of a small office, for the tests of the sandbox."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from engine.feel import Environment
from engine.forms import Form
from engine.runtime.documents import Registry, load
from engine.runtime.engine import Engine
from engine.runtime.resources import LoadedRelease, loaded_release
from engine.runtime.sandbox.play import Play, begin
from engine.runtime.sandbox.scenario import Opening
from engine.runtime.sandbox.staging import Note
from engine.runtime.services import Service, ServiceCall
from engine.runtime.values import Json, OpenCase
from tests.runtime import diagrams as d
from tests.runtime.office import JAKARTA

CHOICE = d.form(
    "choice",
    {
        "type": "radio",
        "id": "f_answer",
        "key": "answer",
        "label": "Jawaban",
        "values": [{"value": "YES", "label": "Ya"}, {"value": "NO", "label": "Tidak"}],
        "validate": {"required": True},
    },
)
LEAVE = d.diagram(
    d.message_named("m_paid", "paid"),
    d.process(
        "work",
        d.start(),
        d.user_task("ask", due="P3D", remind="P1D"),
        d.boundary("late", "ask", d.after("P5D")),
        d.decision_task("weigh", "size", result="size"),
        d.user_task("decide", "choice", "supervisor"),
        d.exclusive("agreed", default="agreed_to_refused"),
        d.service_task("tell", "office/tell", who='"alice"'),
        d.catch("paid_out", d.message("m_paid")),
        d.end("granted"),
        d.end("refused"),
        d.end("lapsed"),
        *d.path("begun", "ask", "weigh", "decide", "agreed"),
        d.flow("agreed", "tell", 'decide.answer = "YES"'),
        *d.path("tell", "paid_out", "granted"),
        d.flow("agreed", "refused"),
        d.flow("late", "lapsed"),
    ),
)
SIZE = d.decision("size", ["days"], "size", [["< 5", '"short"'], [">= 5", '"long"']])
FILES = {
    "work.bpmn": LEAVE,
    "size.dmn": SIZE,
    "answers.form.json": d.form(),
    "choice.form.json": CHOICE,
}
OPENS = datetime(2026, 1, 2, 8, tzinfo=JAKARTA)


class OfficeStaging:
    """Alice asks, Bob decides; each choice is the first that the form offers."""

    registry = Registry(
        frozenset({"office/tell"}), {"employee": "Pegawai", "supervisor": "Atasan"}, {}, frozenset({"days"})
    )
    zone = JAKARTA
    first_moment = OPENS

    def opening(self, process: str, title: str, opens: datetime, data: Mapping[str, Json]) -> OpenCase:
        return OpenCase(
            process, "2026/alice", "employee", "Alice", "unit-1", "2026", title, {**self.usual(opens), **data}
        )

    def usual(self, opens: datetime) -> Mapping[str, Json]:
        return {"days": 3}

    def words(self, opens: datetime) -> Mapping[str, Sequence[Json]]:
        return {}

    def services(self, given: Mapping[str, Json], note: Note) -> Mapping[str, Service]:
        def tell(call: ServiceCall) -> Json:
            note("office/tell", call.arguments)
            if given.get("office/tell") == "fails":
                raise OSError("buku besar tertutup")
            return given.get("office/tell", {})

        return {"office/tell": tell}

    def answers(
        self,
        form: Form,
        started: Mapping[str, Json],
        context: Mapping[str, Json],
        environment: Environment,
        decided: Mapping[str, Json],
    ) -> dict[str, Json]:
        usual = {"choice": {"answer": "YES"}, "answers": {"text": "tiga hari"}}[form.id]
        answers = {**usual, **{key: value for key, value in decided.items() if key in form.keys}}
        checked = form.validate(answers, context, environment, "id")
        if checked.errors:
            raise ValueError(str(dict(checked.errors)))
        return answers


STAGING = OfficeStaging()


def release() -> LoadedRelease:
    return loaded_release(1, load(FILES, STAGING.registry))


def play(**data: Json) -> Play:
    """A case of `work` that was just opened."""
    return begin(Engine, release(), STAGING, Opening("work", "Cuti", data=data))
