/** What is in force now, each with a button that ends it, and one that shows where it is. */
import type { InForceItem } from "../../model/desk/in-force";
import { timeOf } from "../../model/time-words";
import type { Say } from "../../texts/i18n";
import { byId, setLabel } from "../element";
import { KeyedList } from "../keyed-list";
import { shortList } from "./short-list";

export class InForceList {
  readonly #list = byId("in-force", HTMLElement);
  readonly #none = byId("in-force-none", HTMLElement);
  readonly #lines = new KeyedList<InForceItem>(this.#list, (item) => this.#item(item));

  constructor(
    readonly say: Say,
    readonly end: (item: InForceItem, button: HTMLButtonElement) => void,
    readonly look: (item: InForceItem) => void,
  ) {}

  show(items: readonly InForceItem[]): void {
    this.#lines.show(items);
    this.#list.hidden = items.length === 0;
    this.#none.hidden = items.length > 0;
  }

  /** What people call it. */
  nameOf({ kind, about, area }: InForceItem): string {
    return [this.say(`kind.${kind}`), area ? this.say("inForce.area", { ...area }) : shortList(about)]
      .filter((part) => part !== "")
      .join(": ");
  }

  #item(item: InForceItem): HTMLElement {
    const line = document.createElement("li");
    line.dataset.kind = item.kind;
    const words = document.createElement("span");
    const name = document.createElement("b");
    name.textContent = this.nameOf(item);
    words.append(name, this.#details(item));
    const end = this.#button("inForce.end", item, (button) => this.end(item, button));
    line.append(words, ...(item.area ? [this.#button("alert.show", item, () => this.look(item))] : []), end);
    return line;
  }

  #details({ kind, reason, until }: InForceItem): string {
    const time = until && timeOf(until, new Date(), navigator.language);
    const end = time ? this.say("inForce.until", { time }) : this.say("until.good");
    return [reason, kind === "panic" ? "" : end].map((part) => part && ` · ${part}`).join("");
  }

  #button(key: string, item: InForceItem, press: (button: HTMLButtonElement) => void): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = this.say(key);
    setLabel(button, `${button.textContent}: ${this.nameOf(item)}`);
    button.addEventListener("click", () => press(button));
    return button;
  }
}
