import { beforeEach, expect, test } from "vitest";
import type { Confirmation, Refusal } from "../../../src/model/board/answers";
import { Allowance } from "../../../src/model/draw/allowance";
import { type PlacementRequest, Placer } from "../../../src/model/draw/placer";

type Answer = Confirmation | Refusal | null;

let nowMs: number;
let asked: { request: PlacementRequest; answer: (answer: Answer) => Promise<void> }[];
let refusals: string[];
let silences: number[];
let allowance: Allowance;
let placer: Placer;

const settled = () => new Promise<void>((done) => setTimeout(done, 0));

beforeEach(() => {
  [nowMs, asked, refusals, silences] = [0, [], [], []];
  let rid = 0;
  allowance = new Allowance(() => nowMs, 3);
  allowance.update(3, 0);
  placer = new Placer(allowance, {
    now: () => nowMs,
    randomBytes: (length) => new Uint8Array(length).fill(rid++),
    send: (request) =>
      new Promise((resolve) => {
        const answer = (given: Answer) => {
          resolve(given);
          return settled();
        };
        asked.push({ request, answer });
      }),
    changed: () => {},
    confirmed: () => {},
    refused: (_, { code }) => refusals.push(code),
    silence: (waitMs) => silences.push(waitMs),
  });
});

const ok = (seq: number, remaining: number): Confirmation => ({
  ok: true,
  seq,
  remaining,
  retryInMs: 10_000,
});

test("a placement is pending at once and counted before the answer", () => {
  placer.place(1, 2, 3, "e");
  expect(placer.placements.unanswered).toHaveLength(1);
  expect(placer.available).toBe(2);
  expect(asked[0]?.request).toEqual({ x: 1, y: 2, color: 3, epoch: "e", rid: "AAAAAAAAAAAAAAAAAAAAAA" });
});

test("a confirmed placement stays in the layer until the board has reached it", async () => {
  placer.place(1, 2, 3, "e");
  await asked[0]?.answer(ok(8, 2));
  expect(placer.placements.unanswered).toHaveLength(0);
  placer.placements.settle({ epoch: "e", seq: 7 });
  expect(placer.placements.all).toHaveLength(1);
  placer.placements.settle({ epoch: "e", seq: 8 });
  expect(placer.placements.all).toHaveLength(0);
  expect(placer.available).toBe(2);
});

test("a confirmed placement of an epoch that ended is let go", async () => {
  placer.place(1, 2, 3, "e");
  await asked[0]?.answer(ok(8, 2));
  placer.placements.settle({ epoch: "f", seq: 0 });
  expect(placer.placements.all).toHaveLength(0);
});

test("a refused placement is taken back with its reason and costs nothing", async () => {
  placer.place(1, 2, 3, "e");
  await asked[0]?.answer({ ok: false, code: "protected" });
  expect(placer.placements.all).toHaveLength(0);
  expect(refusals).toEqual(["protected"]);
  expect(placer.available).toBe(3);
});

test("a refusal for the allowance sets it to what the gateway knows", async () => {
  placer.place(1, 2, 3, "e");
  await asked[0]?.answer({ ok: false, code: "cooldown", retryInMs: 4000 });
  expect(placer.available).toBe(0);
  expect(allowance.retryInMs).toBe(4000);
});

test("without an answer the same request id is sent again, once it makes sense", async () => {
  placer.place(1, 2, 3, "e");
  placer.resend();
  expect(asked).toHaveLength(1);
  await asked[0]?.answer(null);
  expect(silences).toEqual([0]);
  placer.resend();
  expect(asked[1]?.request).toEqual(asked[0]?.request);
  await asked[1]?.answer(ok(4, 2));
  placer.resend();
  expect(asked).toHaveLength(2);
});

test("at most eight are on the wire, the next one when one of them is answered, in order", async () => {
  for (let x = 0; x < 30; x++) placer.place(x, 0, 1, "e");
  expect(asked).toHaveLength(8);
  for (let n = 0; n < 30; n++) {
    await asked[n]?.answer(ok(n, 0));
    expect(asked).toHaveLength(Math.min(30, n + 9));
  }
  expect(asked.map(({ request }) => request.x)).toEqual(Array.from({ length: 30 }, (_, x) => x));
  expect(placer.placements.unanswered).toHaveLength(0);
});

test("what was not answered is sent again no faster, and nothing beside it meanwhile", async () => {
  for (let x = 0; x < 20; x++) placer.place(x, 0, 1, "e");
  for (const { answer } of [...asked]) await answer(null);
  placer.place(20, 0, 1, "e");
  expect(asked).toHaveLength(8);
  expect(silences).toEqual([0]);
  placer.resend();
  placer.resend();
  expect(asked.map(({ request }) => request.x)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7]);
});

test.each(["not_joined", "unknown"])("“%s” has not judged the placement: it is asked again", async (code) => {
  placer.place(1, 2, 3, "e");
  await asked[0]?.answer({ ok: false, code, retryInMs: 300 });
  expect(placer.placements.unanswered).toHaveLength(1);
  expect(refusals).toEqual([]);
  expect(silences).toEqual([300]);
});

test("after a minute without an answer the placement is taken back", async () => {
  placer.place(1, 2, 3, "e");
  await asked[0]?.answer(null);
  nowMs = 59_999;
  placer.expire();
  expect(placer.placements.all).toHaveLength(1);
  nowMs = 60_000;
  placer.expire();
  expect(placer.placements.all).toHaveLength(0);
  expect(refusals).toEqual(["unanswered"]);
});

test("an answer after the placement was given up still tells the allowance", async () => {
  placer.place(1, 2, 3, "e");
  nowMs = 60_000;
  placer.expire();
  await asked[0]?.answer(ok(9, 1));
  expect(placer.placements.all).toHaveLength(0);
  expect(placer.available).toBe(1);
});
