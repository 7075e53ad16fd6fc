/** The colour a person chose last: a phone may throw the page away while it is in a pocket. */
import { browserStore } from "./browser-store";

export class LastColor {
  readonly #store = browserStore(() => localStorage, "beeplace.color");

  /** Its index in a palette; null when there is none, or this palette lacks it. */
  indexIn(colors: readonly string[]): number | null {
    const index = colors.indexOf(this.#store.read() ?? "");
    return index < 0 ? null : index;
  }

  write(hex: string): void {
    this.#store.write(hex);
  }
}
