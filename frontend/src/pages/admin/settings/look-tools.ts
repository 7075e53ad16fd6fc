/** What people see first: the event's name, how near the board is, and whether there is a button for reports. */
import type { BoardSettings } from "../../../model/board/settings";
import { isFields } from "../../../model/fields";
import type { DeskClient } from "../../../net/desk/desk-client";
import { NewestQuestion } from "../../../net/desk/newest-question";
import type { Say } from "../../../texts/i18n";
import { byId, setText } from "../../../view/element";
import type { Actions } from "../actions";

const PATH = "/api/settings";
/** Under the interface's names, which are those of the fields, too. */
const FIELDS = ["eventName", "initialScale", "minScale", "maxScale", "reports"] as const;
type LookValue = string | number | boolean;

const read = (field: HTMLInputElement): LookValue => {
  if (field.type === "checkbox") return field.checked;
  return field.type === "number" ? field.valueAsNumber : field.value.trim();
};

function write(field: HTMLInputElement, value: LookValue): void {
  if (field.type === "checkbox") field.checked = value === true;
  else field.value = String(value);
}

export class LookTools {
  readonly #fields = FIELDS.map((name) => [name, byId(`set-${name}`, HTMLInputElement)] as const);
  readonly #apply = byId("look-apply", HTMLButtonElement);
  readonly #effect = byId("look-effect", HTMLElement);
  readonly #newest = new NewestQuestion();
  #now: BoardSettings | null = null;

  constructor(
    readonly client: DeskClient,
    readonly actions: Actions,
    readonly say: Say,
  ) {
    byId("look-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#change();
    });
    for (const [, field] of this.#fields) field.addEventListener("change", () => void this.#tryOut());
  }

  /** Another organiser, or this one, has changed something; what is being typed, or was and is not applied, stays. */
  adopt(settings: BoardSettings): void {
    const before = this.#now;
    this.#now = settings;
    for (const [name, field] of this.#fields) {
      if (before === null || read(field) === before[name]) write(field, settings[name]);
    }
  }

  get #changed(): Partial<Record<(typeof FIELDS)[number], LookValue>> {
    const now = this.#now;
    return Object.fromEntries(
      this.#fields.flatMap(([name, field]) => {
        const value = read(field);
        return now && value !== now[name] && !Number.isNaN(value) ? [[name, value]] : [];
      }),
    );
  }

  async #tryOut(): Promise<void> {
    const changed = this.#changed;
    this.#newest.drop();
    if (Object.keys(changed).length === 0) return setText(this.#effect, "");
    const answer = await this.#newest.of(this.client.tryOut(`${PATH}?dry-run=1`, changed));
    if (!answer) return;
    const { done, body, words } = answer;
    const people = isFields(body.effect) ? Number(body.effect.people) : 0;
    setText(this.#effect, done ? this.say("look.effect", { people }) : words);
  }

  async #change(): Promise<void> {
    const changed = this.#changed;
    const names = Object.keys(changed);
    if (names.length === 0) return;
    const what = names.map((name) => this.say(`look.${name}`)).join(", ");
    const { done } = await this.actions.run(this.#apply, what, PATH, changed, "PATCH");
    if (!done) return;
    this.#newest.drop();
    setText(this.#effect, "");
  }
}
