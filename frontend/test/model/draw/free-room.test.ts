import { expect, test } from "vitest";
import { freeRoom } from "../../../src/model/draw/free-room";

const PHONE = { left: 0, top: 60, width: 400, height: 500 };
const TOOLS = { left: 345, top: 350, width: 45, height: 200 };

test("a board that the tools do not touch has all of the free area", () => {
  expect(freeRoom(PHONE, [TOOLS], { width: 400, height: 40 })).toEqual(PHONE);
});

test("a square board stands beside the tools on a phone", () => {
  expect(freeRoom(PHONE, [TOOLS], { width: 64, height: 64 })).toEqual({ ...PHONE, width: 345 });
});

test("a wide board stands above the tools where it is larger there", () => {
  const low = { left: 0, top: 0, width: 400, height: 260 };
  const tools = { left: 100, top: 200, width: 300, height: 50 };
  expect(freeRoom(low, [tools], { width: 200, height: 100 })).toEqual({ ...low, height: 200 });
});

test("tools at the left leave the room at the right", () => {
  const room = freeRoom(PHONE, [{ ...TOOLS, left: 10 }], { width: 64, height: 64 });
  expect(room).toEqual({ ...PHONE, left: 55, width: 345 });
});

test("where tools leave nothing, the board is shown under them", () => {
  expect(freeRoom(PHONE, [PHONE], { width: 64, height: 64 })).toEqual(PHONE);
});

test("a board stands between what floats above and below", () => {
  const low = { left: 0, top: 0, width: 160, height: 256 };
  const [bar, tools] = [
    { left: 4, top: 4, width: 120, height: 70 },
    { left: 30, top: 210, width: 120, height: 40 },
  ];
  expect(freeRoom(low, [bar, tools], { width: 64, height: 64 })).toEqual({ ...low, top: 74, height: 136 });
});
