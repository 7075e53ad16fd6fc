import { beforeEach, expect, test } from "vitest";
import { Camera } from "../../../src/model/draw/camera";

let camera: Camera;

beforeEach(() => {
  camera = new Camera(() => {});
  camera.setArea({ left: 0, top: 50, width: 400, height: 600 }, []);
  camera.setBoard({ width: 64, height: 64 }, { minScale: 1, maxScale: 40 });
  camera.centerOn({ x: 32, y: 32 }, 9);
});

test("the camera glides from one view to another", () => {
  const camera = new Camera(() => {});
  camera.setArea({ left: 0, top: 50, width: 400, height: 600 }, []);
  camera.setBoard({ width: 64, height: 64 }, { minScale: 1, maxScale: 40 });
  camera.centerOn({ x: 10, y: 10 }, 4);
  const from = camera.seen;
  camera.between(from, { at: { x: 30, y: 30 }, scale: 16 }, 0.5);
  expect(camera.scale).toBeCloseTo(8);
  expect(camera.seen.at.x).toBeCloseTo(20);
  camera.between(from, camera.whole, 1);
  const { left, top, width, height } = camera.view;
  expect([left < 0, top < 0, left + width > 64, top + height > 64]).toEqual([true, true, true, true]);
});

test("the middle of the board lies in the middle of the free area", () => {
  expect(camera.windowAt(32, 32)).toEqual({ x: 200, y: 350 });
});

test("a pinch keeps the board's point under the fingers", () => {
  const at = { x: 120, y: 300 };
  const before = camera.boardAt(at);
  camera.pinch(2, at);
  expect(camera.scale).toBe(18);
  expect(camera.boardAt(at).x).toBeCloseTo(before.x);
  camera.pinch(1, at, { x: 130, y: 290 });
  expect(camera.boardAt({ x: 130, y: 290 }).y).toBeCloseTo(before.y);
});

test("the scale keeps its limits", () => {
  camera.pinch(1000, camera.center);
  expect(camera.scale).toBe(40);
  camera.pinch(0.0001, camera.center);
  expect(camera.scale).toBe(1);
});

test("a board larger than the window can be seen whole", () => {
  camera.setBoard({ width: 4096, height: 1000 }, { minScale: 1, maxScale: 40 });
  camera.fit();
  expect(camera.scale).toBeCloseTo((400 / 4096) * 0.95);
});

test("the board never leaves the middle of the window", () => {
  camera.panBy(99_999, 99_999);
  expect(camera.boardAt(camera.center)).toEqual({ x: 0, y: 0 });
  camera.panBy(-99_999, -99_999);
  expect(camera.boardAt(camera.center)).toEqual({ x: 64, y: 64 });
});

test("turning the phone keeps what is in the middle", () => {
  camera.panBy(-50, 30);
  const before = camera.boardAt(camera.center);
  camera.setArea({ left: 0, top: 0, width: 600, height: 390 }, []);
  expect(camera.boardAt(camera.center).x).toBeCloseTo(before.x);
  expect(camera.scale).toBe(9);
});

test("revealing moves just as far as needed", () => {
  camera.centerOn({ x: 32, y: 32 }, 40);
  expect(camera.shows(0, 0)).toBe(false);
  camera.reveal(0, 0);
  expect(camera.shows(0, 0)).toBe(true);
  const { x, y } = camera;
  camera.reveal(1, 1);
  expect([camera.x, camera.y]).toEqual([x, y]);
});

test("only a board of another size is another board", () => {
  expect(camera.setBoard({ width: 64, height: 64 }, { minScale: 2, maxScale: 20 })).toBe(false);
  expect(camera.setBoard({ width: 64, height: 32 }, { minScale: 2, maxScale: 20 })).toBe(true);
});

test("the whole board lies in the middle of the room that tools leave", () => {
  const tools = { left: 340, top: 50, width: 60, height: 600 };
  camera.setArea({ left: 0, top: 50, width: 400, height: 600 }, [tools]);
  camera.fit();
  expect(camera.windowAt(32, 32)).toEqual({ x: 170, y: 350 });
  camera.setBoard({ width: 160, height: 20 }, { minScale: 1, maxScale: 40 });
  camera.setArea({ left: 0, top: 50, width: 400, height: 600 }, [{ ...tools, top: 300, height: 350 }]);
  camera.fit();
  expect(camera.windowAt(80, 10)).toEqual({ x: 200, y: 175 });
});

test("looks at a place without showing what lies beside the board, and at the middle of what fits", () => {
  const camera = new Camera(() => undefined);
  camera.setArea({ left: 0, top: 0, width: 400, height: 600 }, []);
  camera.setBoard({ width: 1000, height: 40 }, { minScale: 1, maxScale: 40 });
  camera.lookAt({ x: 500, y: 3 }, 10);
  expect(camera.seen).toEqual({ at: { x: 500, y: 20 }, scale: 10 });
  camera.lookAt({ x: 995, y: 3 }, 10);
  expect(camera.seen.at).toEqual({ x: 980, y: 20 });
});
