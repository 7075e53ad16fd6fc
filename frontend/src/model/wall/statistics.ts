/** The figures of the statistics scene, as `/api/statistics` has them. */
import { isFields } from "../fields";

export interface Statistics {
  readonly people: number;
  readonly changes: number;
  /** Changes in each minute of the last hour, oldest first. */
  readonly perMinute: readonly number[];
  /** How many pixels have each colour of the palette. */
  readonly colors: readonly number[];
}

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((item) => typeof item === "number");

export function parseStatistics(value: unknown): Statistics | null {
  if (!isFields(value) || !isNumbers(value.perMinute) || !isNumbers(value.colors)) return null;
  const { people, changes, perMinute, colors } = value;
  return { people: Number(people), changes: Number(changes), perMinute, colors };
}
