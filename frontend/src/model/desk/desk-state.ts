/** What the server tells a desk: people, placements, refusals, and how its parts are. Patches are RFC 7396's. */

import { countOr, type Fields, fieldsIn, isFields } from "../fields";
import type { Area } from "../geometry";

/** What happened in the last minute, and in each of the minutes before, the oldest first. */
export interface Series {
  readonly minute: number;
  readonly history: readonly number[];
}

export interface BusyArea extends Area {
  readonly pixels: number;
}

export interface DeskState {
  readonly people: { readonly now: number; readonly history: readonly number[] };
  readonly placements: Series;
  readonly newcomers: Series;
  readonly refusals: Series;
  /** Who came in within the last minute, by the ways there are. */
  readonly entriesByWay: ReadonlyMap<string, number>;
  /** Refusals of the last minute by their code, the most first. */
  readonly reasons: readonly (readonly [code: string, count: number])[];
  /** How many wait for a decision, and a number that changes with whatever happens to one. */
  readonly reports: { readonly open: number; readonly version: number };
  readonly gateways: number;
  readonly loopLagMs: number;
  readonly commitMs: number;
  readonly waiting: number;
  readonly late: number;
  /** The square of the board with the most placements of the last minute; null without any. */
  readonly busiest: BusyArea | null;
  /** How many newcomers are in groups that behave as one. */
  readonly grouped: number;
  /** Why it does not work; "" while it does. */
  readonly storeFailing: string;
  readonly busFailing: string;
  readonly degraded: string;
}

/** A JSON Merge Patch. */
export function merge(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const result: Record<string, unknown> = isFields(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else result[name] = merge(result[name], value);
  }
  return result;
}

const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const countsOf = (value: unknown): number[] =>
  Array.isArray(value) ? value.map((count) => countOr(count, 0)) : [];

function seriesOf(value: unknown): Series {
  const { minute, history } = fieldsOf(value);
  return { minute: countOr(minute, 0), history: countsOf(history) };
}

const pairsOf = (value: unknown) =>
  Object.entries(fieldsOf(value)).map(([name, count]) => [name, countOr(count, 0)] as const);

function busyAreaOf(value: unknown): BusyArea | null {
  if (!isFields(value)) return null;
  const [x, y, width, height, pixels] = ["x", "y", "width", "height", "pixels"].map((name) =>
    countOr(value[name], 0),
  );
  return width && height && pixels ? { x: x ?? 0, y: y ?? 0, width, height, pixels } : null;
}

export function parseDeskState(value: unknown): DeskState {
  const told = fieldsOf(value);
  const [people, gateway, store] = [fieldsOf(told.people), fieldsOf(told.gateway), fieldsOf(told.store)];
  const reports = fieldsOf(told.reports);
  const reasons = pairsOf(fieldsOf(told.refusals).reasons);
  return {
    people: { now: countOr(people.now, 0), history: countsOf(people.history) },
    placements: seriesOf(told.placements),
    newcomers: seriesOf(told.newcomers),
    refusals: seriesOf(told.refusals),
    entriesByWay: new Map(pairsOf(fieldsOf(told.entries).byWay)),
    reasons: reasons.sort(([, a], [, b]) => b - a),
    reports: { open: countOr(reports.open, 0), version: countOr(reports.version, 0) },
    gateways: countOr(told.gateways, 1),
    loopLagMs: countOr(gateway.loopLagMs, 0),
    commitMs: countOr(store.commitMs, 0),
    waiting: countOr(store.waiting, 0),
    late: countOr(gateway.late, 0),
    busiest: busyAreaOf(told.busiest),
    grouped: fieldsIn(told.groups).reduce((sum, { people }) => sum + countOr(people, 0), 0),
    storeFailing: textOf(store.failing),
    busFailing: textOf(fieldsOf(told.bus).failing),
    degraded: textOf(told.degraded),
  };
}
