/** Whose the key is that is signed in, and what it may do. */
import { isFields } from "../fields";

export interface Holder {
  readonly name: string;
  readonly role: string;
  /** The kinds of action that it may take. */
  readonly may: ReadonlySet<string>;
}

/** From the answer of `GET /api/desk`; null when it says nothing of it. */
export function parseHolder(told: unknown): Holder | null {
  const you = isFields(told) ? told.you : null;
  if (!isFields(you) || typeof you.name !== "string" || typeof you.role !== "string") return null;
  const kinds = Array.isArray(you.may) ? you.may : [];
  return { name: you.name, role: you.role, may: new Set(kinds.filter((kind) => typeof kind === "string")) };
}
