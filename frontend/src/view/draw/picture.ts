/** The drawing as a PNG file: the server's picture, and without a network what the browser shows. */
import { download } from "../download";
import { drawSurface, type Surface } from "../surface";

/** About this wide or high, at a whole scale, so that every pixel stays a square. */
const LONG_SIDE_PX = 2048;
const MAX_SCALE = 32;

export async function savePicture(
  read: (scale: number) => Promise<Blob | null>,
  surface: Surface,
  now: Date,
): Promise<void> {
  const { width, height } = surface.canvas;
  const scale = Math.min(MAX_SCALE, Math.max(1, Math.floor(LONG_SIDE_PX / Math.max(width, height))));
  const blob = (await read(scale)) ?? (await drawn(surface, scale));
  if (blob) download(blob, pictureName(now));
}

function drawn(surface: Surface, scale: number): Promise<Blob | null> {
  const { width, height } = surface.canvas;
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: width * scale, height: height * scale });
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) return Promise.resolve(null);
  drawSurface(context, surface, { x: 0, y: 0, width: canvas.width, height: canvas.height });
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function pictureName(now: Date): string {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString();
  return `beeplace-${local.slice(0, 10)}-${local.slice(11, 16).replace(":", "")}.png`;
}
