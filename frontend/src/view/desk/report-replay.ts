/** A report's area before and after, and what happened between them, played in ten seconds. */
import type { Evidence } from "../../model/desk/reports";
import type { Area } from "../../model/geometry";
import { byId } from "../element";

const PLAY_MS = 10_000;

export class ReportReplay {
  readonly #before = byId("report-before", HTMLCanvasElement);
  readonly #after = byId("report-after", HTMLCanvasElement);
  #played = 0;

  /** What is shown stays until another report is. */
  async show(evidence: Evidence, area: Area): Promise<void> {
    this.stop();
    await Promise.all([paint(this.#before, evidence.before, area), paint(this.#after, evidence.after, area)]);
  }

  stop(): void {
    this.#played += 1;
  }

  async play(evidence: Evidence, area: Area): Promise<void> {
    this.stop();
    const playing = this.#played;
    const context = this.#after.getContext("2d");
    if (!context) return;
    await paint(this.#after, evidence.before, area);
    this.#after.dataset.playing = "true";
    const begin = performance.now();
    let next = 0;
    while (playing === this.#played && next < evidence.offsets.length) {
      const share = (performance.now() - begin) / PLAY_MS;
      for (; next < Math.min(1, share) * evidence.offsets.length; next++) {
        const offset = evidence.offsets[next] ?? 0;
        context.fillStyle = evidence.palette[evidence.colors[next] ?? 0] ?? "#000";
        context.fillRect(offset % area.width, Math.floor(offset / area.width), 1, 1);
      }
      await new Promise(requestAnimationFrame);
    }
    if (playing !== this.#played) return;
    this.#after.dataset.playing = "false";
    await paint(this.#after, evidence.after, area);
  }
}

async function paint(canvas: HTMLCanvasElement, picture: string, { width, height }: Area): Promise<void> {
  const image = new Image();
  image.src = picture;
  await image.decode();
  Object.assign(canvas, { width, height });
  canvas.getContext("2d")?.drawImage(image, 0, 0);
}
