/** Sends a file and tells how much of it is sent, which `fetch` does not. */
import { fromPage } from "../../model/site-path";

/** Of a large picture over a phone's network, with the time that the server may take for it. */
const TIMEOUT_MS = 120_000;

export interface Uploaded {
  /** 0 when there was no answer. */
  readonly status: number;
  readonly text: string;
}

export function upload(
  path: string,
  headers: Readonly<Record<string, string>>,
  file: Blob,
  /** From 0 to 1. */
  sent: (share: number) => void,
): Promise<Uploaded> {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", fromPage(path));
    request.timeout = TIMEOUT_MS;
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", ({ loaded, total }) => sent(total ? loaded / total : 0));
    request.addEventListener("loadend", () => done({ status: request.status, text: request.responseText }));
    request.send(file);
  });
}
