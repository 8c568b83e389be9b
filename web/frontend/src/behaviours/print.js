// <button data-module="print" hidden>: shown only where it works, opens the browser's print dialog.
export function mount(button) {
  button.hidden = false;
  button.addEventListener('click', () => window.print());
}
