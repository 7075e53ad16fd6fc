import { expect, test } from "vitest";
import { isMinimapNeeded, minimapSize, viewOnMinimap } from "../../../src/model/draw/minimap";

test("an overview is there for large boards of which much is out of sight", () => {
  const board = { width: 1024, height: 512 };
  const part = { left: 100, top: 100, width: 200, height: 200 };
  expect(isMinimapNeeded(board, part)).toBe(true);
  expect(isMinimapNeeded(board, { left: -10, top: -10, width: 1044, height: 600 })).toBe(false);
  expect(isMinimapNeeded({ width: 64, height: 64 }, part)).toBe(false);
  expect(minimapSize(board)).toEqual({ width: 96, height: 48 });
  expect(viewOnMinimap(board, { left: -100, top: 256, width: 612, height: 9999 })).toEqual({
    left: 0,
    top: 24,
    width: 48,
    height: 24,
  });
});

test("a view beside the board still has a frame to be seen", () => {
  const frame = viewOnMinimap({ width: 4096, height: 4096 }, { left: 4095, top: 0, width: 3, height: 3 });
  expect(frame).toEqual({ left: 88, top: 0, width: 8, height: 8 });
});
