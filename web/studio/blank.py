"""A new process: a start, an end, and a way between them."""

from markupsafe import escape

BLANK = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" \
xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="{id}_definitions" targetNamespace="http://siklus/{id}">
  <bpmn:process id="{id}" name="{name}" isExecutable="true">
    <bpmn:startEvent id="{id}_started" name="Mulai"><bpmn:outgoing>{id}_way</bpmn:outgoing></bpmn:startEvent>
    <bpmn:sequenceFlow id="{id}_way" sourceRef="{id}_started" targetRef="{id}_ended"/>
    <bpmn:endEvent id="{id}_ended" name="Selesai"><bpmn:incoming>{id}_way</bpmn:incoming></bpmn:endEvent>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="{id}_diagram">
    <bpmndi:BPMNPlane id="{id}_plane" bpmnElement="{id}">
      <bpmndi:BPMNShape id="{id}_started_di" bpmnElement="{id}_started">
        <dc:Bounds x="160" y="162" width="36" height="36"/>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="{id}_ended_di" bpmnElement="{id}_ended">
        <dc:Bounds x="472" y="162" width="36" height="36"/>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="{id}_way_di" bpmnElement="{id}_way">
        <di:waypoint x="196" y="180"/><di:waypoint x="472" y="180"/>
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def blank_process(id: str, name: str) -> bytes:
    """The BPMN of an empty process; `id` must be a valid BPMN id."""
    return BLANK.format(id=id, name=escape(name)).encode("utf-8")
