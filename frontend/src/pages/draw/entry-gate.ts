/** Whether this person may draw as the entry rule is; what is needed to come in is loaded where somebody has to. */
import { codeIn, type EntryRule, isGated } from "../../model/board/entry-rule";
import type { InitialState } from "../../model/board/initial-state";
import type { Link } from "../../net/link";
import type { ComingIn, ComingInParts } from "./coming-in";

export interface EntryGateParts extends Omit<ComingInParts, "entered"> {
  readonly link: () => Link;
  /** What is needed to come in cannot be had now. */
  failed(): void;
}

export class EntryGate {
  #rule: EntryRule = { ways: ["open"], round: 0 };
  #entered = false;
  #comingIn: ComingIn | null = null;
  /** How often to join again until the server knows: the join on its way may not have had the token yet, and a socket that
   * was somebody else stays so. */
  #tries = 0;

  constructor(readonly parts: EntryGateParts) {
    const take = () => {
      const code = codeIn(location.hash);
      if (!code) return;
      history.replaceState(history.state, "", location.pathname);
      void this.#enter((comingIn) => void comingIn.enter(code));
    };
    take();
    addEventListener("hashchange", take);
  }

  /** Everybody else may draw, and this person only watches. */
  get outside(): boolean {
    return isGated(this.#rule) && !this.#entered;
  }

  adopt(rule: EntryRule): void {
    this.#rule = rule;
  }

  joined({ entered }: InitialState): void {
    if (entered === undefined) return;
    this.#entered = entered;
    if (entered || this.#tries === 0) this.#tries = 0;
    else this.#joinAgain();
  }

  open(): void {
    void this.#enter((comingIn) => comingIn.open());
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
