/** The board as a delayed wall shows it: an earlier one, and upon it the log as it becomes old enough. Its only writer. */
import { Board } from "../board/board";
import type { Change } from "../board/changes/change";
import type { Position } from "../board/range";
import { DelayBuffer } from "./delay-buffer";

export class DelayedBoard {
  readonly board = new Board();
  readonly #buffer: DelayBuffer;
  /** How far the log has been read. */
  #read: Position = { epoch: "", seq: 0 };
  #arrivedMs = Number.NEGATIVE_INFINITY;
  /** The last placement shown in its time, for measuring how long it took. */
  newest: Change | null = null;

  constructor(readonly delayMs: number) {
    this.#buffer = new DelayBuffer(delayMs);
  }

  get read(): Position {
    return this.#read;
  }

  /** What was read is not gone on from; the picture stays. */
  forget(): void {
    this.#buffer.clear();
    this.#read = { epoch: "", seq: 0 };
  }

  load(at: Position, shape: Pick<Board, "width" | "height" | "colors">, pixels: Uint8Array): void {
    this.#buffer.clear();
    this.board.load(at, shape, pixels);
    this.#read = { epoch: at.epoch, seq: at.seq };
    this.#arrivedMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * Takes the log that follows what was read, `nowMs` on a clock that only goes forward. False when it does not
   * follow: then a new beginning is needed. `serverMs` is the server's clock when it answered, `called` what it calls
   * the epoch that was read.
   */
  take(changes: readonly Change[], nowMs: number, serverMs: number, called = this.#read.epoch): boolean {
    let { seq } = this.#read;
    let epoch = called;
    for (const change of changes) {
      if (change.seq !== seq + 1 || (change.epoch !== epoch && !change.kind.beginsEpoch)) return false;
      ({ epoch, seq } = change);
    }
    // The server's clock may have been set in between. What came since the last answer is no older than that answer.
    const maxAgeMs = nowMs - this.#arrivedMs;
    for (const change of this.#buffer.add(changes, nowMs, ({ atMs }) => Math.min(serverMs - atMs, maxAgeMs)))
      this.#show(change);
    this.#read = { epoch, seq };
    this.#arrivedMs = nowMs;
    return true;
  }

  /** True when the picture changed. */
  advance(nowMs: number): boolean {
    const due = this.#buffer.due(nowMs);
    for (const change of due) this.#show(change);
    this.newest = due[due.length - 1] ?? this.newest;
    return due.length > 0;
  }

  #show(change: Change): void {
    // An organiser's change has overtaken the placements that are held: the number only says how far it goes.
    change.kind.paint(this.board, change, Math.max(change.seq, this.board.seq));
  }
}
