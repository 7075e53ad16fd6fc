/** When an organiser's order ends, as a field of minutes says it. */

const MINUTE_MS = 60_000;

/** So many minutes after a moment, as the interface takes it. */
export const minutesAfter = (moment: Date, minutes: number): string =>
  new Date(moment.getTime() + minutes * MINUTE_MS).toISOString();

/** None for good. */
export function endOf(field: HTMLSelectElement, now: Date): { until?: string } {
  const minutes = Number(field.value);
  return minutes > 0 ? { until: minutesAfter(now, minutes) } : {};
}
