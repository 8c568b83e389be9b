export const seen = new Set(); window.seen = seen; export default { translate: ["value", (t, r) => { seen.add(t); return t.replace(/{([^}]+)}/g, (_, k) => (r ?? {})[k] ?? _); }] };
