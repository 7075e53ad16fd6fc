/** Asks the server who placed a pixel. */
import { type PixelChange, parseHistory } from "../model/draw/pixel-history";

const MAX_CHANGES = 8;
const TIMEOUT_MS = 8000;

/** Null when no answer came. */
export async function readPixelHistory(x: number, y: number): Promise<readonly PixelChange[] | null> {
  try {
    const answer = await fetch(`/api/pixels/${x}/${y}?n=${MAX_CHANGES}`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const serverNow = Date.parse(answer.headers.get("date") ?? "");
    return answer.ok
      ? parseHistory(await answer.json(), Number.isNaN(serverNow) ? Date.now() : serverNow)
      : null;
  } catch {
    return null;
  }
}
