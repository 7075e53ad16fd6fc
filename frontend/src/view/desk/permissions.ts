/** Shows only what the key that is signed in may do: elements say with `data-may` which kind of action they take. */
import type { Holder } from "../../model/desk/holder";

export function showPermitted(holder: Holder | null): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-may]")) {
    element.hidden = holder !== null && !holder.may.has(element.dataset.may ?? "");
  }
}
