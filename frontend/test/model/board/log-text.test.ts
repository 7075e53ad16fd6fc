import { expect, test } from "vitest";
import vectors from "../../../../tests/wire/log.json";
import { Board } from "../../../src/model/board/board";
import { decodeLog } from "../../../src/model/board/log-text";

test.each(vectors)("the log is read as agreed: $name", ({ first, entries, lines }) => {
  const kinds: Record<string, string> = {
    placement: "placement",
    fill: "fill",
    paste: "paste",
    reset: "reset",
    size: "size",
    read_only: "none",
    settings: "none",
  };
  const changes = decodeLog(lines.map((line) => `${line}\n`).join(""));
  expect(changes?.map(({ seq, atMs, epoch, kind, color }) => [seq, atMs, epoch, kind.name, color])).toEqual(
    entries.map(({ kind, epoch, at, color = 0 }, index) => [
      first + index,
      at,
      epoch,
      kinds[kind],
      kind === "read_only" ? 0 : color,
    ]),
  );
});

test("the pixels of a paste are those of its runs", () => {
  const [change] = decodeLog("@1,2,e\np,1,2,3,2,2*7;-;0;2*-,5\n") ?? [];
  expect([...(change?.colors ?? [])]).toEqual([7, 7, -1, 0, -1, -1]);
});

test("a resize keeps what both sizes have and paints what is new", () => {
  const board = new Board();
  const colors = ["#FFFFFF", "#E50000"];
  board.load({ epoch: "one", seq: 8 }, { width: 3, height: 2, colors }, Uint8Array.of(1, 2, 3, 4, 5, 6));
  const paint = (line: string) => {
    const [change] = decodeLog(`@9,2,one\n${line}\n`) ?? [];
    change?.kind.paint(board, change, change.seq);
    return [board.epoch, board.width, board.height, [...board.pixels]];
  };
  expect(paint("s,3,2,2,3,0;0,5,two")).toEqual(["two", 2, 3, [1, 2, 4, 5, 0, 0]]);
  expect(paint("s,2,3,3,4,2*-;7;2*-;0;2*-;8;2*0;9,5,three")).toEqual([
    "three",
    3,
    4,
    [1, 2, 7, 4, 5, 0, 0, 0, 8, 0, 0, 9],
  ]);
  expect(paint("s,3,4,1,1,,5,four")).toEqual(["four", 1, 1, [1]]);
});

test.each([
  "@1,2,e\ns,3,2,4,2,,5",
  "@1,2,e\ns,3,2,0,2,,5,f",
  "@1,2,e\ns,3,2,5000,2,,5,f",
  "@1,2,e\ns,3,2,4,2,0,5,f",
  "@1,2,e\np,0,0,2,1,7,0",
  "@1,2,e\np,0,0,2,1,3*7,0",
  "@1,2,e\np,0,0,2,1,7;x,0",
  "@1,2,e\np,0,0,2,1,7;7",
  "@1,2,e\np,0,0,0,1,,0",
  "1,2,3,4",
  "@1,2,e\n1,2,3",
  "@1,2,e\nf,1,2,3,4",
  "@1,2,e\nr,1",
  "@1,2\n",
  "@1,2,e\n1,2,x,4",
  "<html>",
])("the text %j is no log", (text) => {
  expect(decodeLog(text)).toBeNull();
});

test("kinds that are not known are read by what they did to the board", () => {
  const changes = decodeLog("@1,2,e\nw,1,2,3,4,5,6\nb,7\n1,1,1,1\n");
  expect(changes?.map(({ seq, atMs, area, color }) => [seq, atMs, area.width, color])).toEqual([
    [1, 8, 3, 5],
    [2, 15, 0, 0],
    [3, 16, 1, 1],
  ]);
  expect(changes?.map(({ kind }) => kind.byOrganiser)).toEqual([true, true, false]);
});

test.each(["w", "w,1,2", "w,1,2,3,4,5,x", "ww,1", "W,1"])("the line %j has no form that is known", (line) => {
  expect(decodeLog(`@1,2,e\n${line}\n`)).toBeNull();
});
