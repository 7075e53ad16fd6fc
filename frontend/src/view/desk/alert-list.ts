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
    const mute = document.createElement("button");
    mute.type = "button";
    mute.textContent = this.say("alert.mute");
    setLabel(mute, `${this.say("alert.mute")}: ${words.textContent}`);
    mute.addEventListener("click", () => this.muted(kind));
    item.append(words, mute);
    return item;
  }
}
