/** The slider of an evening, the marks upon it, and the moment in words. */
import type { Say } from "../../texts/i18n";
import { byId, setText } from "../element";

/** A slider's steps: finer than a screen has dots. */
const STEPS = 100_000;
const PAGE_PART = 20;
/** Marks closer than this part of the slider are one. */
const CLOSE = 0.004;

export interface TimelineMark {
  readonly atMs: number;
  readonly kind: string;
}

export class Timeline {
  readonly #slider = byId("time", HTMLInputElement);
  readonly #marks = byId("marks", HTMLElement);
  readonly #jump = byId("jump", HTMLSelectElement);
  readonly #words = byId("moment", HTMLElement);
  #begin = 0;
  #end = 0;

  constructor(
    readonly say: Say,
    readonly locale: string,
    /** Somebody moves the slider, or chooses a marked moment. */
    readonly chose: (ms: number) => void,
  ) {
    this.#slider.max = String(STEPS);
    this.#slider.addEventListener("input", () => chose(this.#ms(Number(this.#slider.value))));
    this.#slider.addEventListener("keydown", (event) => this.#page(event));
    this.#jump.addEventListener("change", () => {
      if (this.#jump.value !== "") chose(Number(this.#jump.value));
      this.#jump.value = "";
    });
  }

  #ms = (step: number): number => this.#begin + ((this.#end - this.#begin) * step) / STEPS;

  /** A browser's own page step is a tenth, which is half an hour of an evening. */
  #page(event: KeyboardEvent): void {
    const way = { PageUp: 1, PageDown: -1 }[event.key];
    if (way === undefined) return;
    event.preventDefault();
    this.chose(this.#ms(Number(this.#slider.value) + (way * STEPS) / PAGE_PART));
  }

  /** Which time the slider covers, and what is marked in it. */
  adopt(beginMs: number, endMs: number, marks: readonly TimelineMark[]): void {
    this.#begin = beginMs;
    this.#end = Math.max(beginMs + 1, endMs);
    const inside = marks.filter(({ atMs }) => atMs >= beginMs && atMs <= endMs);
    let last = Number.NEGATIVE_INFINITY;
    const dashes = inside.flatMap(({ atMs }) => {
      const part = (atMs - beginMs) / (this.#end - beginMs);
      if (part - last < CLOSE) return [];
      last = part;
      const dash = document.createElement("i");
      dash.style.left = `${100 * part}%`;
      return [dash];
    });
    this.#marks.replaceChildren(...dashes);
    const options = inside.map(
      ({ atMs, kind }) =>
        new Option(
          this.say("mark", { time: this.#time(atMs), what: this.say(`mark.${kind}`) }),
          String(atMs),
        ),
    );
    this.#jump.replaceChildren(new Option(this.say("jump"), ""), ...options);
    this.#jump.hidden = options.length === 0;
  }

  show(ms: number): void {
    this.#slider.value = String(Math.round(((ms - this.#begin) / (this.#end - this.#begin)) * STEPS));
    const words = this.#time(ms);
    this.#slider.setAttribute("aria-valuetext", words);
    setText(this.#words, words);
  }

  #time(ms: number): string {
    return new Date(ms).toLocaleString(this.locale, { dateStyle: "short", timeStyle: "medium" });
  }
}
