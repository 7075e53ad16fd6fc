/** Fingers, mouse and wheel upon the canvas: moving and zooming, and a tap that chooses. Nothing here places. */
import type { Camera, Point } from "../internal/camera";

/** A finger trembles; less than this far is still a tap. */
const SLOP_PX = { mouse: 3, pen: 6, touch: 10 } as const;

export class Gestures {
  readonly #fingers = new Map<number, Point>();
  #start: Point = { x: 0, y: 0 };
  #tapping = false;

  constructor(
    readonly canvas: HTMLCanvasElement,
    readonly camera: Camera,
    readonly tapped: (at: Point) => void,
  ) {
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#up(event, this.#tapping));
    canvas.addEventListener("pointercancel", (event) => this.#up(event, false));
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    // Safari's own pinch, which ignores touch-action on some versions.
    canvas.addEventListener("gesturestart", (event) => event.preventDefault());
  }

  #at(event: MouseEvent): Point {
    const box = this.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  #down(event: PointerEvent): void {
    if (event.pointerType === "mouse" && event.button > 1) return;
    this.canvas.setPointerCapture(event.pointerId);
    if (this.#fingers.size === 0) this.#start = this.#at(event);
    this.#tapping = this.#fingers.size === 0 && event.button === 0;
    this.#fingers.set(event.pointerId, this.#at(event));
  }

  #move(event: PointerEvent): void {
    const from = this.#fingers.get(event.pointerId);
    if (!from) return;
    const to = this.#at(event);
    if (this.#tapping && this.#isStill(event, to)) return;
    this.#tapping = false;
    const others = [...this.#fingers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    this.#fingers.set(event.pointerId, to);
    if (others[0]) this.#pinch(from, to, others[0]);
    else this.camera.panBy(to.x - from.x, to.y - from.y);
  }

  #isStill(event: PointerEvent, to: Point): boolean {
    const slop = SLOP_PX[event.pointerType as keyof typeof SLOP_PX] ?? SLOP_PX.touch;
    return Math.hypot(to.x - this.#start.x, to.y - this.#start.y) <= slop;
  }

  /** One finger moves, the other rests: both the distance and the middle change. */
  #pinch(from: Point, to: Point, rests: Point): void {
    const distance = (a: Point) => Math.max(1, Math.hypot(a.x - rests.x, a.y - rests.y));
    const middle = (a: Point) => ({ x: (a.x + rests.x) / 2, y: (a.y + rests.y) / 2 });
    this.camera.pinch(distance(to) / distance(from), middle(from), middle(to));
  }

  #up(event: PointerEvent, isTap: boolean): void {
    if (!this.#fingers.delete(event.pointerId)) return;
    if (isTap) this.tapped(this.#at(event));
    this.#tapping = false;
  }

  /** The same speed as d3-zoom, which people know from maps. */
  #wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 0.05 : event.deltaMode ? 1 : 0.002;
    const factor = 2 ** (-event.deltaY * unit * (event.ctrlKey ? 10 : 1));
    this.camera.pinch(factor, this.#at(event));
  }
}
