// On a phone the menu is wider than the screen: the entry of the page that is open is brought into sight.

/** Moves the list sideways only: the page stays where it is. */
export function mount(list) {
  const open = list.querySelector('[aria-current]');
  if (open) list.scrollLeft = open.offsetLeft - list.offsetLeft - (list.clientWidth - open.offsetWidth) / 2;
}
