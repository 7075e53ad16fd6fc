/** The sheet that shows how far a newcomer's device is with its work. */

import type { Say } from "../../../texts/i18n";
import { dialogOf } from "../../dialog";
import { byId, setText } from "../../element";
import { translate } from "../../translate";

export class WorkSheet {
  /** The entry sheet brings it. */
  readonly #sheet = dialogOf(byId("work-sheet", HTMLElement));
  readonly #progress = byId("work-progress", HTMLProgressElement);
  readonly #again = byId("work-again", HTMLButtonElement);

  constructor(
    readonly say: Say,
    begin: () => void,
    readonly left: () => void,
  ) {
    byId("work-close", HTMLButtonElement).addEventListener("click", () => this.close());
    this.#again.addEventListener("click", begin);
    // By its button, a touch beside it, or Escape.
    new MutationObserver(() => this.#isOpen || this.left()).observe(this.#sheet.element, {
      attributeFilter: ["open"],
    });
  }

  /** The work has begun. */
  begin(): void {
    translate(this.#sheet.element, this.say);
    if (!this.#isOpen) this.#sheet.open();
    this.show(0);
    this.#tell("work.working", false);
  }

  /** From 0 to 1. */
  show(done: number): void {
    this.#progress.value = done;
  }

  /** The work is done; others come in first. */
  wait(): void {
    this.#tell("work.crowded", false);
  }

  failed(): void {
    this.#tell("work.failed", true);
  }

  close(): void {
    if (this.#isOpen) this.#sheet.close();
  }

  #tell(key: string, hasFailed: boolean): void {
    setText(byId("work-words", HTMLElement), this.say(key));
    this.#again.hidden = !hasFailed;
  }

  get #isOpen(): boolean {
    return this.#sheet.element.hasAttribute("open");
  }
}
