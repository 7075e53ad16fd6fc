/** A board's snapshot and configuration, asked for separately: together one view, if they speak of the same board. */

import { isFields } from "../fields";
import { decodePosition, type Position } from "./range";
import { type BoardSettings, parseBoardSettings } from "./settings";

export interface FirstView extends Position {
  readonly settings: BoardSettings;
  readonly pixels: Uint8Array;
}

/** `etag` is the snapshot's, `"epoch:seq"`. Null when a reset or another size came between the two. */
export function parseFirstView(config: unknown, etag: string, pixels: Uint8Array): FirstView | null {
  const at = decodePosition(etag.replace(/^(?:W\/)?"|"$/g, ""));
  const settings = isFields(config) ? parseBoardSettings(config) : null;
  if (!at || !settings || !isFields(config) || config.epoch !== at.epoch) return null;
  return pixels.length === settings.width * settings.height ? { ...at, settings, pixels } : null;
}
