/** The connection to the gateway: joins, joins again after every break, and hands on what arrives, parsed. */

import { io, type Socket } from "socket.io-client";
import {
  type Confirmation,
  parseJoinAnswer,
  parsePlaceAnswer,
  parseRefusal,
  parseSyncAnswer,
  type Refusal,
  type SyncAnswer,
} from "../model/board/answers";
import { Backoff } from "../model/board/backoff";
import type { InitialState } from "../model/board/initial-state";
import type { LinkState } from "../model/board/link-state";
import { Patience } from "../model/board/patience";
import { decodePosition, type Position } from "../model/board/range";
import type { PlacementRequest } from "../model/draw/placer";
import { type Fields, isFields } from "../model/fields";
import { siteFolder } from "../model/site-path";
import type { TextStore } from "../model/text-store";

export interface LinkHandlers {
  /** The first join waits for this, for a while: it decides what the join has to ask for. */
  ready(): Promise<void>;
  /** Where to resume from; null asks for the whole board. */
  position(): Position | null;
  /** Null for a page that only watches: it is no person, and may not place. */
  identity: TextStore | null;
  state(state: LinkState): void;
  joined(state: InitialState): void;
  joinRefused(refusal: Refusal): void;
  batch(text: string, range: string): void;
  /** Null when the server did not say which epoch begins, as the thesis's does not. */
  reset(at: Position | null): void;
  readOnly(readOnly: boolean): void;
  userCount(people: number): void;
  settings(fields: Fields): void;
  rejected(refusal: Refusal): void;
  /** The person may not draw from here on, and only watches; null: may again. */
  banned(refusal: Refusal | null): void;
}

const ANSWER_TIMEOUT_MS = 5000;
const JOIN_TIMEOUT_MS = 10_000;
const SYNC_TIMEOUT_MS = 2000;
const READY_TIMEOUT_MS = 4000;
/** A connection by polling that lasts is renewed, to find out whether a WebSocket is possible by now. */
const POLLING_MS = 300_000;
const BAN_SLACK_MS = 500;
/** A browser takes a longer time for none. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export class Link {
  readonly #socket: Socket;
  readonly #refusals = new Backoff(1000, 30_000, Math.random);
  #state: LinkState = "connecting";
  readonly #patience = new Patience();
  #opening: ReturnType<typeof setTimeout> | undefined;
  #polling: ReturnType<typeof setTimeout> | undefined;
  #later: ReturnType<typeof setTimeout> | undefined;
  #banEnds: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly on: LinkHandlers) {
    this.#socket = io({
      path: `${siteFolder(location.pathname)}socket.io`,
      transports: this.#patience.transports,
      // Without this a network that blocks WebSockets would never get to the second.
      tryAllTransports: true,
      reconnectionDelay: 800,
      reconnectionDelayMax: 5000,
      randomizationFactor: 0.5,
      // Ours begins with each try, and ends when the gateway has answered: see `#watch`.
      timeout: LONGEST_TIMEOUT_MS,
    });
    this.#listenToConnection();
    this.#listenToEvents();
    this.#watch();
  }

  get state(): LinkState {
    return this.#state;
  }

  get live(): boolean {
    return this.#state === "live";
  }

  /** Differs for every connection: tells whether an answer still belongs to the present one. */
  get id(): string | undefined {
    return this.#socket.id;
  }

  /** Null when no answer came, in time or at all. */
  place(request: PlacementRequest): Promise<Confirmation | Refusal | null> {
    return this.#ask("pixelFromPlayer", request, ANSWER_TIMEOUT_MS, parsePlaceAnswer);
  }

  sync({ epoch, seq }: Position): Promise<SyncAnswer | null> {
    return this.#ask("sync", { epoch, seq }, SYNC_TIMEOUT_MS, parseSyncAnswer);
  }

  /** Asks anew what is a person's own: the allowance, a ban. */
  joinAgain(): void {
    if (this.live) void this.#join();
  }

  /** Drops the connection, if there is one, and opens another, at once or after `afterMs`. */
  reconnect(afterMs = 0): void {
    this.#drop();
    this.#become("reconnecting");
    this.#later = setTimeout(() => {
      this.#watch();
      this.#socket.connect();
    }, afterMs);
  }

  #drop(): void {
    for (const timer of [this.#later, this.#opening, this.#polling]) clearTimeout(timer);
    this.#socket.disconnect();
  }

  /** A network may take a connection and say nothing on it, as proxies and portals do: then the other transport is tried. */
  #watch(): void {
    clearTimeout(this.#opening);
    this.#socket.io.opts.transports = this.#patience.transports;
    this.#opening = setTimeout(() => this.#silent(), this.#patience.limitMs);
  }

  #silent(): void {
    this.#patience.silence();
    this.reconnect();
  }

  #answered(): void {
    this.#patience.spoke();
    clearTimeout(this.#polling);
    this.#polling = setTimeout(() => {
      if (this.#socket.io.engine.transport.name === "polling") this.reconnect();
    }, POLLING_MS);
  }

  /** A newer page of the same person has its place. Coming back by itself would take it from that one in turn. */
  #rest(): void {
    this.#become("resting");
    this.#drop();
  }

  #listenToConnection(): void {
    const socket = this.#socket;
    socket.io.on("reconnect_attempt", () => this.#watch());
    socket.on("connect", () => {
      clearTimeout(this.#opening);
      socket.io.engine.once("upgrade", () => this.#patience.upgraded());
      void this.#join();
    });
    socket.on("disconnect", (reason) => {
      if (this.#state === "resting") return;
      // Cut before anything was answered: as good as silent.
      if (this.#state !== "live" && reason.startsWith("transport")) this.#patience.silence();
      this.#become("reconnecting");
      // The one reason after which socket.io-client does not come back by itself.
      if (reason === "io server disconnect") this.reconnect(this.#refusals.next());
    });
    socket.on("connect_error", (error) => {
      this.#become("reconnecting");
      clearTimeout(this.#opening);
      if (!socket.active) this.#refused(parseRefusal((error as { data?: unknown }).data));
    });
    // The jitter keeps a crowd that was sent the same number from reconnecting in the same millisecond.
    socket.on("displaced", () => this.#rest());
    socket.on("bye", (payload: unknown) => {
      const ms = isFields(payload) && typeof payload.reconnectIn === "number" ? payload.reconnectIn : 1000;
      this.reconnect(ms + Math.random() * Math.min(1000, ms / 4));
    });
  }

  #listenToEvents(): void {
    const { on } = this;
    this.#socket.on("u", (text: unknown, range: unknown) => on.batch(String(text), String(range ?? "")));
    this.#socket.on("readOnly", (readOnly: unknown) => on.readOnly(readOnly === true));
    this.#socket.on("userCount", (people: unknown) => on.userCount(Number(people)));
    this.#socket.on("pixelRejected", (payload: unknown) => on.rejected(parseRefusal(payload)));
    this.#socket.on("banned", (payload: unknown) => this.#banChanged(payload));
    this.#socket.on("settings", (payload: unknown) => isFields(payload) && on.settings(payload));
    this.#socket.on("resetBoard", (...payload: unknown[]) => {
      const at = payload.filter((value) => typeof value === "string").pop();
      on.reset(typeof at === "string" ? decodePosition(at) : null);
    });
  }

  #banChanged(payload: unknown): void {
    if (isFields(payload)) this.#banned(parseRefusal({ ...payload, code: "banned" }));
    else void this.#join();
  }

  /** Asks again once it is over: the gateway tells of a ban that is lifted, not of one that ends. */
  #banned(refusal: Refusal): void {
    this.on.banned(refusal);
    clearTimeout(this.#banEnds);
    if (refusal.retryInMs === undefined) return;
    const ms = Math.min(refusal.retryInMs + BAN_SLACK_MS, LONGEST_TIMEOUT_MS);
    this.#banEnds = setTimeout(() => void this.#join(), ms);
  }

  async #join(watching = false): Promise<void> {
    const { id } = this;
    await Promise.race([this.on.ready(), new Promise((done) => setTimeout(done, READY_TIMEOUT_MS))]);
    if (id !== this.id) return;
    const who = watching ? { watch: true } : this.#whoAsks();
    const request = { ...who, ...this.on.position(), board: "b64" };
    const answer = await this.#ask("join", request, JOIN_TIMEOUT_MS, parseJoinAnswer);
    if (id !== this.id) return;
    if (answer === null) this.#patience.silence();
    else this.#answered();
    if (answer === null) this.reconnect(this.#refusals.next());
    else if ("ok" in answer && answer.code === "banned" && !watching) {
      this.#banned(answer);
      await this.#join(true);
    } else if ("ok" in answer) this.#refused(answer);
    else {
      this.#refusals.reset();
      if (!watching) this.on.banned(null);
      // Who came in while the join was on its way has a newer one.
      if (answer.token && this.on.identity?.read() === (("token" in who && who.token) || null))
        this.on.identity?.write(answer.token);
      this.#become("live");
      this.on.joined(answer);
    }
  }

  #whoAsks(): { token?: string } | { watch: true } {
    const { identity } = this.on;
    if (!identity) return { watch: true };
    const token = identity.read();
    return token ? { token } : {};
  }

  #refused(refusal: Refusal): void {
    this.on.joinRefused(refusal);
    this.reconnect(Math.max(refusal.retryInMs ?? 0, this.#refusals.next()));
  }

  async #ask<T>(
    event: string,
    request: object,
    timeoutMs: number,
    parse: (answer: unknown) => T,
  ): Promise<T | null> {
    // Sent now or never: socket.io-client would keep it and send it much later, unseen by us.
    if (!this.#socket.connected) return null;
    try {
      return parse(await this.#socket.timeout(timeoutMs).emitWithAck(event, request));
    } catch {
      return null;
    }
  }

  #become(state: LinkState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.on.state(state);
  }
}
