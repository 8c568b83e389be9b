// What bpmn-moddle has to know of the spiffworkflow: namespace to read and write our settings.
const text = (name) => ({ name, isAttr: true, type: 'String' });
const body = (name) => ({ name, superClass: ['Element'], properties: [{ name: 'body', isBody: true, type: 'String' }] });

export default {
  name: 'SpiffWorkflow',
  uri: 'http://spiffworkflow.org/bpmn/schema/1.0/core',
  prefix: 'spiffworkflow',
  xml: { tagAlias: 'lowerCase' },
  types: [
    { name: 'Properties', superClass: ['Element'], properties: [{ name: 'items', type: 'Property', isMany: true }] },
    { name: 'Property', superClass: ['Element'], properties: [text('name'), text('value')] },
    { name: 'ServiceTaskOperator', superClass: ['Element'], properties: [text('id'), text('resultVariable'), { name: 'parameterList', type: 'Parameters' }] },
    { name: 'Parameters', superClass: ['Element'], properties: [{ name: 'items', type: 'Parameter', isMany: true }] },
    { name: 'Parameter', superClass: ['Element'], properties: [text('id'), text('type'), text('value')] },
    body('CalledDecisionId'), body('InstructionsForEndUser'), body('PreScript'), body('PostScript'),
    body('MessageVariable'), body('MessagePayload'), body('PayloadExpression'), body('VariableName')
  ]
};
