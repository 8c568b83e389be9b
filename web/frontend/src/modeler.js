// <div data-module="modeler">: the drawing table of the studio. The server puts into <script data-modeler> what it needs:
//   {name, xml, revision, base, state, csrf, urls: {save, check, publish, show}, pickers: {forms, performers, decisions, services, processes},
//    problems: [{file, element, label, message, mend, severity}], element}
// Below 900 px only the picture and the list of problems are shown: a diagram is not drawn on a phone.
import Modeler from 'bpmn-js/lib/Modeler';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { BpmnPropertiesPanelModule } from 'bpmn-js-properties-panel';

import './modeler.css';
import translate from './i18n-id.js';
import keepLoopRefs from './keep-loop-refs.js';
import moddle from './moddle.js';
import { readJson } from './page-json.js';
import onlyWhatRuns from './only-what-runs.js';
import panel from './panel/index.js';
import { showProblems } from './studio/problems.js';
import { isRoomy } from './studio/room.js';
import { Desk } from './studio/desk.js';

const EDGE = 24; // pixels around the drawing
const SMALLEST = 0.65; // below this, names cannot be read
const READABLE = 0.8;

export async function mount(element) {
  const page = readJson(element, 'modeler');
  const container = element.querySelector('[data-canvas]');
  const additionalModules = [translate, keepLoopRefs];
  const moddleExtensions = { spiffworkflow: moddle };
  if (!isRoomy()) {
    const viewer = new NavigatedViewer({ container, additionalModules, moddleExtensions });
    if (await open(viewer, page, container, 16)) showProblems(element, viewer, page, page.problems);
    return null;
  }
  const modeler = new Modeler({
    container,
    additionalModules: [...additionalModules, BpmnPropertiesPanelModule, onlyWhatRuns, panel],
    moddleExtensions,
    propertiesPanel: { parent: element.querySelector('[data-panel]') },
    pickers: page.pickers
  });
  const desk = new Desk(element, page, modeler);
  if (!await open(modeler, page, container, 130)) return null;
  desk.start();
  showProblems(element, modeler, page, page.problems);
  if (page.element) modeler.get('selection').select(modeler.get('elementRegistry').get(page.element) ?? []);
  return null;
}

/** Draws the file; false, with the reason on the page, when it cannot be read. */
async function open(viewer, page, container, left) {
  try {
    const { warnings } = await viewer.importXML(page.xml);
    for (const warning of warnings) console.warn('siklus: import', warning.message);
  } catch (problem) {
    container.textContent = `Berkas ini tidak dapat digambar: ${problem.message}. Unduh berkasnya, perbaiki, lalu unggah kembali.`;
    return false;
  }
  showBeginning(viewer.get('canvas'), left);
  return true;
}

/** Shows all of a small drawing, beside the palette; a large one, readable, from its upper left corner. */
function showBeginning(canvas, left) {
  const { inner, outer } = canvas.viewbox();
  const whole = Math.min(1, (outer.width - left - EDGE) / inner.width, (outer.height - 2 * EDGE) / inner.height);
  const scale = whole < SMALLEST ? READABLE : whole;
  canvas.viewbox({ x: inner.x - left / scale, y: inner.y - EDGE / scale, width: outer.width / scale, height: outer.height / scale });
}
