/** Which part of the log an organiser means: an area or all, a time, people in or out. See `contract` of the interface. */
import type { Area } from "../geometry";

/** How long ago, in minutes; null stands for the beginning. The sliders walk these steps. */
export const AGES: readonly (number | null)[] = [0, 1, 2, 3, 5, 10, 15, 20, 30, 45, 60, 120, 240, 480, null];

/** Of a person: only theirs, or all but theirs. */
export type Side = "in" | "out";

export interface Filters {
  readonly area: Area | null;
  readonly sinceMinutes: number | null;
  /** 0 for now. */
  readonly untilMinutes: number | null;
  readonly people: ReadonlyMap<string, Side>;
}

/** A selection in the interface's form. */
export interface SelectionForm {
  readonly area?: Area;
  readonly since?: string;
  readonly until?: string;
  readonly people?: readonly string[];
  readonly except?: readonly string[];
}

const MINUTE_MS = 60_000;

const momentBefore = (now: Date, minutes: number): string =>
  new Date(now.getTime() - minutes * MINUTE_MS).toISOString();

const namesOn = (people: ReadonlyMap<string, Side>, wanted: Side): string[] =>
  [...people].filter(([, side]) => side === wanted).map(([person]) => person);

export function formOf({ area, sinceMinutes, untilMinutes, people }: Filters, now: Date): SelectionForm {
  const [within, except] = [namesOn(people, "in"), namesOn(people, "out")];
  return {
    ...(area && { area }),
    ...(sinceMinutes !== null && { since: momentBefore(now, sinceMinutes) }),
    ...(untilMinutes && { until: momentBefore(now, untilMinutes) }),
    ...(within.length > 0 && { people: within }),
    ...(except.length > 0 && { except }),
  };
}
