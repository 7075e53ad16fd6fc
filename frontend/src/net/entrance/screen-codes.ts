/** Asks for the codes that a wall is to show, with the pass of its screens. */

import type { ShownCode } from "../../model/entrance/code-stretch";
import { isCount, isFields } from "../../model/fields";
import { fetchWithin } from "../deadline";

const TIMEOUT_MS = 5000;

/** Null where the server could not be asked; "ended" where the pass opens nothing any more. */
export async function readCodes(screenPass: string): Promise<readonly ShownCode[] | "ended" | null> {
  const headers = { "content-type": "application/json" };
  try {
    const options = { method: "POST", headers, body: JSON.stringify({ screenPass }) };
    const answer = await fetchWithin(TIMEOUT_MS, "/api/entry/codes", options);
    if (answer.status === 403) return "ended";
    const told: unknown = await answer.json();
    return isFields(told) && Array.isArray(told.codes) ? told.codes.filter(isShownCode) : null;
  } catch {
    return null;
  }
}

const isShownCode = (value: unknown): value is ShownCode =>
  isFields(value) &&
  typeof value.code === "string" &&
  /^[A-Z]{6}$/.test(value.code) &&
  isCount(value.startsIn) &&
  isCount(value.endsIn);
