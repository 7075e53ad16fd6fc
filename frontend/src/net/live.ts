/** A live board: the link feeds the follower, and doubts become a `sync`. Every page is built around one. */

import type { Refusal, SyncAnswer } from "../model/board/answers";
import { Board } from "../model/board/board";
import type { FirstView } from "../model/board/first-view";
import { Follower } from "../model/board/follower";
import type { InitialState } from "../model/board/initial-state";
import type { LinkState } from "../model/board/link-state";
import type { Position } from "../model/board/range";
import { type BoardSettings, parseBoardSettings } from "../model/board/settings";
import type { Fields } from "../model/fields";
import type { TextStore } from "../model/text-store";
import { Link } from "./link";

/** No epoch of any board: the answer to a `sync` from there is the whole state. */
const NOWHERE: Position = { epoch: "none", seq: 0 };

/** What a page may listen to. */
export interface LiveHandlers {
  /** After a join: the connection is live, the board is the gateway's. */
  joined?(state: InitialState): void;
  /** Size, palette, limits or read-only are others than before. */
  settings?(settings: BoardSettings): void;
  /** Pixels of the board changed, or its epoch. */
  changed(): void;
  state(state: LinkState): void;
  userCount?(people: number): void;
  /** The link goes on trying by itself. */
  joinRefused?(refusal: Refusal): void;
  /** The person only watches from here on; null: may draw. */
  banned?(refusal: Refusal | null): void;
  /** A placement sent without asking for an answer. */
  rejected?(refusal: Refusal): void;
  /** Asks for the board before the socket is open; the join then brings only what changed since. */
  firstView?(): Promise<FirstView | null>;
}

export class Live {
  readonly board = new Board();
  readonly link: Link;
  settings: BoardSettings | null = null;
  readonly #follower = new Follower(this.board);
  #syncing = false;
  #wantsWhole = false;

  constructor(
    readonly on: LiveHandlers,
    /** Where the person's token is kept; null for a page that only watches. */
    identity: TextStore | null = null,
  ) {
    const first = this.#look();
    this.link = new Link({
      ready: () => first,
      position: () => this.#follower.position,
      identity,
      state: (state) => this.#stateChanged(state),
      joined: (state) => this.#joined(state),
      joinRefused: (refusal) => on.joinRefused?.(refusal),
      rejected: (refusal) => on.rejected?.(refusal),
      banned: (refusal) => on.banned?.(refusal),
      batch: (text, range) => this.#batch(text, range),
      reset: (at) => this.#reset(at),
      readOnly: (readOnly) => this.#settingsChanged({ readOnly }),
      userCount: (people) => on.userCount?.(people),
      settings: (fields) => this.#settingsChanged(fields),
    });
  }

  /** Makes sure that the connection is alive and the board current; false when it had to reconnect. */
  async check(): Promise<boolean> {
    if (this.link.live) return this.#sync();
    this.link.reconnect();
    return false;
  }

  /** The board was filled with what was kept of it; a join asks for the whole one. */
  show(settings: BoardSettings): void {
    this.settings = settings;
    this.on.settings?.(settings);
    this.on.changed();
  }

  async #look(): Promise<void> {
    const view = await this.on.firstView?.();
    if (!view || this.board.loaded) return;
    this.board.load(view, view.settings, view.pixels);
    this.show(view.settings);
  }

  #stateChanged(state: LinkState): void {
    if (state !== "live") this.#follower.hold();
    this.on.state(state);
  }

  #joined(state: InitialState): void {
    if (!this.#take(state)) return;
    if (state.userCount !== undefined) this.on.userCount?.(state.userCount);
    this.on.joined?.(state);
  }

  /** A state that does not fit the board known here means that what is known is wrong: start anew. */
  #take(state: InitialState): boolean {
    if (!this.#follower.state(state)) {
      this.#startAnew();
      return false;
    }
    this.show(state.settings);
    return true;
  }

  #startAnew(): void {
    this.#follower.forget();
    this.link.reconnect(500);
  }

  #batch(text: string, range: string): void {
    const followed = this.#follower.batch(text, range);
    if (followed === "applied") this.on.changed();
    else if (followed === "sync") void this.#sync();
  }

  #reset(at: Position | null): void {
    if (!at) return void this.#sync();
    this.#follower.reset(at);
    this.on.changed();
  }

  #settingsChanged(fields: Fields): void {
    const before = this.settings;
    if (!before) return;
    const after = parseBoardSettings({ ...before, ...fields });
    if (!after) return;
    // Another size or palette is another board: its pixels come with the answer, and its settings with them.
    const sameSize = after.width === before.width && after.height === before.height;
    if (sameSize && String(after.colors) === String(before.colors)) {
      this.settings = after;
      this.on.settings?.(after);
    } else {
      this.#wantsWhole = true;
      void this.#sync();
    }
  }

  async #sync(): Promise<boolean> {
    const position = this.#follower.position;
    if (this.#syncing || !position) return this.link.live;
    this.#syncing = true;
    this.#follower.hold();
    const { id } = this.link;
    const asked = this.#wantsWhole ? NOWHERE : position;
    this.#wantsWhole = false;
    const answer = await this.link.sync(asked);
    this.#syncing = false;
    // Another connection has begun meanwhile; the answer to its join had everything.
    if (id !== this.link.id) return false;
    const current = this.#synced(answer);
    return this.#wantsWhole ? this.#sync() : current;
  }

  #synced(answer: SyncAnswer | null): boolean {
    if (answer === null) this.link.reconnect();
    else if ("settings" in answer) return this.#take(answer);
    else if (!("ok" in answer) && this.#follower.answer(answer)) {
      this.on.changed();
      return true;
    } else this.#startAnew();
    return false;
  }
}
