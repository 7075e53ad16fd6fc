/** Asks the server for the safe picture. */
import { fetchWithin } from "./deadline";

const TIMEOUT_MS = 8000;

/** As a data URL; null where there is no good answer, or the answer is another picture than the one that `seq` approved. */
export async function readSafePicture(seq: number): Promise<string | null> {
  try {
    const answer = await fetchWithin(TIMEOUT_MS, "/api/safe-picture");
    if (!answer.ok || answer.headers.get("etag") !== `"${seq}"`) return null;
    return await dataUrl(await answer.blob());
  } catch {
    return null;
  }
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
