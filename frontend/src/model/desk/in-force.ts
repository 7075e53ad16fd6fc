/** What organisers have in force, as the server's answer says it, and what ends each of it. */
import { type Fields, fieldsIn, isCount, isFields } from "../fields";
import type { Area } from "../geometry";

/** How it is ended. A mute ends by a moment that has come, which is that of the press. */
export type Ending =
  | { readonly by: "undo"; readonly seq: number }
  | { readonly by: "panic" }
  | { readonly by: "mute"; readonly report: number };

export interface InForceItem {
  readonly kind: "panic" | "ban" | "zone" | "announce" | "mute";
  /** Whom or what it is about: pseudonyms, or the words of an announcement. */
  readonly about: readonly string[];
  readonly area: Area | null;
  readonly reason: string;
  /** Null for good. */
  readonly until: Date | null;
  readonly ending: Ending;
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

function momentOf(value: unknown): Date | null {
  const moment = new Date(textOf(value));
  return Number.isNaN(moment.getTime()) ? null : moment;
}

function areaOf(value: unknown): Area | null {
  if (!isFields(value)) return null;
  const { x, y, width, height } = value;
  return isCount(x) && isCount(y) && isCount(width) && isCount(height) ? { x, y, width, height } : null;
}

function itemOf(
  kind: InForceItem["kind"],
  told: Fields,
  about: readonly string[],
  ending: Ending,
): InForceItem {
  const { reason, until, area } = told;
  return { kind, about, area: areaOf(area), reason: textOf(reason), until: momentOf(until), ending };
}

const undoOf = ({ undo }: Fields): Ending => ({ by: "undo", seq: Number(undo) });

export function parseInForce(body: Fields): InForceItem[] {
  const { panic, bans, zones, announcements, mutes } = body;
  return [
    ...(panic === true ? [itemOf("panic", {}, [], { by: "panic" })] : []),
    ...fieldsIn(bans).map((ban) => {
      const people = Array.isArray(ban.people) ? ban.people.map(String) : [];
      return itemOf("ban", ban, people, undoOf(ban));
    }),
    ...fieldsIn(zones).map((zone) => itemOf("zone", zone, [], undoOf(zone))),
    ...fieldsIn(announcements).map((one) => {
      const texts = isFields(one.texts) ? Object.values(one.texts).map(String) : [];
      return itemOf("announce", one, texts.slice(0, 1), undoOf(one));
    }),
    ...fieldsIn(mutes).map((mute) =>
      itemOf("mute", mute, [textOf(mute.person)], { by: "mute", report: Number(mute.report) }),
    ),
  ];
}

/** How long until the next of them ends by itself; null where none does. */
export function nextEndInMs(items: readonly InForceItem[], now: Date): number | null {
  const ends = items.flatMap(({ until }) => (until ? [until.getTime() - now.getTime()] : []));
  return ends.length > 0 ? Math.max(0, Math.min(...ends)) : null;
}
