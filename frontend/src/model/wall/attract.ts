/** When nobody draws: a wave goes over the board, and the pixels it passes draw back and grow again. Every pixel keeps its
 * colour and its place, so the board is never shown as something it is not. Reckoned from the server's clock.
 */
import type { Area } from "../geometry";

export interface WavePixel {
  readonly x: number;
  readonly y: number;
  /** 0 at rest, 1 at the crest. */
  readonly strength: number;
}

const PASS_MS = 14_000;
const REST_MS = 4000;
/** How wide the wave is, as a part of its way. */
const CREST = 0.09;
/** More than this would cost a small machine its frames; of a large board only every so many pixels move. */
const MAX_WAVED = 2500;

/** The pixels of `part` that the wave is passing now. */
export function wavedPixels(part: Area, serverMs: number): WavePixel[] {
  const at = serverMs % (PASS_MS + REST_MS);
  if (at >= PASS_MS) return [];
  const way = part.width + part.height;
  const crest = Math.max(3, way * CREST);
  const middle = (at / PASS_MS) * (way + 2 * crest) - crest;
  const step = Math.max(1, Math.ceil(Math.sqrt((2 * crest * Math.min(part.width, part.height)) / MAX_WAVED)));
  const waved: WavePixel[] = [];
  for (let y = 0; y < part.height; y += step) {
    const first = Math.max(0, Math.ceil((middle - crest - y) / step) * step);
    for (let x = first; x < part.width && x + y <= middle + crest; x += step) {
      const distance = Math.abs(x + y - middle) / crest;
      if (distance < 1)
        waved.push({ x: part.x + x, y: part.y + y, strength: Math.cos((distance * Math.PI) / 2) ** 2 });
    }
  }
  return waved;
}
