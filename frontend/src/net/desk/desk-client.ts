/** The organiser's requests to the server, and their answers in words. */

import { type Fields, isFields } from "../../model/fields";
import type { Say } from "../../texts/i18n";
import { fetchWithin } from "../deadline";
import { sendNamed } from "../named-request";
import { upload } from "./upload";

export interface Answer {
  readonly done: boolean;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly words: string;
  readonly body: Fields;
}

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

const TIMEOUT_MS = 15_000;
const CLOCK_SLACK_MS = 5000;
/** Whatever a header can hold. */
const POSSIBLE_KEY = /^[\x21-\x7e]+$/;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export class DeskClient {
  #serverAheadMs = 0;

  constructor(
    readonly key: () => string,
    readonly say: Say,
    /** The server does not know the key, or not any more. */
    readonly refused: () => void,
  ) {}

  /** The server's time to the second, by its last answer: an organiser's phone may go wrong by hours. */
  get now(): Date {
    return new Date(Date.now() + this.#serverAheadMs);
  }

  get(path: string): Promise<Answer> {
    return this.#ask("GET", path);
  }

  /** A question that needs a body. */
  ask(path: string, body: object): Promise<Answer> {
    return this.#ask("POST", path, body);
  }

  /** A change that is only tried out. */
  tryOut(path: string, body: object): Promise<Answer> {
    return this.#ask("PATCH", path, body);
  }

  /** An action, under one name: where the answer is lost it is asked for again, and still happens once. */
  act(path: string, body: object, method: Method = "POST"): Promise<Answer> {
    return sendNamed(
      (name) => this.#ask(method, path, body, name),
      ({ status }) => status === 0 || status === 504,
    );
  }

  /** A file, under one name, too. */
  upload(path: string, file: Blob, sent: (share: number) => void): Promise<Answer> {
    return sendNamed(
      (name) => this.#upload(path, file, name, sent),
      ({ status }) => status === 0 || status === 504,
    );
  }

  async #upload(path: string, file: Blob, name: string, sent: (share: number) => void): Promise<Answer> {
    const key = this.key();
    if (!POSSIBLE_KEY.test(key)) return this.#failed(401, this.say("noKey"));
    const type = file.type || "application/octet-stream";
    const headers = { authorization: `Bearer ${key}`, "content-type": type, "idempotency-key": name };
    const { status, text } = await upload(path, headers, file, sent);
    if (status === 0) return this.#failed(0, this.say("noAnswer"));
    if (status === 401) this.refused();
    return this.#told(status, parsed(text));
  }

  async #ask(method: Method, path: string, body?: object, name?: string): Promise<Answer> {
    const key = this.key();
    if (!POSSIBLE_KEY.test(key)) return this.#failed(401, this.say("noKey"));
    const headers: Record<string, string> = { authorization: `Bearer ${key}` };
    if (body) headers["content-type"] = "application/json";
    if (name) headers["idempotency-key"] = name;
    try {
      const options = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      const answer = await fetchWithin(TIMEOUT_MS, path, options);
      this.#noteTime(Date.parse(answer.headers.get("date") ?? ""));
      if (answer.status === 401) this.refused();
      return await this.#read(answer);
    } catch {
      return this.#failed(0, this.say("noAnswer"));
    }
  }

  /** Within a few seconds both clocks are right, and a phone's own is the finer one. */
  #noteTime(serverMs: number): void {
    const aheadMs = serverMs - Date.now();
    if (!Number.isNaN(aheadMs)) this.#serverAheadMs = Math.abs(aheadMs) > CLOCK_SLACK_MS ? aheadMs : 0;
  }

  async #read(answer: Response): Promise<Answer> {
    return this.#told(answer.status, await answer.json().catch(() => null));
  }

  /** The server's own words, where it has some: it knows best what it did. */
  #told(status: number, told: unknown): Answer {
    if (status === 401) return this.#failed(status, this.say("wrongKey"));
    const ok = status >= 200 && status < 300;
    const body = isFields(told) ? told : {};
    const message = typeof body.message === "string" ? body.message : "";
    return { done: ok, status, body, words: message || this.say(ok ? "done" : "status", { status }) };
  }

  #failed(status: number, words: string): Answer {
    return { done: false, status, words, body: {} };
  }
}
