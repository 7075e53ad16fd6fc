/** Asks the server who placed a pixel. */
import { type PixelChange, parseHistory } from "../model/draw/pixel-history";
import { fetchWithin } from "./deadline";

const MAX_CHANGES = 8;
const TIMEOUT_MS = 8000;

/** Null when no answer came. */
export async function readPixelHistory(x: number, y: number): Promise<readonly PixelChange[] | null> {
  try {
    const answer = await fetchWithin(TIMEOUT_MS, `/api/pixels/${x}/${y}?n=${MAX_CHANGES}`);
    const serverNow = Date.parse(answer.headers.get("date") ?? "");
    return answer.ok
      ? parseHistory(await answer.json(), Number.isNaN(serverNow) ? Date.now() : serverNow)
      : null;
  } catch {
    return null;
  }
}
