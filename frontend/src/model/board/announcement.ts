/** What organisers say to everyone, in one or several languages. */
import { countOr, isFields } from "../fields";

export interface Announcement {
  readonly id: number;
  readonly texts: Readonly<Record<string, string>>;
}

export function parseAnnouncement(value: unknown): Announcement | null {
  if (!isFields(value) || !isFields(value.texts)) return null;
  const texts = Object.entries(value.texts).filter((entry): entry is [string, string] => {
    return typeof entry[1] === "string" && entry[1] !== "";
  });
  return texts.length ? { id: countOr(value.id, 0), texts: Object.fromEntries(texts) } : null;
}

/** In a page's language; where there is none, in English, or else in the first there is. "" for no announcement. */
export function announcementIn(language: string, announcement: Announcement | null): string {
  const texts = announcement?.texts ?? {};
  return texts[language] ?? texts.en ?? Object.values(texts)[0] ?? "";
}
