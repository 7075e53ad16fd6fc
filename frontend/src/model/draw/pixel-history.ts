/** A pixel's last changes, as `GET /api/pixels/{x}/{y}` tells them. */
import { isByOrganiser } from "../board/changes/registry";
import { isFields } from "../fields";

export interface PixelChange {
  readonly seq: number;
  /** A pseudonym. */
  readonly by: string;
  readonly byOrganiser: boolean;
  readonly hex: string;
  /** How long ago by the server's clock, because the phone's may be wrong. */
  readonly agoMs: number;
}

/** Null when it is no such answer. `serverNow` is the moment of the answer by the server's clock. */
export function parseHistory(value: unknown, serverNow: number): readonly PixelChange[] | null {
  if (!isFields(value) || !Array.isArray(value.changes)) return null;
  return value.changes.flatMap((change: unknown) => parseChange(change, serverNow) ?? []);
}

function parseChange(value: unknown, serverNow: number): PixelChange | null {
  if (!isFields(value)) return null;
  const { seq, by, hex, at, kind } = value;
  if (typeof seq !== "number" || typeof by !== "string" || typeof at !== "number") return null;
  if (typeof hex !== "string" || !/^#[0-9a-f]{6}$/i.test(hex)) return null;
  return { seq, by, hex, byOrganiser: isByOrganiser(kind), agoMs: Math.max(0, serverNow - at) };
}

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
] as const;

/** "5 minutes ago" in the person's language. */
export function sayAgo(agoMs: number, language: string): string {
  const [unit, ms] = UNITS.find(([, least]) => agoMs >= least) ?? UNITS[3];
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  return format.format(-Math.floor(agoMs / ms), unit);
}
