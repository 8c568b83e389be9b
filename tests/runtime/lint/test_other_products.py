"""Models in the manner of other products: all that is wrong with them in one list, each with line, element and mend."""

import pytest

from engine.errors import Problem, Severity
from engine.runtime.documents import check
from tests.runtime.lint.looking import REGISTRY

PLATFORM_7 = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
    id="leave_definitions" targetNamespace="http://bpmn.io/schema/bpmn" exporter="Camunda Modeler">
  <bpmn:process id="leave_request" name="Permohonan cuti" isExecutable="true" camunda:historyTimeToLive="30">
    <bpmn:startEvent id="asked" name="Cuti diminta" camunda:formKey="embedded:app:forms/leave.html">
      <bpmn:outgoing>to_check</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:sequenceFlow id="to_check" sourceRef="asked" targetRef="check_days"/>
    <bpmn:serviceTask id="check_days" name="Periksa sisa cuti" camunda:class="org.example.CheckDays"/>
    <bpmn:sequenceFlow id="to_choice" sourceRef="check_days" targetRef="has_days"/>
    <bpmn:exclusiveGateway id="has_days" name="Masih ada sisa?"/>
    <bpmn:sequenceFlow id="has_some" sourceRef="has_days" targetRef="approve">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${daysLeft &gt; 0}</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="has_none" sourceRef="has_days" targetRef="notify">
      <bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">${daysLeft == 0}</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:userTask id="approve" name="Setujui" camunda:assignee="${manager}" camunda:formKey="approve_leave"/>
    <bpmn:boundaryEvent id="too_late" name="Terlambat" cancelActivity="false" attachedToRef="approve">
      <bpmn:timerEventDefinition id="too_late_timer">
        <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">${reminderAfter}</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="to_remind" sourceRef="too_late" targetRef="notify"/>
    <bpmn:sequenceFlow id="to_script" sourceRef="approve" targetRef="book"/>
    <bpmn:scriptTask id="book" name="Catat" scriptFormat="groovy">
      <bpmn:script>daysLeft = daysLeft - 1</bpmn:script>
    </bpmn:scriptTask>
    <bpmn:sequenceFlow id="to_rules" sourceRef="book" targetRef="rate"/>
    <bpmn:businessRuleTask id="rate" name="Nilai" camunda:decisionRef="leave_rating" camunda:resultVariable="rating"/>
    <bpmn:sequenceFlow id="to_end" sourceRef="rate" targetRef="done"/>
    <bpmn:sendTask id="notify" name="Beri tahu" camunda:delegateExpression="${mailer}"/>
    <bpmn:sequenceFlow id="to_refused" sourceRef="notify" targetRef="refused"/>
    <bpmn:complexGateway id="strange" name="Rumit"/>
    <bpmn:endEvent id="done" name="Selesai"/>
    <bpmn:endEvent id="refused" name="Ditolak">
      <bpmn:errorEventDefinition id="refused_error" errorRef="no_days"/>
    </bpmn:endEvent>
  </bpmn:process>
  <bpmn:error id="no_days" name="Tidak ada sisa" errorCode="NO_DAYS"/>
</bpmn:definitions>
"""

PLATFORM_8 = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
    xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="order_definitions"
    targetNamespace="http://bpmn.io/schema/bpmn" modeler:executionPlatform="Camunda Cloud">
  <bpmn:process id="purchase" name="Pembelian" isExecutable="true">
    <bpmn:startEvent id="ordered" name="Dipesan">
      <bpmn:messageEventDefinition id="ordered_message" messageRef="order_placed"/>
    </bpmn:startEvent>
    <bpmn:sequenceFlow id="to_review" sourceRef="ordered" targetRef="review"/>
    <bpmn:userTask id="review" name="Tinjau">
      <bpmn:extensionElements>
        <zeebe:userTask/>
        <zeebe:formDefinition formId="review_form"/>
        <zeebe:assignmentDefinition assignee="=manager" candidateGroups="finance"/>
      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="to_pay" sourceRef="review" targetRef="pay"/>
    <bpmn:serviceTask id="pay" name="Bayar">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="payment" retries="3"/>
        <zeebe:ioMapping><zeebe:input source="=total" target="amount"/></zeebe:ioMapping>
      </bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="to_sub" sourceRef="pay" targetRef="pack"/>
    <bpmn:adHocSubProcess id="pack" name="Kemas">
      <bpmn:userTask id="wrap" name="Bungkus"/>
    </bpmn:adHocSubProcess>
    <bpmn:sequenceFlow id="to_call" sourceRef="pack" targetRef="ship"/>
    <bpmn:callActivity id="ship" name="Kirim">
      <bpmn:extensionElements><zeebe:calledElement processId="shipping"/></bpmn:extensionElements>
      <bpmn:multiInstanceLoopCharacteristics>
        <bpmn:extensionElements>
          <zeebe:loopCharacteristics inputCollection="=items" inputElement="item"/>
        </bpmn:extensionElements>
      </bpmn:multiInstanceLoopCharacteristics>
    </bpmn:callActivity>
    <bpmn:sequenceFlow id="to_wait" sourceRef="ship" targetRef="wait"/>
    <bpmn:intermediateCatchEvent id="wait" name="Tunggu">
      <bpmn:timerEventDefinition id="wait_timer">
        <bpmn:timeDuration xsi:type="bpmn:tFormalExpression">=duration("P2D")</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="to_done" sourceRef="wait" targetRef="done"/>
    <bpmn:endEvent id="done" name="Selesai"/>
  </bpmn:process>
  <bpmn:message id="order_placed" name="order-placed">
    <bpmn:extensionElements><zeebe:subscription correlationKey="=orderId"/></bpmn:extensionElements>
  </bpmn:message>
</bpmn:definitions>
"""

EXPECTED = {
    PLATFORM_7: {
        ("service", "check_days"),
        ("feel", "has_some"),
        ("feel", "has_none"),
        ("no-form", "approve"),
        ("no-performer", "approve"),
        ("feel", "too_late"),
        ("script", "book"),
        ("feel", "book"),
        ("no-decision", "rate"),
        ("result", "rate"),
        ("no-message", "notify"),
        ("unreachable", "strange"),
        ("unsupported", "strange"),
        ("dead-end", "strange"),
    },
    PLATFORM_8: {
        ("no-form", "review"),
        ("no-performer", "review"),
        ("service", "pay"),
        ("unsupported", "pack"),
        ("no-form", "wrap"),
        ("no-process", "ship"),
        ("loop", "ship"),
        ("feel", "wait"),
    },
}


def refusals(model: str) -> list[Problem]:
    found = check({"work.bpmn": model.encode()}, REGISTRY)
    return [problem for problem in found if problem.severity is Severity.ERROR]


@pytest.mark.parametrize("model", EXPECTED, ids=["platform 7", "platform 8"])
def test_everything_that_does_not_run_is_named_at_once(model: str) -> None:
    found = refusals(model)

    assert EXPECTED[model] - {(problem.rule, problem.element) for problem in found} == set()
    for problem in found:
        above = "\n".join(model.splitlines()[: problem.line])
        assert problem.line, problem
        assert f'id="{problem.element}"' in above, problem
        assert problem.mend, problem


@pytest.mark.parametrize("model", EXPECTED, ids=["platform 7", "platform 8"])
def test_settings_of_the_other_product_are_said_not_to_be_read(model: str) -> None:
    found = check({"work.bpmn": model.encode()}, REGISTRY)

    assert any(problem.rule == "foreign-setting" for problem in found)
