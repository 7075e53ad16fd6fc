/** Where all pages keep what a person chose on this device. */
import { type Preferences, parsePreferences } from "../model/preferences";
import { browserStore } from "./browser-store";

export class PreferencesStore {
  readonly #store = browserStore(() => localStorage, "beeplace.preferences");

  /** `broken` when there was something that no version of ours wrote. */
  read(): { preferences: Preferences; broken: boolean } {
    return parsePreferences(this.#store.read());
  }

  write(preferences: Preferences): void {
    this.#store.write(JSON.stringify(preferences));
  }
}
