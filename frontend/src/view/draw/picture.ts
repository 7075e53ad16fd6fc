/** The drawing as a PNG file, made in the browser from what it shows. */
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

function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // Some browsers read the file only after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
