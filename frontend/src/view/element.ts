/** Finds the elements a page's HTML promises. */

/** Throws at start, so that a missing element is found before the page is used. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page lacks #${id}.`);
  return element;
}

/** Writes only what changed: the layout is not touched, and a screen reader does not repeat itself. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
