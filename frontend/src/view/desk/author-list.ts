/** Who drew in a selection: names as people see them, their share, when; and for each, only theirs or all but theirs. */
import type { Author } from "../../model/desk/findings";
import type { Side } from "../../model/desk/selection";
import type { Say } from "../../texts/i18n";
import { isPressed, setLabel } from "../element";
import { clock } from "./clock";

const SIDES = ["in", "out"] as const;

export class AuthorList {
  #authors: readonly Author[] = [];

  constructor(
    readonly list: HTMLElement,
    readonly say: Say,
    /** Null takes a person out of the selection's filter. */
    readonly chosen: (person: string, side: Side | null) => void,
  ) {}

  show(people: ReadonlyMap<string, Side>, authors = this.#authors): void {
    this.#authors = authors;
    this.list.replaceChildren(...authors.map((author) => this.#item(author)));
    this.list.dataset.shown = String(authors.length);
    this.choose(people);
  }

  choose(people: ReadonlyMap<string, Side>): void {
    for (const button of this.list.querySelectorAll<HTMLButtonElement>("button[data-side]")) {
      const { person = "", side } = button.dataset;
      button.setAttribute("aria-pressed", String(people.get(person) === side));
    }
  }

  #item(author: Author): HTMLElement {
    const item = document.createElement("li");
    const words = document.createElement("span");
    const name = document.createElement("b");
    name.textContent = author.name;
    words.append(name, ` ${this.#words(author)}`);
    item.append(words, ...SIDES.map((side) => this.#button(author, side)));
    return item;
  }

  #words({ pixels, share, first, last }: Author): string {
    const percent = Math.round(100 * share);
    return this.say("author", { pixels, percent, first: clock(first), last: clock(last) });
  }

  #button({ person, name }: Author, side: Side): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = this.say(`author.${side}`);
    setLabel(button, `${button.textContent}: ${name}`);
    Object.assign(button.dataset, { person, side });
    button.addEventListener("click", () => this.chosen(person, isPressed(button) ? null : side));
    return button;
  }
}
