/** The sheet in which a person types or pastes a ticket. */

import type { Say } from "../../../texts/i18n";
import { addDialog } from "../../dialog";
import { byId, setText } from "../../element";
import { translate } from "../../translate";
import html from "./ticket-sheet.html?fragment";

export class TicketSheet {
  readonly #sheet = addDialog(html, "ticket-sheet");
  readonly #text = byId("ticket-text", HTMLInputElement);
  readonly #words = byId("ticket-words", HTMLElement);
  busy = false;

  constructor(
    readonly say: Say,
    readonly given: (ticket: string) => void,
  ) {
    byId("ticket-close", HTMLButtonElement).addEventListener("click", () => this.close());
    this.#sheet.element.addEventListener("submit", (event) => {
      event.preventDefault();
      const ticket = this.#text.value.trim();
      if (!this.busy && ticket) this.given(ticket);
    });
  }

  /** With a ticket that was given already, and what became of it. */
  open(ticket = "", words = ""): void {
    translate(this.#sheet.element, this.say);
    this.#text.value = ticket;
    this.tell(words);
    if (!this.#isOpen) this.#sheet.open();
    this.#text.focus();
    this.#text.select();
  }

  close(): void {
    if (this.#isOpen) this.#sheet.close();
  }

  tell(words: string): void {
    setText(this.#words, words);
  }

  get #isOpen(): boolean {
    return this.#sheet.element.hasAttribute("open");
  }
}
