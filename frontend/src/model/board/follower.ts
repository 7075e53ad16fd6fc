/** Keeps the board equal to the gateway's: takes snapshots, batches and deltas, and says when a `sync` is needed. */
import type { SyncDelta } from "./answers";
import type { Board } from "./board";
import type { Delta, InitialState } from "./initial-state";
import { decodePixels } from "./pixels";
import { decide, decodeRange, type Position } from "./range";

export type BatchOutcome = "applied" | "ignored" | "sync";

export class Follower {
  /** True while an answer to `join` or `sync` is on its way. It is never older than the batches that come before
   * it, and what comes after touches it: what arrives meanwhile can be dropped. */
  #holding = true;

  constructor(readonly board: Board) {}

  /** Where the board stands, to be resumed from; null before the first snapshot. */
  get position(): Position | null {
    const { epoch, seq, loaded } = this.board;
    return loaded ? { epoch, seq } : null;
  }

  hold(): void {
    this.#holding = true;
  }

  batch(text: string, rangeText: string): BatchOutcome {
    if (this.#holding) return "ignored";
    const range = decodeRange(rangeText);
    if (!range) return "sync";
    const verdict = decide(this.board, range);
    if (verdict !== "apply") return verdict === "ignore" ? "ignored" : "sync";
    const pixels = decodePixels(text);
    return pixels && this.board.apply(pixels, range.to) ? "applied" : "sync";
  }

  /** False when the answer does not fit what is known: the whole board must be asked for. */
  state(state: InitialState): boolean {
    const { content, settings } = state;
    if (content instanceof Uint8Array) this.board.load(state, settings, content);
    else if (!this.answer({ ...content, epoch: state.epoch })) return false;
    this.#holding = false;
    return true;
  }

  /**
   * A delta that the server was asked for from where the board is. It may call the epoch otherwise than it was called
   * before, having found that the position is one of its log.
   */
  answer(delta: SyncDelta | (Delta & Pick<Position, "epoch">)): boolean {
    const { epoch, from, to } = delta;
    const { seq } = this.board;
    // After a reset that came meanwhile the board is ahead of the answer.
    if (from <= seq && seq <= to) this.board.moveTo({ epoch, seq });
    return this.delta(delta);
  }

  delta(delta: SyncDelta | (Delta & Pick<Position, "epoch">)): boolean {
    const { epoch, from, to, pixels } = delta;
    const behind = to > this.board.seq;
    if (epoch !== this.board.epoch || from > this.board.seq) return false;
    if (behind && !this.board.apply(pixels, to)) return false;
    this.#holding = false;
    return true;
  }

  reset(at: Position): void {
    if (this.board.loaded) this.board.empty(at);
  }

  /** Nothing known can be trusted any more: the next join asks for everything. */
  forget(): void {
    this.board.moveTo({ epoch: "", seq: 0 });
    this.#holding = true;
  }
}
