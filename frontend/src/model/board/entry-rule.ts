/** Who may draw: anyone, or who came in by one of the ways. */
import { isCount, isFields } from "../fields";

export interface EntryRule {
  /** "open" alone, or the ways to come in. */
  readonly ways: readonly string[];
  /** Another number: all codes that walls show have ended. */
  readonly round: number;
}

/** An older server lets anyone draw. */
export function parseEntryRule(value: unknown): EntryRule {
  const { ways, round } = isFields(value) ? value : {};
  const named = Array.isArray(ways) ? ways.filter((way) => typeof way === "string") : [];
  return { ways: named.length > 0 ? named : ["open"], round: isCount(round) ? round : 0 };
}

export const isGated = ({ ways }: EntryRule): boolean => !ways.includes("open");
