/** One screen: nothing but its part of the picture, a word when its address is wrong, a mark when it may be old. */

import { deviceClock } from "../input/device-clock";
import { listenForWaking } from "../input/wake";
import { keepAwake } from "../input/wake-lock";
import { announcementIn } from "../model/board/announcement";
import type { BoardSettings } from "../model/board/settings";
import { languageOf } from "../model/preferences";
import { DelayedBoard } from "../model/wall/delayed-board";
import { shouldReload } from "../model/wall/reload";
import { parseScreenAddress } from "../model/wall/screen-address";
import { ServerClock } from "../model/wall/server-clock";
import { Staleness } from "../model/wall/staleness";
import { testWords } from "../model/wall/test-words";
import { timeOnWall } from "../model/wall/time-on-wall";
import { captionScreen, turnedSize } from "../model/wall/wall";
import { takePassFromAddress } from "../net/entrance/pass-in-address";
import { Live } from "../net/live";
import { pageIsThere, readTimeZone } from "../net/log";
import { LogFollower } from "../net/log-follower";
import { browserStore } from "../storage/browser-store";
import { LastPicture } from "../storage/last-picture";
import { PreferencesStore } from "../storage/preferences-store";
import { keepWallShell } from "../storage/wall-shell";
import { display as texts } from "../texts/display";
import { type Say, Translator } from "../texts/i18n";
import { pageBegan } from "../view/began";
import { byId } from "../view/element";
import { translatePage } from "../view/translate";
import { Layer } from "../view/wall/layer";
import { WallCanvas } from "../view/wall/wall-canvas";
import { LatencyProbe } from "./display/latency-probe";
import { SafeScreen } from "./display/safe-screen";
import { Show } from "./display/show";
import { WallCode } from "./display/wall-code";

const MESSAGE_SHOWN_MS = 15_000;
/** A server that hangs is found out by asking it; its own pings would take most of a minute. Few displays ask. */
const CHECK_INTERVAL_MS = 5000;
const KEEP_INTERVAL_MS = 30_000;
const RELOAD_INTERVAL_MS = 30_000;

const address = parseScreenAddress(location.search);
const { problems } = address;
// Kept on this machine, so that a screen that is opened again still shows codes.
const passes = browserStore(() => localStorage, "beeplace.pass");
const screenPass = takePassFromAddress() || passes.read() || null;
if (screenPass) passes.write(screenPass);
/** A screen with a pass shows the code in a corner, wherever else it does. */
const corner = screenPass ? ({ place: "br", everySeconds: 0, forSeconds: 0 } as const) : null;
const setup = { ...address.setup, join: address.setup.join ?? corner };
// The language that a person chose on this machine is the pages' own.
const { preferences } = new PreferencesStore().read();
const translator = new Translator(texts, languageOf(preferences, navigator.languages));
const { language } = translator;
// The modules name their keys as texts; test/texts/i18n.test.ts and test/model/wall/screen-address.test.ts know them all.
const say = translator.say as Say;
translatePage(language, say);

const device = deviceClock();
const openedMs = Date.now() - device.nowMs();
const clock = new ServerClock(() => openedMs + device.nowMs());
const staleness = new Staleness(device.nowMs, () => clock.nowMs);
const picture = new LastPicture(setup.delaySeconds);
const layer = new Layer(setup.turn, say);
const wallCode =
  screenPass === null
    ? null
    : new WallCode(screenPass, {
        nowMs: device.nowMs,
        show: (code, coming) => layer.code(code, coming),
        ended: () => passes.write(""),
      });
const safe = new SafeScreen(() => show.safeChanged());
let errors = 0;
let timeZone: string | null = null;

const live: Live = new Live({
  changed: () => (logFollower ? logFollower.requestRead() : changed()),
  state: (state) => {
    if (state !== "live") staleness.lost();
    safe.link(state);
    showState();
  },
  settings: (settings) => {
    safe.adopt(settings);
    announce(settings);
    wallCode?.adopt(settings.entry);
  },
  joined: () => {
    if (logFollower) logFollower.requestRead();
    else current();
  },
});
const delayed = setup.delaySeconds > 0 ? new DelayedBoard(setup.delaySeconds * 1000) : null;
const logFollower = delayed && new LogFollower(delayed, clock, { changed, current, waiting });
const board = delayed?.board ?? live.board;
const wall = new WallCanvas(
  byId("board", HTMLCanvasElement),
  () => setup.wallScreen,
  setup.turn,
  () => show.draw(),
);
const probe: LatencyProbe = new LatencyProbe({
  clock,
  live: () => live.link.live,
  ...(delayed && { drawnChange: () => delayed.newest }),
  measured: ({ medianMs }) => {
    document.body.dataset.latency = String(Math.round(medianMs));
  },
});
const show: Show = new Show(
  { setup, board, wall, layer, safe, clock, say, language, timeZone: () => timeZone },
  () => probe.drawn(board.seq),
);

/** On one screen of a wall: said once, it is read better. */
function announce({ announcement }: BoardSettings): void {
  const { wall: whole, screen } = wall.position;
  layer.announcement(captionScreen(whole) === screen ? announcementIn(language, announcement) : "");
}

function changed(): void {
  show.changed();
  showState();
}

function current(): void {
  staleness.current();
  picture.joined(board, new Date(clock.nowMs));
  if (!logFollower) probe.joinedAt(live.board.seq);
  layer.waiting(0);
  changed();
}

/** Nothing old enough yet; a picture from before this page is better than words. */
function waiting(seconds: number): void {
  if (board.loaded) staleness.lost();
  else layer.waiting(seconds);
}

function showState(): void {
  const { since } = staleness;
  layer.since(since ? timeOnWall(since, timeZone) : "");
  const { epoch, seq } = board;
  const connected = live.link.live && delayed?.read.epoch !== "";
  Object.assign(document.body.dataset, { epoch, seq, connected });
}

async function checkConnection(): Promise<void> {
  // While the link is down it tries by itself, in its own time.
  if (live.link.live && (await live.check()) && !logFollower) staleness.current();
}

function showTest(): void {
  const window = turnedSize(wall.canvas, setup.turn);
  const { latencies } = probe;
  layer.test(testWords({ setup, position: wall.position, window, latencies, clock }, say));
}

function complain(): void {
  const message = byId("message", HTMLElement);
  const problem = problems.map(({ key, parts }) => say(`problem.${key}`, parts)).join("; ");
  message.textContent = say("display.wrong", { problem });
  message.hidden = false;
  setTimeout(() => {
    message.hidden = true;
  }, MESSAGE_SHOWN_MS);
}

async function reloadIfNeeded(): Promise<void> {
  const condition = { upMs: performance.now(), quietMs: show.quietMs, staleMs: staleness.ms, errors };
  if (!shouldReload(condition) || !(await pageIsThere())) return;
  picture.write(board, new Date(clock.nowMs), true);
  location.reload();
}

/** Until the server has told, which may be away, times are those of this machine's zone. */
async function askTimeZone(): Promise<void> {
  timeZone = await readTimeZone();
  if (timeZone === null) setTimeout(() => void askTimeZone(), RELOAD_INTERVAL_MS);
}

function keepPicture(leaves: boolean): void {
  if (staleness.ms === 0) picture.write(board, new Date(clock.nowMs), leaves);
}

async function showKept(): Promise<void> {
  const kept = await picture.readInto(board);
  if (!kept) return;
  staleness.asOf(kept.at);
  show.changed();
}

listenForWaking(device, (doubted) => {
  void live.check();
  if (!doubted) return;
  clock.doubt();
  void probe.sampleClock();
  logFollower?.beginAnew();
});
keepAwake();
void askTimeZone();
keepWallShell();
if (problems.length) complain();
layer.codes(setup.join);
void showKept();
setInterval(showState, 1000);
setInterval(() => safe.look(), 500);
setInterval(checkConnection, CHECK_INTERVAL_MS);
setInterval(() => keepPicture(false), KEEP_INTERVAL_MS);
setInterval(reloadIfNeeded, RELOAD_INTERVAL_MS);
if (setup.test) setInterval(showTest, 500);
addEventListener("pagehide", () => keepPicture(true));
for (const kind of ["error", "unhandledrejection"]) addEventListener(kind, () => errors++);
pageBegan();
