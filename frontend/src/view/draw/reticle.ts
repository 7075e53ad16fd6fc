/** The reticle around the chosen pixel: four corners, white upon black, to be seen upon any colour. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** It stands around the pixel and never upon it; smaller than this it would not be found. */
const GAP_PX = 3;
const MIN_PX = 20;
const INK = { plain: "#ffffff", good: "#55cf93", bad: "#ff7d70" } as const;

export type ReticleTone = keyof typeof INK;

/** `dots` per CSS pixel. The tone says how the last placement here ended. */
export function drawReticle(
  context: CanvasRenderingContext2D,
  box: Box,
  dots: number,
  tone: ReticleTone,
): void {
  const size = Math.max(box.width + 2 * GAP_PX * dots, MIN_PX * dots);
  const left = box.x + (box.width - size) / 2;
  const top = box.y + (box.height - size) / 2;
  const arm = Math.min(size * 0.3, 12 * dots);
  context.beginPath();
  for (const [cornerX, cornerY, dx, dy] of [
    [left, top, arm, arm],
    [left + size, top, -arm, arm],
    [left, top + size, arm, -arm],
    [left + size, top + size, -arm, -arm],
  ] as const) {
    context.moveTo(cornerX + dx, cornerY);
    context.lineTo(cornerX, cornerY);
    context.lineTo(cornerX, cornerY + dy);
  }
  context.lineCap = "square";
  for (const [ink, width] of [["#000000", 4.5] as const, [INK[tone], 2] as const]) {
    context.strokeStyle = ink;
    context.lineWidth = width * dots;
    context.stroke();
  }
}
