"""Our own task specs and the parser that builds them."""

from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.spiff.parser.event_parsers import (
    SpiffBoundaryEventParser,
    SpiffIntermediateCatchEventParser,
    SpiffStartEventParser,
)
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.task_spec import CallActivityParser, SpiffTaskParser, SubWorkflowParser
from SpiffWorkflow.spiff.specs.defaults import CallActivity, SubWorkflowTask
from SpiffWorkflow.spiff.specs.event_definitions import ErrorEventDefinition
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask

from engine.runtime.services import BpmnError
from engine.runtime.workflow.timers import CycleTimer, DateTimer, DurationTimer


class ServiceTask(SpiffBpmnTask):  # type: ignore[misc]  # the library is untyped
    """Calls a registered service; a BpmnError from it goes to the diagram's error events."""

    def __init__(
        self, spec: Any, name: str, operation: str, parameters: dict[str, str], result: str | None, **kwargs: Any
    ) -> None:
        super().__init__(spec, name, **kwargs)
        self.operation, self.parameters, self.result = operation, parameters, result

    def _run_hook(self, my_task: Any) -> bool | None:
        script = my_task.workflow.script_engine
        arguments = {name: script.evaluate(my_task, text) for name, text in self.parameters.items()}
        try:
            value = script.call(my_task, self.operation, arguments)
        except BpmnError as error:
            thrown = ErrorEventDefinition(error.code, code=error.code)
            my_task.workflow.top_workflow.catch(BpmnEvent(thrown, payload=str(error), target=my_task.workflow))
            return None
        if self.result:
            my_task.data[self.result] = value
        return True


class BusinessRuleTask(SpiffBpmnTask):  # type: ignore[misc]  # the library is untyped
    """Asks a decision of the release and puts its value under the name that the task's `result` gives."""

    def __init__(self, spec: Any, name: str, decision: str, given: str | None, result: str, **kwargs: Any) -> None:
        super().__init__(spec, name, **kwargs)
        self.decision, self.given, self.result = decision, given, result

    def _run_hook(self, my_task: Any) -> bool:
        my_task.data[self.result] = my_task.workflow.script_engine.decide(my_task, self.decision, self.given)
        return True


class SharingCallActivity(CallActivity):  # type: ignore[misc]  # the library is untyped
    """A call that shares values with its caller: the expression language never changes a value in place."""

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        my_task.data = dict(subworkflow.last_task.data)


class SharingSubProcess(SubWorkflowTask):  # type: ignore[misc]  # the library is untyped
    """An embedded sub-process that shares values with its parent, as calls do."""

    def copy_data(self, my_task: Any, subworkflow: Any) -> None:
        subworkflow.get_next_task(spec_name="Start").set_data(**my_task.data)

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        my_task.data = dict(subworkflow.last_task.data)


class _ServiceTaskParser(SpiffTaskParser):  # type: ignore[misc]  # the library is untyped
    def create_task(self) -> Any:
        operator = self.parse_extensions()["serviceTaskOperator"]
        parameters = {name: parameter["value"] for name, parameter in operator["parameters"].items()}
        return self.spec_class(
            self.spec, self.bpmn_id, operator["name"], parameters, operator["resultVariable"], **self.bpmn_attributes
        )


class _BusinessRuleTaskParser(SpiffTaskParser):  # type: ignore[misc]  # the library is untyped
    def create_task(self) -> Any:
        extensions = self.parse_extensions()
        properties = extensions.get("properties", {})
        return self.spec_class(
            self.spec,
            self.bpmn_id,
            extensions["calledDecisionId"],
            properties.get("inputs"),
            properties["result"],
            **self.bpmn_attributes,
        )


class _OwnTimers:
    """Reads timer event definitions into ours."""

    def parse_timer_event(self, event: etree._Element) -> Any:
        name = self.node.get("name") or self.node.get("id")  # type: ignore[attr-defined]  # mixed into the library's parsers
        kinds = {"timeDate": DateTimer, "timeDuration": DurationTimer, "timeCycle": CycleTimer}
        for child in event:
            kind = kinds.get(etree.QName(child).localname)
            if kind is not None:
                return kind(name, (child.text or "").strip())
        raise ValueError("a timer event needs timeDate, timeDuration or timeCycle")


class _StartEventParser(_OwnTimers, SpiffStartEventParser):  # type: ignore[misc]  # the library is untyped
    pass


class _BoundaryEventParser(_OwnTimers, SpiffBoundaryEventParser):  # type: ignore[misc]  # the library is untyped
    pass


class _CatchEventParser(_OwnTimers, SpiffIntermediateCatchEventParser):  # type: ignore[misc]  # the library is untyped
    pass


def _overrides() -> dict[str, tuple[type, type]]:
    library = SpiffBpmnParser.OVERRIDE_PARSER_CLASSES
    spec_of = {tag: pair[1] for tag, pair in library.items()}
    return {
        **library,
        full_tag("serviceTask"): (_ServiceTaskParser, ServiceTask),
        full_tag("businessRuleTask"): (_BusinessRuleTaskParser, BusinessRuleTask),
        full_tag("callActivity"): (CallActivityParser, SharingCallActivity),
        full_tag("subProcess"): (SubWorkflowParser, SharingSubProcess),
        full_tag("startEvent"): (_StartEventParser, spec_of[full_tag("startEvent")]),
        full_tag("boundaryEvent"): (_BoundaryEventParser, spec_of[full_tag("boundaryEvent")]),
        full_tag("intermediateCatchEvent"): (_CatchEventParser, spec_of[full_tag("intermediateCatchEvent")]),
    }


class Parser(SpiffBpmnParser):  # type: ignore[misc]  # the library is untyped
    """The library's parser with our specs; it is given trees that were checked before."""

    OVERRIDE_PARSER_CLASSES = _overrides()

    def _find_dependencies(self, process: etree._Element) -> None:
        """Called processes only: decisions are ours, the library need not find them."""
        BpmnParser._find_dependencies(self, process)
