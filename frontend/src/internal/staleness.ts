/** Since when a display shows something that may be old; breaks shorter than a blink are not worth a word. */

const WORTH_TELLING_MS = 1500;

export class Staleness {
  #since: Date | null;

  /** Nothing is current before the first join. */
  constructor(readonly clock: () => Date) {
    this.#since = clock();
  }

  current(): void {
    this.#since = null;
  }

  lost(): void {
    this.#since ??= this.clock();
  }

  /** "since 21:45" in the place's own time, or "" while all is well. */
  get text(): string {
    const since = this.#since;
    if (!since || this.clock().getTime() - since.getTime() < WORTH_TELLING_MS) return "";
    const two = (value: number) => String(value).padStart(2, "0");
    return `since ${two(since.getHours())}:${two(since.getMinutes())}`;
  }
}
