// Reads and writes what the panel edits. Each write is one command, so that one "undo" takes it back.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';

import { standIn } from '../keep-loop-refs.js';

const EMPTY = new Set(['', undefined, null, false]);

/** The extension of one type, "spiffworkflow:Properties", or undefined; of the element, or of a part of it. */
export function extension(element, type, owner = getBusinessObject(element)) {
  return owner.get('extensionElements')?.get('values').find((one) => one.$type === type);
}

/** A setting of spiffworkflow:properties: text, or '' when it is not there. */
export function getSetting(element, name) {
  return items(element).find((one) => one.name === name)?.value ?? '';
}

const items = (element) => extension(element, 'spiffworkflow:Properties')?.get('items') ?? [];

/** Everything that changes a document, bound to the modeler's services. */
export class Editor {
  constructor(modeling, moddle, canvas, eventBus) {
    Object.assign(this, { modeling, moddle, canvas, eventBus });
  }

  /** Sets an attribute or child of the element itself; an empty value removes it. */
  set(element, name, value) {
    this.#change(element, getBusinessObject(element), { [name]: EMPTY.has(value) ? undefined : value });
  }

  /** The name or the id: what is drawn and registered follows. */
  rename(element, values) {
    this.modeling.updateProperties(element, values);
  }

  /** Writes one of our settings; an empty one is taken away, and the server is told that it was on purpose. */
  setSetting(element, name, value) {
    const others = items(element).filter((one) => one.name !== name);
    const kept = EMPTY.has(value) ? others : replaceOrAppend(items(element), this.#create('spiffworkflow:Property', { name, value }), (one) => one.name === name);
    if (EMPTY.has(value)) this.told(element, name);
    this.setExtension(element, 'spiffworkflow:Properties', kept.length ? { items: kept } : null);
  }

  /** Replaces the extension of one type; null takes it away. Lists of plain objects must have been created before. */
  setExtension(element, type, values, owner = getBusinessObject(element)) {
    const holder = owner.get('extensionElements');
    const old = holder?.get('values') ?? [];
    const made = values && this.#create(type, values);
    if (made) adopt(made);
    if (!made) this.told(element, tagOf(type));
    const next = made ? replaceOrAppend(old, made, (one) => one.$type === type) : old.filter((one) => one.$type !== type);
    if (holder && next.length) return this.#change(element, holder, { values: next });
    const created = next.length ? this.#create('bpmn:ExtensionElements', { values: next }) : undefined;
    if (created) adopt(created, owner);
    return this.#change(element, owner, { extensionElements: created });
  }

  /** A FEEL expression in a child element: a condition, a timer, the end of a repetition. */
  setExpression(element, owner, name, text) {
    const expression = text ? this.#create('bpmn:FormalExpression', { body: text }) : undefined;
    if (expression) expression.$parent = owner;
    if (!text) this.told(element, name);
    this.#change(element, owner, { [name]: expression });
  }

  /** Sets several children of one object at once, as a timer needs whose kind changes. */
  setAll(element, owner, values) {
    this.#change(element, owner, values);
  }

  expression(text) {
    return this.#create('bpmn:FormalExpression', { body: text });
  }

  /** A setting of a repetition: what the list is called, what each item is called. */
  setLoop(element, name, text) {
    const loop = getBusinessObject(element).get('loopCharacteristics');
    const make = { loopDataInputRef: () => standIn(this.moddle, text), loopDataOutputRef: () => standIn(this.moddle, text),
      inputDataItem: () => this.#create('bpmn:DataInput', { id: text, name: text }),
      outputDataItem: () => this.#create('bpmn:DataOutput', { id: text, name: text }) }[name];
    const made = text ? make() : undefined;
    if (made && name.endsWith('DataItem')) made.$parent = loop;
    if (!made) this.told(element, name);
    this.#change(element, loop, { [name]: made });
  }

  /** "", "parallel", "sequential" or "while": how the element repeats. */
  setRepeat(element, kind) {
    const businessObject = getBusinessObject(element);
    const old = businessObject.get('loopCharacteristics');
    if (old && is(old, 'bpmn:MultiInstanceLoopCharacteristics') && (kind === 'parallel' || kind === 'sequential')) {
      return this.#change(element, old, { isSequential: kind === 'sequential' });
    }
    for (const name of ['loopDataInputRef', 'loopDataOutputRef', 'inputDataItem', 'outputDataItem', 'loopCharacteristics']) this.told(element, name);
    const type = kind === 'while' ? 'bpmn:StandardLoopCharacteristics' : 'bpmn:MultiInstanceLoopCharacteristics';
    const made = kind ? this.#create(type, kind === 'while' ? {} : { isSequential: kind === 'sequential' }) : undefined;
    if (made) made.$parent = businessObject;
    return this.#change(element, businessObject, { loopCharacteristics: made });
  }

  setDocumentation(element, text) {
    const made = text ? [this.#create('bpmn:Documentation', { text })] : [];
    for (const one of made) one.$parent = getBusinessObject(element);
    this.#change(element, getBusinessObject(element), { documentation: made });
  }

  /** Lets an event mean the message (signal, error) of that name, which is made when the file does not have it yet. */
  setReference(element, definition, name, type, text) {
    const definitions = getBusinessObject(this.canvas.getRootElement()).$parent;
    const roots = definitions.get('rootElements');
    let found = text ? roots.find((one) => one.$type === type && one.name === text) : undefined;
    if (text && !found) {
      found = this.#create(type, { id: `${type.slice(5).toLowerCase()}_${slug(text)}`, name: text });
      found.$parent = definitions;
      roots.push(found); // no command: undone, an unused name stays behind, which means nothing
    }
    this.#change(element, definition, { [name]: found });
  }

  create(type, values) {
    return this.#create(type, values);
  }

  #create(type, values) {
    return this.moddle.create(type, values);
  }

  #change(element, owner, values) {
    this.modeling.updateModdleProperties(element, owner, values);
  }

  /** Tells the server that a value is taken away on purpose; it refuses to lose any other. */
  told(element, name) {
    this.eventBus.fire('siklus.cleared', { element, name });
  }
}

function replaceOrAppend(list, made, same) {
  const at = list.findIndex(same);
  return at < 0 ? [...list, made] : list.map((one, index) => (index === at ? made : one));
}

/** Sets $parent downwards: the writer needs it to find the namespace. */
function adopt(made, parent) {
  if (parent) made.$parent = parent;
  for (const name of ['items', 'values', 'parameterList']) {
    for (const child of [made.get(name) ?? []].flat()) {
      child.$parent = made;
      if (name !== 'values') adopt(child);
    }
  }
}

/** "spiffworkflow:CalledDecisionId" -> "calledDecisionId", as the file writes it. */
const tagOf = (type) => type.replace(/^\w+:/, '').replace(/^./, (letter) => letter.toLowerCase());

export const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '') || 'x';
