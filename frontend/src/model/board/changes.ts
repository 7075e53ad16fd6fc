/** The log as `/api/log` tells it, one line a change; golden vectors: `tests/wire/log.json`. */
import type { Area } from "../geometry";

export interface Change {
  readonly seq: number;
  /** The server's clock, milliseconds since 1970. */
  readonly atMs: number;
  readonly epoch: string;
  /** An organiser's has no age: no delay holds it back. */
  readonly kind: "placement" | "fill" | "reset" | "none";
  /** What it gives `color`; nothing for `none`, everything for `reset`. */
  readonly area: Area;
  readonly color: number;
}

const NOWHERE: Area = { x: 0, y: 0, width: 0, height: 0 };
const HEAD = /^@(\d{1,15}),(\d{1,15}),([^,\s]+)$/;
const NUMBER = /^-?\d{1,15}$/;

type Told = Pick<Change, "kind" | "area" | "color"> & { readonly ms: number; readonly epoch?: string };

/** Null when the text breaks the form: the reader begins anew instead of guessing. */
export function decodeLog(text: string): Change[] | null {
  const changes: Change[] = [];
  let at: { seq: number; atMs: number; epoch: string } | null = null;
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const [, seq, atMs, epoch] = HEAD.exec(line) ?? [];
    if (epoch !== undefined) {
      at = { seq: Number(seq), atMs: Number(atMs), epoch };
      continue;
    }
    const told = decodeLine(line.split(","));
    if (!at || !told) return null;
    at = { seq: at.seq, atMs: at.atMs + told.ms, epoch: told.epoch ?? at.epoch };
    changes.push({ ...at, kind: told.kind, area: told.area, color: told.color });
    at.seq += 1;
  }
  return changes;
}

function decodeLine(fields: readonly string[]): Told | null {
  const [first = ""] = fields;
  if (first === "r" && fields.length === 3 && NUMBER.test(fields[1] ?? "") && fields[2])
    return { kind: "reset", area: NOWHERE, color: 0, ms: Number(fields[1]), epoch: fields[2] };
  const numbers = (/^[f-]$/.test(first) ? fields.slice(1) : fields).map((field) =>
    NUMBER.test(field) ? Number(field) : Number.NaN,
  );
  if (numbers.some(Number.isNaN)) return null;
  const [x = 0, y = 0, third = 0, fourth = 0, fifth = 0, sixth = 0] = numbers;
  if (first === "-") return numbers.length === 1 ? { kind: "none", area: NOWHERE, color: 0, ms: x } : null;
  if (first === "f") {
    const area = { x, y, width: third, height: fourth };
    return numbers.length === 6 ? { kind: "fill", area, color: fifth, ms: sixth } : null;
  }
  const pixel = { x, y, width: 1, height: 1 };
  return numbers.length === 4 ? { kind: "placement", area: pixel, color: third, ms: fourth } : null;
}
