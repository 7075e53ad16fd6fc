/** Since when a display shows something that may be old; breaks shorter than a blink are not worth a word. */

const WORTH_TELLING_MS = 1500;

export class Staleness {
  /** When the picture was last known to be the gateway's, by the page's clock. */
  #currentMs: number;
  /** When doubt began; null while there is none. Nothing is current before the first join. */
  #lostMs: number | null;
  #kept: Date | null = null;

  constructor(
    /** The page's clock: a wall clock may be wrong, or set meanwhile. */
    readonly elapsedMs: () => number,
    /** The server's time, as well as it is known. */
    readonly serverMs: () => number,
  ) {
    this.#currentMs = elapsedMs();
    this.#lostMs = this.#currentMs;
  }

  current(): void {
    this.#currentMs = this.elapsedMs();
    this.#lostMs = null;
    this.#kept = null;
  }

  lost(): void {
    this.#lostMs ??= this.elapsedMs();
  }

  /** How long there has been doubt; 0 while there is none. */
  get ms(): number {
    return this.#lostMs === null ? 0 : this.elapsedMs() - this.#lostMs;
  }

  /** The moment that the picture is of; null while all is well. */
  get since(): Date | null {
    if (this.ms < WORTH_TELLING_MS) return null;
    return this.#kept ?? new Date(this.serverMs() - (this.elapsedMs() - this.#currentMs));
  }

  /** A picture from before this page was loaded. */
  asOf(moment: Date): void {
    this.#kept = moment;
  }
}
