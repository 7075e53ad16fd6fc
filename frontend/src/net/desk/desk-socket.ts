/** The desk's socket: a ticket for each connection, the state and its patches, and what organisers do. */

import { io, type Socket } from "socket.io-client";
import { Backoff } from "../../model/board/backoff";
import { merge } from "../../model/desk/desk-state";
import { isFields } from "../../model/fields";
import { siteFolder } from "../../model/site-path";

export interface DeskSocketHandlers {
  /** A ticket for who is signed in; null while none can be had. */
  ticket(): Promise<string | null>;
  state(state: unknown): void;
  /** An organiser did something. */
  action(): void;
  /** False also after each try in vain: what is shown must then be asked for. */
  connected(connected: boolean): void;
}

/** From the ticket to the first state; what is open and says nothing, as behind some proxies, is given up. */
const SILENCE_MS = 8000;
const FIRST_MS = 500;
const MAX_MS = 10_000;

export class DeskSocket {
  readonly #waits = new Backoff(FIRST_MS, MAX_MS, Math.random);
  #socket: Socket | null = null;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #later: ReturnType<typeof setTimeout> | undefined;
  #wanted = false;
  #version = -1;
  #state: unknown;

  constructor(readonly on: DeskSocketHandlers) {}

  open(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    void this.#connect();
  }

  close(): void {
    this.#wanted = false;
    this.#drop();
  }

  async #connect(): Promise<void> {
    const ticket = await this.on.ticket();
    if (!this.#wanted || this.#socket) return;
    if (ticket === null) {
      this.#lost();
      return;
    }
    // A ticket is good for one connection, so that socket.io-client's own new tries would all be refused.
    const socket = io("/organiser", {
      path: `${siteFolder(location.pathname)}desk/socket.io`,
      transports: ["websocket"],
      query: { ticket },
      reconnection: false,
      forceNew: true,
    });
    this.#socket = socket;
    this.#silence = setTimeout(() => this.#lost(), SILENCE_MS);
    socket.on("state", (told: unknown) => this.#whole(told));
    socket.on("patch", (told: unknown) => this.#patch(told));
    socket.on("log", () => this.on.action());
    socket.on("disconnect", () => this.#lost());
    socket.on("connect_error", () => this.#lost());
  }

  #whole(told: unknown): void {
    if (!isFields(told)) return;
    clearTimeout(this.#silence);
    this.#version = Number(told.version);
    this.#state = told.state;
    this.#waits.reset();
    this.on.connected(true);
    this.on.state(this.#state);
  }

  #patch(told: unknown): void {
    if (!isFields(told) || Number(told.version) <= this.#version) return;
    // One that is missing cannot be: they come in their order. If it is, everything is told anew.
    if (Number(told.version) !== this.#version + 1) {
      this.#lost();
      return;
    }
    this.#version += 1;
    this.#state = merge(this.#state, told.patch);
    this.on.state(this.#state);
  }

  #lost(): void {
    this.#drop();
    this.#again();
  }

  #again(): void {
    clearTimeout(this.#later);
    if (this.#wanted) this.#later = setTimeout(() => void this.#connect(), this.#waits.next());
  }

  #drop(): void {
    clearTimeout(this.#later);
    clearTimeout(this.#silence);
    this.#socket?.off().disconnect();
    this.#socket = null;
    this.#version = -1;
    this.on.connected(false);
  }
}
