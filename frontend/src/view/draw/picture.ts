/** The drawing as a PNG file, made in the browser from what it shows. */
import { download } from "../download";
import { drawSurface, type Surface } from "../surface";

/** About this wide or high, at a whole scale, so that every pixel stays a square. */
const LONG_SIDE_PX = 2048;

export async function savePicture(surface: Surface, now: Date): Promise<boolean> {
  const { width, height } = surface.canvas;
  const scale = Math.max(1, Math.floor(LONG_SIDE_PX / Math.max(width, height)));
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: width * scale, height: height * scale });
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) return false;
  drawSurface(context, surface, { x: 0, y: 0, width: canvas.width, height: canvas.height });
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (blob) download(blob, pictureName(now));
  return blob !== null;
}

function pictureName(now: Date): string {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString();
  return `beeplace-${local.slice(0, 10)}-${local.slice(11, 16).replace(":", "")}.png`;
}
