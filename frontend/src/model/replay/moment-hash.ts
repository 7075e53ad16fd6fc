/** The address of a moment: `#t=SECONDS` since 1970, or `#last=MINUTES` before the end; `&at=x,y,scale` is the place. */
import type { View } from "../draw/camera";

export interface MomentHash {
  readonly atMs: number | null;
  readonly lastMinutes: number | null;
  readonly view: View | null;
}

const NUMBER = /^-?\d{1,12}(?:\.\d{1,3})?$/;

export function parseMoment(hash: string): MomentHash {
  const fields = new Map(
    hash
      .replace(/^#/, "")
      .split("&")
      .map((field) => [field.slice(0, field.indexOf("=")), field.slice(field.indexOf("=") + 1)] as const),
  );
  const number = (text: string | undefined) => (text && NUMBER.test(text) ? Number(text) : null);
  const [x, y, scale] = (fields.get("at") ?? "").split(",").map((text) => number(text));
  const seconds = number(fields.get("t"));
  const view = x != null && y != null && scale != null && scale > 0 ? { at: { x, y }, scale } : null;
  return { atMs: seconds === null ? null : seconds * 1000, lastMinutes: number(fields.get("last")), view };
}

/** `view` null: the whole board. */
export function formatMoment(atMs: number, view: View | null): string {
  const place = view
    ? `&at=${view.at.x.toFixed(1)},${view.at.y.toFixed(1)},${Number(view.scale.toFixed(2))}`
    : "";
  return `#t=${Math.round(atMs / 1000)}${place}`;
}
