/** The alerts, each with a button that mutes it. */
import type { AlertKind } from "../../model/desk/alerts";
import type { Say } from "../../texts/i18n";
import { setLabel } from "../element";

export class AlertList {
  #shown = "";

  constructor(
    readonly list: HTMLElement,
    readonly say: Say,
    readonly muted: (kind: AlertKind) => void,
    /** Where on the board it is; null for what has no place. */
    readonly place: (kind: AlertKind) => (() => void) | null,
  ) {}

  show(kinds: readonly AlertKind[], language: string): void {
    const shown = `${language}:${kinds}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.list.replaceChildren(...kinds.map((kind) => this.#item(kind)));
  }

  #item(kind: AlertKind): HTMLElement {
    const item = document.createElement("li");
    item.dataset.alert = kind;
    const words = document.createElement("span");
    words.textContent = this.say(`alert.${kind}`);
    const mute = this.#button(this.say("alert.mute"), () => this.muted(kind));
    setLabel(mute, `${this.say("alert.mute")}: ${words.textContent}`);
    const show = this.place(kind);
    item.append(words, ...(show ? [this.#button(this.say("alert.show"), show)] : []), mute);
    return item;
  }

  #button(words: string, press: () => void): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    button.addEventListener("click", press);
    return button;
  }
}
