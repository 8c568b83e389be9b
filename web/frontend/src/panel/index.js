// Our properties provider: the one that the studio's modeler has.
import { groupsOf } from './groups.jsx';
import { Editor } from './settings.js';

function SiklusProvider(propertiesPanel, modeling, moddle, canvas, eventBus, pickers) {
  const editor = new Editor(modeling, moddle, canvas, eventBus);
  this.getGroups = (element) => (groups) => [...groups, ...groupsOf(element, editor, pickers)];
  propertiesPanel.registerProvider(500, this);
}
SiklusProvider.$inject = ['propertiesPanel', 'modeling', 'moddle', 'canvas', 'eventBus', 'config.pickers'];

export default { __init__: ['siklusProvider'], siklusProvider: ['type', SiklusProvider] };
