/** Where an evening's pieces come from: a server's addresses, or the scripts of a folder that opens without one. */
import { gunzipSync } from "fflate";
import type { Change } from "../model/board/changes/change";
import { decodeLog } from "../model/board/log-text";
import { type Evening, parseEvening } from "../model/replay/evening";
import type { EveningSource } from "../model/replay/player";
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

export class HistoryPieces implements EveningSource {
  /** `log` is where what is in no piece yet is asked for. */
  constructor(
    readonly index: string,
    readonly log: string,
  ) {}

  readIndex(): Promise<Evening | null> {
    return ask(this.index, async (answer) => parseEvening(await answer.json()));
  }

  bytes(url: string): Promise<Uint8Array | null> {
    const address = new URL(url, new URL(fromPage(this.index), location.href)).href;
    return ask(address, async (answer) => new Uint8Array(await answer.arrayBuffer()));
  }

  async rest(after: number): Promise<readonly Change[] | null> {
    return ask(`${this.log}?after=${after}`, async (answer) => decodeLog(await answer.text()));
  }
}

type Deliver = (name: string, content: unknown) => void;

declare global {
  interface Window {
    /** What the folder's scripts call. */
    beeplaceArchive?: Deliver;
  }
}

/**
 * A folder that may be opened from a disk, where a page may read no file: each file is a script that hands over what it
 * has, the index as an object and the rest as base64 of gzip. See docs/history.md.
 */
export class ArchivedHistory implements EveningSource {
  readonly #delivered = new Map<string, unknown>();

  /** `folder` has the index and all that it names; relative to the page. */
  constructor(readonly folder: string) {
    window.beeplaceArchive = (name, content) => this.#delivered.set(name, content);
  }

  async readIndex(): Promise<Evening | null> {
    return parseEvening(await this.#read("index"));
  }

  async bytes(url: string): Promise<Uint8Array | null> {
    const content = await this.#read(url);
    try {
      return typeof content === "string" ? gunzipSync(decodeBase64(content)) : null;
    } catch {
      return null;
    }
  }

  /** All of the log is in pieces. */
  async rest(): Promise<readonly Change[]> {
    return [];
  }

  /** Null where there is no such script, or it hands over nothing. */
  #read(name: string): Promise<unknown> {
    return new Promise((resolve) => {
      const script = document.createElement("script");
      const end = () => {
        script.remove();
        resolve(this.#delivered.get(name) ?? null);
        this.#delivered.delete(name);
      };
      script.addEventListener("load", end);
      script.addEventListener("error", end);
      script.src = `${this.folder}/${name}.js`;
      document.head.append(script);
    });
  }
}

function decodeBase64(text: string): Uint8Array {
  const packed = atob(text);
  const bytes = new Uint8Array(packed.length);
  for (let index = 0; index < packed.length; index++) bytes[index] = packed.charCodeAt(index);
  return bytes;
}
