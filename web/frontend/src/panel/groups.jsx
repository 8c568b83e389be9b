// The groups of our panel: what an element of each kind may be told. All labels are Indonesian, as the studio is.
import { Group, ListGroup } from '@bpmn-io/properties-panel';
import { getBusinessObject, is, isAny } from 'bpmn-js/lib/util/ModelUtil';

import { area, check, choice, feel, text } from './fields.jsx';
import { extension, getSetting } from './settings.js';

const REPEATABLE = ['bpmn:Task', 'bpmn:CallActivity', 'bpmn:SubProcess'];
const ENGLISH = ['bpmn:FlowNode', 'bpmn:Lane', 'bpmn:Process'];
const FORKS = ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway'];
const PHASES = [
  { id: 'planning', title: 'Perencanaan' }, { id: 'implementation', title: 'Pelaksanaan' }, { id: 'monitoring', title: 'Pemantauan' },
  { id: 'coaching', title: 'Pembinaan' }, { id: 'appraisal', title: 'Penilaian' }, { id: 'follow_up', title: 'Tindak lanjut' }
];
const TIMERS = [
  { id: 'timeDate', title: 'Pada saat' }, { id: 'timeDuration', title: 'Setelah jangka waktu' }, { id: 'timeCycle', title: 'Berulang' }
];
const REPEATS = [
  { id: 'parallel', title: 'Untuk setiap butir, serentak' }, { id: 'sequential', title: 'Untuk setiap butir, satu per satu' },
  { id: 'while', title: 'Selama syarat terpenuhi' }
];
const REFERENCES = {
  'bpmn:MessageEventDefinition': ['messageRef', 'bpmn:Message', 'Pesan'],
  'bpmn:SignalEventDefinition': ['signalRef', 'bpmn:Signal', 'Sinyal'],
  'bpmn:ErrorEventDefinition': ['errorRef', 'bpmn:Error', 'Kesalahan'],
  'bpmn:EscalationEventDefinition': ['escalationRef', 'bpmn:Escalation', 'Eskalasi']
};

/** The groups of one element, in the order in which they are read. */
export function groupsOf(element, editor, pickers) {
  return [general, pool, task, decision, service, parameters, script, called, repeat, condition, timer, waited, linked, reference, transformed]
    .map((group) => group(element, editor, pickers))
    .filter(Boolean);
}

const group = (id, label, entries) => ({ id, label, component: Group, entries, shouldOpen: true });

/** An entry for one of our settings. */
function setting(element, editor, name, label, make, more = {}) {
  return make({ id: `setting-${name}`, label, get: () => getSetting(element, name), set: (value) => editor.setSetting(element, name, value), ...more });
}

function general(element, editor) {
  const businessObject = getBusinessObject(element);
  const entries = [
    area({ id: 'name', label: is(element, 'bpmn:SequenceFlow') ? 'Jawaban' : 'Nama', rows: 1, get: () => businessObject.get('name') ?? '', set: (name) => editor.rename(element, { name }) })
  ];
  if (isAny(element, ENGLISH)) entries.push(setting(element, editor, 'name:en', 'Nama dalam bahasa Inggris', text));
  entries.push(
    text({ id: 'id', label: 'ID', description: 'Kata Inggris huruf kecil, misalnya draft_skp. Riwayat dan formulir memakainya: jangan diubah setelah diterbitkan.',
      get: () => businessObject.get('id'), set: (id) => editor.rename(element, { id }), validate: idProblem(businessObject) }),
    area({ id: 'documentation', label: 'Petunjuk dan dasar hukum', rows: 3, get: () => businessObject.get('documentation')?.[0]?.text ?? '', set: (value) => editor.setDocumentation(element, value) })
  );
  return group('general', 'Umum', entries);
}

/** The process behind a pool: the pool is only its frame. */
function pool(element, editor) {
  const process = is(element, 'bpmn:Participant') && getBusinessObject(element).get('processRef');
  if (!process) return null;
  return group('pool', 'Proses', [
    text({ id: 'processId', label: 'ID proses', description: 'Sama dengan nama berkasnya.', get: () => process.get('id'), set: (id) => editor.setAll(element, process, { id }), validate: idProblem(process) }),
    text({ id: 'processName', label: 'Nama proses', get: () => process.get('name') ?? '', set: (name) => editor.setAll(element, process, { name }) })
  ]);
}

/** Says why a text cannot be this element's id, or nothing. */
function idProblem(businessObject) {
  return (value) => {
    if (!/^[A-Za-z_][\w-]*$/.test(value ?? '')) return 'ID diawali huruf dan hanya memuat huruf, angka, garis bawah.';
    const owner = businessObject.$model?.ids?.assigned(value);
    return owner && owner !== businessObject ? 'ID ini sudah dipakai di diagram ini.' : undefined;
  };
}

function task(element, editor, { forms, performers }) {
  if (!is(element, 'bpmn:UserTask')) return null;
  const put = (name, label, make, more) => setting(element, editor, name, label, make, more);
  const sealed = getSetting(element, 'secret') === 'true';
  return group('task', 'Tugas', [
    put('form', 'Formulir', choice, { options: forms }),
    put('performer', 'Pelaksana', choice, { options: performers }),
    put('due', 'Batas waktu', feel, { description: 'Saat atau jangka: deadlines.draft, P5D, working days after(today(), 5)' }),
    put('remind', 'Pengingat sebelum batas', text, { description: 'Kosong berarti P3D, P0D' }),
    put('escalate', 'Eskalasi setelah batas', text, { description: 'Kosong berarti P3D, P7D, P14D; none berarti tidak ada' }),
    put('result', 'Nama hasil', text, { description: 'Nama isian di data perkara. Kosong berarti sama dengan ID.' }),
    put('prefill', 'Isian awal', feel, { description: 'Konteks FEEL: { rhk: leader_results }' }),
    put('note', 'Catatan di atas formulir', feel, { description: 'FEEL, misalnya alasan pengembalian: setting.catatan' }),
    put('disclose', 'Dibuka setelah elemen', text, { description: 'ID elemen; sebelum itu selesai, pegawai belum membaca isian ini.' }),
    check({ id: 'setting-secret', label: 'Rahasia: hanya pengisi yang membaca', get: () => sealed, set: (on) => editor.setSetting(element, 'secret', on ? 'true' : '') }),
    ...(sealed ? [put('share', 'Isian yang tetap dipakai proses', text, { description: 'Nama isian, dipisah koma' })] : [])
  ]);
}

function decision(element, editor, { decisions }) {
  if (!is(element, 'bpmn:BusinessRuleTask')) return null;
  const type = 'spiffworkflow:CalledDecisionId';
  return group('decision', 'Keputusan', [
    choice({ id: 'calledDecision', label: 'Tabel keputusan', options: decisions, get: () => extension(element, type)?.body ?? '',
      set: (body) => editor.setExtension(element, type, body ? { body } : null) }),
    setting(element, editor, 'result', 'Nama hasil', text),
    setting(element, editor, 'inputs', 'Masukan tambahan', feel, { description: 'Konteks FEEL di atas data perkara: { jenis: "A" }' })
  ]);
}

const OPERATOR = 'spiffworkflow:ServiceTaskOperator';

/** Writes the operator anew with some of its values changed: nested parts are made again, so that undo works. */
function setOperator(element, editor, changed) {
  const old = extension(element, OPERATOR);
  const values = { id: old?.id ?? '', resultVariable: old?.resultVariable, parameters: parametersOf(element), ...changed };
  const kept = new Set(values.id ? values.parameters.map(({ id }) => id) : []);
  for (const { id } of parametersOf(element)) if (!kept.has(id)) editor.told(element, `parameter ${id}`);
  if (!values.id) return editor.setExtension(element, OPERATOR, null);
  const items = values.parameters.map(({ id, type, value }) => editor.create('spiffworkflow:Parameter', { id, type: type ?? 'any', value }));
  return editor.setExtension(element, OPERATOR, {
    id: values.id, ...(values.resultVariable ? { resultVariable: values.resultVariable } : {}),
    parameterList: editor.create('spiffworkflow:Parameters', { items })
  });
}

const parametersOf = (element) => (extension(element, OPERATOR)?.parameterList?.get('items') ?? []).map(({ id, type, value }) => ({ id, type, value }));

function service(element, editor, { services }) {
  if (!is(element, 'bpmn:ServiceTask')) return null;
  return group('service', 'Layanan', [
    choice({ id: 'operator', label: 'Layanan', options: services, get: () => extension(element, OPERATOR)?.id ?? '', set: (id) => setOperator(element, editor, { id }) }),
    text({ id: 'resultVariable', label: 'Nama hasil', get: () => extension(element, OPERATOR)?.resultVariable ?? '', set: (resultVariable) => setOperator(element, editor, { resultVariable }) })
  ]);
}

function parameters(element, editor) {
  if (!is(element, 'bpmn:ServiceTask') || !extension(element, OPERATOR)) return null;
  const all = parametersOf(element);
  const put = (index, changed) => setOperator(element, editor, { parameters: all.map((one, at) => (at === index ? { ...one, ...changed } : one)) });
  return {
    id: 'parameters', label: 'Parameter layanan', component: ListGroup, shouldSort: false,
    add: (event) => {
      event.stopPropagation();
      setOperator(element, editor, { parameters: [...all, { id: `parameter_${all.length + 1}`, value: 'null' }] });
    },
    items: all.map(({ id, value }, index) => ({
      id: `parameter-${index}`, label: id,
      remove: (event) => {
        event.stopPropagation();
        setOperator(element, editor, { parameters: all.filter((one, at) => at !== index) });
      },
      entries: [
        text({ id: `parameter-${index}-id`, label: 'Nama', get: () => id, set: (changed) => put(index, { id: changed ?? '' }) }),
        feel({ id: `parameter-${index}-value`, label: 'Nilai (FEEL)', get: () => value, set: (changed) => put(index, { value: changed ?? '' }) })
      ]
    }))
  };
}

function script(element, editor) {
  if (!is(element, 'bpmn:ScriptTask')) return null;
  return group('script', 'Naskah', [
    feel({ id: 'script', label: 'Satu konteks FEEL', rows: 5, description: '{ nama: nilai }: setiap isinya menjadi data perkara.',
      get: () => getBusinessObject(element).get('script') ?? '', set: (value) => editor.set(element, 'script', value) })
  ]);
}

function called(element, editor, { processes }) {
  if (!is(element, 'bpmn:CallActivity')) return null;
  return group('called', 'Proses yang dipanggil', [
    choice({ id: 'calledElement', label: 'Proses', options: processes, get: () => getBusinessObject(element).get('calledElement') ?? '', set: (value) => editor.set(element, 'calledElement', value) }),
    setting(element, editor, 'phase', 'Tahap perkara', choice, { options: PHASES, none: '(tidak mengubah tahap)' })
  ]);
}

function repeat(element, editor) {
  if (!isAny(element, REPEATABLE)) return null;
  const loop = getBusinessObject(element).get('loopCharacteristics');
  const kind = !loop ? '' : is(loop, 'bpmn:StandardLoopCharacteristics') ? 'while' : loop.get('isSequential') ? 'sequential' : 'parallel';
  const entries = [choice({ id: 'repeat', label: 'Pengulangan', options: REPEATS, none: 'Tidak berulang', get: () => kind, set: (value) => editor.setRepeat(element, value) })];
  const named = (name, label, description) => text({ id: name, label, description, get: () => loop.get(name)?.id ?? '', set: (value) => editor.setLoop(element, name, value) });
  if (kind === 'while') {
    entries.push(feel({ id: 'loopCondition', label: 'Selama (FEEL)', get: () => loop.get('loopCondition')?.body ?? '', set: (value) => editor.setExpression(element, loop, 'loopCondition', value) }));
  } else if (kind) {
    entries.push(
      feel({ id: 'loopCardinality', label: 'Berapa kali (FEEL), bila tanpa daftar', get: () => loop.get('loopCardinality')?.body ?? '', set: (value) => editor.setExpression(element, loop, 'loopCardinality', value) }),
      named('loopDataInputRef', 'Daftar', 'Nama daftar di data perkara, misalnya periods'),
      named('inputDataItem', 'Butir', 'Nama tiap butir, misalnya period; belum ada di data perkara'),
      named('loopDataOutputRef', 'Daftar hasil'), named('outputDataItem', 'Butir hasil'),
      feel({ id: 'completionCondition', label: 'Berhenti lebih awal bila (FEEL)', get: () => loop.get('completionCondition')?.body ?? '', set: (value) => editor.setExpression(element, loop, 'completionCondition', value) })
    );
  }
  return group('repeat', 'Pengulangan', entries);
}

function condition(element, editor) {
  if (!is(element, 'bpmn:SequenceFlow')) return null;
  const flow = getBusinessObject(element);
  const source = element.source && getBusinessObject(element.source);
  if (!source || !(isAny(source, FORKS) || flow.get('conditionExpression'))) return null;
  const isDefault = source.get('default') === flow;
  const entries = [check({ id: 'default', label: 'Jalan bila tidak ada syarat yang terpenuhi', get: () => isDefault,
    set: (on) => editor.setAll(element, source, { default: on ? flow : undefined }) })];
  if (!isDefault) {
    entries.unshift(feel({ id: 'condition', label: 'Syarat (FEEL)', description: 'Misalnya setting.keputusan = "TETAPKAN"',
      get: () => flow.get('conditionExpression')?.body ?? '', set: (value) => editor.setExpression(element, flow, 'conditionExpression', value) }));
  }
  return group('condition', 'Syarat', entries);
}

const definitionOf = (element, type) => getBusinessObject(element).get('eventDefinitions')?.find((one) => is(one, type));

function timer(element, editor) {
  const definition = is(element, 'bpmn:Event') && definitionOf(element, 'bpmn:TimerEventDefinition');
  if (!definition) return null;
  const kind = TIMERS.map(({ id }) => id).find((name) => definition.get(name)) ?? '';
  const change = (name, body) => {
    const expression = name && editor.expression(body ?? '');
    if (expression) expression.$parent = definition;
    const none = Object.fromEntries(TIMERS.map(({ id }) => [id, undefined]));
    editor.setAll(element, definition, { ...none, ...(name ? { [name]: expression } : {}) });
  };
  const entries = [choice({ id: 'timerKind', label: 'Jenis', options: TIMERS.map(({ id, title }) => ({ id, title })), get: () => kind, set: (name) => change(name, definition.get(kind)?.body) })];
  if (kind) {
    entries.push(feel({ id: 'timerValue', label: 'Waktu (FEEL)', description: 'Misalnya period.opens, 2027-01-31, P14D atau R3/P7D', get: () => definition.get(kind)?.body ?? '', set: (body) => change(kind, body) }));
  }
  return group('timer', 'Waktu', entries);
}

/** The condition that an event waits for. */
function waited(element, editor) {
  const definition = is(element, 'bpmn:Event') && definitionOf(element, 'bpmn:ConditionalEventDefinition');
  if (!definition) return null;
  return group('waited', 'Syarat', [feel({ id: 'waitedFor', label: 'Terjadi bila (FEEL)', description: 'Misalnya count(temuan) > 2; dibaca lagi setiap data perkara berubah',
    get: () => definition.get('condition')?.body ?? '', set: (value) => editor.setExpression(element, definition, 'condition', value) })]);
}

/** The name at which a link that is thrown is caught. */
function linked(element, editor) {
  const definition = is(element, 'bpmn:Event') && definitionOf(element, 'bpmn:LinkEventDefinition');
  if (!definition) return null;
  return group('linked', 'Sambungan', [text({ id: 'linkName', label: 'Nama sambungan', description: 'Sama pada peristiwa yang melempar dan yang menangkap.',
    get: () => definition.get('name') ?? '', set: (name) => editor.setAll(element, definition, { name: name || undefined }) })]);
}

/** What a data association fills with, when it is not simply what it begins at. */
function transformed(element, editor) {
  if (!isAny(element, ['bpmn:DataInputAssociation', 'bpmn:DataOutputAssociation'])) return null;
  const association = getBusinessObject(element);
  return group('transformed', 'Data', [feel({ id: 'transformation', label: 'Isi (FEEL)', description: 'Kosong berarti hasil kegiatan itu sendiri',
    get: () => association.get('transformation')?.body ?? '', set: (value) => editor.setExpression(element, association, 'transformation', value) })]);
}

const MESSAGE_TASKS = ['bpmn:SendTask', 'bpmn:ReceiveTask'];
const THROWN = ['bpmn:IntermediateThrowEvent', 'bpmn:EndEvent', 'bpmn:SendTask'];
const OPENS = [['subject', 'Perkara tentang siapa'], ['unit', 'Unit perkara'], ['cycle', 'Siklus perkara'], ['title', 'Judul perkara']];

function reference(element, editor) {
  const task = isAny(element, MESSAGE_TASKS);
  if (!task && !is(element, 'bpmn:Event')) return null;
  const owner = task ? getBusinessObject(element) : getBusinessObject(element).get('eventDefinitions')?.find((one) => one.$type in REFERENCES);
  if (!owner) return null;
  const [name, type, label] = REFERENCES[task ? 'bpmn:MessageEventDefinition' : owner.$type];
  const entries = [text({ id: 'reference', label: `Nama ${label.toLowerCase()}`, get: () => owner.get(name)?.name ?? '', set: (value) => editor.setReference(element, owner, name, type, value) })];
  if (type === 'bpmn:Error' && owner.get(name)) {
    entries.push(text({ id: 'errorCode', label: 'Kode kesalahan', get: () => owner.get(name).errorCode ?? '', set: (errorCode) => editor.setAll(element, owner.get(name), { errorCode }) }));
  }
  return group('reference', label, [...entries, ...carried(element, editor, owner, type === 'bpmn:Message')]);
}

/** What is sent along, or what becomes of it; and for a message, which case it is meant for. */
function carried(element, editor, owner, message) {
  const part = (name, label, make, description) => make({ id: name, label, description, get: () => extension(element, `spiffworkflow:${name}`, owner)?.body ?? '',
    set: (body) => editor.setExtension(element, `spiffworkflow:${name}`, body ? { body } : null, owner) });
  if (isAny(element, THROWN)) return [part('MessagePayload', 'Isi yang dikirim (FEEL)', feel, 'Konteks FEEL: { alasan: keputusan.alasan }')];
  const put = (name, what, description) => setting(element, editor, name, what, feel, { description });
  const opens = is(element, 'bpmn:StartEvent') && is(getBusinessObject(element).$parent, 'bpmn:Process');
  return [
    part('MessageVariable', 'Nama isi yang diterima', text, 'Nama di data perkara'),
    ...(message ? [put('correlation', 'Hanya bila (FEEL)', 'Isi pesan bernama message: message.periode = period.code')] : []),
    ...(message && opens ? OPENS.map(([id, what]) => put(id, `${what} (FEEL)`, 'Isi pesan bernama message; kosong berarti dari perkara berkunci sama')) : [])
  ];
}
