/** Why: asked for with every action, with the usual answers one press away. */
import type { Say } from "../../texts/i18n";
import { byId } from "../../view/element";

const USUAL = ["hate", "nudity", "spam", "bot", "wish", "test"] as const;

export class Reasons {
  readonly #field = byId("reason", HTMLInputElement);
  readonly #usual = byId("usual-reasons", HTMLElement);

  constructor(readonly say: Say) {
    this.#usual.replaceChildren(...USUAL.map((reason) => this.#chip(reason)));
  }

  get text(): string {
    return this.#field.value.trim();
  }

  /** Unless something is written there. */
  suggest(reason: string): void {
    if (!this.text) this.#field.value = reason;
  }

  translate(): void {
    for (const chip of this.#usual.querySelectorAll<HTMLButtonElement>("button"))
      chip.textContent = this.say(`reason.${chip.dataset.reason}`);
  }

  #chip(reason: string): HTMLButtonElement {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.dataset.reason = reason;
    chip.addEventListener("click", () => {
      this.#field.value = chip.textContent ?? "";
    });
    return chip;
  }
}
