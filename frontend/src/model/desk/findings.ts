/** What the server found in a selection, and what organisers did, as its answers say it. */
import { countOr, type Fields, fieldsIn, isCount, isFields } from "../fields";
import type { Area } from "../geometry";

/** What a rewind would change. `selection` is settled: taken back later, it is the same. */
export interface Preview {
  readonly pixels: number;
  readonly people: number;
  readonly left: number;
  /** A picture of the area, as a `data:` URL. */
  readonly picture: string;
  readonly selection: Fields;
}

export interface Author {
  readonly person: string;
  readonly name: string;
  readonly pixels: number;
  /** Of all that was drawn there, 0..1. */
  readonly share: number;
  readonly first: Date;
  readonly last: Date;
}

/** Newcomers of one network who behave as one: a selection's people and area. */
export interface Group {
  readonly people: readonly string[];
  readonly area: Area;
}

export interface DoneAction {
  readonly seq: number;
  readonly kind: string;
  /** The key's name; "" for one that nobody knows any more. */
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
  readonly isUndone: boolean;
  /** Of an undo: what it undid. */
  readonly undoes: number | null;
  readonly changed: number | null;
  readonly left: number | null;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const countOrNull = (value: unknown): number | null => (isCount(value) ? value : null);

export function parsePreview(body: Fields): Preview | null {
  if (!isFields(body.selection)) return null;
  return {
    pixels: countOr(body.pixels, 0),
    people: countOr(body.people, 0),
    left: countOr(body.left, 0),
    picture: textOf(body.picture),
    selection: body.selection,
  };
}

/** The one that was found last; null without any. */
export function parseNewestGroup(body: Fields): Group | null {
  const group = fieldsIn(body.groups).pop();
  if (!group || !isFields(group.area) || !Array.isArray(group.people)) return null;
  const [x, y, width, height] = [group.area.x, group.area.y, group.area.width, group.area.height];
  if (!isCount(x) || !isCount(y) || !isCount(width) || !isCount(height)) return null;
  return {
    people: group.people.filter((person) => typeof person === "string"),
    area: { x, y, width, height },
  };
}

export const parseAuthors = (body: Fields): Author[] =>
  fieldsIn(body.people).map((author) => ({
    person: textOf(author.person),
    name: textOf(author.name),
    pixels: countOr(author.pixels, 0),
    share: typeof author.share === "number" ? author.share : 0,
    first: new Date(textOf(author.first)),
    last: new Date(textOf(author.last)),
  }));

export const parseActions = (body: Fields): DoneAction[] =>
  fieldsIn(body.actions).map((action) => ({
    seq: countOr(action.seq, 0),
    kind: textOf(action.kind),
    by: textOf(action.by),
    reason: textOf(action.reason),
    at: new Date(textOf(action.at)),
    isUndone: isCount(action.undoneBy),
    undoes: countOrNull(action.undoes),
    changed: countOrNull(action.changed),
    left: countOrNull(action.left),
  }));
