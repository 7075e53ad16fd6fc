/** Shows what lets a person in, and gets the token that may draw. */
import type { Challenge, Solution } from "../../model/entrance/work";
import { countOr, isFields } from "../../model/fields";
import { fetchWithin } from "../deadline";

const TIMEOUT_MS = 10_000;

/** A wall's code, a ticket, or what the device worked out. */
export type Shown =
  | { readonly code: string }
  | { readonly ticket: string }
  | { readonly work: Challenge & Solution };

export interface EntryAnswer {
  /** "entered", the server's code for why not, or "failed". */
  readonly code: string;
  readonly token: string;
  readonly retryInMs: number;
}

export const FAILED: EntryAnswer = { code: "failed", token: "", retryInMs: 0 };

export async function enter(token: string, shown: Shown): Promise<EntryAnswer> {
  const headers = { "content-type": "application/json" };
  try {
    const options = { method: "POST", headers, body: JSON.stringify({ ...shown, token }) };
    const answer = await fetchWithin(TIMEOUT_MS, "/api/entry", options);
    const told: unknown = await answer.json();
    if (!isFields(told)) return FAILED;
    if (answer.ok && typeof told.token === "string") return { ...FAILED, code: "entered", token: told.token };
    return { ...FAILED, code: String(told.code ?? "failed"), retryInMs: countOr(told.retryIn, 0) };
  } catch {
    return FAILED;
  }
}
