/** The gateway's answers to `join`, `sync` and `pixelFromPlayer`, parsed on arrival. */
import { type Fields, isCount, isFields } from "../fields";
import { type Delta, type InitialState, parseDelta, parseInitialState } from "./initial-state";

/** A code of the contract, and after how many ms another try makes sense. */
export interface Refusal {
  readonly ok: false;
  readonly code: string;
  readonly retryInMs?: number;
  /** Of a ban: the organisers' words, and when it ends; null for good. */
  readonly ban?: Ban;
  /** The organisers' words, where an area with rules of its own was the reason. */
  readonly zone?: { readonly reason: string };
}

export interface Ban {
  readonly reason: string;
  readonly until: Date | null;
}

export interface Confirmation {
  readonly ok: true;
  readonly seq: number;
  readonly remaining: number;
  readonly retryInMs: number;
}

export type SyncDelta = Delta & { readonly epoch: string };

export function parseRefusal(value: unknown): Refusal {
  const fields = isFields(value) ? value : {};
  const code = typeof fields.code === "string" ? fields.code : "unknown";
  return {
    ok: false,
    code,
    ...(typeof fields.retryIn === "number" && fields.retryIn >= 0 ? { retryInMs: fields.retryIn } : {}),
    ...(code === "banned" ? { ban: parseBan(fields) } : {}),
    ...(isCount(fields.zone)
      ? { zone: { reason: typeof fields.reason === "string" ? fields.reason : "" } }
      : {}),
  };
}

function parseBan({ reason, until }: Fields): Ban {
  const end = typeof until === "string" ? new Date(until) : null;
  return { reason: typeof reason === "string" ? reason : "", until: end && !Number.isNaN(+end) ? end : null };
}

export function parseJoinAnswer(value: unknown): InitialState | Refusal {
  const state = isFields(value) ? parseInitialState(value.initialState) : null;
  return state ?? parseRefusal(value);
}

export type SyncAnswer = InitialState | SyncDelta | Refusal;

export function parseSyncAnswer(value: unknown): SyncAnswer {
  if (!isFields(value)) return parseRefusal(value);
  if ("initialState" in value) return parseJoinAnswer(value);
  const delta = parseDelta(value);
  return delta && typeof value.epoch === "string" ? { ...delta, epoch: value.epoch } : parseRefusal(value);
}

export function parsePlaceAnswer(value: unknown): Confirmation | Refusal {
  if (!isFields(value) || value.ok !== true) return parseRefusal(value);
  const { seq, remainingPixels, retryIn } = value;
  if (typeof seq !== "number" || typeof remainingPixels !== "number")
    return parseRefusal({ code: "unknown" });
  return { ok: true, seq, remaining: remainingPixels, retryInMs: typeof retryIn === "number" ? retryIn : 0 };
}
