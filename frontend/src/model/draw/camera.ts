/** Which part of the board the window shows. The only writer of scale and offset; gestures and keys call it. */
import { clamp, type Point, type Rect } from "../geometry";
import { freeRoom } from "./free-room";

/** A point of the board in the middle of the window, and CSS pixels per board pixel. */
export interface View {
  readonly at: Point;
  readonly scale: number;
}

interface Limits {
  readonly minScale: number;
  readonly maxScale: number;
}

/** What is left free around the whole board. */
const AIR = 0.95;

const middleOf = ({ left, top, width, height }: Rect): Point => ({
  x: left + width / 2,
  y: top + height / 2,
});

export class Camera {
  /** CSS pixels per board pixel. */
  scale = 1;
  /** Where the board's upper left corner is in the window, in CSS pixels. */
  x = 0;
  y = 0;
  #board = { width: 0, height: 0 };
  #limits: Limits = { minScale: 1, maxScale: 40 };
  /** The part of the window that no panel covers. */
  #area: Rect = { left: 0, top: 0, width: 1, height: 1 };
  /** What lies upon that part. */
  #floating: readonly Rect[] = [];
  /** Where the whole board is shown: what neither panel nor buttons cover. */
  #room: Rect = this.#area;

  constructor(readonly changed: () => void) {}

  get center(): Point {
    return middleOf(this.#area);
  }

  get maxScale(): number {
    return this.#limits.maxScale;
  }

  /** The scale at which the whole board is seen; meaningless before there is one. */
  get fitScale(): number {
    const { width, height } = this.#room;
    return Math.min(width / this.#board.width, height / this.#board.height);
  }

  #measure(): void {
    this.#room = freeRoom(this.#area, this.#floating, this.#board);
  }

  /** True when it is a board of another size than before, so that the present view means nothing. */
  setBoard({ width, height }: { width: number; height: number }, limits: Limits): boolean {
    const another = width !== this.#board.width || height !== this.#board.height;
    this.#board = { width, height };
    this.#limits = limits;
    this.#measure();
    this.#write(this.scale, this.x, this.y);
    return another;
  }

  /** Keeps what was in the middle in the middle, as when a phone is turned. */
  setArea(area: Rect, floating: readonly Rect[]): void {
    const middle = this.boardAt(this.center);
    this.#area = area;
    this.#floating = floating;
    this.#measure();
    this.centerOn(middle, this.scale);
  }

  panBy(dx: number, dy: number): void {
    this.#write(this.scale, this.x + dx, this.y + dy);
  }

  /** The board's point under `from` comes under `to`, `factor` times as large: zoom and pan of a pinch in one. */
  pinch(factor: number, from: Point, to: Point = from): void {
    const scale = this.#clampScale(this.scale * factor);
    const ratio = scale / this.scale;
    this.#write(scale, to.x - (from.x - this.x) * ratio, to.y - (from.y - this.y) * ratio);
  }

  /** `at` in board coordinates, fractions included. */
  centerOn(at: Point, scale: number): void {
    const clamped = this.#clampScale(scale);
    this.#write(clamped, this.center.x - at.x * clamped, this.center.y - at.y * clamped);
  }

  /** As near to the middle as can be without showing what lies beside the board; all of it where it fits. */
  lookAt(at: Point, scale: number): void {
    const clamped = this.#clampScale(scale);
    const within = (middle: number, side: number, seen: number) =>
      seen >= side ? side / 2 : clamp(middle, seen / 2, side - seen / 2);
    const { width, height } = this.#area;
    const x = within(at.x, this.#board.width, width / clamped);
    const y = within(at.y, this.#board.height, height / clamped);
    this.centerOn({ x, y }, clamped);
  }

  fit(): void {
    this.centerOn(this.whole.at, this.whole.scale);
  }

  /** `part` of the way between two views, 0..1; the scale grows by the same factor in each part. */
  between(from: View, to: View, part: number): void {
    const mix = (a: number, b: number) => a + (b - a) * part;
    const at = { x: mix(from.at.x, to.at.x), y: mix(from.at.y, to.at.y) };
    this.centerOn(at, from.scale * (to.scale / from.scale) ** part);
  }

  /** What of the board the free part of the window shows, in board coordinates; may reach beyond the board. */
  get view(): Rect {
    const { left, top, width, height } = this.#area;
    const at = this.boardAt({ x: left, y: top });
    return { left: at.x, top: at.y, width: width / this.scale, height: height / this.scale };
  }

  /** The view that shows the whole board. */
  get whole(): View {
    const { center } = this;
    const room = middleOf(this.#room);
    const scale = this.fitScale * AIR;
    const at = {
      x: this.#board.width / 2 + (center.x - room.x) / scale,
      y: this.#board.height / 2 + (center.y - room.y) / scale,
    };
    return { at, scale };
  }

  /** What is seen now, to come back to or to begin a glide from. */
  get seen(): View {
    return { at: this.boardAt(this.center), scale: this.scale };
  }

  /** Moves just as far as needed to see this pixel. */
  reveal(x: number, y: number): void {
    const { left, top, width, height } = this.#area;
    const margin = Math.min(this.scale, width / 4, height / 4);
    const at = { x: this.x + x * this.scale, y: this.y + y * this.scale };
    const wanted = {
      x: clamp(at.x, left + margin, left + width - this.scale - margin),
      y: clamp(at.y, top + margin, top + height - this.scale - margin),
    };
    this.panBy(wanted.x - at.x, wanted.y - at.y);
  }

  shows(x: number, y: number): boolean {
    const { left, top, width, height } = this.#area;
    const at = { x: this.x + (x + 0.5) * this.scale, y: this.y + (y + 0.5) * this.scale };
    return at.x >= left && at.y >= top && at.x < left + width && at.y < top + height;
  }

  windowAt(x: number, y: number): Point {
    return { x: this.x + x * this.scale, y: this.y + y * this.scale };
  }

  /** Board coordinates of a point in the window, fractions included; may lie outside the board. */
  boardAt(point: Point): Point {
    return { x: (point.x - this.x) / this.scale, y: (point.y - this.y) / this.scale };
  }

  /** A board larger than the window can always be seen whole. */
  #clampScale(scale: number): number {
    const least = Math.min(this.#limits.minScale, this.fitScale * AIR);
    return clamp(scale, least, Math.max(least, this.#limits.maxScale));
  }

  /** The middle of the window, or of the room for the whole board, stays on the board: nobody gets lost beside it. */
  #write(scale: number, x: number, y: number): void {
    const { center } = this;
    const room = middleOf(this.#room);
    this.scale = this.#clampScale(scale);
    const [width, height] = [this.#board.width * this.scale, this.#board.height * this.scale];
    this.x = clamp(x, Math.min(center.x, room.x) - width, Math.max(center.x, room.x));
    this.y = clamp(y, Math.min(center.y, room.y) - height, Math.max(center.y, room.y));
    this.changed();
  }
}
