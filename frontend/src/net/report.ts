/** Sends what a person reports, under one name: where the answer is lost it is sent again, and counts once. */
import { countOr, isFields } from "../model/fields";
import type { Area } from "../model/geometry";
import { fetchWithin } from "./deadline";
import { sendNamed } from "./named-request";

const TIMEOUT_MS = 10_000;

export interface ReportAnswer {
  /** "sent", the server's code for why not, or "failed". */
  readonly code: string;
  readonly retryInMs: number;
}

const FAILED: ReportAnswer = { code: "failed", retryInMs: 0 };

export async function sendReport(token: string, area: Area, reason: string): Promise<ReportAnswer> {
  const body = { token, area, reason };
  return (
    (await sendNamed(
      (name) => sendOnce(name, body),
      (answer) => answer === null,
    )) ?? FAILED
  );
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
