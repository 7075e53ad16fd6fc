/** The alerts, each with a button that mutes it. */
import type { AlertKind } from "../../model/desk/alerts";
import type { Say } from "../../texts/i18n";
import { setLabel } from "../element";
import { KeyedList } from "../keyed-list";

export class AlertList {
  readonly #lines: KeyedList<AlertKind>;

  constructor(
    list: HTMLElement,
    readonly say: Say,
    readonly muted: (kind: AlertKind) => void,
    /** Where on the board it is; null for what has no place. */
    readonly place: (kind: AlertKind) => (() => void) | null,
  ) {
    this.#lines = new KeyedList(list, (kind) => this.#item(kind));
  }

  show(kinds: readonly AlertKind[]): void {
    this.#lines.show(kinds);
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
