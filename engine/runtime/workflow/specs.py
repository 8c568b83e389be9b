"""Our own task specs and the parser that builds them."""

from collections.abc import Iterable
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.event_parsers import EventBasedGatewayParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.spiff.parser.event_parsers import (
    SpiffBoundaryEventParser,
    SpiffEndEventParser,
    SpiffIntermediateCatchEventParser,
    SpiffIntermediateThrowEventParser,
    SpiffStartEventParser,
)
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.task_spec import CallActivityParser, SpiffTaskParser, SubWorkflowParser
from SpiffWorkflow.spiff.specs.defaults import CallActivity, SubWorkflowTask
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from SpiffWorkflow.util.task import TaskState

from engine.runtime.bpmn import Process, grouped
from engine.runtime.services import BpmnError
from engine.runtime.workflow.compensation import Cancel, Compensable, Compensate, ScopeEndEvent, ThrowEvent
from engine.runtime.workflow.data import inputs_of, left_of, outputs_of, seen_inside
from engine.runtime.workflow.definitions import Condition, Error, Escalation, FirstOf, Message, Terminate
from engine.runtime.workflow.events import EdgeEvent, EventGateway, EventSubProcessStart
from engine.runtime.workflow.gateways import (
    CountingInclusiveGateway,
    CountingParallelGateway,
    RefusingExclusiveGateway,
)
from engine.runtime.workflow.loops import OwnLoops
from engine.runtime.workflow.merging import merged
from engine.runtime.workflow.scopes import is_token
from engine.runtime.workflow.timers import CycleTimer, DateTimer, DurationTimer

TRUE = ("true", "1")


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
            Error(error.code, code=error.code).throw(my_task)
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


class _EndsOnce:
    """A process inside that was cancelled from within does not wake its task again."""

    def _on_subworkflow_completed(self, subworkflow: Any, my_task: Any) -> None:
        if subworkflow.success:
            super()._on_subworkflow_completed(subworkflow, my_task)  # type: ignore[misc]  # mixed into the library's specs


class PassingTask(SpiffBpmnTask):  # type: ignore[misc]  # the library is untyped
    """A task without a kind, or one done outside of the system: the case notes it and goes on (BPMN 2.0.2, 13.3.3)."""


class SharingCallActivity(_EndsOnce, CallActivity):  # type: ignore[misc]  # the library is untyped
    """A call that shares values with its caller: the expression language never changes a value in place."""

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        my_task.data = left_of(my_task, subworkflow)

    def copy_data(self, my_task: Any, subworkflow: Any) -> None:
        subworkflow.get_next_task(spec_name="Start").set_data(**seen_inside(my_task, subworkflow))


class SharingSubProcess(_EndsOnce, SubWorkflowTask):  # type: ignore[misc]  # the library is untyped
    """An embedded sub-process that shares values with its parent, as calls do."""

    def copy_data(self, my_task: Any, subworkflow: Any) -> None:
        subworkflow.get_next_task(spec_name="Start").set_data(**seen_inside(my_task, subworkflow))

    def update_data(self, my_task: Any, subworkflow: Any) -> None:
        my_task.data = left_of(my_task, subworkflow)


class ScopeEnd(_EndJoin):  # type: ignore[misc]  # the library is untyped
    """Ends a scope when none of its tokens is left, whatever still stands by."""

    def _check_threshold_unstructured(self, my_task: Any) -> bool:
        return not any(
            is_token(task) and task is not my_task and task.task_spec is not self and task.task_spec.name != "End"
            for task in my_task.workflow.tasks.values()
        )

    def _run_hook(self, my_task: Any) -> Any:
        for task in my_task.workflow.task_tree.children:
            if isinstance(task.task_spec, EventSubProcessStart) and task._state & TaskState.NOT_FINISHED_MASK:
                task.cancel()
        ended = [task for task in my_task.workflow.tasks.values() if task.task_spec is self and task is not my_task]
        ended = [task for task in ended if task._state & TaskState.FINISHED_MASK]
        my_task.data = merged([*sorted(ended, key=lambda task: task.last_state_change), my_task])
        my_task.workflow.data.update(my_task.data)
        return True


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


class _OwnDefinitions:
    """Reads event definitions into ours."""

    node: etree._Element
    kinds: tuple[str, ...]  # the definitions that may stand here

    def get_event_definition(self, _xpaths: Any) -> Any:
        for child in self.node:  # these the library does not read
            if child.tag == full_tag("compensateEventDefinition"):
                return Compensate(child.get("activityRef"))
            if child.tag == full_tag("cancelEventDefinition"):
                return Cancel()
        return super().get_event_definition([f".//bpmn:{kind}EventDefinition" for kind in self.kinds])  # type: ignore[misc]  # mixed into the library's parsers

    def parse_timer_event(self, event: etree._Element) -> Any:
        name = self.node.get("name") or self.node.get("id")
        kinds = {"timeDate": DateTimer, "timeDuration": DurationTimer, "timeCycle": CycleTimer}
        for child in event:
            kind = kinds.get(etree.QName(child).localname)
            if kind is not None:
                return kind(name, (child.text or "").strip())
        raise ValueError("a timer event needs timeDate, timeDuration or timeCycle")

    def parse_message_event(self, event: etree._Element) -> Any:
        found = super().parse_message_event(event)  # type: ignore[misc]
        message = Message(found.name, expression=found.expression, message_var=found.message_var)
        message.correlation = self.parse_extensions().get("properties", {}).get("correlation")  # type: ignore[attr-defined]
        return message

    def parse_error_event(self, event: etree._Element) -> Any:
        found = super().parse_error_event(event)  # type: ignore[misc]
        return Error(found.name, code=found.code)

    def parse_escalation_event(self, event: etree._Element) -> Any:
        found = super().parse_escalation_event(event)  # type: ignore[misc]
        return Escalation(found.name, code=found.code)

    def parse_terminate_event(self, event: etree._Element) -> Any:
        return Terminate()

    def parse_conditional_event(self, event: etree._Element) -> Any:
        return Condition(super().parse_conditional_event(event).expression.strip())  # type: ignore[misc]


class _StartEventParser(_OwnDefinitions, SpiffStartEventParser):  # type: ignore[misc]  # the library is untyped
    kinds = ("message", "signal", "timer", "conditional", "error", "escalation")


class _EndEventParser(_OwnDefinitions, SpiffEndEventParser):  # type: ignore[misc]  # the library is untyped
    kinds = ("message", "signal", "error", "escalation", "terminate")


class _BoundaryEventParser(_OwnDefinitions, SpiffBoundaryEventParser):  # type: ignore[misc]  # the library is untyped
    kinds = ("message", "signal", "timer", "conditional", "error", "escalation")

    def create_task(self) -> Any:
        definition = self.get_event_definition(())
        return self._create_task(definition, cancel_activity=self.node.get("cancelActivity", "true") in TRUE)


class _CatchEventParser(_OwnDefinitions, SpiffIntermediateCatchEventParser):  # type: ignore[misc]  # the library is untyped
    kinds = ("message", "signal", "timer", "conditional")


class _ThrowEventParser(_OwnDefinitions, SpiffIntermediateThrowEventParser):  # type: ignore[misc]  # the library is untyped
    kinds = ("message", "signal", "escalation")


class _EventGatewayParser(EventBasedGatewayParser):  # type: ignore[misc]  # the library is untyped
    def create_task(self) -> Any:
        return self._create_task(FirstOf())


def _overrides() -> dict[str, tuple[type, type]]:
    library = SpiffBpmnParser.OVERRIDE_PARSER_CLASSES
    spec_of = {tag: pair[1] for tag, pair in library.items()}
    own = {
        **library,
        full_tag("serviceTask"): (_ServiceTaskParser, ServiceTask),
        full_tag("businessRuleTask"): (_BusinessRuleTaskParser, BusinessRuleTask),
        full_tag("exclusiveGateway"): (ConditionalGatewayParser, RefusingExclusiveGateway),
        full_tag("inclusiveGateway"): (ConditionalGatewayParser, CountingInclusiveGateway),
        full_tag("parallelGateway"): (GatewayParser, CountingParallelGateway),
        full_tag("task"): (SpiffTaskParser, PassingTask),
        full_tag("manualTask"): (SpiffTaskParser, PassingTask),
        full_tag("callActivity"): (CallActivityParser, SharingCallActivity),
        full_tag("subProcess"): (SubWorkflowParser, SharingSubProcess),
        full_tag("transaction"): (SubWorkflowParser, SharingSubProcess),
        full_tag("startEvent"): (_StartEventParser, spec_of[full_tag("startEvent")]),
        full_tag("endEvent"): (_EndEventParser, ScopeEndEvent),
        full_tag("boundaryEvent"): (_BoundaryEventParser, EdgeEvent),
        full_tag("intermediateCatchEvent"): (_CatchEventParser, spec_of[full_tag("intermediateCatchEvent")]),
        full_tag("intermediateThrowEvent"): (_ThrowEventParser, ThrowEvent),
        full_tag("eventBasedGateway"): (_EventGatewayParser, EventGateway),
    }
    return {tag: (_repeating(parser), spec) for tag, (parser, spec) in own.items()}


class _OwnData:
    """Reads data associations into ours."""

    process_parser: Any
    bpmn_id: str

    def parse_incoming_data_references(self) -> list[Any]:
        element = self.process_parser.parser.elements.get(self.bpmn_id)
        return inputs_of(element) if element is not None else []

    def parse_outgoing_data_references(self) -> list[Any]:
        element = self.process_parser.parser.elements.get(self.bpmn_id)
        return outputs_of(element) if element is not None else []


def _repeating(parser: type) -> type:
    return type(parser.__name__, (OwnLoops, _OwnData, parser), {})


class _ScopeParser(ProcessParser):  # type: ignore[misc]  # the library is untyped
    """Reads a process or sub-process; its event sub-processes wait for their starts in its own scope."""

    def create_spec(self) -> Any:
        spec = super().create_spec()
        spec.end.__class__ = ScopeEnd  # the library makes its own in its constructor
        spec.local_data = self.parser.local_data.get(spec.name, frozenset())
        return spec

    def add_tasks(self) -> None:
        for node in self.xpath("./bpmn:startEvent"):
            self.parse_node(node)
        for node in self.xpath("./bpmn:subProcess"):
            if node.get("triggeredByEvent") in TRUE:
                self._add_event_sub_process(node)
        for node in self.xpath("./bpmn:boundaryEvent[bpmn:compensateEventDefinition]"):
            self._add_compensation(node)

    def get_boundary_events(self, attached_to_ref: str) -> list[etree._Element]:
        """The events that wait while the activity runs; those of compensation come after it."""
        events = super().get_boundary_events(attached_to_ref)
        return [event for event in events if event.find(full_tag("compensateEventDefinition")) is None]

    def _add_compensation(self, node: etree._Element) -> None:
        activity, id = node.get("attachedToRef") or "", node.get("id") or ""
        host = self.spec.task_specs[activity]
        if isinstance(host, LoopTask):
            host = self.spec.task_specs[host.task_spec]  # each instance is undone
        event = Compensable(self.spec, id, activity, bpmn_name=node.get("name"))
        drawn = self.doc_xpath(f".//bpmn:association[@sourceRef='{id}']")
        event.connect(self.parse_node(self.get_node_by_id(drawn[0].get("targetRef"))))
        host.completed_event.connect(event.remember)

    def _add_event_sub_process(self, node: etree._Element) -> None:
        handler = self.parse_node(node)
        begin = self.parser.process_parsers[handler.spec].get_spec().bpmn_start_events[0]
        drawn = next(child for child in node if etree.QName(child).localname == "startEvent")
        interrupting = drawn.get("isInterrupting", "true") in TRUE
        start = EventSubProcessStart(self.spec, begin.bpmn_id, begin.event_definition, interrupting)
        start.bpmn_name = begin.bpmn_name
        begin.event_definition, begin.bpmn_id = NoneEventDefinition(), None  # what it waits for is waited for outside
        self.spec.start.connect(start)
        start.connect(handler)
        handler.connect(self.spec.end)


class Parser(SpiffBpmnParser):  # type: ignore[misc]  # the library is untyped
    """The library's parser with our specs; it is given trees that were checked before."""

    OVERRIDE_PARSER_CLASSES = _overrides()
    PROCESS_PARSER_CLASS = _ScopeParser

    def __init__(self, processes: Iterable[Process]) -> None:
        super().__init__()
        read = list(processes)
        self.elements = {id: element for process in read for id, element in process.elements.items()}
        objects = grouped((drawn.scope, drawn.name) for process in read for drawn in process.objects.values())
        self.local_data = {scope: frozenset(names) for scope, names in objects.items()}

    def _find_dependencies(self, process: etree._Element) -> None:
        """Called processes only: decisions are ours, the library need not find them."""
        BpmnParser._find_dependencies(self, process)
