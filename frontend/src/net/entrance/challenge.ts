/** Asks for work that a newcomer's device is to do, and has a thread do it. */
import { asChallenge, type Challenge, type Solution } from "../../model/entrance/work";
import { isFields } from "../../model/fields";
import { fetchWithin } from "../deadline";

const TIMEOUT_MS = 10_000;

/** Null where the server could not be asked. */
export async function askForWork(): Promise<Challenge | null> {
  try {
    const answer = await fetchWithin(TIMEOUT_MS, "/api/entry/work", { method: "POST" });
    const told: unknown = await answer.json();
    return isFields(told) ? asChallenge(told.challenge) : null;
  } catch {
    return null;
  }
}

/** `stop` ends the thread; then, and where the browser gives none, there is no solution. */
export function workOn(
  challenge: Challenge,
  progress: (done: number) => void,
): { readonly solution: Promise<Solution | null>; stop(): void } {
  const worker = new Worker(new URL("../../worker/work.ts", import.meta.url));
  let end: (solution: Solution | null) => void = () => {};
  const solution = new Promise<Solution | null>((resolve) => {
    end = (found) => {
      worker.terminate();
      resolve(found);
    };
  });
  worker.onmessage = ({ data }: MessageEvent<number | Solution | null>) =>
    typeof data === "number" ? progress(data) : end(data);
  worker.onerror = () => end(null);
  worker.postMessage(challenge);
  return { solution, stop: () => end(null) };
}
