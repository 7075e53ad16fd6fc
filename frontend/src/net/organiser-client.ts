/** The organiser's requests to the server, and their answers in words. */

import type { Corners } from "../model/desk/corners";
import { isFields } from "../model/fields";
import type { Say } from "../texts/i18n";
import { fetchWithin } from "./deadline";

export interface Outcome {
  readonly done: boolean;
  readonly words: string;
}

const TIMEOUT_MS = 15_000;

export class OrganiserClient {
  constructor(
    readonly key: () => string,
    readonly say: Say,
  ) {}

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
    if (!/^[\x21-\x7e]+$/.test(key)) return { done: false, words: this.say("noKey") };
    try {
      const answer = await fetchWithin(TIMEOUT_MS, path, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify(body),
      });
      return { done: answer.ok, words: await this.#wordsOf(answer) };
    } catch {
      return { done: false, words: this.say("noAnswer") };
    }
  }

  /** The server's own words, where it has some: it knows best what it did. */
  async #wordsOf(answer: Response): Promise<string> {
    if (answer.status === 401) return this.say("wrongKey");
    const body: unknown = await answer.json().catch(() => null);
    const message = isFields(body) && typeof body.message === "string" ? body.message : "";
    return message || (answer.ok ? this.say("done") : this.say("status", { status: answer.status }));
  }
}
