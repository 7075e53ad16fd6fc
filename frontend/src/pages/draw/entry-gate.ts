/** Whether this person may draw as the entry rule is; what is needed to come in is loaded where somebody has to. */
import { type EntryRule, isGated } from "../../model/board/entry-rule";
import type { InitialState } from "../../model/board/initial-state";
import type { Link } from "../../net/link";
import type { ComingIn, ComingInParts } from "./coming-in";

const SHOWN = /^#(code|ticket)=/;

export interface EntryGateParts extends Omit<ComingInParts, "entered"> {
  readonly link: () => Link;
}

export class EntryGate {
  #rule: EntryRule = { ways: ["open"], round: 0 };
  #entered = false;
  #owesWork = false;
  /** Once by itself; later when the person wants to place. */
  #hasOpened = false;
  #comingIn: ComingIn | null = null;
  /** How often to join again until the server knows: the join on its way may not have had the token yet, and a socket that
   * was somebody else stays so. */
  #tries = 0;

  constructor(readonly parts: EntryGateParts) {
    this.#take();
    addEventListener("hashchange", () => this.#take());
  }

  /** What an address has to come in by is not left in it. */
  #take(): void {
    const { hash, pathname } = location;
    if (!SHOWN.test(hash)) return;
    history.replaceState(history.state, "", pathname);
    void this.#enter((comingIn) => comingIn.take(hash));
  }

  /** Everybody else may draw, and this person only watches. */
  get outside(): boolean {
    return (this.#owesWork || isGated(this.#rule)) && !this.#entered;
  }

  get byCode(): boolean {
    return this.#rule.ways.includes("code");
  }

  adopt(rule: EntryRule): void {
    this.#rule = rule;
  }

  joined({ entered, owesWork = false }: InitialState): void {
    this.#comingIn?.named();
    if (entered === undefined) return;
    this.#entered = entered;
    this.#owesWork = owesWork;
    if (entered || this.#tries === 0) this.#tries = 0;
    else this.#joinAgain();
    if (this.outside && !isGated(this.#rule) && this.#tries === 0 && !this.#hasOpened) this.open();
  }

  open(): void {
    this.#hasOpened = true;
    const ways = isGated(this.#rule) ? this.#rule.ways : ["work"];
    void this.#enter((comingIn) => comingIn.open(ways));
  }

  #joinAgain(): void {
    this.#tries -= 1;
    const link = this.parts.link();
    if (this.#tries > 0) link.joinAgain();
    else link.reconnect();
  }

  async #enter(then: (comingIn: ComingIn) => void): Promise<void> {
    try {
      const { ComingIn } = await import("./coming-in");
      this.#comingIn ??= new ComingIn({ ...this.parts, entered: () => this.#hasEntered() });
    } catch {
      this.parts.failed();
      return;
    }
    then(this.#comingIn);
  }

  #hasEntered(): void {
    this.#tries = 2;
    if (this.parts.link().live) this.#joinAgain();
  }
}
