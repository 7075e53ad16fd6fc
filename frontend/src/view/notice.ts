/** One line of words for the person: a lasting state, covered for some seconds by a passing message. */
import { setText } from "./element";

/** A function is asked again when the language changes. */
export type Words = string | (() => string);

export type Tone = "plain" | "good" | "bad";

const PASSES_AFTER_MS = 5000;

export class Notice {
  #lasting = "";
  #said: Words = "";
  #tone: Tone = "plain";
  #passing: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly element: HTMLElement) {}

  /** Shown whenever nothing else is; "" for nothing. */
  set lasting(text: string) {
    this.#lasting = text;
    if (this.#passing === undefined) this.#show(text, "plain");
  }

  say(words: Words, tone: Tone = "plain"): void {
    clearTimeout(this.#passing);
    [this.#said, this.#tone] = [words, tone];
    this.#show(spoken(words), tone);
    this.#passing = setTimeout(() => {
      this.#passing = undefined;
      this.#show(this.#lasting, "plain");
    }, PASSES_AFTER_MS);
  }

  /** What is still to be read is said in the language spoken now. */
  translate(): void {
    if (this.#passing !== undefined) this.#show(spoken(this.#said), this.#tone);
  }

  #show(text: string, tone: Tone): void {
    setText(this.element, text);
    this.element.dataset.tone = tone;
    // Not display: none, because a live region must exist before it speaks.
    this.element.classList.toggle("empty", text === "");
  }
}

const spoken = (words: Words): string => (typeof words === "string" ? words : words());
