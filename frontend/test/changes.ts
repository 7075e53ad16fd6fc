/** Changes of a log, for tests to make. */
import type { Change } from "../src/model/board/changes/change";
import { fill as fillKind } from "../src/model/board/changes/fill";
import { placement } from "../src/model/board/changes/placement";
import { reset as resetKind } from "../src/model/board/changes/reset";

export const place = (seq: number, x: number, y: number, color: number, atMs = 0): Change => ({
  ...{ seq, atMs, epoch: "e", kind: placement, color },
  area: { x, y, width: 1, height: 1 },
});

export const fill = (
  seq: number,
  x: number,
  y: number,
  width: number,
  height: number,
  color: number,
): Change => ({
  ...{ seq, atMs: 0, epoch: "e", kind: fillKind, color },
  area: { x, y, width, height },
});

export const reset = (seq: number, epoch: string): Change => ({
  ...fill(seq, 0, 0, 0, 0, 0),
  kind: resetKind,
  epoch,
});
