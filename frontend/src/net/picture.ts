/** The server's picture of the board: exact also where a browser gives noise for what a page reads of its canvases. */
import { fetchWithin } from "./deadline";

const TIMEOUT_MS = 15_000;

/** Null when no answer came. */
export async function readPicture(scale: number): Promise<Blob | null> {
  try {
    const answer = await fetchWithin(TIMEOUT_MS, `/api/board.png?scale=${scale}`);
    return answer.ok ? await answer.blob() : null;
  } catch {
    return null;
  }
}
