/** The evening, played: joins the pieces, the board at a moment, and what plays, moves and links it. */
import { Board } from "../../model/board/board";
import { OwnPixels } from "../../model/draw/own-pixels";
import type { Point } from "../../model/geometry";
import { languageOf, localeOf } from "../../model/preferences";
import { formatMoment, parseMoment } from "../../model/replay/moment-hash";
import { Playback, SPEEDS } from "../../model/replay/playback";
import { type EveningSource, ReplayPlayer } from "../../model/replay/player";
import { browserStore } from "../../storage/browser-store";
import { PreferencesStore } from "../../storage/preferences-store";
import { Translator } from "../../texts/i18n";
import { type ReplayKey, replay } from "../../texts/replay";
import { applyAppearance, listenForLight } from "../../view/appearance";
import { shareAddress } from "../../view/draw/share";
import { byId, isPressed, setText } from "../../view/element";
import { Timeline } from "../../view/replay/timeline";
import { translatePage } from "../../view/translate";
import { ReplayStage } from "./replay-stage";

const MINUTE_MS = 60_000;
/** A replay of the last hour takes about a minute. */
const LAST_SPEED = 60;
/** Browsers allow about a hundred changes of the address in half a minute. */
const WRITE_AFTER_MS = 400;
/** What could not be read is asked for again after so long where it plays. */
const AGAIN_MS = 1000;

export class ReplayPage {
  readonly #preferences = new PreferencesStore().read().preferences;
  readonly #translator = new Translator(replay, languageOf(this.#preferences, navigator.languages));
  readonly say = (key: string, parts?: Record<string, string | number>) =>
    this.#translator.say(key as ReplayKey, parts);
  readonly board = new Board();
  readonly #own = new OwnPixels(browserStore(() => localStorage, "beeplace.own"));
  readonly #stage = new ReplayStage(
    byId("board", HTMLCanvasElement),
    this.board,
    () => this.#lit(),
    () => this.#writeSoon(),
  );
  readonly #timeline = new Timeline(
    this.say,
    localeOf(this.#translator.language, navigator.languages),
    (ms) => this.#seek(ms),
  );
  readonly #play = byId("play", HTMLButtonElement);
  readonly #lightOwn = byId("own", HTMLButtonElement);
  readonly #status = byId("status", HTMLElement);
  readonly #playback = new Playback(0, 0, 0);
  #player: ReplayPlayer | null = null;
  #showing = false;
  #frameAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly source: EveningSource) {
    translatePage(this.#translator.language, this.say);
    document.title = this.say("title");
    applyAppearance(this.#preferences);
    listenForLight(() => this.#preferences);
    this.#listen();
    void this.#open();
  }

  async #open(): Promise<void> {
    setText(this.#status, this.say("loading"));
    const evening = await this.source.readIndex();
    const player = evening && new ReplayPlayer(evening, this.source, this.board);
    if (!player || !(await player.readRest())) {
      setText(this.#status, this.say("away"));
      return;
    }
    if (player.endMs === 0) {
      this.#stage.adopt(null);
      setText(this.#status, this.say("nothing"));
      return;
    }
    this.#player = player;
    this.#adoptAddress(player);
  }

  #adoptAddress(player: ReplayPlayer): void {
    const { atMs, lastMinutes, view } = parseMoment(location.hash);
    const playback = this.#playback;
    const last = lastMinutes !== null && lastMinutes > 0;
    playback.endMs = player.endMs;
    playback.beginMs = last
      ? Math.max(player.beginMs, player.endMs - lastMinutes * MINUTE_MS)
      : player.beginMs;
    playback.seek(atMs ?? (last ? playback.beginMs : player.endMs));
    if (last) this.#setSpeed(LAST_SPEED);
    this.#timeline.adopt(playback.beginMs, playback.endMs, player.evening.moments);
    this.#stage.adopt(view);
    if (last) playback.play();
    this.#changed();
  }

  #setSpeed(speed: number): void {
    this.#playback.speed = speed;
    byId("speed", HTMLSelectElement).value = String(speed);
  }

  #listen(): void {
    const speed = byId("speed", HTMLSelectElement);
    for (const one of SPEEDS) speed.append(new Option(`${one.toLocaleString()}×`, String(one)));
    this.#setSpeed(this.#playback.speed);
    speed.addEventListener("change", () => this.#setSpeed(Number(speed.value)));
    this.#play.addEventListener("click", () => this.#toggle());
    const idle = byId("idle", HTMLInputElement);
    idle.addEventListener("change", () => {
      this.#playback.skipsIdle = idle.checked;
    });
    this.#lightOwn.addEventListener("click", () => {
      this.#lightOwn.setAttribute("aria-pressed", String(!isPressed(this.#lightOwn)));
      this.#stage.view.draw();
    });
    byId("fit", HTMLButtonElement).addEventListener("click", () => this.#stage.fit());
    byId("share", HTMLButtonElement).addEventListener("click", () => void this.#share());
    window.addEventListener("hashchange", () => this.#player && this.#adoptAddress(this.#player));
    document.addEventListener("keydown", (event) => {
      const free = event.target instanceof HTMLCanvasElement || event.target === document.body;
      if (event.key !== " " || !free) return;
      event.preventDefault();
      this.#toggle();
    });
  }

  #toggle(): void {
    if (!this.#player) return;
    if (this.#playback.playing) this.#playback.playing = false;
    else this.#playback.play();
    this.#changed();
  }

  #seek(ms: number): void {
    this.#playback.seek(ms);
    this.#changed();
  }

  /** Another moment, or another speed: shows it, and goes on where it plays. */
  #changed(): void {
    const { playing, atMs } = this.#playback;
    this.#play.setAttribute("aria-pressed", String(playing));
    setText(byId("play-words", HTMLElement), this.say(playing ? "pause" : "play"));
    this.#timeline.show(atMs);
    this.#writeSoon();
    void this.#show();
  }

  /** One moment at a time: while a piece is on its way, the latest wish waits for it. */
  async #show(): Promise<void> {
    if (this.#showing || !this.#player) return;
    this.#showing = true;
    for (let shownMs: number | null = null; shownMs !== this.#playback.atMs; ) {
      shownMs = this.#playback.atMs;
      const good = await this.#player.show(shownMs);
      setText(this.#status, good ? "" : this.say("away"));
      this.#stage.view.draw();
      Object.assign(document.body.dataset, { seq: this.#player.seq, shown: shownMs });
      if (!good) await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
    this.#showing = false;
    if (this.#playback.playing && this.#frameAt === 0) this.#run();
  }

  #run(): void {
    this.#frameAt = performance.now();
    const frame = (now: number) => {
      const playback = this.#playback;
      if (!playback.playing) {
        this.#frameAt = 0;
        this.#changed();
        return;
      }
      // Time stands still while a piece is on its way: nothing of the evening is passed over.
      if (!this.#showing) {
        playback.run(now - this.#frameAt, this.#player?.nextMs ?? null);
        this.#player?.expect(playback.atMs + 1000 * playback.speed);
        this.#timeline.show(playback.atMs);
        void this.#show();
      }
      this.#frameAt = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  /** The pixels that this browser placed up to the moment; nobody else's are known here. */
  #lit(): readonly Point[] | null {
    return isPressed(this.#lightOwn) ? this.#own.madeUpTo(this.#player?.seq ?? 0) : null;
  }

  #writeSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#write(), WRITE_AFTER_MS);
  }

  #write(): string {
    if (this.#player && !this.#playback.playing) {
      const hash = formatMoment(this.#playback.atMs, this.#stage.place);
      history.replaceState(null, "", location.pathname + hash);
    }
    return location.href;
  }

  async #share(): Promise<void> {
    this.#playback.playing = false;
    this.#changed();
    const address = this.#write();
    const shared = await shareAddress(address);
    if (shared !== "shared") setText(this.#status, shared === "copied" ? this.say("copied") : address);
  }
}
