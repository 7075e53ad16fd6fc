/** The list of what organisers did: what, who, when, why, how much, and a button that undoes it. */
import type { DoneAction } from "../../model/desk/findings";
import type { Say } from "../../texts/i18n";
import { setLabel } from "../element";
import { KeyedList } from "../keyed-list";
import { clock } from "./clock";

export class ActionList {
  readonly #lines: KeyedList<DoneAction>;

  constructor(
    list: HTMLElement,
    readonly say: Say,
    readonly undo: (action: DoneAction, button: HTMLButtonElement) => void,
  ) {
    this.#lines = new KeyedList(list, (action) => this.#item(action));
  }

  show(actions: readonly DoneAction[]): void {
    this.#lines.show(actions);
  }

  /** What people call it, with its number. */
  nameOf({ kind, undoes, seq }: DoneAction): string {
    const name = this.say(`kind.${kind}`);
    return undoes === null ? `${name} #${seq}` : this.say("undo.what", { what: `#${undoes}` });
  }

  #item(action: DoneAction): HTMLElement {
    const item = document.createElement("li");
    item.dataset.seq = String(action.seq);
    item.dataset.undone = String(action.isUndone);
    const words = document.createElement("span");
    const name = document.createElement("b");
    name.textContent = this.nameOf(action);
    words.append(name, ` ${this.#words(action)}`);
    item.append(words);
    if (!action.isUndone) item.append(this.#button(action));
    return item;
  }

  #words({ at, by, reason, changed, left, isUndone }: DoneAction): string {
    const counts = changed === null ? "" : this.say("result.counts", { changed, left: left ?? 0 });
    return [clock(at), by || this.say("by.unknown"), reason, counts, isUndone ? this.say("undone") : ""]
      .filter((part) => part !== "")
      .join(" · ");
  }

  #button(action: DoneAction): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = this.say("undo");
    setLabel(button, this.say("undo.what", { what: this.nameOf(action) }));
    button.addEventListener("click", () => this.undo(action, button));
    return button;
  }
}
