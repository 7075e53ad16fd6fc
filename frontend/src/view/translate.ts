/** Puts the texts of the chosen language into HTML: `data-text` says what is read, `data-label` what is heard. */
import type { Say } from "../texts/i18n";
import { setLabel } from "./element";

export function translatePage(language: string, say: Say): void {
  document.documentElement.lang = language;
  translate(document, say);
}

export function translate(root: ParentNode, say: Say): void {
  for (const element of root.querySelectorAll<HTMLElement>("[data-text]")) {
    element.textContent = say(element.dataset.text ?? "");
  }
  for (const element of root.querySelectorAll<HTMLElement>("[data-label]")) {
    const label = say(element.dataset.label ?? "");
    setLabel(element, label);
    // A finger sees no title and a mouse hears no label; a canvas's would stand in the way.
    if (element.matches("button")) element.title = label;
  }
  for (const link of root.querySelectorAll<HTMLAnchorElement>('a[href*="/privacy"], a[href*="/sheet"]')) {
    link.search = `language=${document.documentElement.lang}`;
  }
}
