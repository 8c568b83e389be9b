// <form data-module="leave">: the browser asks before a page with unsent changes is left.
// A form that autosaves marks itself data-unsaved="true" / "false"; others are unsaved from the first change on.
export function mount(form) {
  let leaving = false;
  form.addEventListener('input', () => {
    form.dataset.unsaved = 'true';
  });
  form.addEventListener('submit', () => {
    leaving = true;
  });
  window.addEventListener('beforeunload', (event) => {
    if (form.dataset.unsaved === 'true' && !leaving) event.preventDefault();
  });
  window.addEventListener('pageshow', () => {
    leaving = false;
  });
}
