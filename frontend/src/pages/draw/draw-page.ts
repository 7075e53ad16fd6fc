/** The drawing page: joins the live board, a person's gestures, keys and buttons, and what is seen of all that. */
import { deviceClock } from "../../input/device-clock";
import { type KeyActions, listenToKeys } from "../../input/keys";
import { onNextUse } from "../../input/use";
import { listenForWaking } from "../../input/wake";
import { announcementIn } from "../../model/board/announcement";
import type { Ban, Refusal } from "../../model/board/answers";
import type { FirstView } from "../../model/board/first-view";
import type { LinkState } from "../../model/board/link-state";
import type { BoardSettings } from "../../model/board/settings";
import { zoneAt } from "../../model/board/zones";
import { sayColor } from "../../model/color-name";
import { Camera } from "../../model/draw/camera";
import { Choice } from "../../model/draw/choice";
import { type DrawState, withWords } from "../../model/draw/draw-state";
import { joinReasonFor, reasonFor } from "../../model/draw/reasons";
import type { Point } from "../../model/geometry";
import { timeOf } from "../../model/time-words";
import { fetchFirstView } from "../../net/first-view";
import { Live } from "../../net/live";
import { readPicture } from "../../net/picture";
import { browserStore } from "../../storage/browser-store";
import { LastColor } from "../../storage/last-color";
import { LastPicture } from "../../storage/last-picture";
import { lastingStore } from "../../storage/lasting-store";
import { leaveAnotherSite } from "../../storage/shell";
import { Announcer } from "../../view/draw/announcer";
import { BoardCanvas } from "../../view/draw/board-canvas";
import { type ControlActions, Controls } from "../../view/draw/controls";
import { Feedback } from "../../view/draw/feedback";
import { Loupe } from "../../view/draw/loupe";
import { Minimap } from "../../view/draw/minimap";
import { savePicture } from "../../view/draw/picture";
import { shareAddress } from "../../view/draw/share";
import { byId } from "../../view/element";
import { onResolutionChange } from "../../view/resolution";
import { EntryGate } from "./entry-gate";
import { Navigation } from "./navigation";
import { PersonalSettings } from "./personal-settings";
import { PixelLookup } from "./pixel-lookup";
import { Placing } from "./placing";
import { ReportButton } from "./report-button";
import { ViewAddress } from "./view-address";

export class DrawPage {
  readonly #canvas = byId("board", HTMLCanvasElement);
  readonly #person = new PersonalSettings(
    () => this.#restyle(),
    (words) => this.#controls.notice.say(words, "bad"),
  );
  readonly #say = this.#person.say;
  readonly #feedback = new Feedback(() => this.#person.preferences);
  readonly #announcer = new Announcer();
  readonly #lookup = new PixelLookup(this.#say, () => this.#person.language);
  readonly #lastColor = new LastColor();
  readonly #picture = new LastPicture(0);
  /** What buttons and keys do; both have more of them than they share. */
  readonly #actions: ControlActions & KeyActions = {
    place: () => this.#place(),
    chooseColor: (hex) => this.#lastColor.write(hex),
    nudge: (dx, dy) => this.#navigation.nudge(dx, dy),
    zoom: (factor) => this.#navigation.zoom(factor),
    fit: () => this.#navigation.fit(),
    oneToOne: () => this.#navigation.oneToOne(),
    who: () => this.#lookUp(),
    close: () => this.#lookup.close(),
    share: () => void this.#share(),
    save: () => void this.#save(),
  };
  readonly #controls = new Controls(this.#actions, this.#say);

  readonly #token = lastingStore(browserStore(() => localStorage, "beeplace.token"));
  readonly #gate: EntryGate = new EntryGate({
    language: () => this.#person.language,
    token: this.#token,
    link: () => this.live.link,
    say: (words) => this.#controls.notice.say(words, "good"),
    failed: () => this.#controls.notice.say(() => this.#say("noServer"), "bad"),
  });
  readonly live: Live = new Live(
    {
      joined: (state) => {
        this.#outdatedSince = null;
        this.#joined = true;
        this.#picture.joined(this.live.board, new Date());
        this.#gate.joined(state);
        this.#placing.joined(state);
        this.#refresh();
      },
      settings: (settings) => this.#adopt(settings),
      changed: () => {
        this.#placing.settle();
        this.#refresh();
      },
      state: (state) => this.#connectionChanged(state),
      userCount: (people) => this.#controls.showPeople(people),
      joinRefused: ({ code }) => this.#controls.notice.say(() => joinReasonFor(code, this.#say), "bad"),
      rejected: (refusal) => this.#placing.refused(refusal),
      banned: (refusal) => this.#banned(refusal),
      firstView: () => this.#lookFirst(),
    },
    this.#token,
  );
  readonly #clock = deviceClock();
  readonly #placing: Placing = new Placing({
    live: this.live,
    clock: this.#clock,
    confirmed: (pixel, seq) => this.#confirmed(pixel, seq),
    refused: (refusal) => this.#refused(refusal),
    changed: () => this.#refresh(),
    ticked: () => this.#showState(),
    returned: () => this.#returned(),
  });

  readonly #camera = new Camera(() => this.#moved());
  readonly #choice = new Choice(this.live.board);
  readonly #address = new ViewAddress(this.live.board, this.#camera, this.#choice, () =>
    this.#controls.notice.say(() => this.#say("badPlace"), "bad"),
  );
  readonly #boardCanvas: BoardCanvas = new BoardCanvas(this.#canvas, {
    board: this.live.board,
    camera: this.#camera,
    placements: () => this.#placing.pending,
    chosen: () => this.#choice.pixel,
    zones: () => this.live.settings?.zones ?? [],
    look: () => this.#person.preferences,
    drawn: (boardChanged) => this.#drawn(boardChanged),
  });
  readonly #navigation = new Navigation({
    canvas: this.#canvas,
    board: this.live.board,
    surface: this.#boardCanvas.surface,
    camera: this.#camera,
    choice: this.#choice,
    loupe: new Loupe(),
    chose: () => this.#chose(),
    asked: () => this.#lookUp(),
    aims: () => this.#lookup.close(),
  });
  readonly #report = new ReportButton({
    language: () => this.#person.language,
    picture: () => this.#boardCanvas.surface.canvas,
    pixel: () => this.#choice.pixel,
    token: () => this.#token.read() ?? "",
    opened: () => this.#lookup.close(),
    thank: (words) => this.#controls.notice.say(words, "good"),
    failed: () => this.#controls.notice.say(() => this.#say("report.failed"), "bad"),
  });
  readonly #minimap = new Minimap(this.live.board, this.#boardCanvas.surface, (at) =>
    this.#navigation.goTo(at),
  );
  #ban: Ban | null = null;
  /** When the board stopped being current; null while it is. */
  #outdatedSince: Date | null = null;
  /** Once, since the page was opened: a board that is shown may be that of the last visit. */
  #joined = false;

  constructor() {
    listenForWaking(this.#clock, () => void this.#wake());
    for (const kind of ["pagehide", "visibilitychange"]) addEventListener(kind, () => this.#keepPicture());
    listenToKeys(this.#actions);
    addEventListener("hashchange", () => this.live.settings && this.#address.open(this.live.settings));
    const resized = new ResizeObserver(() => this.#resize());
    resized.observe(this.#canvas);
    resized.observe(this.#controls.panel);
    onResolutionChange(() => this.#resize());
    this.#boardCanvas.restyle();
    this.#showState();
    if (this.#person.broken) this.#controls.notice.say(() => this.#say("badSettings"), "bad");
  }

  // What a person does.

  #place(): void {
    const { pixel } = this.#choice;
    if (this.#gate.outside) this.#gate.open();
    if (!pixel || !this.#placing.possible || this.#gate.outside) return;
    this.#feedback.prepareSound();
    this.#placing.place(pixel, this.#controls.palette.value);
  }

  #chose(): void {
    if (this.#choice.pixel) this.#feedback.vibrate("chosen");
    this.#lookup.close();
    this.#moved();
    this.#announcer.sayAtRest(() => this.#chosenInWords());
  }

  #chosenInWords(): string | null {
    const { pixel } = this.#choice;
    const { board } = this.live;
    const hex = pixel && board.colors[board.colorAt(pixel.x, pixel.y)];
    return pixel && hex ? this.#say("chosen", { ...pixel, colour: sayColor(hex, this.#say) }) : null;
  }

  #lookUp(): void {
    const { pixel } = this.#choice;
    if (!pixel) return;
    const isAbove = this.#camera.windowAt(pixel.x, pixel.y).y < this.#camera.center.y;
    void this.#lookup.show(pixel, isAbove ? "lower" : "upper");
  }

  async #share(): Promise<void> {
    const address = this.#address.shared;
    const shared = await shareAddress(address);
    if (shared === "copied") this.#controls.notice.say(() => this.#say("share.copied"));
    else if (shared === "shown") this.#controls.notice.say(() => this.#say("share.address", { address }));
  }

  async #save(): Promise<void> {
    if (this.live.board.loaded) await savePicture(readPicture, this.#boardCanvas.surface, new Date());
  }

  // What the server says.

  /** New limits, and at first, or for another board, a new view. */
  #adopt(settings: BoardSettings): void {
    const isAnotherBoard = this.#camera.setBoard(settings, settings);
    this.#placing.adopt(settings);
    this.#gate.adopt(settings.entry);
    const { colors, initialColor } = settings;
    this.#controls.showColors(settings, this.#lastColor.indexIn(colors) ?? initialColor);
    this.#report.possible = settings.reports;
    document.title = settings.eventName || "BeePlace";
    if (isAnotherBoard) this.#address.open(settings);
    this.#refresh();
  }

  #connectionChanged(state: LinkState): void {
    if (state !== "live" && this.live.board.loaded) this.#outdatedSince ??= new Date();
    if (state === "resting") onNextUse(() => void this.live.check());
    this.#refresh();
  }

  /** What counts down here may have stood still: the gateway is asked. */
  async #wake(): Promise<void> {
    if ((await this.live.check()) && this.#placing.counts) this.live.link.joinAgain();
  }

  #confirmed({ x, y }: Point, seq: number): void {
    this.#lookup.addOwn(x, y, seq);
    this.#feedback.vibrate("placed");
    this.#controls.notice.say(() => this.#say("placed", { x, y }), "good");
    this.#boardCanvas.flash("good");
  }

  #refused({ code, retryInMs, zone }: Refusal): void {
    // The time for which this person was in has ended.
    if (code === "entry") this.live.link.joinAgain();
    this.#feedback.vibrate("refused");
    const words = () => withWords(reasonFor(code, this.#say, retryInMs), zone?.reason ?? "", this.#say);
    this.#controls.notice.say(words, "bad");
    this.#boardCanvas.flash("bad");
  }

  #banned(refusal: Refusal | null): void {
    this.#ban = refusal?.ban ?? null;
    this.#placing.banned = refusal !== null;
    this.#refresh();
  }

  #returned(): void {
    this.#feedback.announceReturn(this.#say("back"));
    this.#announcer.say(this.#say("back"));
  }

  async #lookFirst(): Promise<FirstView | null> {
    const view = await fetchFirstView();
    if (!view) {
      void this.#showKept();
      void leaveAnotherSite();
    }
    return view;
  }

  /** The picture of the last visit, with its time, until the server can be reached. */
  async #showKept(): Promise<void> {
    const { live } = this;
    const kept = live.board.loaded ? null : await this.#picture.readInto(live.board);
    if (!kept) return;
    this.#outdatedSince = kept.at;
    live.show(kept.settings);
  }

  #keepPicture(): void {
    this.#picture.write(this.live.board, this.#outdatedSince ?? new Date(), true);
  }

  // What is seen.

  #refresh(): void {
    this.#boardCanvas.draw();
    this.#showState();
  }

  #moved(): void {
    this.#controls.showZoom(this.#camera.scale);
    this.#refresh();
    this.#address.writeSoon();
  }

  #resize(): void {
    this.#camera.setArea(this.#controls.freeArea(), this.#controls.floating);
    this.#boardCanvas.draw();
  }

  #restyle(): void {
    this.#controls.translate();
    this.#boardCanvas.restyle();
    this.#resize();
    this.#showState();
  }

  #drawn(boardChanged: boolean): void {
    this.#minimap.show(this.#camera.view, boardChanged);
    if (performance.getEntriesByName("board-seen").length === 0) performance.mark("board-seen");
  }

  /** Everything but the picture; cheap, because only what changed is written. */
  #showState(): void {
    const { board, link } = this.live;
    const { pixel } = this.#choice;
    this.#controls.show(this.#state);
    Object.assign(this.#canvas.dataset, pixel ? { x: pixel.x, y: pixel.y } : {});
    Object.assign(document.body.dataset, {
      epoch: board.epoch,
      seq: board.seq,
      connected: link.live,
      pending: this.#placing.unanswered,
    });
    this.#placing.watchClock();
  }

  get #banEnd(): string | null {
    const style = { dateStyle: "short", timeStyle: "short" } as const;
    return this.#ban?.until?.toLocaleString(this.#person.language, style) ?? null;
  }

  get #state(): DrawState {
    const { link, settings } = this.live;
    const zone = this.#choice.pixel && settings && zoneAt(settings.zones, this.#choice.pixel);
    return {
      connection: link.state,
      online: navigator.onLine,
      since: this.#outdatedSince && timeOf(this.#outdatedSince, new Date(), this.#person.locale),
      readOnly: settings?.readOnly === true,
      panic: settings?.panic === true,
      ban: this.#ban && { reason: this.#ban.reason, until: this.#banEnd },
      outside: this.#gate.outside,
      byCode: this.#gate.byCode,
      zone,
      announcement: announcementIn(this.#person.language, settings?.announcement ?? null),
      savingPaused: this.#placing.paused,
      joined: this.#joined,
      remaining: this.#placing.remaining,
      maxPixels: this.#placing.maxPixels,
      unlimited: this.#placing.unlimited,
      retryInMs: this.#placing.retryInMs,
      chosen: this.#choice.pixel,
      canPlace:
        this.#placing.possible && (this.#gate.outside || (this.#choice.pixel !== null && !zone?.closed)),
    };
  }
}
