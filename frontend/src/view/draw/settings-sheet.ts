/** The sheet of settings: shows what is chosen, and tells what a person changes. */
import { type Preferences, parsePreferences } from "../../model/preferences";
import { dialogOf } from "../dialog";
import { byId } from "../element";
import { fillLanguages } from "../language-field";

export class SettingsSheet {
  readonly #sheet = dialogOf(byId("settings", HTMLElement));

  constructor(changed: (preferences: Preferences) => void) {
    const { element } = this.#sheet;
    const language = element.querySelector("select");
    if (language) fillLanguages(language);
    byId("menu", HTMLButtonElement).addEventListener("click", () => this.#sheet.open());
    element.addEventListener("change", () => changed(this.#read()));
  }

  show(preferences: Preferences): void {
    for (const [name, value] of Object.entries(preferences)) {
      for (const field of this.#fields(name)) {
        if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = value === true;
        else if (field instanceof HTMLInputElement) field.checked = field.value === value;
        else field.value = String(value);
      }
    }
  }

  #fields(name: string): NodeListOf<HTMLInputElement | HTMLSelectElement> {
    return this.#sheet.element.querySelectorAll(`[name="${name}"]`);
  }

  #read(): Preferences {
    const read: Record<string, unknown> = {};
    for (const field of this.#sheet.element.querySelectorAll<HTMLInputElement | HTMLSelectElement>(
      "[name]",
    )) {
      if (field instanceof HTMLSelectElement) read[field.name] = field.value;
      else if (field.type === "checkbox") read[field.name] = field.checked;
      else if (field.checked) read[field.name] = field.value;
    }
    return parsePreferences(JSON.stringify(read)).preferences;
  }
}
