/** The drawing page: wires gestures, keys and the live board to the placer, the stage and the controls. */

import { listenToKeys } from "../input/keys";
import { listenForWaking } from "../input/wake";
import type { Refusal } from "../model/board/answers";
import type { BoardSettings } from "../model/board/settings";
import { sayColor } from "../model/color-name";
import { Allowance } from "../model/draw/allowance";
import { Camera } from "../model/draw/camera";
import { Choice } from "../model/draw/choice";
import { Placer } from "../model/draw/placer";
import { joinReasonFor, reasonFor } from "../model/draw/reasons";
import { Saving } from "../model/draw/saving";
import { AllowanceChannel } from "../net/allowance-channel";
import { fetchFirstView } from "../net/first-view";
import { Live } from "../net/live";
import { browserStore } from "../storage/browser-store";
import { LastColor } from "../storage/last-color";
import { keepShell } from "../storage/shell";
import { BoardCanvas } from "../view/draw/board-canvas";
import { Controls } from "../view/draw/controls";
import { Feedback } from "../view/draw/feedback";
import { Loupe } from "../view/draw/loupe";
import { Minimap } from "../view/draw/minimap";
import type { ReticleTone } from "../view/draw/reticle";
import { byId, setText } from "../view/element";
import { Navigation } from "./draw/navigation";
import { PersonalSettings } from "./draw/personal-settings";
import { PixelLookup } from "./draw/pixel-lookup";
import { Ticker } from "./draw/ticker";
import { ViewAddress } from "./draw/view-address";

const TONE_SHOWN_MS = 900;
const now = () => performance.now();
const canvas = byId("board", HTMLCanvasElement);
const person = new PersonalSettings(restyle, (words) => controls.notice.say(words, "bad"));
const { say } = person;
const signals = new Feedback(() => person.preferences);
const asking = new PixelLookup(
  say,
  () => person.language,
  (words) => controls.notice.say(words),
);
const lastColor = new LastColor();
const controls = new Controls(
  {
    place,
    chooseColor: (hex) => lastColor.write(hex),
    nudge: (dx, dy) => moving.nudge(dx, dy),
    zoom: (factor) => moving.zoom(factor),
    fit: () => moving.fit(),
    oneToOne: () => moving.oneToOne(),
    who,
    share: () => void asking.share(address.write()),
    save: () => live.board.loaded && void asking.save(stage.surface),
  },
  say,
);

const live: Live = new Live(
  {
    joined: ({ allowance: told }) => {
      since = null;
      if (told) allowance.update(told.remaining, told.retryInMs);
      placer.resend();
      refresh();
    },
    settings: adopt,
    changed: () => {
      placer.placements.settle(live.board);
      refresh();
    },
    state: (state) => {
      if (state !== "live" && live.board.loaded) since ??= new Date();
      refresh();
    },
    userCount: (people) => controls.showPeople(people),
    joinRefused: ({ code }) => controls.notice.say(joinReasonFor(code, say), "bad"),
    rejected: (refusal) => refused(refusal),
    firstView: fetchFirstView,
  },
  browserStore(() => localStorage, "beeplace.token"),
);

const allowance = new Allowance(now);
const saving = new Saving(now);
const tabs = new AllowanceChannel(({ remaining, retryInMs }) => {
  allowance.update(remaining, retryInMs);
  refresh();
});
const placer = new Placer(allowance, {
  now,
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  send: (request) => live.link.place(request),
  changed: refresh,
  confirmed: ({ x, y }, confirmation) => {
    saving.answered(confirmation);
    tabs.tell(confirmation);
    asking.own.add(x, y, confirmation.seq);
    signals.feel("placed");
    controls.notice.say(say("placed", { x, y }), "good");
    flash("good");
  },
  refused: (_, refusal) => refused(refusal),
  silence: (waitMs) => setTimeout(resendIfAlive, waitMs),
});

const camera = new Camera(() => moved());
const choice = new Choice(live.board);
const address = new ViewAddress(live.board, camera, choice, () =>
  controls.notice.say(say("badPlace"), "bad"),
);
/** When the board stopped being current; null while it is. */
let since: Date | null = null;
let tone: ReticleTone = "plain";
let toneTimer: ReturnType<typeof setTimeout> | undefined;
const stage = new BoardCanvas(canvas, {
  board: live.board,
  camera,
  placements: () => placer.placements.all,
  chosen: () => choice.pixel,
  look: () => person.preferences,
  tone: () => tone,
  drawn: (boardChanged) => {
    minimap.show(camera.view, boardChanged);
    if (performance.getEntriesByName("board-seen").length === 0) performance.mark("board-seen");
  },
});
const moving = new Navigation({
  canvas,
  board: live.board,
  surface: stage.surface,
  camera,
  choice,
  loupe: new Loupe(),
  chose,
  asked: who,
});
const minimap = new Minimap(live.board, stage.surface, (at) => moving.goTo(at));

const waiting = new Ticker({
  needed: () => allowance.waiting || saving.paused || placer.placements.unanswered.length > 0,
  tick: () => {
    const back = allowance.takeReturn();
    placer.expire();
    tell();
    if (back) pixelsAreBack();
  },
});

function pixelsAreBack(): void {
  signals.back(say("back"));
  setText(byId("spoken", HTMLElement), say("back"));
}

function refused({ code, retryInMs }: Refusal): void {
  saving.answered({ ok: false, code, ...(retryInMs === undefined ? {} : { retryInMs }) });
  signals.feel("refused");
  controls.notice.say(reasonFor(code, say, retryInMs), "bad");
  flash("bad");
}

function flash(ended: ReticleTone): void {
  tone = ended;
  clearTimeout(toneTimer);
  toneTimer = setTimeout(() => {
    tone = "plain";
    stage.draw();
  }, TONE_SHOWN_MS);
  stage.draw();
}

async function resendIfAlive(): Promise<void> {
  // While the connection is down there is nobody to ask; the next join sends again.
  if (live.link.live && (await live.check())) placer.resend();
}

/** New limits, and at first, or for another board, a new view. */
function adopt(settings: BoardSettings): void {
  const another = camera.setBoard(settings, settings);
  allowance.maxPixels = settings.maxPixels;
  saving.update(settings.saving);
  controls.showColors(settings.colors, lastColor.indexIn(settings.colors) ?? settings.initialColor);
  if (another) address.open(settings);
  refresh();
}

let spokenTimer: ReturnType<typeof setTimeout> | undefined;

/** A screen reader hears where the choice came to rest, not every step of the way. */
function chose(): void {
  if (choice.pixel) signals.feel("chosen");
  asking.card.close();
  moved();
  clearTimeout(spokenTimer);
  spokenTimer = setTimeout(() => {
    const { pixel } = choice;
    const hex = pixel && live.board.colors[live.board.colorAt(pixel.x, pixel.y)];
    if (!pixel || !hex) return;
    setText(byId("spoken", HTMLElement), say("chosen", { ...pixel, colour: sayColor(hex, say) }));
  }, 250);
}

function who(): void {
  const { pixel } = choice;
  if (!pixel) return;
  const isAbove = camera.windowAt(pixel.x, pixel.y).y < camera.center.y;
  void asking.who(pixel, isAbove ? "lower" : "upper");
}

function place(): void {
  const { pixel } = choice;
  if (!pixel || !canPlace()) return;
  signals.prepareSound();
  placer.place(pixel.x, pixel.y, controls.palette.value, live.board.epoch);
}

const canPlace = () =>
  live.link.live &&
  live.settings?.readOnly === false &&
  !saving.paused &&
  placer.available > 0 &&
  choice.pixel !== null;

function refresh(): void {
  stage.draw();
  tell();
}

function restyle(): void {
  controls.translate();
  stage.restyle();
  resize();
  tell();
}

const clockTime = () =>
  since?.toLocaleTimeString(person.language, { hour: "2-digit", minute: "2-digit" }) ?? null;

/** Everything but the picture; cheap, because only what changed is written. */
function tell(): void {
  controls.show({
    connection: live.link.state,
    online: navigator.onLine,
    since: clockTime(),
    readOnly: live.settings?.readOnly === true,
    savingPaused: saving.paused,
    loaded: live.board.loaded,
    remaining: allowance.known ? placer.available : null,
    maxPixels: allowance.maxPixels,
    retryInMs: allowance.retryInMs,
    chosen: choice.pixel,
    canPlace: canPlace(),
  });
  Object.assign(canvas.dataset, choice.pixel ? { x: choice.pixel.x, y: choice.pixel.y } : {});
  Object.assign(document.body.dataset, {
    epoch: live.board.epoch,
    seq: live.board.seq,
    connected: live.link.live,
    pending: placer.placements.unanswered.length,
  });
  waiting.start();
}

function moved(): void {
  controls.showZoom(camera.scale);
  refresh();
  address.writeSoon();
}

function resize(): void {
  camera.setArea(controls.freeArea());
  stage.draw();
}

listenForWaking(() => void live.check());
listenToKeys({
  nudge: (dx, dy) => moving.nudge(dx, dy),
  place,
  zoom: (factor) => moving.zoom(factor),
  fit: () => moving.fit(),
  oneToOne: () => moving.oneToOne(),
  who,
  close: () => asking.card.close(),
});
addEventListener("hashchange", () => live.settings && address.open(live.settings));
new ResizeObserver(resize).observe(canvas);
new ResizeObserver(resize).observe(controls.panel);
stage.restyle();
tell();
if (person.broken) controls.notice.say(say("badSettings"), "bad");
keepShell();

/** For tests and the curious; nothing can be changed through it. */
Object.defineProperty(window, "beeplace", {
  value: Object.freeze({
    colorAt: (x: number, y: number) => live.board.colorAt(x, y),
    get seq() {
      return live.board.seq;
    },
    get epoch() {
      return live.board.epoch;
    },
  }),
});
