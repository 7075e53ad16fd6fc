/** Reads the log and what else the server has for walls. Each answer also tells the server's time. */

import type { Change } from "../model/board/changes/change";
import { decodeLog } from "../model/board/log-text";
import { isFields } from "../model/fields";
import type { ServerClock } from "../model/wall/server-clock";
import { parseStatistics, type Statistics } from "../model/wall/statistics";
import { fetchWithin } from "./deadline";

export interface LogAnswer {
  /** False when the log does not go on from where it was asked: it is another, and a new beginning is needed. */
  readonly follows: boolean;
  /** What the epoch that was asked with is called now. */
  readonly epoch: string;
  readonly changes: readonly Change[];
  /** The newest change there is; more than was answered when the answer was full. */
  readonly newest: number;
  readonly serverMs: number;
}

export interface EarlierBoard {
  readonly epoch: string;
  readonly seq: number;
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

const TIMEOUT_MS = 8000;

/** Null when there was no good answer, for whatever reason: the caller asks again. */
async function ask<T>(path: string, read: (answer: Response) => Promise<T | null>): Promise<T | null> {
  try {
    return await read(await fetchWithin(TIMEOUT_MS, path, { cache: "no-store" }));
  } catch {
    return null;
  }
}

/** `question` is `after=SEQ`, `after=SEQ&epoch=EPOCH` or `minutes=N`. */
export function readLog(question: string, clock: ServerClock): Promise<LogAnswer | null> {
  const sentMs = clock.localMs();
  return ask(`/api/log?${question}`, async (answer) => {
    // The headers come first: they are what the clock is read from, however long the text takes.
    const serverMs = Number(answer.headers.get("x-server-time") ?? Number.NaN);
    if (answer.ok) clock.sample(sentMs, clock.localMs(), serverMs);
    if (answer.status === 409) return { follows: false, epoch: "", changes: [], newest: 0, serverMs };
    const changes = answer.ok ? decodeLog(await answer.text()) : null;
    const epoch = answer.headers.get("x-board-epoch") ?? "";
    return (
      changes && {
        follows: true,
        epoch,
        changes,
        newest: Number(answer.headers.get("x-board-seq")),
        serverMs,
      }
    );
  });
}

/** A number is how many seconds to wait: there is no board yet that is old enough. */
export function readEarlier(delaySeconds: number): Promise<EarlierBoard | number | null> {
  return ask(`/api/board/earlier?delay=${delaySeconds}`, async (answer) => {
    if (answer.status === 503) return Number(answer.headers.get("retry-after")) || null;
    const [, epoch, seq] = /^(?:W\/)?"([^:"]+):(\d+)"$/.exec(answer.headers.get("etag") ?? "") ?? [];
    if (!answer.ok || epoch === undefined) return null;
    const [width, height] = ["width", "height"].map((side) => Number(answer.headers.get(`x-board-${side}`)));
    const pixels = new Uint8Array(await answer.arrayBuffer());
    if (!width || !height || pixels.length !== width * height) return null;
    return { epoch, seq: Number(seq), width, height, pixels };
  });
}

export function readColors(): Promise<readonly string[] | null> {
  return ask("/api/config", async (answer) => {
    const body: unknown = await answer.json();
    return isFields(body) && Array.isArray(body.colors) ? (body.colors as string[]) : null;
  });
}

/** The event's time zone; null where this browser does not know it, or the server does not tell. */
export function readTimeZone(): Promise<string | null> {
  return ask("/api/config", async (answer) => {
    const body: unknown = await answer.json();
    if (!isFields(body) || typeof body.timeZone !== "string") return null;
    // Throws where the zone is not known.
    return new Intl.DateTimeFormat("en", { timeZone: body.timeZone }).resolvedOptions().timeZone;
  });
}

export function readStatistics(): Promise<Statistics | null> {
  return ask("/api/statistics", async (answer) => (answer.ok ? parseStatistics(await answer.json()) : null));
}

/** Whether a reload would get the page. */
export const pageIsThere = (): Promise<true | null> =>
  ask(location.href, async (answer) =>
    answer.ok && (await answer.text()).includes('id="board"') ? true : null,
  );
