/** Since when a display shows something that may be old; breaks shorter than a blink are not worth a word. */

const WORTH_TELLING_MS = 1500;

export class Staleness {
  /** When the picture was last known to be the gateway's. */
  #currentAt: Date;
  /** When doubt began; null while there is none. Nothing is current before the first join. */
  #lostAt: Date | null;

  constructor(readonly clock: () => Date) {
    this.#currentAt = clock();
    this.#lostAt = this.#currentAt;
  }

  current(): void {
    this.#currentAt = this.clock();
    this.#lostAt = null;
  }

  lost(): void {
    this.#lostAt ??= this.clock();
  }

  /** How long there has been doubt; 0 while there is none. */
  get ms(): number {
    return this.#lostAt ? this.clock().getTime() - this.#lostAt.getTime() : 0;
  }

  /** "21:45", in the place's own time, or "" while all is well. */
  get time(): string {
    if (this.ms < WORTH_TELLING_MS) return "";
    const two = (value: number) => String(value).padStart(2, "0");
    return `${two(this.#currentAt.getHours())}:${two(this.#currentAt.getMinutes())}`;
  }

  get text(): string {
    return this.time && `since ${this.time}`;
  }

  /** A picture from before this page was loaded. */
  asOf(moment: Date): void {
    this.#currentAt = moment;
  }
}
