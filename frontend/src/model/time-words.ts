/** Times as people say them. */

/** The time alone where it is today, otherwise with its date. */
export function timeOf(moment: Date, now: Date, locale: string): string {
  const time = { hour: "2-digit", minute: "2-digit" } as const;
  const isToday = moment.toDateString() === now.toDateString();
  return moment.toLocaleString(locale, isToday ? time : { day: "numeric", month: "short", ...time });
}

/** Whole minutes, so that nobody comes back too early. */
export const minutesOf = (ms: number): number => Math.max(1, Math.ceil(ms / 60_000));
