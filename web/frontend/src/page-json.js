/** Reads the JSON that the server put into an element: <script type="application/json" data-NAME>. */
export function readJson(element, name) {
  return JSON.parse(element.querySelector(`script[data-${name}]`).textContent);
}
