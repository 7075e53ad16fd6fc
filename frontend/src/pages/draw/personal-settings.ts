/** A person's settings: kept on this phone, shown in the sheet, and put upon the page. */

import { languageOf, localeOf, type Preferences } from "../../model/preferences";
import { PreferencesStore } from "../../storage/preferences-store";
import { type DrawKey, draw } from "../../texts/draw";
import { type Language, Translator } from "../../texts/i18n";
import { applyAppearance, listenForLight } from "../../view/appearance";
import { mayNotify } from "../../view/draw/feedback";
import { SettingsSheet } from "../../view/draw/settings-sheet";
import { translatePage } from "../../view/translate";

export class PersonalSettings {
  readonly #store = new PreferencesStore();
  readonly #sheet = new SettingsSheet((preferences) => void this.#change(preferences));
  readonly #translator: Translator<DrawKey>;
  /** What was kept could not be read. */
  readonly broken: boolean;
  preferences: Preferences;

  constructor(
    readonly changed: () => void,
    /** A wish that the browser does not grant. */
    readonly refused: (words: () => string) => void,
  ) {
    const { preferences, broken } = this.#store.read();
    this.preferences = preferences;
    this.broken = broken;
    if (broken) this.#store.write(preferences);
    this.#translator = new Translator(draw, languageOf(preferences, navigator.languages));
    this.#show();
    listenForLight(() => this.preferences, changed);
  }

  readonly say = (key: string, parts?: Record<string, string | number>): string =>
    this.#translator.say(key as DrawKey, parts);

  get language(): Language {
    return this.#translator.language;
  }

  /** For times and numbers: as people of this browser write them, which the language alone does not say. */
  get locale(): string {
    return localeOf(this.language, navigator.languages);
  }

  async #change(preferences: Preferences): Promise<void> {
    const asks = preferences.notify && !this.preferences.notify;
    this.preferences = preferences;
    if (asks && !(await mayNotify())) {
      this.preferences = { ...this.preferences, notify: false };
      this.refused(() => this.say("notify.refused"));
    }
    this.#store.write(this.preferences);
    this.#translator.language = languageOf(this.preferences, navigator.languages);
    this.#show();
    this.changed();
  }

  #show(): void {
    this.#sheet.show(this.preferences);
    applyAppearance(this.preferences);
    translatePage(this.language, this.say);
  }
}
