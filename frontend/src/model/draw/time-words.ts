/** A moment as people write it: the time alone where it is today, otherwise with its date. */

export function timeOf(moment: Date, now: Date, locale: string): string {
  const time = { hour: "2-digit", minute: "2-digit" } as const;
  const isToday = moment.toDateString() === now.toDateString();
  return moment.toLocaleString(locale, isToday ? time : { day: "numeric", month: "short", ...time });
}
