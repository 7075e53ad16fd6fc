/** The card that tells who placed a pixel: its last changes, newest first. It never takes the canvas away. */
import { sayColor } from "../../model/color-name";
import { type PixelChange, sayAgo } from "../../model/draw/pixel-history";
import type { Say } from "../../texts/i18n";
import { byId, setText } from "../element";

export interface HistoryView {
  readonly x: number;
  readonly y: number;
  /** The half of the board in which the card does not cover the pixel. */
  readonly half: "upper" | "lower";
  /** Undefined while the server is asked, null when it did not answer. */
  readonly changes?: readonly (PixelChange & { readonly own: boolean })[] | null;
}

export class HistoryCard {
  readonly #card = byId("history", HTMLElement);
  readonly #words = byId("history-words", HTMLElement);
  readonly #list = byId("changes", HTMLElement);

  constructor(
    readonly say: Say,
    readonly language: () => string,
  ) {
    byId("history-close", HTMLButtonElement).addEventListener("click", () => this.close());
  }

  get open(): boolean {
    return !this.#card.hidden;
  }

  close(): void {
    this.#card.hidden = true;
  }

  show({ x, y, half, changes }: HistoryView): void {
    this.#card.hidden = false;
    this.#card.dataset.half = half;
    setText(byId("history-title", HTMLElement), this.say("who.title", { x, y }));
    setText(this.#words, this.#wordsFor(changes));
    this.#list.replaceChildren(...(changes ?? []).map((change) => this.#item(change)));
  }

  #wordsFor(changes: HistoryView["changes"]): string {
    if (changes === undefined) return this.say("who.asking");
    if (changes === null) return this.say("who.failed");
    return changes.length === 0 ? this.say("who.nobody") : "";
  }

  #item({ hex, by, byOrganiser, own, agoMs }: PixelChange & { readonly own: boolean }): HTMLLIElement {
    const item = document.createElement("li");
    const swatch = document.createElement("i");
    swatch.style.setProperty("--color", hex);
    const name = document.createElement("strong");
    name.textContent = own ? this.say("who.you") : byOrganiser ? this.say("who.organiser") : by;
    const when = document.createElement("span");
    when.textContent = `${sayColor(hex, this.say)}, ${sayAgo(agoMs, this.language())}`;
    item.dataset.own = String(own);
    item.append(swatch, name, when);
    return item;
  }
}
