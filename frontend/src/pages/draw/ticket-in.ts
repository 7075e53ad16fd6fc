/** A person comes in by a ticket: from the link of the ticket, pasted, or typed. */
import { type EntryAnswer, enter } from "../../net/entrance/entry";
import { type Language, Translator } from "../../texts/i18n";
import { type TicketKey, ticket as texts } from "../../texts/ticket";
import { TicketSheet } from "../../view/draw/entrance/ticket-sheet";

const KNOWN = new Set(["invalid", "revoked", "other", "early", "over", "used", "tries"]);

export interface TicketInParts {
  language(): Language;
  /** What proves who somebody is. */
  token(): string;
  answered(answer: EntryAnswer): void;
}

export class TicketIn {
  readonly #translator: Translator<TicketKey>;
  readonly #sheet: TicketSheet;

  constructor(readonly parts: TicketInParts) {
    this.#translator = new Translator(texts, parts.language());
    this.#sheet = new TicketSheet(this.#say, (ticket) => void this.show(ticket));
  }

  open(): void {
    this.#sheet.open();
  }

  /** Opens the sheet where the ticket does not do; it stays in the field, for a slip to be put right. */
  async show(ticket: string): Promise<void> {
    this.#sheet.busy = true;
    this.#sheet.tell(this.#say("ticket.sending"));
    const answer = await enter(this.parts.token(), { ticket });
    this.#sheet.busy = false;
    if (answer.code === "entered" || answer.code === "way") {
      this.#sheet.close();
      this.parts.answered(answer);
    } else
      this.#sheet.open(ticket, this.#say(KNOWN.has(answer.code) ? `ticket.${answer.code}` : "ticket.failed"));
  }

  readonly #say = (key: string): string => {
    this.#translator.language = this.parts.language();
    return this.#translator.say(key as TicketKey);
  };
}
