/** One festival-goer: fetches the page, joins like an original client, places pixels, watches, leaves. */
import { randomBytes } from "k6/crypto";
import http from "k6/http";
import { setTimeout } from "k6/timers";
import {
  bytesPerClient,
  failed,
  joinDuration,
  pixels,
  pixelsRefused,
  pixelsSeen,
  placementToFrame,
  silentHandshakes,
  users,
} from "./measures.ts";
import { type Arguments, decodeEvent, type Frame, Socket } from "./socketio.ts";
import { decodeJoinAnswer, decodePixels, type InitialState, type Pixel } from "./wire.ts";

export const url = __ENV.URL ?? "http://127.0.0.1:8000";

interface Unseen {
  readonly pixel: Pixel;
  /** As it stands in a batch. */
  readonly text: string;
  readonly sentAt: number;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
export const randomBelow = (limit: number): number => Math.floor(Math.random() * limit);

/** The page as a browser asks for it first. Its cookie is not kept: who joins is known by the fingerprint, as in the thesis. */
export const fetchPage = () => http.get(`${url}/`, { responseType: "text", jar: new http.CookieJar() });

/** A token of `POST /api/rehearsals`: its people are no flood of newcomers, who would have to work before they draw. */
const rehearsal = __ENV.REHEARSAL ? `${__ENV.REHEARSAL}.` : "";

/** Nobody else's: a shared one would share the allowance. */
function newFingerprint(): string {
  const random = Array.from(new Uint8Array(randomBytes(16)), (byte) => byte.toString(16).padStart(2, "0"));
  return rehearsal + random.join("");
}

export class User {
  /** Told every batch. */
  heard: (frame: Frame) => void = () => {};
  readonly #unseen: Unseen[] = [];

  private constructor(
    readonly socket: Socket,
    readonly state: InitialState,
  ) {
    socket.on("u", (frame) => this.#batch(frame));
    socket.on("pixelRejected", (frame) => this.#refused(frame));
  }

  /** Null, and counted, where the server does not let us in. `read` may shorten the answer before it is decoded. */
  static async join(read: (answer: Arguments) => Arguments = (answer) => answer): Promise<User | null> {
    const startedAt = Date.now();
    const socket = new Socket(url, failed, () => silentHandshakes.add(1));
    try {
      await socket.connected();
      const answer = read(await socket.ask("join", newFingerprint()));
      const state = decodeJoinAnswer(answer);
      if (state === null) throw new Error(`join refused: ${answer}`);
      joinDuration.add(Date.now() - startedAt);
      users.add(1);
      return new User(socket, state);
    } catch (error) {
      socket.fail(String(error));
      return null;
    }
  }

  get unseen(): number {
    return this.#unseen.length;
  }

  /** In the thesis's form: no acknowledgement is asked for. */
  place(pixel: Pixel): void {
    const [x, y, color] = pixel;
    this.#unseen.push({ pixel, text: pixel.join(), sentAt: Date.now() });
    this.socket.emit("pixelFromPlayer", { x, y, color });
    pixels.add(1);
  }

  randomPixel(): Pixel {
    const { width, height, colors } = this.state;
    return [randomBelow(width), randomBelow(height), randomBelow(colors.length)];
  }

  leave(): void {
    this.socket.close();
    bytesPerClient.add(this.socket.bytesReceived);
  }

  /** Thousands of users hear every batch: it is decoded only where a pixel of one's own seems to be in it. */
  #batch(frame: Frame): void {
    this.heard(frame);
    if (!this.#unseen.some(({ text }) => frame.includes(text))) return;
    const [, text] = decodeEvent(frame);
    const changed = decodePixels(String(text)) ?? [];
    for (const waiting of [...this.#unseen]) {
      if (!changed.some((pixel) => isSame(pixel, waiting.pixel))) continue;
      placementToFrame.add(Date.now() - waiting.sentAt);
      pixelsSeen.add(1);
      this.#unseen.splice(this.#unseen.indexOf(waiting), 1);
    }
  }

  #refused(frame: Frame): void {
    const [, refusal] = decodeEvent(frame) as [string, { x: number; y: number; color: number; code: string }];
    const index = this.#unseen.findIndex(({ pixel }) => isSame(pixel, [refusal.x, refusal.y, refusal.color]));
    if (index >= 0) this.#unseen.splice(index, 1);
    pixelsRefused.add(1, { code: refusal.code });
  }
}

const isSame = (one: Pixel, other: Pixel) => one.every((value, index) => value === other[index]);
