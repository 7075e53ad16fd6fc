/** Puts the texts of the chosen language into a page's HTML: `data-text` says what is read, `data-label` what is heard. */
import type { Say } from "../texts/i18n";
import { setLabel } from "./element";

export function translatePage(language: string, say: Say, page: Document = document): void {
  page.documentElement.lang = language;
  for (const element of page.querySelectorAll<HTMLElement>("[data-text]")) {
    element.textContent = say(element.dataset.text ?? "");
  }
  for (const element of page.querySelectorAll<HTMLElement>("[data-label]")) {
    const label = say(element.dataset.label ?? "");
    setLabel(element, label);
    // A finger sees no title and a mouse hears no label; a canvas's would stand in the way.
    if (element.matches("button")) element.title = label;
  }
}
