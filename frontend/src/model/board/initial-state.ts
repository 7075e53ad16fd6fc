/** What the gateway tells on `join`, `sync` and `settings`, parsed once on arrival into types that cannot be wrong. */

import { type Fields, isCount, isFields, positiveOr } from "../fields";
import { decodeBase64 } from "./base64";
import { decodePixels, type FlatPixels } from "./pixels";
import type { Position } from "./range";
import { type BoardSettings, parseBoardSettings } from "./settings";

/** The pixels changed in (from, to]. */
export interface Delta {
  readonly from: number;
  readonly to: number;
  readonly pixels: FlatPixels;
}

export interface InitialState extends Position {
  readonly settings: BoardSettings;
  readonly content: Uint8Array | Delta;
  readonly userCount?: number;
  readonly token?: string;
  /** Whether this person came in where not everyone may draw; absent in an answer to `sync`. */
  readonly entered?: boolean;
  /** A newcomer of a flood, who draws only while `entered`; absent for everybody else. */
  readonly owesWork?: boolean;
  /** Absent in an answer to `sync`, which concerns the board and not the person. */
  readonly allowance?: { readonly remaining: number; readonly retryInMs: number };
}

/** `{from, to, pixels}`, in `initialState.delta` and in the answer to `sync`. */
export function parseDelta(value: unknown): Delta | null {
  if (!isFields(value)) return null;
  const { from, to, pixels } = value;
  if (!isCount(from) || !isCount(to) || from > to || typeof pixels !== "string") return null;
  const flat = decodePixels(pixels);
  return flat && { from, to, pixels: flat };
}

function parseBoard(value: unknown, settings: BoardSettings): Uint8Array | null {
  const bytes =
    typeof value === "string" ? decodeBase64(value) : Array.isArray(value) ? Uint8Array.from(value) : null;
  return bytes?.length === settings.width * settings.height ? bytes : null;
}

function parseAllowance(fields: Fields): Pick<InitialState, "allowance"> {
  if (!isCount(fields.remainingPixels)) return {};
  return { allowance: { remaining: fields.remainingPixels, retryInMs: positiveOr(fields.retryIn, 0) } };
}

export function parseInitialState(value: unknown): InitialState | null {
  if (!isFields(value)) return null;
  const { epoch, seq, token, userCount, entry } = value;
  const settings = parseBoardSettings(value);
  if (!settings || typeof epoch !== "string" || !isCount(seq)) return null;
  const content = "delta" in value ? parseDelta(value.delta) : parseBoard(value.board, settings);
  if (!content) return null;
  return {
    epoch,
    seq,
    settings,
    content,
    ...parseAllowance(value),
    ...(isFields(entry) && typeof entry.entered === "boolean" ? { entered: entry.entered } : {}),
    ...(isFields(entry) && entry.owesWork === true ? { owesWork: true } : {}),
    ...(typeof token === "string" ? { token } : {}),
    ...(isCount(userCount) ? { userCount } : {}),
  };
}
