// <div data-module="diagram"> with <script type="application/json" data-diagram>:
//   {"current": "planning", "processes": [{"id": "planning", "name": "Perencanaan", "source": "/perkara/…/planning",
//    "elements": {"draft_skp": {"state": "done" | "now", "visits": 2}}}]}
// Timeline entries elsewhere on the page carry data-element (and data-process); the diagram and they point at each other.
// The timeline is the whole truth; this is a picture of it, and pages work without.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

import './diagram.css';
import keepLoopRefs from './keep-loop-refs.js';
import moddle from './moddle.js';
import { readJson } from './page-json.js';
import { say } from './words.js';

const EDGE = 20; // around the drawing
const SMALLEST = 0.55; // below this, names cannot be read
const READABLE = 0.75;

export async function mount(element) {
  const { processes, current } = readJson(element, 'diagram');
  if (!processes.length) return;
  const canvas = document.createElement('div');
  canvas.className = 'diagram__canvas';
  element.classList.add('diagram');
  element.dataset.ready = '';
  element.append(canvas);
  const viewer = new NavigatedViewer({ container: canvas, additionalModules: [keepLoopRefs], moddleExtensions: { spiffworkflow: moddle } });
  const view = { element, viewer, processes, shown: null, chooser: null };
  if (processes.length > 1) view.chooser = addChooser(view);
  linkToTimeline(view);
  await show(view, current ?? processes[0].id);
}

/** Draws one process and marks where it stands. */
async function show(view, id) {
  const process = view.processes.find((one) => one.id === id);
  if (view.shown === process) return;
  view.shown = process;
  if (view.chooser) view.chooser.value = process.id;
  try {
    const response = await fetch(process.source, { headers: { Accept: 'application/xml' } });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    await view.viewer.importXML(await response.text());
  } catch (problem) {
    console.warn('siklus: diagram', problem);
    view.element.querySelector('.diagram__canvas').textContent = say('noDiagram');
    return;
  }
  markAll(view, process.elements ?? {});
  fit(view.viewer, process.elements ?? {});
}

/** Colour and line width come from the classes, the count from an overlay that says it in words too. */
function markAll({ viewer, element, processes }, states) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  for (const shape of registry.getAll()) {
    const known = states[shape.id];
    if (!known) {
      if (shape.waypoints && travelled(shape, states)) canvas.addMarker(shape.id, 'is-done');
      continue;
    }
    canvas.addMarker(shape.id, known.state === 'now' ? 'is-now' : 'is-done');
    if (!shape.waypoints) addCount(viewer, shape, known);
  }
  for (const shape of registry.filter((one) => one.type === 'bpmn:CallActivity')) {
    const called = processes.find((one) => one.id === shape.businessObject.calledElement);
    if (called) addOpener(viewer, shape, called, () => element.dispatchEvent(new CustomEvent('diagram:open', { detail: called.id })));
  }
}

/** A flow without a record of its own was walked when both of its ends were. */
function travelled(flow, states) {
  return flow.type === 'bpmn:SequenceFlow' && states[flow.source.id]?.state === 'done' && flow.target.id in states &&
    flow.source.outgoing.filter((one) => one.type === 'bpmn:SequenceFlow').length === 1;
}

function addCount(viewer, shape, { state, visits }) {
  if (visits < 2) return;
  const badge = document.createElement('span');
  badge.className = `diagram__count diagram__count--${state}`;
  badge.textContent = `${visits}×`;
  badge.title = `${say(state)}, ${say('visits', { count: visits })}`;
  viewer.get('overlays').add(shape.id, { position: { top: -10, right: 14 }, html: badge });
}

function addOpener(viewer, shape, called, open) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'diagram__open';
  button.textContent = '↳';
  button.title = say('open', { name: called.name });
  button.setAttribute('aria-label', button.title);
  button.addEventListener('click', open);
  viewer.get('overlays').add(shape.id, { position: { bottom: 14, left: -6 }, html: button });
}

/** Shows the whole drawing; of a wide one, readable, the part where the case stands now. */
function fit(viewer, states) {
  const canvas = viewer.get('canvas');
  const registry = viewer.get('elementRegistry');
  const { inner, outer } = canvas.viewbox();
  const whole = Math.min(1, outer.width / (inner.width + 2 * EDGE), outer.height / (inner.height + 2 * EDGE));
  const scale = whole < SMALLEST ? READABLE : whole;
  const [width, height] = [outer.width / scale, outer.height / scale];
  const now = registry.find(({ id, waypoints }) => states[id]?.state === 'now' && !waypoints) ??
    registry.find(({ type }) => type === 'bpmn:StartEvent') ?? inner;
  canvas.viewbox({
    x: place(now.x + now.width / 2, width, inner.x, inner.width),
    y: place(now.y + now.height / 2, height, inner.y, inner.height),
    width,
    height
  });
}

/** Where a window of a size begins so that `middle` is in its middle, as far as the drawing reaches. */
function place(middle, size, start, length) {
  if (length + 2 * EDGE <= size) return start - (size - length) / 2;
  return Math.min(Math.max(middle - size / 2, start - EDGE), start + length + EDGE - size);
}

function addChooser(view) {
  const label = document.createElement('label');
  label.className = 'diagram__chooser govuk-label';
  label.textContent = say('process');
  const select = document.createElement('select');
  select.className = 'govuk-select';
  for (const { id, name } of view.processes) select.append(new Option(name, id));
  select.addEventListener('change', () => show(view, select.value));
  label.append(select);
  view.element.prepend(label);
  return select;
}

/** Click an element: its entries are marked and the newest comes into view. Press an entry's button: its element is. */
function linkToTimeline(view) {
  const { viewer, element } = view;
  const entries = [...document.querySelectorAll('[data-element]')].filter((entry) => !element.contains(entry));
  const entriesOf = (id) => entries.filter((entry) => entry.dataset.element === id && (entry.dataset.process ?? view.shown.id) === view.shown.id);
  viewer.on('selection.changed', ({ newSelection: [shape] }) => {
    for (const entry of entries) entry.classList.remove('is-selected');
    const matching = shape ? entriesOf(shape.id) : [];
    for (const entry of matching) entry.classList.add('is-selected');
    if (!view.pointing) matching[0]?.scrollIntoView({ block: 'center', behavior: 'smooth' });
  });
  element.addEventListener('diagram:open', ({ detail }) => show(view, detail));
  for (const entry of entries) entry.append(pointer(() => point(view, entry)));
}

function pointer(act) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'diagram__pointer';
  button.textContent = say('show');
  button.addEventListener('click', act);
  return button;
}

async function point(view, { dataset }) {
  if (dataset.process && view.processes.some((one) => one.id === dataset.process)) await show(view, dataset.process);
  const shape = view.viewer.get('elementRegistry').get(dataset.element);
  if (!shape) return;
  view.pointing = true;
  view.viewer.get('selection').select(shape);
  view.pointing = false;
  view.viewer.get('canvas').scrollToElement(shape, 80);
  view.element.scrollIntoView({ block: 'nearest', behavior: 'smooth' });
}
