// The list of what the server found, beside the drawing: press one and its element is selected.
import { isRoomy } from './room.js';
import { clearWay, drawWay } from './way.js';

const WORD = { error: 'Salah', warning: 'Saran' };

/** Fills [data-problems]: first this file's, errors before suggestions, then those of other files as links. */
export function showProblems(root, modeler, page, problems) {
  const list = root.querySelector('[data-problems]');
  const ours = problems.filter(({ file }) => file === page.name);
  const theirs = problems.filter(({ file }) => file !== page.name);
  list.replaceChildren(...[...sorted(ours), ...sorted(theirs)].map((problem) => row(modeler, page, problem)));
  const errors = ours.filter(({ severity }) => severity === 'error').length;
  const heading = root.querySelector('[data-problems-heading]');
  heading.textContent = summary(errors, ours.length - errors, theirs.length);
  heading.classList.toggle('studio__problems-heading--error', errors > 0);
  clearWay(modeler);
  mark(modeler, ours);
  if (errors && isRoomy()) root.querySelector('[data-problems-box]').open = true;
}

const sorted = (problems) => [...problems].sort((one, other) => (one.severity === other.severity ? 0 : one.severity === 'error' ? -1 : 1));

function summary(errors, suggestions, elsewhere) {
  const parts = [errors ? `${errors} kesalahan` : 'Tidak ada kesalahan'];
  if (suggestions) parts.push(`${suggestions} saran`);
  if (elsewhere) parts.push(`${elsewhere} di berkas lain`);
  return parts.join(' · ');
}

function row(modeler, page, problem) {
  const item = document.createElement('li');
  item.className = `studio__problem studio__problem--${problem.severity}`;
  const kind = document.createElement('span');
  kind.className = 'studio__problem-kind';
  kind.textContent = WORD[problem.severity];
  const where = placeOf(modeler, page, problem);
  item.append(kind, ' ', where, ' ', said('studio__problem-line', problem.line ? `baris ${problem.line} ` : ''), said('', problem.message));
  item.append(said('studio__problem-mend', problem.mend));
  if (problem.path.length) item.append(wayOf(modeler, page, problem));
  return item;
}

function said(kind, text) {
  const part = document.createElement('span');
  part.className = kind;
  part.textContent = text;
  return part;
}

/** The example of how a case gets there: in words, and in this file a button that shows it on the drawing. */
function wayOf(modeler, page, problem) {
  const way = document.createElement('span');
  way.className = 'studio__way';
  way.append(`Contoh jalan: ${problem.way} `);
  if (problem.file !== page.name) return way;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'studio__jump';
  button.textContent = 'Tunjukkan jalannya';
  button.setAttribute('aria-pressed', 'false');
  button.addEventListener('click', () => toggleWay(modeler, button, problem.path));
  way.append(button);
  return way;
}

function toggleWay(modeler, button, path) {
  const pressed = button.getAttribute('aria-pressed') === 'true';
  for (const other of button.closest('[data-problems]').querySelectorAll('[aria-pressed="true"]')) other.setAttribute('aria-pressed', 'false');
  clearWay(modeler);
  if (pressed) return;
  button.setAttribute('aria-pressed', 'true');
  makeRoom(button);
  drawWay(modeler, path);
}

/** A button that jumps to the element, or a link to the other file. */
function placeOf(modeler, page, problem) {
  if (problem.file !== page.name) {
    const link = document.createElement('a');
    link.href = `${page.urls.show}${encodeURIComponent(problem.file)}${problem.element ? `?elemen=${encodeURIComponent(problem.element)}` : ''}`;
    link.textContent = `${problem.file}${problem.label || problem.element ? `: ${problem.label || problem.element}` : ''}`;
    return link;
  }
  const shape = problem.element && modeler.get('elementRegistry').get(problem.element);
  const place = document.createElement(shape ? 'button' : 'strong');
  place.textContent = problem.label || problem.element || page.name;
  if (shape) {
    place.type = 'button';
    place.className = 'studio__jump';
    place.addEventListener('click', () => {
      makeRoom(place);
      jump(modeler, problem.element);
    });
  }
  return place;
}

/** On a phone the list lies over the drawing: it is folded so that one sees what it leads to. */
function makeRoom(pressed) {
  if (isRoomy()) return;
  const box = pressed.closest('[data-problems-box]');
  box.open = false;
  box.querySelector('summary').focus();
}

function jump(modeler, id) {
  const shape = modeler.get('elementRegistry').get(id);
  if (!shape) return;
  modeler.get('selection').select(shape);
  modeler.get('canvas').scrollToElement(shape, 120);
}

function mark(modeler, problems) {
  const canvas = modeler.get('canvas');
  const registry = modeler.get('elementRegistry');
  for (const shape of registry.getAll()) canvas.removeMarker(shape.id, 'has-error');
  for (const { element, severity } of problems) {
    if (severity === 'error' && element && registry.get(element)) canvas.addMarker(element, 'has-error');
  }
}
