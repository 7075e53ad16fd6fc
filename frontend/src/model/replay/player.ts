/** The board at any moment of an evening: from the nearest board that is known, and the pieces after it. */
import type { Board } from "../board/board";
import type { Change } from "../board/changes/change";
import { countUntil, type Evening, epochAt, type PieceRef } from "./evening";
import { decodePiece, type Piece, pieceOf } from "./piece";

/** Where pieces come from: a server, or a folder. Each answers null when it cannot now. */
export interface PieceSource {
  bytes(url: string): Promise<Uint8Array | null>;
  /** The log after an entry, which is in no piece yet; empty when there is nothing more. */
  rest(after: number): Promise<readonly Change[] | null>;
}

/** The same, and what says which pieces there are. */
export interface EveningSource extends PieceSource {
  readIndex(): Promise<Evening | null>;
}

/** Of 65,536 entries each, about 0.9 MB. */
const MAX_PIECES = 24;
const MAX_BOARD_BYTES = 48_000_000;

export class ReplayPlayer {
  /** The last entry that the board shows. */
  seq = 0;
  #refs: PieceRef[];
  readonly #pieces = new Map<number, Piece>();
  readonly #loading = new Map<number, Promise<Piece | null>>();
  /** Boards as they were before pieces, by the seq of the last entry that they show. */
  readonly #boards = new Map<number, Uint8Array>();
  #wish = 0;
  #expected = -1;
  /** Kept for good: what is in no piece of the server's cannot be asked for by a name. */
  readonly #rest = new Map<number, Piece>();

  constructor(
    readonly evening: Evening,
    readonly source: PieceSource,
    readonly board: Board,
  ) {
    this.#refs = [...evening.pieces];
    this.#clear();
  }

  get beginMs(): number {
    return this.#refs[0]?.atMs ?? 0;
  }

  get endMs(): number {
    return this.#refs[this.#refs.length - 1]?.untilMs ?? 0;
  }

  /** Reads what came after the last piece, as far as the log goes now. False when it cannot be read. */
  async readRest(): Promise<boolean> {
    for (;;) {
      const after = this.#refs[this.#refs.length - 1]?.to ?? 0;
      const changes = await this.source.rest(after);
      if (!changes) return false;
      if (changes.length === 0) return true;
      const piece = pieceOf(changes, this.#refs.length > 0 ? this.endMs : undefined);
      const to = after + piece.count;
      this.#rest.set(this.#refs.length, piece);
      const [atMs, untilMs] = [piece.times[0] ?? 0, piece.times[piece.count - 1] ?? 0];
      this.#refs.push({ url: "", after, to, atMs, untilMs });
    }
  }

  /** Shows the board at a moment. False when another moment was asked for meanwhile, or a piece could not be read. */
  async show(ms: number): Promise<boolean> {
    const wish = ++this.#wish;
    const number = this.#numberAt(ms);
    if (number < 0) {
      this.#clear();
      return true;
    }
    const piece = this.#loaded(number) ?? (await this.#load(number));
    if (!piece || wish !== this.#wish) return false;
    const seq = piece.first - 1 + countUntil(piece.times, (time) => time > ms);
    // The board that is shown may be as good a beginning as any that is known.
    const begins = seq < this.seq || this.seq < this.#latestBoard(number);
    if (begins && (!(await this.#begin(number)) || wish !== this.#wish)) return false;
    for (let at = this.#numberOf(this.seq + 1); at <= number; at++) {
      const next = this.#loaded(at) ?? (await this.#load(at));
      if (!next || wish !== this.#wish) return false;
      this.#paint(next, Math.min(seq, next.first - 1 + next.count));
    }
    this.#color();
    return true;
  }

  /** When the next entry is; null where that is not known without waiting, or there is none. */
  get nextMs(): number | null {
    const piece = this.#loaded(this.#numberOf(this.seq + 1));
    return piece?.times[this.seq + 1 - piece.first] ?? null;
  }

  /** Has a piece ready before it is needed. One that cannot be read is asked for again when it is needed. */
  expect(ms: number): void {
    const number = this.#numberAt(ms);
    if (number === this.#expected) return;
    this.#expected = number;
    if (!this.#loaded(number)) void this.#load(number);
  }

  /** The last piece that had begun. */
  #numberAt(ms: number): number {
    return countUntil(this.#refs, ({ atMs }) => atMs > ms) - 1;
  }

  /** The piece that an entry is in; how many there are, for one that is in none. */
  #numberOf(seq: number): number {
    return countUntil(this.#refs, ({ to }) => to >= seq);
  }

  #loaded(number: number): Piece | undefined {
    return this.#rest.get(number) ?? this.#pieces.get(number);
  }

  async #load(number: number): Promise<Piece | null> {
    const ref = this.#refs[number];
    if (!ref) return null;
    let loading = this.#loading.get(number);
    if (!loading) {
      loading = this.source.bytes(ref.url).then((bytes) => {
        this.#loading.delete(number);
        const piece = bytes && decodePiece(bytes, this.#refs[number - 1]?.untilMs);
        if (!piece || piece.first !== ref.after + 1 || piece.first - 1 + piece.count !== ref.to) return null;
        this.#pieces.set(number, piece);
        for (const oldest of this.#pieces.keys()) {
          if (this.#pieces.size <= MAX_PIECES) break;
          this.#pieces.delete(oldest);
        }
        return piece;
      });
      this.#loading.set(number, loading);
    }
    return loading;
  }

  /** The seq of the last board that is known before a piece. */
  #latestBoard(number: number): number {
    const after = this.#refs[number]?.after ?? 0;
    let latest = 0;
    for (const { seq } of this.evening.checkpoints) if (seq <= after) latest = Math.max(latest, seq);
    for (const seq of this.#boards.keys()) if (seq <= after) latest = Math.max(latest, seq);
    return latest;
  }

  /** Puts the last board that is known before a piece there. False when it cannot be read. */
  async #begin(number: number): Promise<boolean> {
    const seq = this.#latestBoard(number);
    if (seq === 0) {
      this.#clear();
      return true;
    }
    const known = this.#boards.get(seq);
    const url = this.evening.checkpoints.find((checkpoint) => checkpoint.seq === seq)?.url ?? "";
    const pixels = known ?? (await this.source.bytes(url));
    const epoch = epochAt(this.evening.epochs, seq);
    if (!pixels || !epoch || pixels.length !== epoch.width * epoch.height) return false;
    this.board.load({ epoch: epoch.name, seq }, epoch, pixels);
    this.seq = seq;
    return true;
  }

  #clear(): void {
    const epoch = this.evening.epochs[0];
    if (!epoch) return;
    const pixels = new Uint8Array(epoch.width * epoch.height);
    this.board.load({ epoch: epoch.name, seq: 0 }, epoch, pixels);
    this.seq = 0;
  }

  #paint(piece: Piece, to: number): void {
    if (this.seq === piece.first - 1) this.#keep();
    let from = this.seq + 1 - piece.first;
    const end = to + 1 - piece.first;
    for (const [index, line] of piece.others) {
      if (index < from || index >= end) continue;
      this.board.placeAll(piece, from, index);
      const seq = piece.first + index;
      const epoch = line.epoch ?? this.board.epoch;
      line.kind.paint(this.board, { ...line, seq, atMs: piece.times[index] ?? 0, epoch }, seq);
      from = index + 1;
    }
    this.board.placeAll(piece, from, end);
    this.seq = to;
  }

  /** Remembers the board before a piece, for those who go back. */
  #keep(): void {
    const { pixels } = this.board;
    if (this.seq === 0 || this.#boards.has(this.seq)) return;
    this.#boards.set(this.seq, pixels.slice());
    for (const oldest of this.#boards.keys()) {
      if (this.#boards.size < 2 || this.#boards.size * pixels.length <= MAX_BOARD_BYTES) break;
      this.#boards.delete(oldest);
    }
  }

  #color(): void {
    const colors = epochAt(this.evening.epochs, this.seq)?.colors;
    if (colors && colors !== this.board.colors) this.board.recolor(colors);
  }
}
