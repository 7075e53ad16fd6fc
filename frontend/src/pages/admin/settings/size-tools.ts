/** The board's size: what another would do is said before it is applied to everyone. */
import { type Fields, isFields } from "../../../model/fields";
import type { Size } from "../../../model/geometry";
import type { DeskClient } from "../../../net/desk/desk-client";
import { NewestQuestion } from "../../../net/desk/newest-question";
import type { Say } from "../../../texts/i18n";
import { byId, setText } from "../../../view/element";
import type { Actions } from "../actions";

const PATH = "/api/settings";

export class SizeTools {
  readonly #width = byId("size-width", HTMLInputElement);
  readonly #height = byId("size-height", HTMLInputElement);
  readonly #apply = byId("size-apply", HTMLButtonElement);
  readonly #effect = byId("size-effect", HTMLElement);
  readonly #newest = new NewestQuestion();
  #now: Size | null = null;

  constructor(
    readonly client: DeskClient,
    readonly actions: Actions,
    readonly say: Say,
  ) {
    byId("size-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#change();
    });
    for (const field of [this.#width, this.#height])
      field.addEventListener("change", () => void this.#tryOut());
  }

  /** The board has this size, by this desk or another; what is being typed, or was and is not applied, stays. */
  adopt({ width, height }: Size): void {
    const before = this.#now;
    if (width === before?.width && height === before.height) return;
    this.#now = { width, height };
    if (!before || this.#width.valueAsNumber === before.width) this.#width.value = String(width);
    if (!before || this.#height.valueAsNumber === before.height) this.#height.value = String(height);
    void this.#tryOut();
  }

  /** Null where nothing is another. */
  get #wanted(): Size | null {
    const wanted = { width: this.#width.valueAsNumber, height: this.#height.valueAsNumber };
    return wanted.width !== this.#now?.width || wanted.height !== this.#now.height ? wanted : null;
  }

  async #tryOut(): Promise<void> {
    const wanted = this.#wanted;
    this.#newest.drop();
    if (!wanted) return setText(this.#effect, this.say("size.hint"));
    const answer = await this.#newest.of(this.client.tryOut(`${PATH}?dry-run=1`, wanted));
    if (!answer) return;
    const { done, body, words } = answer;
    setText(this.#effect, done && isFields(body.size) ? this.#words(body.size) : words);
  }

  #words({ pixelsAdded, pixelsCut, pixelsLost, bytesToAll }: Fields): string {
    return this.say("size.effect", {
      added: Number(pixelsAdded),
      cut: Number(pixelsCut),
      lost: Number(pixelsLost),
      kilobytes: Math.round(Number(bytesToAll) / 1000),
    });
  }

  async #change(): Promise<void> {
    const wanted = this.#wanted;
    if (wanted)
      await this.actions.run(this.#apply, this.say("size.what", { ...wanted }), PATH, wanted, "PATCH");
  }
}
