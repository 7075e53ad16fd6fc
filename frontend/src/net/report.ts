/** Sends what a person reports, under one name: where the answer is lost it is sent again, and counts once. */
import { countOr, isFields } from "../model/fields";
import type { Area } from "../model/geometry";
import { fetchWithin } from "./deadline";
import { newRequestName } from "./request-name";

const TIMEOUT_MS = 10_000;
const AGAIN_MS = 1000;
const TRIES = 3;

export interface ReportAnswer {
  /** "sent", the server's code for why not, or "failed". */
  readonly code: string;
  readonly retryInMs: number;
}

const FAILED: ReportAnswer = { code: "failed", retryInMs: 0 };

export async function sendReport(token: string, area: Area, reason: string): Promise<ReportAnswer> {
  const name = newRequestName();
  for (let tries = 1; ; tries++) {
    const answer = await sendOnce(name, { token, area, reason });
    if (answer || tries >= TRIES) return answer ?? FAILED;
    await new Promise((done) => setTimeout(done, AGAIN_MS));
  }
}

/** Null where it is not known whether it arrived. */
async function sendOnce(name: string, body: object): Promise<ReportAnswer | null> {
  const headers = { "content-type": "application/json", "idempotency-key": name };
  try {
    const options = { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await fetchWithin(TIMEOUT_MS, "/api/reports", options);
    if (answer.ok) return { code: "sent", retryInMs: 0 };
    if (answer.status >= 500) return null;
    const told: unknown = await answer.json().catch(() => null);
    if (!isFields(told) || typeof told.code !== "string") return FAILED;
    return { code: told.code, retryInMs: countOr(told.retryIn, 0) };
  } catch {
    return null;
  }
}
