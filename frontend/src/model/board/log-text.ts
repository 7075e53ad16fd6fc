/** The log as `/api/log` tells it, one line a change; golden vectors: `tests/wire/log.json`. */
import type { Change } from "./changes/change";
import { parseLine } from "./changes/registry";

const HEAD = /^@(\d{1,15}),(-?\d{1,15}),([^,\s]+)$/;

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
    const read = parseLine(line);
    if (!at || !read) return null;
    at = { seq: at.seq, atMs: at.atMs + read.ms, epoch: read.epoch ?? at.epoch };
    const { kind, area, color, colors, size } = read;
    changes.push({ ...at, kind, area, color, ...(colors && { colors }), ...(size && { size }) });
    at.seq += 1;
  }
  return changes;
}
