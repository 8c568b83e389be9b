// <form data-module="autosave" data-key="task:<id>:<person>" data-revision="7"> with an element [data-autosave-status].
// htmx sends the drafts (hx-post ... hx-trigger) and swaps the form; a data-revision that has grown says that the server
// holds them. Until then the device keeps what was typed: after a lost connection or a closed lid nothing is lost.
import { say, timeOfDay } from '../words.js';

const KEEP_AFTER = 400; // milliseconds of rest before the device keeps a copy
const RETRY_EVERY = 15_000;

export function mount(form) {
  const safe = safetyNet(`siklus:${form.dataset.key}`);
  let keeping = 0;
  let retrying = 0;
  let asked = form.dataset.revision;
  let underWay = 0; // drafts that the server has not answered yet
  let held = null; // the value of a button that was pressed meanwhile

  const tell = (key, values) => { // without a key, the server has said it itself
    const status = key && statusOf(form);
    if (status) status.textContent = say(key, values);
  };
  const typed = () => {
    form.dataset.unsaved = 'true';
    tell('unsaved');
    clearTimeout(keeping);
    keeping = setTimeout(() => safe.keep(form), KEEP_AFTER);
  };
  const arrived = () => {
    clearTimeout(keeping);
    clearInterval(retrying);
    safe.forget();
    form.dataset.unsaved = 'false';
    tell('saved', { time: timeOfDay() });
  };
  const lost = (key) => {
    safe.keep(form);
    form.dataset.unsaved = 'true';
    tell(key);
    clearInterval(retrying);
    if (key === 'offline') retrying = setInterval(retry, RETRY_EVERY);
  };
  const retry = () => {
    if (navigator.onLine) form.dispatchEvent(new CustomEvent('autosave', { bubbles: true }));
  };

  form.addEventListener('input', typed);
  form.addEventListener('change', typed);
  form.addEventListener('submit', (event) => {
    safe.keep(form);
    if (underWay === 0 || event.defaultPrevented) return;
    event.preventDefault(); // a draft is on its way: sent now, this page would be older than what is stored
    held = event.submitter?.value ?? '';
  });
  document.addEventListener('htmx:before:request', (event) => {
    if (!within(form, event)) return;
    underWay += 1;
    asked = form.dataset.revision;
  });
  document.addEventListener('htmx:finally:request', (event) => {
    if (!within(form, event)) return;
    underWay = Math.max(0, underWay - 1);
    if (held !== null && underWay === 0) {
      const button = form.querySelector(`button[name="_do"][value="${held}"]`);
      held = null;
      setTimeout(() => form.requestSubmit(button)); // after the swap that brings the new revision
    }
    const status = event.detail?.ctx?.response?.status;
    if (!status) return;
    if (form.dataset.revision !== asked) arrived();
    else if (status >= 400 && status !== 422) lost(event.detail.ctx.hx?.retarget ? null : 'refused');
  });
  document.addEventListener('htmx:error', (event) => within(form, event) && lost('offline'));
  window.addEventListener('online', retry);
  offer(form, safe, typed);
}

/** True for the event of a request that the form, or something in it, has sent. */
function within(form, event) {
  const source = event.detail?.ctx?.sourceElement ?? event.target;
  return source instanceof Node && (source === form || form.contains(source));
}

function statusOf(form) {
  return form.querySelector('[data-autosave-status]') ?? document.querySelector(`[data-autosave-status="${form.id}"]`);
}

/** Keeps a form's text fields in this device's storage; where there is none, it does nothing. */
function safetyNet(key) {
  const store = (act) => {
    try {
      return act(window.localStorage);
    } catch (problem) {
      console.warn('siklus: no storage on this device', problem);
      return null;
    }
  };
  return {
    keep: (form) => store((storage) => storage.setItem(key, JSON.stringify({
      at: new Date().toISOString(), revision: form.dataset.revision, values: valuesOf(form)
    }))),
    read: () => store((storage) => JSON.parse(storage.getItem(key))),
    forget: () => store((storage) => storage.removeItem(key))
  };
}

function fieldsOf(form) {
  return [...form.elements].filter(({ name, type }) => name && !name.startsWith('_') && name !== 'csrf_token' &&
    !['file', 'submit', 'button', 'password', 'hidden'].includes(type));
}

function valuesOf(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    const value = field.type === 'checkbox' || field.type === 'radio' ? field.checked && field.value : field.value;
    (values[field.name] ??= []).push(value);
  }
  return values;
}

/** Offers answers that this device holds and the server does not, unless they are the same as those shown. */
function offer(form, safe, typed) {
  const kept = safe.read();
  if (!kept || JSON.stringify(kept.values) === JSON.stringify(valuesOf(form))) return safe.forget();
  const box = document.createElement('div');
  box.className = 'siklus-kept govuk-inset-text';
  box.setAttribute('role', 'status');
  const text = document.createElement('p');
  text.className = 'govuk-body';
  text.textContent = say('found', { time: new Date(kept.at).toLocaleString(document.documentElement.lang || 'id') });
  const choose = (key, act) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'govuk-button govuk-button--secondary';
    button.textContent = say(key);
    button.addEventListener('click', () => {
      act();
      box.remove();
    });
    return button;
  };
  box.append(text, choose('restore', () => restore(form, kept.values, typed)), ' ', choose('discard', safe.forget));
  form.prepend(box);
}

function restore(form, values, typed) {
  const left = structuredClone(values);
  for (const field of fieldsOf(form)) {
    const value = left[field.name]?.shift();
    if (value === undefined) continue;
    if (field.type === 'checkbox' || field.type === 'radio') field.checked = value !== false;
    else field.value = value;
  }
  typed();
  form.dispatchEvent(new Event('input', { bubbles: true }));
}
