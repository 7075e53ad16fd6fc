/** The sheet in which a person gives the letters that a wall shows: for phones without a camera, and by keyboard. */

import type { Say } from "../../texts/i18n";
import { addDialog } from "../dialog";
import { byId, setText } from "../element";
import { translate } from "../translate";
import html from "./entry-sheet.html?fragment";

const LETTERS = 6;

export class EntrySheet {
  readonly #sheet = addDialog(html, "entry-sheet");
  readonly #code = byId("entry-code", HTMLInputElement);
  readonly #letters = byId("entry-letters", HTMLElement);
  readonly #ticket = byId("entry-ticket", HTMLButtonElement);
  readonly #work = byId("entry-work", HTMLButtonElement);
  readonly #words = byId("entry-words", HTMLElement);
  busy = false;

  constructor(
    readonly say: Say,
    readonly given: (code: string) => void,
    showTicket: () => void,
    worked: () => void,
  ) {
    this.#ticket.addEventListener("click", showTicket);
    this.#work.addEventListener("click", worked);
    byId("entry-close", HTMLButtonElement).addEventListener("click", () => this.close());
    this.#sheet.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#code.addEventListener("input", () => {
      if (this.#typed.length === LETTERS) this.#send();
    });
  }

  /** Whether walls show letters that let in. */
  set hasCode(may: boolean) {
    for (const element of [this.#letters, byId("entry-hint", HTMLElement), byId("entry-send", HTMLElement)])
      element.hidden = !may;
  }

  /** Whether a ticket lets in, too. */
  set hasTicket(may: boolean) {
    this.#ticket.hidden = !may;
  }

  /** Whether the device may work instead. */
  set hasWork(may: boolean) {
    this.#work.hidden = !may;
  }

  /** With what became of a code that was given already, if any. */
  open(words = ""): void {
    translate(this.#sheet.element, this.say);
    this.#code.value = "";
    this.tell(words);
    if (!this.#sheet.element.hasAttribute("open")) this.#sheet.open();
    if (this.#letters.hidden) this.#ticket.focus();
    else this.#code.focus();
  }

  close(): void {
    if (this.#sheet.element.hasAttribute("open")) this.#sheet.close();
  }

  tell(words: string): void {
    setText(this.#words, words);
  }

  get #typed(): string {
    return this.#code.value.replace(/[^a-z]/gi, "");
  }

  #send(): void {
    if (!this.busy && this.#typed) this.given(this.#typed);
  }
}
