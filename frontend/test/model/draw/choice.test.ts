import { expect, test } from "vitest";
import { Choice } from "../../../src/model/draw/choice";

test("the chosen pixel stays inside the board", () => {
  const board = { width: 3, height: 2 };
  const choice = new Choice(board);
  choice.choose(3, 0);
  expect(choice.pixel).toBeNull();
  choice.nudge(1, 0, { x: 1.7, y: -4 });
  expect(choice.pixel).toEqual({ x: 1, y: 0 });
  choice.nudge(5, 1, { x: 0, y: 0 });
  expect(choice.pixel).toEqual({ x: 2, y: 1 });
  board.width = 2;
  expect(choice.pixel).toBeNull();
});
