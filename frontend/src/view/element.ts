/** Finds the elements a page's HTML promises. */

/** Throws at start, so that a missing element is found before the page is used. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page lacks #${id}.`);
  return element;
}

/** What a screen reader says of it. As an attribute: as a property it is younger than our floor. */
export const setLabel = (element: HTMLElement, text: string): void =>
  element.setAttribute("aria-label", text);

export const isPressed = (button: HTMLElement): boolean => button.getAttribute("aria-pressed") === "true";

/** Writes only what changed: the layout is not touched, and a screen reader does not repeat itself. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
