/** The placements this phone made that the board does not show yet: the optimistic layer, apart from the truth. */
import type { Position } from "../board/range";

export interface Placement {
  readonly rid: string;
  readonly x: number;
  readonly y: number;
  readonly color: number;
  readonly epoch: string;
  readonly sinceMs: number;
  /** Set by the confirmation; the layer keeps the pixel until the board has reached it, so that nothing flickers. */
  readonly seq?: number;
}

export class Placements {
  readonly #byRid = new Map<string, Placement>();

  /** In the order they were made: the last one at a position is the one to show. */
  get all(): readonly Placement[] {
    return [...this.#byRid.values()];
  }

  get unanswered(): readonly Placement[] {
    return this.all.filter((placement) => placement.seq === undefined);
  }

  add(placement: Placement): void {
    this.#byRid.set(placement.rid, placement);
  }

  confirm(rid: string, seq: number): void {
    const placement = this.#byRid.get(rid);
    if (placement) this.#byRid.set(rid, { ...placement, seq });
  }

  take(rid: string): Placement | undefined {
    const placement = this.#byRid.get(rid);
    this.#byRid.delete(rid);
    return placement;
  }

  /** Lets go of what the board now shows, or never will because another epoch began. */
  settle(board: Position): void {
    for (const { rid, seq, epoch } of this.all) {
      if (seq !== undefined && (epoch !== board.epoch || seq <= board.seq)) this.#byRid.delete(rid);
    }
  }

  takeOlderThan(limitMs: number, nowMs: number): readonly Placement[] {
    const old = this.unanswered.filter(({ sinceMs }) => nowMs - sinceMs >= limitMs);
    for (const { rid } of old) this.#byRid.delete(rid);
    return old;
  }
}
