/** One line of words for the person: a lasting state, covered for some seconds by a passing message. */
import { setText } from "./element";

export type Tone = "plain" | "good" | "bad";

const PASSES_AFTER_MS = 5000;

export class Notice {
  #lasting = "";
  #passing: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly element: HTMLElement) {}

  /** Shown whenever nothing else is; "" for nothing. */
  set lasting(text: string) {
    this.#lasting = text;
    if (this.#passing === undefined) this.#show(text, "plain");
  }

  say(text: string, tone: Tone = "plain"): void {
    clearTimeout(this.#passing);
    this.#show(text, tone);
    this.#passing = setTimeout(() => {
      this.#passing = undefined;
      this.#show(this.#lasting, "plain");
    }, PASSES_AFTER_MS);
  }

  #show(text: string, tone: Tone): void {
    setText(this.element, text);
    this.element.dataset.tone = tone;
    // Not display: none, because a live region must exist before it speaks.
    this.element.classList.toggle("empty", text === "");
  }
}
