/** The contract's codes in words a person at a festival understands. */

import type { Say } from "../../texts/i18n";
import { secondsLeft } from "./allowance";

const REASONS: ReadonlySet<string> = new Set([
  "bad_join",
  "bad_pixel",
  "out_of_board",
  "bad_color",
  "not_joined",
  "cooldown",
  "entry",
  "read_only",
  "banned",
  "protected",
  "epoch",
  "duplicate",
  "busy",
  "restarting",
  "store_unavailable",
  "unanswered",
]);
const JOIN_REASONS: ReadonlySet<string> = new Set(["busy", "restarting", "store_unavailable"]);

/** Why the page is not let in; it goes on trying by itself. */
export function joinReasonFor(code: string, say: Say): string {
  if (JOIN_REASONS.has(code)) return say(`join.${code}`);
  return say(REASONS.has(code) ? `reason.${code}` : "join.unknown");
}

/** `retryInMs` adds when another try makes sense. */
export function reasonFor(code: string, say: Say, retryInMs = 0): string {
  const reason = say(REASONS.has(code) ? `reason.${code}` : "reason.unknown");
  return retryInMs > 0 ? say("reason.again", { reason, seconds: secondsLeft(retryInMs) }) : reason;
}
