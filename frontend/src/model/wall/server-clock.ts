/** The server's clock, as seen from here, and how long a placement takes to the wall.
 *
 * Two clocks are never equal, so the offset is measured as NTP does it: an answer carries the server's time, which was
 * read somewhere between sending and receiving; the middle is taken, and half the round trip is how wrong it can be.
 * Of the last answers the one with the shortest round trip counts. A placement's way is then the moment its picture was
 * drawn, on the server's clock, minus the moment its commit began (`at_ms` of the log).
 */

interface Sample {
  readonly takenMs: number;
  readonly offsetMs: number;
  readonly errorMs: number;
}

const SAMPLES_KEPT = 8;
/** How far two clocks may drift apart, a share of the time; quartzes of phones keep within half of it. */
const DRIFT = 0.0002;
const LATENCIES_KEPT = 50;

export class ServerClock {
  #samples: Sample[] = [];
  /** What this machine's clock says while there is no sample. */
  #best: Sample = { takenMs: 0, offsetMs: 0, errorMs: Number.POSITIVE_INFINITY };

  constructor(readonly localMs: () => number) {}

  get nowMs(): number {
    return this.onServer(this.localMs());
  }

  get errorMs(): number {
    return this.#errorOf(this.#best);
  }

  /** A moment of this machine on the server's clock. */
  onServer(localMs: number): number {
    return localMs + this.#best.offsetMs;
  }

  sample(sentMs: number, receivedMs: number, serverMs: number): void {
    if (!Number.isFinite(serverMs) || receivedMs < sentMs) return;
    const taken: Sample = {
      takenMs: receivedMs,
      offsetMs: serverMs - (sentMs + receivedMs) / 2,
      errorMs: (receivedMs - sentMs) / 2,
    };
    // What cannot be true beside the newest was measured before one of the clocks was set.
    const agreeing = this.#samples.filter((known) => this.#agree(known, taken));
    this.#samples = [...agreeing, taken].slice(-SAMPLES_KEPT);
    this.#best = this.#samples.reduce((best, sample) =>
      this.#errorOf(sample) < this.#errorOf(best) ? sample : best,
    );
  }

  /** This machine's clock may have made a step: what was measured counts as a guess until the next answer. */
  doubt(): void {
    this.#samples = [];
    this.#best = { ...this.#best, errorMs: Number.POSITIVE_INFINITY };
  }

  #agree(one: Sample, other: Sample): boolean {
    return Math.abs(one.offsetMs - other.offsetMs) <= this.#errorOf(one) + this.#errorOf(other) + 1;
  }

  /** Clocks drift: what was measured long ago is known less exactly. */
  #errorOf({ takenMs, errorMs }: Sample): number {
    return errorMs + Math.max(0, this.localMs() - takenMs) * DRIFT;
  }
}

/** The ways of the last placements to this screen. */
export class Latencies {
  readonly #ms: number[] = [];

  add(ms: number): void {
    // Less than nothing only says that the clocks' offset is not that exact.
    this.#ms.push(Math.max(0, ms));
    if (this.#ms.length > LATENCIES_KEPT) this.#ms.shift();
  }

  get count(): number {
    return this.#ms.length;
  }

  get medianMs(): number {
    const sorted = [...this.#ms].sort((one, other) => one - other);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }

  get worstMs(): number {
    return Math.max(0, ...this.#ms);
  }
}
