/** What is done with the whole board: closed and opened, emptied, and the safe picture and panic. */
import { listenToHolding } from "../../input/hold";
import type { BoardSettings } from "../../model/board/settings";
import type { Size } from "../../model/geometry";
import type { Say } from "../../texts/i18n";
import { dialogOf } from "../../view/dialog";
import { byId, setText } from "../../view/element";
import type { Actions } from "./actions";
import { minutesAfter } from "./ending";

export class BoardTools {
  readonly #readOnly = byId("read-only", HTMLButtonElement);
  readonly #panic = byId("panic", HTMLButtonElement);
  readonly #safe = byId("safe", HTMLButtonElement);
  /** How many minutes ago the board was that is approved. */
  readonly #safeAt = byId("safe-at", HTMLSelectElement);
  readonly #dialog = dialogOf(byId("confirm", HTMLElement));
  #inPanic = false;
  #approved = false;

  constructor(
    readonly actions: Actions,
    readonly say: Say,
    readonly board: () => Size,
  ) {
    this.#readOnly.addEventListener("click", () => this.#toggleReadOnly());
    this.#safe.addEventListener("click", () => void this.#approve());
    listenToHolding(this.#panic, () => void this.#togglePanic());
    byId("reset", HTMLButtonElement).addEventListener("click", () => this.#askReset());
    byId("confirm-reset", HTMLButtonElement).addEventListener("click", () => this.#reset());
  }

  adopt(settings: BoardSettings): void {
    // In panic nobody may draw, whether the board is closed or not.
    if (!settings.panic) this.#readOnly.setAttribute("aria-checked", String(settings.readOnly));
    this.#inPanic = settings.panic;
    this.#approved = settings.safePicture !== null;
    this.show();
  }

  /** Also once the language is another. */
  show(): void {
    document.body.dataset.panic = String(this.#inPanic);
    setText(byId("panic-words", HTMLElement), this.say(this.#inPanic ? "panic.end" : "panic"));
    this.#panic.title = this.say("panic.hold");
    setText(byId("safe-words", HTMLElement), this.say(this.#approved ? "safe.some" : "safe.none"));
  }

  signed(isSigned: boolean): void {
    this.#panic.disabled = !isSigned;
  }

  #toggleReadOnly(): void {
    const readOnly = this.#readOnly.getAttribute("aria-checked") !== "true";
    const what = this.say(readOnly ? "readOnly.on" : "readOnly.off");
    void this.actions.run(this.#readOnly, what, "/api/actions", { kind: "read-only", readOnly });
  }

  async #togglePanic(): Promise<void> {
    const ends = this.#inPanic;
    const what = this.say(ends ? "panic.end" : "panic");
    await this.actions.run(this.#panic, what, "/api/panic", {}, ends ? "DELETE" : "POST");
  }

  async #approve(): Promise<void> {
    const minutes = Number(this.#safeAt.value);
    const at = minutes > 0 ? { at: minutesAfter(this.actions.client.now, -minutes) } : {};
    await this.actions.run(this.#safe, this.say("safe"), "/api/safe-picture", at);
    this.#safeAt.value = "0";
  }

  #askReset(): void {
    const { width, height } = this.board();
    setText(byId("confirm-words", HTMLElement), this.say("reset.words", { size: `${width} × ${height}` }));
    this.#dialog.open();
  }

  #reset(): void {
    void this.actions.take(byId("reset", HTMLButtonElement), this.say("reset"), "reset");
  }
}
