/** A small chart of a number in each minute of the last hour, as bars; the newest is the last. */
import { onResolutionChange } from "../resolution";
import { fitCanvas } from "../surface";

const MINUTES = 60;

export class Chart {
  readonly #context: CanvasRenderingContext2D | null;
  #values: readonly number[] = [];

  constructor(readonly canvas: HTMLCanvasElement) {
    this.#context = canvas.getContext("2d");
    new ResizeObserver(() => this.#draw()).observe(canvas);
    onResolutionChange(() => this.#draw());
  }

  show(values: readonly number[]): void {
    if (String(values) === String(this.#values)) return;
    this.#values = values.slice(-MINUTES);
    this.#draw();
  }

  #draw(): void {
    const dots = fitCanvas(this.canvas);
    const { width, height } = this.canvas;
    const context = this.#context;
    if (!context || width === 0) return;
    const step = width / MINUTES;
    const most = Math.max(1, ...this.#values);
    context.clearRect(0, 0, width, height);
    context.fillStyle = getComputedStyle(this.canvas).color;
    for (const [index, value] of this.#values.entries()) {
      const x = (MINUTES - this.#values.length + index) * step;
      const bar = value > 0 ? Math.max(dots, (height * value) / most) : 0;
      context.fillRect(Math.floor(x), height - bar, Math.max(1, Math.floor(step) - dots), bar);
    }
  }
}
