/** What an organiser should look at now. An alert that was muted keeps quiet for a while, and comes back if it is still so. */
import type { DeskState } from "./desk-state";

const ALERTS = ["store", "bus", "slowStore", "lag", "flood", "group", "zone", "refusals"] as const;
export type AlertKind = (typeof ALERTS)[number];

export const MUTED_MS = 15 * 60_000;
/** A commit takes a few ms; people feel their pixels wait from here on. */
const SLOW_COMMIT_MS = 500;
const LATE_LOOP_MS = 250;
/** Newcomers in a minute: more than this, and more than there are people, is no crowd that comes in by a door. */
const FLOOD = 60;
/** Placements of a minute in one square of 256: more than this, and more than everywhere else together. */
const FLOODED = 100;
/** Refusals in a minute: more than this, and more than were placed. */
const MANY_REFUSALS = 120;

const RULES: Readonly<Record<AlertKind, (state: DeskState) => boolean>> = {
  store: ({ storeFailing }) => storeFailing !== "",
  bus: ({ busFailing }) => busFailing !== "",
  slowStore: ({ commitMs }) => commitMs >= SLOW_COMMIT_MS,
  lag: ({ loopLagMs }) => loopLagMs >= LATE_LOOP_MS,
  flood: ({ newcomers, people }) => newcomers.minute > Math.max(FLOOD, people.now),
  group: ({ grouped }) => grouped > 0,
  zone: ({ busiest, placements }) =>
    busiest !== null && busiest.pixels > Math.max(FLOODED, placements.minute / 2),
  refusals: ({ refusals, placements }) => refusals.minute > Math.max(MANY_REFUSALS, placements.minute),
};

/** What lasts a second now and then is no news: a single one of these is. */
const LASTING = 3;

export class Alerts {
  readonly #mutedUntil = new Map<AlertKind, number>();
  readonly #seen = new Map<AlertKind, number>();

  /** Called with each state, once a second; which alerts to show. */
  look(state: DeskState, now: number): AlertKind[] {
    return ALERTS.filter((kind) => {
      const count = RULES[kind](state) ? (this.#seen.get(kind) ?? 0) + 1 : 0;
      this.#seen.set(kind, count);
      const least = kind === "slowStore" || kind === "lag" ? LASTING : 1;
      return count >= least && now >= (this.#mutedUntil.get(kind) ?? 0);
    });
  }

  mute(kind: AlertKind, now: number): void {
    this.#mutedUntil.set(kind, now + MUTED_MS);
  }
}
