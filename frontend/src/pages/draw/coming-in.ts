/** A person comes in: by the code that a wall shows, from its QR code or letter by letter, by a ticket, or by work. */
import { codeIn, ticketIn } from "../../model/entrance/shown-in-address";
import type { TextStore } from "../../model/text-store";
import { type EntryAnswer, enter } from "../../net/entrance/entry";
import { browserStore } from "../../storage/browser-store";
import { type EntryKey, entry } from "../../texts/entry";
import { type Language, Translator } from "../../texts/i18n";
import { EntrySheet } from "../../view/draw/entry-sheet";
import type { TicketIn } from "./ticket-in";
import type { WorkingIn } from "./working-in";

export interface ComingInParts {
  language(): Language;
  /** Where what proves who somebody is is kept. */
  readonly token: TextStore;
  /** The token may draw from here on. */
  entered(): void;
  /** What is needed to come in cannot be had now. */
  failed(): void;
  say(words: () => string): void;
}

const KNOWN = new Set(["wrong", "spent", "tries", "elsewhere", "way"]);

export class ComingIn {
  readonly #translator: Translator<EntryKey>;
  readonly #sheet: EntrySheet;
  #ticket: TicketIn | null = null;
  /** A ticket that waits for this person's name. */
  #waiting: string | null = null;
  #working: WorkingIn | null = null;

  constructor(readonly parts: ComingInParts) {
    this.#translator = new Translator(entry, parts.language());
    this.#sheet = new EntrySheet(
      this.#say,
      (code) => void this.enter(code),
      () => void this.showTicket(),
      () => void this.#work(),
    );
  }

  /** By one of these ways. */
  open(ways: readonly string[]): void {
    this.#sheet.hasCode = ways.includes("code");
    this.#sheet.hasTicket = ways.includes("ticket");
    this.#sheet.hasWork = ways.includes("work");
    // Where there is another way beside tickets, the sheet has them all.
    if (ways.includes("code") || ways.length > 1) this.#sheet.open();
    else if (ways.includes("ticket")) void this.showTicket();
    else void this.#work();
  }

  /** What an address has. */
  take(hash: string): void {
    const code = codeIn(hash);
    if (code) void this.enter(code);
    this.#waiting = ticketIn(hash);
    if (this.parts.token.read()) this.named();
  }

  /** This person has a name. A ticket becomes theirs who shows it: were its answer lost, nobody else could ask again. */
  named(): void {
    const ticket = this.#waiting;
    this.#waiting = null;
    if (ticket) void this.showTicket(ticket);
  }

  /** Opens the sheet where the code does not do. */
  async enter(code: string): Promise<void> {
    this.#sheet.busy = true;
    this.#sheet.tell(this.#say("entry.sending"));
    const answer = await enter(this.parts.token.read() ?? "", { code });
    this.#sheet.busy = false;
    if (answer.code === "entered" || answer.code === "way") {
      this.#sheet.close();
      this.#answered(answer);
    } else this.#sheet.open(this.#say(KNOWN.has(answer.code) ? `entry.${answer.code}` : "entry.failed"));
  }

  /** The one that is given, or that the person then types. */
  async showTicket(ticket?: string): Promise<void> {
    const loaded = await this.#loaded(() => import("./ticket-in"));
    if (!loaded) return;
    this.#ticket ??= new loaded.TicketIn(this.#person);
    this.#sheet.close();
    if (ticket) await this.#ticket.show(ticket);
    else this.#ticket.open();
  }

  async #work(): Promise<void> {
    const loaded = await this.#loaded(() => import("./working-in"));
    if (!loaded) return;
    this.#working ??= new loaded.WorkingIn(this.#person);
    this.#sheet.close();
    await this.#working.begin();
  }

  /** What is loaded when somebody wants it; null where it cannot be had now. */
  async #loaded<Part>(load: () => Promise<Part>): Promise<Part | null> {
    try {
      return await load();
    } catch {
      this.parts.failed();
      return null;
    }
  }

  /** Who comes in, for a way of their own. */
  get #person() {
    return {
      language: () => this.parts.language(),
      token: () => this.parts.token.read() ?? "",
      answered: (answer: EntryAnswer) => this.#answered(answer),
    };
  }

  #answered(answer: EntryAnswer): void {
    if (answer.code === "entered") {
      this.parts.token.write(answer.token);
      this.parts.entered();
    }
    this.parts.say(() => this.#say(answer.code === "way" ? "entry.way" : this.#welcome));
  }

  /** The browsers in which Wi-Fi portals open pages keep neither cookies nor storage. */
  get #welcome(): string {
    const isKept =
      navigator.cookieEnabled && browserStore(() => localStorage, "beeplace.token").read() !== null;
    return isKept ? "entry.welcome" : "entry.forgetful";
  }

  readonly #say = (key: string, parts?: Record<string, string | number>): string => {
    this.#translator.language = this.parts.language();
    return this.#translator.say(key as EntryKey, parts);
  };
}
