// A way through the drawing, shown on it: each element in turn has a number, the flows between them the same colour.
const MARK = 'on-way';
const OVERLAY = 'way';

export function clearWay(modeler) {
  const canvas = modeler.get('canvas');
  for (const shape of modeler.get('elementRegistry').getAll()) canvas.removeMarker(shape.id, MARK);
  modeler.get('overlays').remove({ type: OVERLAY });
}

/** `path` are the ids of the elements in their order; one that is passed twice has both numbers. */
export function drawWay(modeler, path) {
  const registry = modeler.get('elementRegistry');
  const canvas = modeler.get('canvas');
  const passed = new Set(path);
  for (const id of passed) {
    const shape = registry.get(id);
    if (!shape) continue;
    canvas.addMarker(id, MARK);
    addNumbers(modeler, shape, path.flatMap((other, index) => (other === id ? [index + 1] : [])));
  }
  for (const flow of registry.filter(({ type }) => type === 'bpmn:SequenceFlow')) {
    if (passed.has(flow.source.id) && passed.has(flow.target.id)) canvas.addMarker(flow.id, MARK);
  }
  const last = registry.get(path.at(-1));
  if (last) canvas.scrollToElement(last, 120);
}

function addNumbers(modeler, shape, numbers) {
  const badge = document.createElement('span');
  badge.className = 'studio__way-number';
  badge.textContent = numbers.join(', ');
  badge.title = `Langkah ke-${numbers.join(', ')} pada jalan ini`;
  modeler.get('overlays').add(shape.id, OVERLAY, { position: { top: -12, left: -8 }, html: badge });
}
