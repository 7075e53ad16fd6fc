/** A dialog that opens over the page; where the browser has none, an element that is shown and hidden. */

import { byId } from "./element";

export interface Dialog {
  readonly element: HTMLElement;
  open(): void;
  close(): void;
}

/** The dialog with that id, of a page's part that is loaded later: `source` is put at the page's end. */
export function addDialog(source: string, id: string): Dialog {
  document.body.insertAdjacentHTML("beforeend", source);
  return dialogOf(byId(id, HTMLElement));
}

export function dialogOf(element: HTMLElement): Dialog {
  // A touch beside it closes it: its form fills it, so only the backdrop is left as a target.
  const closeBeside = (event: Event) => event.target === element && dialog.close();
  const dialog = "showModal" in element ? modal(element as HTMLDialogElement) : plain(element);
  element.addEventListener("click", closeBeside);
  return dialog;
}

const modal = (element: HTMLDialogElement): Dialog => ({
  element,
  open: () => element.showModal(),
  close: () => element.close(),
});

/** Safari before 15.4: its form would leave the page, and Escape is not heard. */
function plain(element: HTMLElement): Dialog {
  const close = () => element.removeAttribute("open");
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    close();
  });
  addEventListener("keydown", (event) => event.key === "Escape" && close());
  return { element, open: () => element.setAttribute("open", ""), close };
}
