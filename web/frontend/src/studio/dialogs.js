/** Asks in a dialog of the page; resolves to the chosen value. `choices`: [{label, value, act}], the last one is "no". */
export function ask({ title, text, list = [], choices }) {
  const dialog = document.createElement('dialog');
  dialog.className = 'studio__dialog';
  const heading = document.createElement('h2');
  heading.className = 'govuk-heading-m';
  heading.textContent = title;
  const body = document.createElement('p');
  body.className = 'govuk-body';
  body.textContent = text;
  const items = document.createElement('ul');
  items.className = 'govuk-list govuk-list--bullet';
  items.append(...list.map((line) => Object.assign(document.createElement('li'), { textContent: line })));
  const buttons = document.createElement('div');
  buttons.className = 'govuk-button-group';
  dialog.append(heading, body, items, buttons);
  return new Promise((resolve) => {
    for (const { label, value, act } of choices) {
      const button = Object.assign(document.createElement('button'), { type: 'button', className: 'govuk-button govuk-button--secondary', textContent: label });
      button.addEventListener('click', () => {
        act?.();
        dialog.close(value ?? '');
      });
      buttons.append(button);
    }
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
