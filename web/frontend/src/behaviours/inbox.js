// <main data-module="inbox"> with rows [data-row] that hold one link: j and k walk the rows, Enter opens one,
// "?" opens the <dialog id="keys"> that lists the keys.
const TYPING = 'input, textarea, select, [contenteditable]';

export function mount(element) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPING)) return;
    if (event.key === 'j') walk(element, 1);
    else if (event.key === 'k') walk(element, -1);
    else if (event.key === '?') document.getElementById('keys')?.showModal?.();
    else return;
    event.preventDefault();
  });
}

/** Puts the focus on the link of the next or previous row, so that Enter opens it as ever. */
function walk(element, step) {
  const links = [...element.querySelectorAll('[data-row]')].map((row) => (row.matches('a') ? row : row.querySelector('a'))).filter(Boolean);
  if (!links.length) return;
  const here = links.findIndex((link) => link === document.activeElement);
  const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + step, 0), links.length - 1);
  links[next].focus();
  links[next].scrollIntoView({ block: 'nearest' });
}
