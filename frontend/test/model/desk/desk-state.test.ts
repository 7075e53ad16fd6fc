import { describe, expect, test } from "vitest";
import { Alerts, MUTED_MS } from "../../../src/model/desk/alerts";
import { merge, parseDeskState } from "../../../src/model/desk/desk-state";

const CALM = {
  people: { now: 40, history: [30, 35] },
  placements: { minute: 300, history: [290] },
  newcomers: { minute: 3, history: [] },
  refusals: { minute: 5, history: [], reasons: { cooldown: 1, bad_pixel: 4 } },
  entries: { minute: 3, history: [], byWay: { code: 2, ticket: 1 }, ways: ["code", "ticket"] },
  gateways: 2,
  gateway: { late: 1, loopLagMs: 3 },
  store: { waiting: 2, commitMs: 7 },
  bus: {},
};

describe("a patch", () => {
  test.each([
    [{ a: 1 }, { a: 2, b: 3 }, { a: 2, b: 3 }],
    [{ a: { b: 1, c: 2 } }, { a: { b: null } }, { a: { c: 2 } }],
    [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
    [{ a: 1 }, { a: { b: 1 } }, { a: { b: 1 } }],
    [undefined, { a: 1 }, { a: 1 }],
  ])("of %j by %j makes %j", (target, patch, result) => expect(merge(target, patch)).toEqual(result));
});

describe("the state", () => {
  test("is read from what the server tells", () => {
    const state = parseDeskState(CALM);
    expect(state.people).toEqual({ now: 40, history: [30, 35] });
    expect([...state.entriesByWay]).toEqual([
      ["code", 2],
      ["ticket", 1],
    ]);
    expect(state.reasons).toEqual([
      ["bad_pixel", 4],
      ["cooldown", 1],
    ]);
    expect([state.gateways, state.commitMs, state.late, state.storeFailing]).toEqual([2, 7, 1, ""]);
  });

  test.each([null, 7, {}, { people: 3, placements: { minute: "x", history: 5 } }])(
    "of a server that tells %j is calm",
    (told) => {
      expect(parseDeskState(told).placements).toEqual({ minute: 0, history: [] });
      expect(new Alerts().look(parseDeskState(told), 0)).toEqual([]);
    },
  );
});

describe("an alert", () => {
  const failing = parseDeskState({ ...CALM, store: { failing: "the disk is full" } });
  const slow = parseDeskState({ ...CALM, store: { commitMs: 900 } });

  test("says at once that nothing can be saved, and for as long as that is so", () => {
    const alerts = new Alerts();
    expect(alerts.look(failing, 0)).toEqual(["store"]);
    expect(alerts.look(failing, 1000)).toEqual(["store"]);
    expect(alerts.look(parseDeskState(CALM), 2000)).toEqual([]);
  });

  test("about slowness waits until it lasts", () => {
    const alerts = new Alerts();
    expect([0, 1, 2].map((second) => alerts.look(slow, second * 1000))).toEqual([[], [], ["slowStore"]]);
    alerts.look(parseDeskState(CALM), 3000);
    expect(alerts.look(slow, 4000)).toEqual([]);
  });

  test("that was muted comes back when it is still so", () => {
    const alerts = new Alerts();
    alerts.look(failing, 0);
    alerts.mute("store", 0);
    expect(alerts.look(failing, MUTED_MS - 1)).toEqual([]);
    expect(alerts.look(failing, MUTED_MS)).toEqual(["store"]);
  });

  test("tells one spot that is flooded from a board that is full of people", () => {
    const busy = (pixels: number, minute: number) => {
      const busiest = { x: 8, y: 0, width: 8, height: 8, pixels };
      return new Alerts().look(parseDeskState({ ...CALM, placements: { minute }, busiest }), 0);
    };
    expect(busy(101, 150)).toEqual(["zone"]);
    expect(busy(101, 300)).toEqual([]);
    expect(busy(90, 90)).toEqual([]);
  });

  test("tells of newcomers who behave as one", () => {
    const groups = [{ number: 1, people: 12, x: 1, y: 2, width: 3, height: 4 }, { people: 30 }, null];
    const state = parseDeskState({ ...CALM, groups });
    expect([state.grouped, new Alerts().look(state, 0)]).toEqual([42, ["group"]]);
  });

  test("tells a flood from a crowd", () => {
    const flood = (people: number, minute: number) =>
      new Alerts().look(parseDeskState({ ...CALM, people: { now: people }, newcomers: { minute } }), 0);
    expect(flood(40, 61)).toEqual(["flood"]);
    expect(flood(5000, 900)).toEqual([]);
  });
});
