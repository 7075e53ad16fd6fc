/** Live settings: what they are, what others would mean for the crowd that is there, and the change. */
import { type Fields, isFields } from "../../../model/fields";
import type { DeskClient } from "../../../net/desk/desk-client";
import { NewestQuestion } from "../../../net/desk/newest-question";
import type { Say } from "../../../texts/i18n";
import { byId, setText } from "../../../view/element";
import type { Actions } from "../actions";

/** Under the interface's names. */
const FIELDS = ["maxPixels", "cooldown", "refreshRate"] as const;
const PATH = "/api/settings";

export class SettingsTools {
  readonly #fields = FIELDS.map((name) => byId(`set-${name}`, HTMLInputElement));
  readonly #apply = byId("settings-apply", HTMLButtonElement);
  readonly #effect = byId("settings-effect", HTMLElement);
  readonly #newest = new NewestQuestion();
  /** What is in force; only what differs is changed. */
  #now: Fields = {};

  constructor(
    readonly client: DeskClient,
    readonly actions: Actions,
    readonly say: Say,
  ) {
    byId("settings-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#change();
    });
    for (const field of this.#fields) field.addEventListener("change", () => void this.#tryOut());
  }

  /** Another organiser, or this one, has changed something; what is being typed, or was and is not applied, stays. */
  async refresh(): Promise<void> {
    const answer = await this.#newest.of(this.client.get(PATH));
    if (!answer?.done || !isFields(answer.body.settings)) return;
    const { settings, effect } = answer.body;
    const before = this.#now;
    this.#now = settings;
    for (const [index, name] of FIELDS.entries()) {
      const field = this.#fields[index];
      if (field?.value === String(before[name] ?? "")) field.value = String(settings[name] ?? "");
    }
    if (Object.keys(this.#changed).length > 0) await this.#tryOut();
    else this.#show(effect, null);
  }

  get #changed(): Record<string, number> {
    const changed: Record<string, number> = {};
    for (const [index, name] of FIELDS.entries()) {
      const value = this.#fields[index]?.valueAsNumber ?? Number.NaN;
      if (Number.isFinite(value) && value !== this.#now[name]) changed[name] = value;
    }
    return changed;
  }

  async #tryOut(): Promise<void> {
    const changed = this.#changed;
    if (Object.keys(changed).length === 0) return this.refresh();
    const answer = await this.#newest.of(this.client.tryOut(`${PATH}?dry-run=1`, changed));
    if (answer?.done) this.#show(answer.body.effect, answer.body.before);
    else if (answer) setText(this.#effect, answer.words);
  }

  async #change(): Promise<void> {
    const changed = this.#changed;
    const names = Object.keys(changed);
    if (names.length === 0) return;
    const what = names.map((name) => `${this.say(`settings.${name}`)} ${changed[name]}`).join(", ");
    const { done } = await this.actions.run(this.#apply, what, PATH, changed, "PATCH");
    if (done) this.#now = { ...this.#now, ...changed };
    await this.refresh();
  }

  /** With nobody there, a board is never covered. */
  #rounded(value: unknown, unit: number): string {
    return typeof value === "number" ? String(Math.round(value / unit)) : "–";
  }

  #show(effect: unknown, before: unknown): void {
    if (!isFields(effect)) return;
    const now = isFields(before) ? before : null;
    const value = (name: string, unit = 1) => {
      const number = (fields: Fields) => this.#rounded(fields[name], unit);
      return now ? `${number(now)} → ${number(effect)}` : number(effect);
    };
    const minutes = value("secondsToCover", 60);
    const parts = { pixels: value("placementsPerMinute"), minutes, kilobytes: value("bytesPerSecond", 1000) };
    setText(this.#effect, this.say("settings.effect", parts));
  }
}
