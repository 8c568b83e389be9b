"""What a scenario names must be in its set: the process, and the tasks that its steps do."""

from collections.abc import Iterable, Iterator, Mapping

from engine.errors import Problem
from engine.runtime.bpmn import Process
from engine.runtime.sandbox.scenario import Do, Scenario


def misfits(scenarios: Iterable[Scenario], processes: Mapping[str, Process]) -> Iterator[Problem]:
    """Problems of scenarios that no longer fit the diagrams; whether they are green is another question."""
    tasks = {
        element.id for process in processes.values() for element in process.elements.values()
        if element.type == "userTask"
    }  # fmt: skip
    for scenario in scenarios:
        if scenario.process not in processes:
            message = f'Proses "{scenario.process}" tidak ada.'
            yield Problem(scenario.file, message, "Tulis id proses yang ada.", label=scenario.name, rule="scenario")
        for number, step in enumerate(scenario.steps, 1):
            if isinstance(step, Do) and step.element not in tasks:
                message = f'Langkah {number}: tugas "{step.element}" tidak ada di diagram mana pun.'
                line = scenario.lines[number - 1]
                yield Problem(
                    scenario.file, message, "Tulis id tugas yang ada.", None, scenario.name, line, rule="scenario"
                )
