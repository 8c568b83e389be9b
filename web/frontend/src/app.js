// What every page loads: htmx, the few govuk-frontend components that we use, and our behaviours.
// A page asks for a behaviour by name, <form data-module="autosave leave">, and works without any of them.
import 'htmx.org';
import { Button, CharacterCount, Checkboxes, ErrorSummary, Radios } from 'govuk-frontend';

import * as autosave from './behaviours/autosave.js';
import * as inbox from './behaviours/inbox.js';
import * as leave from './behaviours/leave.js';
import * as menu from './behaviours/menu.js';
import * as print from './behaviours/print.js';

const BEHAVIOURS = {
  autosave: async () => autosave,
  inbox: async () => inbox,
  leave: async () => leave,
  menu: async () => menu,
  print: async () => print,
  diagram: () => import('./diagram.js'),
  modeler: () => import('./modeler.js')
};
const mounted = new WeakMap();

/** Mounts each behaviour that an element below `root` names, once an element. */
function mountAll(root) {
  for (const element of root.querySelectorAll('[data-module]')) {
    for (const name of element.dataset.module.split(/\s+/)) mountOnce(element, name);
  }
}

async function mountOnce(element, name) {
  const done = mounted.get(element) ?? mounted.set(element, new Set()).get(element);
  if (!BEHAVIOURS[name] || done.has(name)) return;
  done.add(name);
  (await BEHAVIOURS[name]()).mount(element);
}

/** A swap leaves most of the page as it stands: only what has come is set up, the rest says that it is already. */
function mountComponents() {
  for (const Component of [Button, CharacterCount, Checkboxes, ErrorSummary, Radios]) {
    const name = Component.moduleName;
    for (const element of document.querySelectorAll(`[data-module="${name}"]:not([data-${name}-init])`)) new Component(element);
  }
}

document.documentElement.classList.add('js-enabled');
document.body.classList.add('js-enabled', 'govuk-frontend-supported');
mountComponents();
mountAll(document);
document.addEventListener('htmx:after:swap', () => {
  mountComponents();
  mountAll(document);
});
