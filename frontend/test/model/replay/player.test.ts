/** The board at any moment equals a plain replay, however one got there. */
import { expect, test } from "vitest";
import { Board } from "../../../src/model/board/board";
import { decodeLog } from "../../../src/model/board/log-text";
import { parseEvening } from "../../../src/model/replay/evening";
import { ReplayPlayer } from "../../../src/model/replay/player";

const [WIDTH, HEIGHT, ENTRIES, PIECES] = [7, 5, 40, 12];
const BEGAN = 1_700_000_000_000;

/** The same numbers at each run. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
}

interface Told {
  readonly line: string;
  readonly atMs: number;
  readonly pixels: Uint8Array;
}

/** Lines of the log, when each was, and the board after it. */
function evening(): Told[] {
  const next = chance(3);
  const pixels = new Uint8Array(WIDTH * HEIGHT);
  let atMs = BEGAN;
  return Array.from({ length: ENTRIES * PIECES + 13 }, () => {
    atMs += next(400);
    const what = next(40);
    if (what === 0) {
      pixels.fill(0);
      return { line: "r,0,another", atMs, pixels: pixels.slice() };
    }
    if (what === 1) {
      for (let y = 1; y < 4; y++) pixels.fill(2, y * WIDTH + 2, y * WIDTH + 5);
      return { line: "f,2,1,3,3,2,0", atMs, pixels: pixels.slice() };
    }
    if (what === 2) return { line: "-,0", atMs, pixels: pixels.slice() };
    const [x, y, color] = [next(WIDTH), next(HEIGHT), next(3)];
    pixels[y * WIDTH + x] = color;
    return { line: `${x},${y},${color}`, atMs, pixels: pixels.slice() };
  });
}

/** A piece, written by what docs/history.md says. */
function encode(told: readonly Told[], first: number): Uint8Array {
  const planes = [0, 1, 2, 3, 4].map(() => new Uint8Array(told.length));
  const times: number[] = [];
  const others: string[] = [];
  told.forEach(({ line, atMs }, index) => {
    let zigzag = 2 * (atMs - (told[Math.max(0, index - 1)]?.atMs ?? 0));
    while (zigzag >= 128) {
      times.push((zigzag % 128) + 128);
      zigzag = Math.floor(zigzag / 128);
    }
    times.push(zigzag);
    if (/^\d/.test(line)) {
      const [x = 0, y = 0, color = 0] = line.split(",").map(Number);
      [x % 256, x >> 8, y % 256, y >> 8, color].forEach((byte, plane) => {
        planes[plane]?.set([byte], index);
      });
    } else others.push(`${index},${line}\n`);
  });
  const text = new TextEncoder().encode(others.join(""));
  const head = new DataView(new ArrayBuffer(32));
  head.setUint32(0, 0x31485042, true);
  head.setUint32(4, told.length, true);
  head.setBigUint64(8, BigInt(first), true);
  head.setBigInt64(16, BigInt(told[0]?.atMs ?? 0), true);
  head.setUint32(24, times.length, true);
  head.setUint32(28, text.length, true);
  return Uint8Array.of(
    ...new Uint8Array(head.buffer),
    ...planes.flatMap((plane) => [...plane]),
    ...times,
    ...text,
  );
}

const told = evening();
const pieces = Array.from({ length: PIECES }, (_, number) => {
  const some = told.slice(number * ENTRIES, (number + 1) * ENTRIES);
  const [at, until] = [some[0]?.atMs, some[some.length - 1]?.atMs];
  return {
    url: `p${number}`,
    after: number * ENTRIES,
    to: (number + 1) * ENTRIES,
    at,
    until,
    bytes: encode(some, number * ENTRIES + 1),
  };
});
const epochs = [
  {
    name: "one",
    from: 1,
    at: BEGAN,
    width: WIDTH,
    height: HEIGHT,
    colors: ["#FFFFFF", "#000000", "#FF0000"],
  },
  {
    name: "two",
    from: 3 * ENTRIES,
    at: BEGAN,
    width: WIDTH,
    height: HEIGHT,
    colors: ["#FFFFFF", "#000000", "#00FF00"],
  },
];
const index = {
  format: 1,
  seq: ENTRIES * PIECES,
  pieces,
  checkpoints: [5, 9].map((number) => ({ url: `c${number}`, seq: number * ENTRIES })),
  epochs,
  moments: [],
};

function player(asked: string[] = []) {
  const read = parseEvening(index);
  if (!read) throw new Error("the index is one");
  const rest = decodeLog(
    told
      .slice(ENTRIES * PIECES)
      .map(({ line, atMs }, at) => {
        const seq = ENTRIES * PIECES + at + 1;
        return `@${seq},${atMs},two\n${/^\d/.test(line) ? `${line},0` : line}`;
      })
      .join("\n"),
  );
  const source = {
    bytes: async (url: string) => {
      asked.push(url);
      if (url.startsWith("p")) return pieces[Number(url.slice(1))]?.bytes ?? null;
      return told[Number(url.slice(1)) * ENTRIES - 1]?.pixels ?? null;
    },
    rest: async (after: number) => (after === ENTRIES * PIECES ? rest : []),
  };
  return new ReplayPlayer(read, source, new Board());
}

/** The last entry up to a moment. */
const seqAt = (ms: number) => told.filter(({ atMs }) => atMs <= ms).length;

test("at 1,000 moments in any order the board is what a plain replay has", async () => {
  const replay = player();
  expect(await replay.readRest()).toBe(true);
  expect([replay.beginMs, replay.endMs]).toEqual([told[0]?.atMs, told[told.length - 1]?.atMs]);
  const next = chance(11);
  for (let round = 0; round < 1_000; round++) {
    const ms = replay.beginMs - 5 + next(replay.endMs - replay.beginMs + 10);
    expect(await replay.show(ms)).toBe(true);
    const seq = seqAt(ms);
    expect(replay.seq).toBe(seq);
    expect([...replay.board.pixels]).toEqual([...(told[seq - 1]?.pixels ?? new Uint8Array(WIDTH * HEIGHT))]);
    expect(replay.board.colors[2]).toBe(seq >= 3 * ENTRIES ? "#00FF00" : "#FF0000");
  }
});

test("a jump reads one checkpoint and what comes after it, and nothing twice", async () => {
  const asked: string[] = [];
  const replay = player(asked);
  await replay.show(Number(pieces[7]?.until));
  expect(asked.sort()).toEqual(["c5", "p5", "p6", "p7"]);
  asked.length = 0;
  await replay.show(Number(pieces[6]?.until));
  expect(asked).toEqual([]);
});

test("the last of several wishes is the one that is shown", async () => {
  const replay = player();
  const shown = await Promise.all(
    [pieces[7], pieces[2], pieces[10]].map((piece) => replay.show(Number(piece?.until))),
  );
  expect(shown).toEqual([false, false, true]);
  expect(replay.seq).toBe(seqAt(Number(pieces[10]?.until)));
});

test("a piece that cannot be read is no board", async () => {
  const read = parseEvening(index);
  const replay =
    read && new ReplayPlayer(read, { bytes: async () => null, rest: async () => null }, new Board());
  expect(await replay?.show(Number(pieces[7]?.at))).toBe(false);
  expect(await replay?.readRest()).toBe(false);
});

test("a piece that is expected and cannot be read is asked for once, and again when it is needed", async () => {
  const read = parseEvening(index);
  let asked = 0;
  const bytes = async () => {
    asked += 1;
    return null;
  };
  const replay = read && new ReplayPlayer(read, { bytes, rest: async () => [] }, new Board());
  for (let frame = 0; frame < 5; frame++) {
    replay?.expect(Number(pieces[3]?.at));
    await Promise.resolve().then(() => undefined);
  }
  expect(asked).toBe(1);
  expect(await replay?.show(Number(pieces[3]?.at))).toBe(false);
  expect(asked).toBe(2);
});

test("an index that is none is refused", () => {
  for (const wrong of [
    null,
    3,
    {},
    { ...index, format: 2 },
    { ...index, seq: 1 },
    { ...index, pieces: pieces.slice(1) },
    { ...index, epochs: [{}] },
  ])
    expect(parseEvening(wrong)).toBeNull();
});
