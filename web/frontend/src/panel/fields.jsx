// The panel's fields. Each is an entry of the properties panel that reads with get() and writes with set(value).
import { CheckboxEntry, SelectEntry, TextAreaEntry, TextFieldEntry,
  isCheckboxEntryEdited, isSelectEntryEdited, isTextAreaEntryEdited, isTextFieldEntryEdited } from '@bpmn-io/properties-panel';
import { useService } from 'bpmn-js-properties-panel';

function Text({ element, id, label, description, get, set, validate }) {
  const debounce = useService('debounceInput');
  return <TextFieldEntry {...{ element, id, label, description, debounce, validate }} getValue={get} setValue={set} />;
}

function Area({ element, id, label, description, get, set, rows, monospace, placeholder }) {
  const debounce = useService('debounceInput');
  return <TextAreaEntry {...{ element, id, label, description, debounce, monospace, placeholder }} rows={rows} autoResize getValue={get} setValue={set} />;
}

function Choice({ element, id, label, description, get, set, options }) {
  return <SelectEntry {...{ element, id, label, description }} getValue={get} setValue={set} getOptions={() => options} />;
}

function Check({ element, id, label, description, get, set }) {
  return <CheckboxEntry {...{ element, id, label, description }} getValue={get} setValue={set} />;
}

export const text = (field) => ({ ...field, component: Text, isEdited: isTextFieldEntryEdited });
export const area = (field) => ({ rows: 2, ...field, component: Area, isEdited: isTextAreaEntryEdited });
export const feel = (field) => area({ rows: 1, monospace: true, ...field });
export const check = (field) => ({ ...field, component: Check, isEdited: isCheckboxEntryEdited });

/** A choice of known things; a value that is not among them stays chosen and is marked as unknown. */
export function choice({ options, none = '(belum dipilih)', ...field }) {
  const value = field.get();
  const known = options.map(({ id, title }) => ({ value: id, label: title && title !== id ? `${title} (${id})` : id }));
  const unknown = value && !options.some(({ id }) => id === value) ? [{ value, label: `${value} (tidak dikenal)` }] : [];
  return { ...field, options: [{ value: '', label: none }, ...unknown, ...known], component: Choice, isEdited: isSelectEntryEdited };
}
