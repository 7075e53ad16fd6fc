/** How long to wait before the next try: doubling, and spread so that a crowd does not come back at once. */

export class Backoff {
  #tries = 0;

  constructor(
    readonly firstMs: number,
    readonly maxMs: number,
    readonly random: () => number,
  ) {}

  next(): number {
    const wait = Math.min(this.maxMs, this.firstMs * 2 ** this.#tries);
    this.#tries += 1;
    return wait * (0.5 + this.random());
  }

  reset(): void {
    this.#tries = 0;
  }
}
