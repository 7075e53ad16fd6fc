/** A person comes in by the code that a wall shows, from its QR code or letter by letter. */
import type { TextStore } from "../../model/text-store";
import { enter } from "../../net/entrance/entry";
import { browserStore } from "../../storage/browser-store";
import { type EntryKey, entry } from "../../texts/entry";
import { type Language, Translator } from "../../texts/i18n";
import { EntrySheet } from "../../view/draw/entry-sheet";

export interface ComingInParts {
  language(): Language;
  /** Where what proves who somebody is is kept. */
  readonly token: TextStore;
  /** The token may draw from here on. */
  entered(): void;
  say(words: () => string): void;
}

const KNOWN = new Set(["wrong", "spent", "tries", "elsewhere", "way"]);

export class ComingIn {
  readonly #translator: Translator<EntryKey>;
  readonly #sheet: EntrySheet;

  constructor(readonly parts: ComingInParts) {
    this.#translator = new Translator(entry, parts.language());
    this.#sheet = new EntrySheet(this.#say, (code) => void this.enter(code));
  }

  open(): void {
    this.#sheet.open();
  }

  /** Opens the sheet where the code does not do. */
  async enter(code: string): Promise<void> {
    this.#sheet.busy = true;
    this.#sheet.tell(this.#say("entry.sending"));
    const answer = await enter(this.parts.token.read() ?? "", code);
    this.#sheet.busy = false;
    if (answer.code === "entered") {
      this.parts.token.write(answer.token);
      this.parts.entered();
    }
    if (answer.code === "entered" || answer.code === "way") {
      this.#sheet.close();
      this.parts.say(() => this.#say(answer.code === "way" ? "entry.way" : this.#welcome));
    } else this.#sheet.open(this.#say(KNOWN.has(answer.code) ? `entry.${answer.code}` : "entry.failed"));
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
