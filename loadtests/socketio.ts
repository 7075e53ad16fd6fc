/** Socket.IO 5 on Engine.IO 4 over one WebSocket: what a user of BeePlace needs of it, for all tests. */
import { clearTimeout, setTimeout } from "k6/timers";
import { WebSocket } from "./websocket.ts";

const ENGINE = { open: "0", close: "1", ping: "2", pong: "3" };
const SOCKET = { connect: "40", disconnect: "41", event: "42", ack: "43", refusal: "44" };

/** socket.io-client gives up connecting after 20 s too. */
const PATIENCE_MS = 20_000;
const CONNECTED = -1;
/** k6 loses at times what comes in one piece with the answer to a handshake; who heard nothing opens another socket. */
const SILENCE_MS = 2_000;

/** One Engine.IO message as it came. Decoding is the reader's choice: most batches matter to nobody in a load test. */
export type Frame = string;
/** The JSON array of an acknowledgement's arguments, not decoded either. */
export type Arguments = string;

interface Waiting {
  readonly resolve: (text: Arguments) => void;
  readonly reject: (error: Error) => void;
}

/** The name and arguments of an event's frame. */
export const decodeEvent = (frame: Frame): unknown[] => JSON.parse(frame.slice(SOCKET.event.length));

export class Socket {
  /** All that came, WebSocket headers included. */
  bytesReceived = 0;
  readonly #address: string;
  #socket: WebSocket;
  readonly #handlers = new Map<string, (frame: Frame) => void>();
  /** Who waits for an acknowledgement, by its id, or for CONNECTED. */
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;
  #over = false;

  /**
   * `url` is the page's: `http://host:port`. `lost` is told why the session ended before `close`, `silent` of each
   * connection that was open and said nothing.
   */
  constructor(
    url: string,
    readonly lost: (reason: string) => void,
    readonly silent: () => void,
  ) {
    this.#address = `${url.replace(/^http/, "ws")}/socket.io/?EIO=4&transport=websocket`;
    this.#socket = this.#open();
  }

  #open(): WebSocket {
    const socket = new WebSocket(this.#address);
    let heard = false;
    const isOurs = () => this.#socket === socket;
    socket.onopen = () => setTimeout(() => !heard && isOurs() && this.#openAnother(), SILENCE_MS);
    socket.onmessage = (event) => {
      heard = true;
      if (isOurs()) this.#receive(String(event?.data));
    };
    socket.onerror = (event) => isOurs() && this.fail(event?.error ?? "error");
    socket.onclose = () => isOurs() && this.fail("closed by the server");
    return socket;
  }

  #openAnother(): void {
    if (this.#over) return;
    const before = this.#socket;
    this.silent();
    this.#socket = this.#open();
    before.close();
  }

  /** Once the server has taken us into namespace `/`. */
  async connected(): Promise<void> {
    await this.#wait(CONNECTED);
  }

  on(event: string, handler: (frame: Frame) => void): void {
    this.#handlers.set(event, handler);
  }

  /** Does nothing once the session has ended: `lost` has been told. */
  emit(event: string, payload: unknown): void {
    if (this.#over) return;
    this.#socket.send(SOCKET.event + JSON.stringify([event, payload]));
  }

  /** Emits and waits for the acknowledgement; rejects when none comes. */
  ask(event: string, payload: unknown): Promise<Arguments> {
    if (this.#over) return Promise.reject(new Error("the session has ended"));
    const id = this.#nextId++;
    this.#socket.send(`${SOCKET.event}${id}${JSON.stringify([event, payload])}`);
    return this.#wait(id);
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket.send(SOCKET.disconnect);
    this.#socket.close();
  }

  /** Ends the session where something went wrong; the first reason is the one that `lost` is told. */
  fail(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket.close();
    this.lost(reason);
    for (const { reject } of [...this.#waiting.values()]) reject(new Error(reason));
  }

  #wait(id: number): Promise<Arguments> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail("no answer"), PATIENCE_MS);
      const settled = <T>(settle: (value: T) => void) => {
        return (value: T) => {
          clearTimeout(timer);
          this.#waiting.delete(id);
          settle(value);
        };
      };
      this.#waiting.set(id, { resolve: settled(resolve), reject: settled(reject) });
    });
  }

  #receive(frame: Frame): void {
    this.bytesReceived += frame.length + (frame.length < 126 ? 2 : frame.length < 65_536 ? 4 : 10);
    if (frame.startsWith(SOCKET.event)) this.#event(frame);
    else if (frame === ENGINE.ping) this.#socket.send(ENGINE.pong);
    else if (frame.startsWith(SOCKET.ack)) this.#acknowledge(frame);
    else if (frame.startsWith(SOCKET.connect)) this.#waiting.get(CONNECTED)?.resolve("[]");
    else if (frame.startsWith(ENGINE.open)) this.#socket.send(SOCKET.connect);
    else if (frame.startsWith(SOCKET.refusal) || frame === SOCKET.disconnect || frame === ENGINE.close) {
      this.fail(`ended by the server: ${frame}`);
    }
  }

  #event(frame: Frame): void {
    const start = SOCKET.event.length + 2; // after 42["
    this.#handlers.get(frame.substring(start, frame.indexOf('"', start)))?.(frame);
  }

  #acknowledge(frame: Frame): void {
    const start = frame.indexOf("[");
    this.#waiting.get(Number(frame.substring(SOCKET.ack.length, start)))?.resolve(frame.slice(start));
  }
}
