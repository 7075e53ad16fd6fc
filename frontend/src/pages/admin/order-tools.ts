/** Keeps order: bans people who were chosen among those who drew, closes areas, and tells everybody something. */
import { formOf } from "../../model/desk/selection";
import type { Area } from "../../model/geometry";
import type { Say } from "../../texts/i18n";
import { shortList } from "../../view/desk/short-list";
import { byId } from "../../view/element";
import type { Actions } from "./actions";
import { endOf } from "./ending";
import type { TakeBack } from "./take-back";

export interface OrderParts {
  readonly actions: Actions;
  readonly say: Say;
  readonly takeBack: TakeBack;
  area(): Area | null;
  /** By the server's clock. */
  now(): Date;
}

export class OrderTools {
  readonly #ban = byId("ban", HTMLButtonElement);
  readonly #zone = byId("zone", HTMLButtonElement);
  readonly #announce = byId("announce", HTMLButtonElement);

  constructor(readonly parts: OrderParts) {
    this.#ban.addEventListener("click", () => void this.#banPeople());
    this.#zone.addEventListener("click", () => void this.#closeArea());
    byId("announce-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#tellEverybody();
    });
  }

  /** Those whose drawing alone is selected; with it, or without, taken back in the same step. */
  async #banPeople(): Promise<void> {
    const { actions, say, takeBack } = this.parts;
    const { people, except: _, ...drawn } = formOf(takeBack.filters, this.parts.now());
    if (!people) {
      actions.tell(say("ban.nobody"), false);
      return;
    }
    const takesBack = byId("ban-rewind", HTMLInputElement).checked;
    const fields = {
      people,
      ...endOf(byId("ban-until", HTMLSelectElement), this.parts.now()),
      ...(takesBack && { rewind: drawn }),
    };
    const answer = await actions.take(
      this.#ban,
      say("ban.what", { people: shortList(people) }),
      "ban",
      fields,
    );
    if (answer.done) takeBack.changed();
  }

  async #closeArea(): Promise<void> {
    const { actions, say } = this.parts;
    const area = this.parts.area();
    if (!area) {
      actions.tell(say("area.outside"), false);
      return;
    }
    const fields = { area, ...endOf(byId("zone-until", HTMLSelectElement), this.parts.now()) };
    await actions.take(this.#zone, say("zone.what", { x: area.x, y: area.y }), "zone", fields);
  }

  async #tellEverybody(): Promise<void> {
    const { actions, say } = this.parts;
    const text = byId("announce-text", HTMLInputElement);
    const written = text.value;
    const fields = {
      text: written.trim(),
      ...endOf(byId("announce-until", HTMLSelectElement), this.parts.now()),
    };
    const answer = await actions.take(this.#announce, say("announce"), "announce", fields);
    // The next one may be begun before the answer is there.
    if (answer.done && text.value === written) text.value = "";
  }
}
