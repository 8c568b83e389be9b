// The menus offer only what the engine runs (tests/web/test_palette.py); what a file holds already stays as it is and is named by the check.
const NOT_RUN = /(data-store|\.group$|complex-gateway|ad-hoc|compensation-start|participant-multiplicity|multiple)/;

function OnlyWhatRuns(palette, popupMenu) {
  const without = (entries) => Object.fromEntries(Object.entries(entries).filter(([id, { target }]) => !NOT_RUN.test(id) && !NOT_RUN.test(target?.type ?? '')));
  palette.registerProvider(500, { getPaletteEntries: () => without });
  popupMenu.registerProvider('bpmn-replace', 500, {
    getPopupMenuEntries: () => without,
    getPopupMenuHeaderEntries: () => without
  });
}
OnlyWhatRuns.$inject = ['palette', 'popupMenu'];

export default { __init__: ['onlyWhatRuns'], onlyWhatRuns: ['type', OnlyWhatRuns] };
