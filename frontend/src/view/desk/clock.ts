/** A moment of the evening as the desk's lists write it: "21:45". */
export const clock = (moment: Date): string =>
  moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
