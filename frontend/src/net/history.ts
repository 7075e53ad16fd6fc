/** Where a server, or a folder of any web server, has an evening's pieces; addresses are relative to the index's own. */
import type { Change } from "../model/board/changes/change";
import { decodeLog } from "../model/board/log-text";
import { type Evening, parseEvening } from "../model/replay/evening";
import type { PieceSource } from "../model/replay/player";
import { fromPage } from "../model/site-path";
import { fetchWithin } from "./deadline";

const TIMEOUT_MS = 30_000;

/** Null when there was no good answer, for whatever reason. */
async function ask<T>(address: string, read: (answer: Response) => Promise<T | null>): Promise<T | null> {
  try {
    const answer = await fetchWithin(TIMEOUT_MS, address);
    return answer.ok ? await read(answer) : null;
  } catch {
    return null;
  }
}

export class HistoryPieces implements PieceSource {
  /** `log` is where what is in no piece yet is asked for; null where there is nothing but pieces. */
  constructor(
    readonly index: string,
    readonly log: string | null,
  ) {}

  readIndex(): Promise<Evening | null> {
    return ask(this.index, async (answer) => parseEvening(await answer.json()));
  }

  bytes(url: string): Promise<Uint8Array | null> {
    const address = new URL(url, new URL(fromPage(this.index), location.href)).href;
    return ask(address, async (answer) => new Uint8Array(await answer.arrayBuffer()));
  }

  async rest(after: number): Promise<readonly Change[] | null> {
    if (this.log === null) return [];
    return ask(`${this.log}?after=${after}`, async (answer) => decodeLog(await answer.text()));
  }
}
