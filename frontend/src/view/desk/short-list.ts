/** Of people who are named together; the others are counted. */
const NAMED = 3;

export const shortList = (names: readonly string[]): string =>
  names.slice(0, NAMED).join(", ") + (names.length > NAMED ? ` + ${names.length - NAMED}` : "");
