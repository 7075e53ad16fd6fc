/** The organiser's requests to the server, and their answers in words. */
import { isFields } from "../internal/initial-state";
import type { Corners } from "../internal/selection";

export interface Outcome {
  readonly done: boolean;
  readonly words: string;
}

const WITHIN_MS = 15_000;

export class Organiser {
  constructor(readonly key: () => string) {}

  readOnly(readOnly: boolean): Promise<Outcome> {
    return this.#post("/board/read-only", { readOnly });
  }

  fill(corners: Corners, color: number): Promise<Outcome> {
    return this.#post("/board/area", { ...corners, color });
  }

  reset(): Promise<Outcome> {
    return this.#post("/board/reset", {});
  }

  async #post(path: string, body: object): Promise<Outcome> {
    const key = this.key();
    if (!/^[\x21-\x7e]+$/.test(key)) return { done: false, words: "Enter the organiser's key first." };
    try {
      const answer = await fetch(path, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(WITHIN_MS),
      });
      return { done: answer.ok, words: await wordsOf(answer) };
    } catch {
      return { done: false, words: "The server did not answer. It may or may not have done it." };
    }
  }
}

async function wordsOf(answer: Response): Promise<string> {
  if (answer.status === 401) return "The server does not accept this key.";
  const told: unknown = await answer.json().catch(() => null);
  const message = isFields(told) && typeof told.message === "string" ? told.message : "";
  return message || (answer.ok ? "Done" : `The server answered with status ${answer.status}.`);
}
