/** One screen: nothing but its part of the picture, a word when its address is wrong, a mark when it may be old. */

import { listenForWaking } from "../input/wake";
import { languageOf } from "../model/preferences";
import { DelayedBoard } from "../model/wall/delayed-board";
import { shouldReload } from "../model/wall/reload";
import { parseScreenAddress } from "../model/wall/screen-address";
import { Latencies, ServerClock } from "../model/wall/server-clock";
import { Staleness } from "../model/wall/staleness";
import { turnedSize } from "../model/wall/wall";
import { Live } from "../net/live";
import { pageIsThere, readLog } from "../net/log";
import { LogFollower } from "../net/log-follower";
import { LastPicture } from "../storage/last-picture";
import { PreferencesStore } from "../storage/preferences-store";
import { keepWallShell } from "../storage/wall-shell";
import { display as texts } from "../texts/display";
import { type Say, Translator } from "../texts/i18n";
import { byId } from "../view/element";
import { translatePage } from "../view/translate";
import { Layer } from "../view/wall/layer";
import { WallCanvas } from "../view/wall/wall-canvas";
import { Show } from "./display-show";

const MESSAGE_SHOWN_MS = 15_000;
/** A server that hangs is found out by asking it; its own pings would take most of a minute. Few displays ask. */
const ASK_EVERY_MS = 5000;
const KEEP_EVERY_MS = 30_000;
const MEASURE_EVERY_MS = 2000;
const CLOCK_EVERY_MS = 20_000;
const CARE_EVERY_MS = 30_000;
/** No seq is larger: the answer has no change, only the server's time. */
const BEYOND = 999_999_999_999_999;

const { setup, problems } = parseScreenAddress(location.search);
// The language that a person chose on this machine is the pages' own.
const { preferences } = new PreferencesStore().read();
const translator = new Translator(texts, languageOf(preferences, navigator.languages));
const { language } = translator;
// The modules name their keys as texts; test/i18n.test.ts and test/wall-texts.test.ts know them all.
const say = translator.say as Say;
translatePage(language, say);

const clock = new ServerClock(() => performance.timeOrigin + performance.now());
const latencies = new Latencies();
const staleness = new Staleness(() => new Date());
const picture = new LastPicture(setup.delaySeconds);
const layer = new Layer(setup.turn, say);
let errors = 0;

const live: Live = new Live({
  changed: () => (feed ? feed.requestRead() : changed()),
  state: (state) => {
    if (state !== "live") staleness.lost();
    showState();
  },
  joined: () => {
    if (feed) feed.requestRead();
    else current();
  },
});
const delayed = setup.delaySeconds > 0 ? new DelayedBoard(setup.delaySeconds * 1000) : null;
const feed = delayed && new LogFollower(delayed, clock, { changed, current, waiting });
const board = delayed?.board ?? live.board;
const wall = new WallCanvas(
  byId("board", HTMLCanvasElement),
  () => setup.wallScreen,
  setup.turn,
  () => show.draw(),
);
const show: Show = new Show({ setup, board, wall, layer, clock, say, language }, drawn);

function changed(): void {
  show.changed();
  showState();
}

function current(): void {
  staleness.current();
  // What came with a join was placed while this screen did not listen: that is no latency.
  if (!feed) measuredSeq = live.board.seq;
  layer.waiting(0);
  changed();
}

/** Nothing old enough yet; a picture from before this page is better than words. */
function waiting(seconds: number): void {
  if (board.loaded) staleness.lost();
  else layer.waiting(seconds);
}

function showState(): void {
  layer.since(staleness.time);
  const { epoch, seq } = board;
  const connected = live.link.live && delayed?.read.epoch !== "";
  Object.assign(document.body.dataset, { epoch, seq, connected });
}

async function makeSure(): Promise<void> {
  // While the link is down it tries by itself, in its own time.
  if (live.link.live && (await live.check()) && !feed) staleness.current();
}

// How long placements take to this screen: see model/wall/server-clock.ts for the clocks.

let drawnAt = { seq: 0, ms: 0 };
let measuredSeq = 0;
let sampledMs = Number.NEGATIVE_INFINITY;

function drawn(): void {
  if (board.seq !== drawnAt.seq) drawnAt = { seq: board.seq, ms: clock.localMs() };
}

async function measure(): Promise<void> {
  const { seq, ms } = drawnAt;
  const isNew = seq > measuredSeq && live.link.live;
  measuredSeq = Math.max(measuredSeq, seq);
  if (!isNew) {
    if (performance.now() - sampledMs < CLOCK_EVERY_MS) return;
    if (await readLog(`after=${BEYOND}`, clock)) sampledMs = performance.now();
    return;
  }
  const placed = delayed ? delayed.newest : (await readLog(`after=${seq - 1}`, clock))?.changes[0];
  if (placed?.seq === seq && !placed.kind.byOrganiser) latencies.add(clock.at(ms) - placed.atMs);
  document.body.dataset.latency = String(Math.round(latencies.medianMs));
}

function showTest(): void {
  const { wall: hung, screen } = wall.position;
  const window = turnedSize(wall.canvas, setup.turn);
  const fits = window.width === hung.width && window.height === hung.height;
  const row = Math.ceil(screen / hung.columns);
  const place = say("test.place", { row, column: screen - (row - 1) * hung.columns });
  const rounded = {
    median: Math.round(latencies.medianMs),
    worst: Math.round(latencies.worstMs),
    of: latencies.count,
    error: Math.ceil(clock.errorMs),
  };
  const delay = delayed ? `${say("test.delay", { seconds: setup.delaySeconds })} · ` : "";
  layer.test({
    number: String(screen),
    count: `${say("test.screen", { count: hung.columns * hung.rows })} · ${place}`,
    size: say("test.size", { width: hung.width, height: hung.height, turn: setup.turn }),
    window: fits ? "" : say("test.window", { ...window }),
    latency: delay + (latencies.count > 0 ? say("test.latency", rounded) : say("test.noLatency")),
  });
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

/** A wall must not go dark; the browser lets go of the lock whenever the page is hidden. */
async function stayAwake(): Promise<void> {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // Refused on low battery or without a secure address; the machine's own settings then decide.
  }
}

async function takeCare(): Promise<void> {
  const condition = { upMs: performance.now(), quietMs: show.quietMs, staleMs: staleness.ms, errors };
  if (!shouldReload(condition) || !(await pageIsThere())) return;
  picture.write(board, new Date());
  location.reload();
}

function keepPicture(): void {
  if (staleness.ms === 0) picture.write(board, new Date());
}

listenForWaking(() => void live.check());
keepWallShell();
if (problems.length) complain();
layer.codes(setup.join);
const keptAt = picture.readInto(board);
if (keptAt) {
  staleness.asOf(keptAt);
  show.changed();
}
setInterval(showState, 1000);
setInterval(makeSure, ASK_EVERY_MS);
setInterval(measure, MEASURE_EVERY_MS);
setInterval(keepPicture, KEEP_EVERY_MS);
setInterval(takeCare, CARE_EVERY_MS);
if (setup.test) setInterval(showTest, 500);
void measure();
void stayAwake();
document.addEventListener("visibilitychange", () => document.hidden || void stayAwake());
addEventListener("pagehide", keepPicture);
for (const kind of ["error", "unhandledrejection"]) addEventListener(kind, () => errors++);
