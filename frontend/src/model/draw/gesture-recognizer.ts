/** What fingers mean: tap, double tap, drag, aim, long press, pinch. Receives every touch and calls the handler of its meaning.
 *
 * A tap chooses. A finger that rests shows the loupe; moved after that, it aims instead of dragging; left where it is,
 * it asks who placed the pixel. Two fingers pinch. After a pinch the finger that stays drags on and never taps.
 */
import type { Point } from "../geometry";
import { Velocity } from "./animation";

export type Pointer = "mouse" | "pen" | "touch";

export interface GestureHandlers {
  /** Something touches the canvas: what glides stops. */
  touched(): void;
  pan(dx: number, dy: number): void;
  pinch(factor: number, from: Point, to: Point): void;
  /** The finger let go while dragging, at this speed in px/ms. */
  fling(velocity: Point): void;
  tap(at: Point): void;
  doubleTap(at: Point): void;
  /** The loupe: what lies under `start`, moved on by the way to `finger`. */
  aim(start: Point, finger: Point): void;
  /** The loupe goes; `chosen` when the aimed pixel is meant. */
  aimed(chosen: boolean): void;
  /** A long rest upon one place. */
  press(at: Point): void;
}

export interface Timers {
  after(ms: number, action: () => void): number;
  cancel(timer: number): void;
}

/** A finger trembles; less than this far is still a tap. */
const SLOP_PX = { mouse: 3, pen: 6, touch: 10 } as const;
const LOUPE_AFTER_MS = 120;
/** Who moves later than this has looked through the loupe, and aims. */
const AIM_AFTER_MS = 260;
const PRESS_AFTER_MS = 650;
const DOUBLE_WITHIN_MS = 300;
/** A mouse is exact: two quick clicks on neighbouring pixels are two. */
const DOUBLE_WITHIN_PX: Readonly<Record<Pointer, number>> = { mouse: 4, pen: 12, touch: 30 };
/** So far down the screen doubles the scale, when a double tap is held and moved. */
const DOUBLING_PX = 120;

type Mode = "none" | "still" | "again" | "pan" | "aim" | "pressed" | "pinch" | "stretch";

export class GestureRecognizer {
  readonly #fingers = new Map<number, Point>();
  readonly #velocity = new Velocity();
  #mode: Mode = "none";
  #pointer: Pointer = "touch";
  #start: Point = { x: 0, y: 0 };
  #startedAt = 0;
  #lastTap: (Point & { readonly at: number }) | null = null;
  #timers: number[] = [];
  #loupe = false;

  constructor(
    readonly actions: GestureHandlers,
    readonly timers: Timers,
  ) {}

  /** `chooses` is false for a mouse's other buttons, which only drag. */
  down(id: number, at: Point, now: number, pointer: Pointer, chooses = true): void {
    this.actions.touched();
    this.#fingers.set(id, at);
    this.#hideLoupe(false);
    this.#velocity.clear();
    if (this.#fingers.size > 1) this.#mode = "pinch";
    else {
      this.#start = at;
      this.#startedAt = now;
      this.#pointer = pointer;
      this.#mode = chooses ? (this.#isSecond(at, now) ? "again" : "still") : "pan";
      if (this.#mode === "still" && pointer !== "mouse") this.#wait();
    }
  }

  move(id: number, to: Point, now: number): void {
    const from = this.#fingers.get(id);
    if (!from) return;
    if ((this.#mode === "still" || this.#mode === "again" || this.#mode === "pressed") && this.#isStill(to))
      return;
    if (this.#mode === "still") this.#begin(now);
    else if (this.#mode === "again") this.#mode = "stretch";
    else if (this.#mode === "pressed") this.#mode = "aim";
    this.#fingers.set(id, to);
    if (this.#mode === "pan") this.#pan(from, to, now);
    else if (this.#mode === "aim") this.#aim(to);
    else if (this.#mode === "stretch") {
      this.actions.pinch(2 ** ((to.y - from.y) / DOUBLING_PX), this.#start, this.#start);
    } else if (this.#mode === "pinch") this.#pinch(id, from, to);
  }

  up(id: number, now: number): void {
    if (!this.#fingers.delete(id)) return;
    const mode = this.#mode;
    this.#hideLoupe(mode === "aim");
    if (this.#fingers.size > 0) {
      this.#mode = "pan";
      return;
    }
    this.#mode = "none";
    if (mode === "still") this.#tap(now);
    else if (mode === "again") this.actions.doubleTap(this.#start);
    else if (mode === "pan" && this.#pointer !== "mouse") this.actions.fling(this.#velocity.speedAt(now));
  }

  /** The system took the finger: nothing of it counts any more. */
  cancel(id: number): void {
    if (!this.#fingers.delete(id)) return;
    this.#hideLoupe(false);
    this.#mode = this.#fingers.size > 0 ? "pan" : "none";
  }

  #isSecond(at: Point, now: number): boolean {
    const last = this.#lastTap;
    this.#lastTap = null;
    return (
      last !== null &&
      now - last.at < DOUBLE_WITHIN_MS &&
      distance(last, at) < DOUBLE_WITHIN_PX[this.#pointer]
    );
  }

  #isStill(to: Point): boolean {
    return distance(to, this.#start) <= SLOP_PX[this.#pointer];
  }

  #wait(): void {
    const { after } = this.timers;
    this.#timers = [
      after(LOUPE_AFTER_MS, () => this.#aim(this.#start)),
      after(PRESS_AFTER_MS, () => {
        this.#mode = "pressed";
        this.actions.press(this.#start);
      }),
    ];
  }

  #begin(now: number): void {
    const aims = this.#pointer !== "mouse" && now - this.#startedAt >= AIM_AFTER_MS;
    this.#mode = aims ? "aim" : "pan";
    if (aims) this.#stopWaiting();
    else this.#hideLoupe(false);
  }

  #aim(to: Point): void {
    this.#loupe = true;
    this.actions.aim(this.#start, to);
  }

  #pan(from: Point, to: Point, now: number): void {
    this.#velocity.add(to, now);
    this.actions.pan(to.x - from.x, to.y - from.y);
  }

  /** One finger moves, the other rests: both the distance and the middle change. */
  #pinch(id: number, from: Point, to: Point): void {
    const rests = [...this.#fingers].find(([other]) => other !== id)?.[1];
    if (!rests) return;
    const middle = (a: Point) => ({ x: (a.x + rests.x) / 2, y: (a.y + rests.y) / 2 });
    const factor = Math.max(1, distance(to, rests)) / Math.max(1, distance(from, rests));
    this.actions.pinch(factor, middle(from), middle(to));
  }

  #tap(now: number): void {
    this.#lastTap = { ...this.#start, at: now };
    this.actions.tap(this.#start);
  }

  #stopWaiting(): void {
    for (const timer of this.#timers) this.timers.cancel(timer);
    this.#timers = [];
  }

  #hideLoupe(chosen: boolean): void {
    this.#stopWaiting();
    if (this.#loupe) this.actions.aimed(chosen);
    this.#loupe = false;
  }
}

const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);
