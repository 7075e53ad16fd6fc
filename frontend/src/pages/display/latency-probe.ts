/** Measures how long placements take to this screen; see `model/wall/server-clock.ts` for the clocks. */
import type { Change } from "../../model/board/changes/change";
import { Latencies, type ServerClock } from "../../model/wall/server-clock";
import { readLog } from "../../net/log";

const MEASURE_INTERVAL_MS = 2000;
const CLOCK_INTERVAL_MS = 20_000;
/** No seq is larger: the answer has no change, only the server's time. */
const BEYOND_ALL = 999_999_999_999_999;

export interface LatencyProbeParts {
  readonly clock: ServerClock;
  /** False while the picture does not follow the server. */
  live(): boolean;
  /** The change that was drawn at `seq`, where the page has it; undefined where the log must be asked. */
  drawnChange?(): Change | null;
  measured(latencies: Latencies): void;
}

export class LatencyProbe {
  readonly latencies = new Latencies();
  #drawn = { seq: 0, ms: 0 };
  #measuredSeq = 0;
  #sampledMs = Number.NEGATIVE_INFINITY;

  constructor(readonly parts: LatencyProbeParts) {
    setInterval(() => void this.#measure(), MEASURE_INTERVAL_MS);
    void this.#measure();
  }

  /** The picture at `seq` has been drawn just now. */
  drawn(seq: number): void {
    if (seq !== this.#drawn.seq) this.#drawn = { seq, ms: this.parts.clock.localMs() };
  }

  /** What came with a join was placed while this screen did not listen: that is no latency. */
  joinedAt(seq: number): void {
    this.#measuredSeq = seq;
  }

  async #measure(): Promise<void> {
    const { clock, live, measured } = this.parts;
    const { seq, ms } = this.#drawn;
    const isNew = seq > this.#measuredSeq && live();
    this.#measuredSeq = Math.max(this.#measuredSeq, seq);
    if (!isNew) return this.#sampleSometimes();
    const change = await this.#changeAt(seq);
    const isKnown = Number.isFinite(clock.errorMs);
    if (isKnown && change?.seq === seq && !change.kind.byOrganiser)
      this.latencies.add(clock.onServer(ms) - change.atMs);
    measured(this.latencies);
  }

  async #changeAt(seq: number): Promise<Change | null | undefined> {
    const { drawnChange, clock } = this.parts;
    return drawnChange ? drawnChange() : (await readLog(`after=${seq - 1}`, clock))?.changes[0];
  }

  async #sampleSometimes(): Promise<void> {
    if (performance.now() - this.#sampledMs >= CLOCK_INTERVAL_MS) await this.sampleClock();
  }

  async sampleClock(): Promise<void> {
    if (await readLog(`after=${BEYOND_ALL}`, this.parts.clock)) this.#sampledMs = performance.now();
  }
}
