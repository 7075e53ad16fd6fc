/** What the gateway tells on `join`, `sync` and `settings`, read once at the door into types that cannot be wrong. */
import { decodeBase64 } from "./base64";
import { decodePixels, type FlatPixels } from "./pixels";
import type { Position } from "./range";

/** Scales are CSS pixels per board pixel, cooldown seconds. */
export interface Settings {
  readonly width: number;
  readonly height: number;
  readonly colors: readonly string[];
  readonly cooldown: number;
  readonly initialColor: number;
  readonly maxPixels: number;
  readonly initialScale: number;
  readonly minScale: number;
  readonly maxScale: number;
  readonly readOnly: boolean;
  /** False while the server cannot save. */
  readonly saving: boolean;
}

/** The pixels changed in (from, to]. */
export interface Delta {
  readonly from: number;
  readonly to: number;
  readonly pixels: FlatPixels;
}

export interface InitialState extends Position {
  readonly settings: Settings;
  readonly content: Uint8Array | Delta;
  readonly userCount?: number;
  readonly token?: string;
  /** Absent in an answer to `sync`, which concerns the board and not the person. */
  readonly allowance?: { readonly remaining: number; readonly retryInMs: number };
}

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
const count = (value: unknown, fallback: number) => (isCount(value) ? value : fallback);
const positive = (value: unknown, fallback: number) =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? value : fallback;

function parseColors(value: unknown): readonly string[] | null {
  if (!Array.isArray(value) || value.length < 2 || value.length > 256) return null;
  return value.every((color) => typeof color === "string" && /^#[0-9a-f]{6}$/i.test(color)) ? value : null;
}

/** A side of the board; more than any server allows would only exhaust the phone. */
const isSide = (value: unknown): value is number => isCount(value) && value >= 1 && value <= 4096;

export function parseSettings(fields: Fields): Settings | null {
  const { width = fields.canvasSize, height = fields.canvasSize } = fields;
  const colors = parseColors(fields.colors);
  if (!isSide(width) || !isSide(height) || !colors) return null;
  const minScale = positive(fields.minScale, 1);
  return {
    width,
    height,
    colors,
    cooldown: count(fields.cooldown, 0),
    initialColor: Math.min(count(fields.initialColor, 0), colors.length - 1),
    maxPixels: positive(fields.maxPixels, 1),
    initialScale: positive(fields.initialScale, 9),
    minScale,
    maxScale: Math.max(minScale, positive(fields.maxScale, 40)),
    readOnly: fields.readOnly === true,
    saving: fields.saving !== false,
  };
}

/** `{from, to, pixels}`, in `initialState.delta` and in the answer to `sync`. */
export function parseDelta(value: unknown): Delta | null {
  if (!isFields(value)) return null;
  const { from, to, pixels } = value;
  if (!isCount(from) || !isCount(to) || from > to || typeof pixels !== "string") return null;
  const flat = decodePixels(pixels);
  return flat && { from, to, pixels: flat };
}

function parseBoard(value: unknown, settings: Settings): Uint8Array | null {
  const bytes =
    typeof value === "string" ? decodeBase64(value) : Array.isArray(value) ? Uint8Array.from(value) : null;
  return bytes?.length === settings.width * settings.height ? bytes : null;
}

function parseAllowance(fields: Fields): Pick<InitialState, "allowance"> {
  if (!isCount(fields.remainingPixels)) return {};
  return { allowance: { remaining: fields.remainingPixels, retryInMs: positive(fields.retryIn, 0) } };
}

export function parseInitialState(value: unknown): InitialState | null {
  if (!isFields(value)) return null;
  const { epoch, seq, token, userCount } = value;
  const settings = parseSettings(value);
  if (!settings || typeof epoch !== "string" || !isCount(seq)) return null;
  const content = "delta" in value ? parseDelta(value.delta) : parseBoard(value.board, settings);
  if (!content) return null;
  return {
    epoch,
    seq,
    settings,
    content,
    ...parseAllowance(value),
    ...(typeof token === "string" ? { token } : {}),
    ...(isCount(userCount) ? { userCount } : {}),
  };
}
