/** A moment as walls write it: "21:45", in whatever language, in the event's zone. */

/** `timeZone` null: the machine's own. */
export function timeOnWall(moment: Date, timeZone: string | null): string {
  return moment.toLocaleTimeString("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(timeZone && { timeZone }),
  });
}
