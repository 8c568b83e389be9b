// SpiffWorkflow writes a plain variable name where BPMN wants the id of a data object. bpmn-moddle would only warn about
// the unknown id and leave the reference out when the diagram is saved; a stand-in with that id keeps it.
const LOOP_REFERENCE = /^bpmn:loopData(In|Out)putRef$/;

function KeepLoopRefs(eventBus, moddle) {
  eventBus.on('import.parse.complete', ({ references = [], elementsById }) => {
    for (const { property, element, id } of references) {
      if (LOOP_REFERENCE.test(property) && !elementsById[id]) element.set(property, standIn(moddle, id));
    }
  });
}
KeepLoopRefs.$inject = ['eventBus', 'moddle'];

/** What a loop reference points at: nothing but an id, written as the variable's name. */
export function standIn(moddle, name) {
  return moddle.create('bpmn:DataObject', { id: name });
}

export default { __init__: ['keepLoopRefs'], keepLoopRefs: ['type', KeepLoopRefs] };
