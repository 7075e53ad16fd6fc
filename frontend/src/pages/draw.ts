/** The drawing page: wires gestures, keys and the live board to the placer, the stage and the controls. */
import { Gestures } from "../entrance/gestures";
import { listenToKeys } from "../entrance/keys";
import { kept } from "../entrance/storage";
import { Controls } from "../exit/controls";
import { byId } from "../exit/element";
import { savePicture } from "../exit/picture";
import { Stage } from "../exit/stage";
import { Allowance } from "../internal/allowance";
import { Camera, type Point } from "../internal/camera";
import { Choice } from "../internal/choice";
import { formatHash, parseHash } from "../internal/hash";
import type { Settings } from "../internal/initial-state";
import { Placer } from "../internal/placer";
import { joinReasonFor, reasonFor } from "../internal/reasons";
import { Live } from "../live";

const now = () => performance.now();
const canvas = byId("board", HTMLCanvasElement);
const controls = new Controls({ place, zoom: zoomBy, fit: () => camera.fit(), save });

const live: Live = new Live(
  {
    joined: ({ allowance: told }) => {
      if (told) allowance.told(told.remaining, told.retryInMs);
      placer.resend();
      refresh();
    },
    settings: adopt,
    changed: () => {
      placer.placements.settle(live.board);
      refresh();
    },
    state: refresh,
    userCount: (people) => controls.showPeople(people),
    joinRefused: ({ code }) => controls.notice.say(joinReasonFor(code), "bad"),
    rejected: ({ code, retryInMs }) => controls.notice.say(reasonFor(code, retryInMs), "bad"),
  },
  kept(() => localStorage, "beeplace.token"),
);

const allowance = new Allowance(now);
const placer = new Placer(allowance, {
  now,
  randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
  send: (request) => live.link.place(request),
  changed: refresh,
  confirmed: ({ x, y }) => controls.notice.say(`Placed at ${x}, ${y}.`, "good"),
  refused: (_, { code, retryInMs }) => controls.notice.say(reasonFor(code, retryInMs), "bad"),
  silence: (waitMs) => setTimeout(resendIfAlive, waitMs),
});

const camera = new Camera(() => moved());
const choice = new Choice(live.board);
const stage = new Stage(canvas, {
  board: live.board,
  camera,
  placements: () => placer.placements.all,
  chosen: () => choice.pixel,
});

async function resendIfAlive(): Promise<void> {
  // While the connection is down there is nobody to ask; the next join sends again.
  if (live.link.live && (await live.check())) placer.resend();
}

/** New limits, and at first, or for another board, a new view. */
function adopt(settings: Settings): void {
  const another = camera.setBoard(settings, settings);
  allowance.maxPixels = settings.maxPixels;
  controls.palette.show(settings.colors, settings.initialColor);
  if (another) openPlace(settings);
  refresh();
}

function openPlace(settings: Settings): void {
  const place = parseHash(location.hash, settings);
  if (place) choice.choose(place.x, place.y);
  else choice.clear();
  const at = place
    ? { x: place.x + 0.5, y: place.y + 0.5 }
    : { x: settings.width / 2, y: settings.height / 2 };
  camera.centerOn(at, place?.scale ?? settings.initialScale);
}

function choose(at: Point): void {
  choice.choose(Math.floor(at.x), Math.floor(at.y));
  moved();
}

function nudge(dx: number, dy: number): void {
  choice.nudge(dx, dy, camera.boardAt(camera.center));
  if (choice.pixel) camera.reveal(choice.pixel.x, choice.pixel.y);
}

function zoomBy(factor: number): void {
  const { pixel } = choice;
  // Towards the chosen pixel, so that it does not leave the window.
  const at =
    pixel && camera.shows(pixel.x, pixel.y) ? camera.windowAt(pixel.x + 0.5, pixel.y + 0.5) : camera.center;
  camera.pinch(factor, at);
}

function place(): void {
  const { pixel } = choice;
  if (!pixel || !canPlace()) return;
  navigator.vibrate?.(10);
  placer.place(pixel.x, pixel.y, controls.palette.value, live.board.epoch);
}

const canPlace = () =>
  live.link.live && live.settings?.readOnly === false && placer.available > 0 && choice.pixel !== null;

function save(): void {
  if (live.board.loaded) void savePicture(stage.surface, new Date());
}

function refresh(): void {
  stage.draw();
  tell();
}

/** Everything but the picture; cheap, because only what changed is written. */
function tell(): void {
  controls.show({
    connection: live.link.state,
    online: navigator.onLine,
    readOnly: live.settings?.readOnly === true,
    remaining: live.board.loaded ? placer.available : null,
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
}

let hashTimer: ReturnType<typeof setTimeout> | undefined;

function moved(): void {
  controls.showZoom(camera.scale);
  refresh();
  clearTimeout(hashTimer);
  hashTimer = setTimeout(writeHash, 300);
}

/** The chosen pixel where it is seen, otherwise the middle of the window: what a person would call "here". */
function writeHash(): void {
  if (!live.board.loaded) return;
  const { pixel } = choice;
  const middle = camera.boardAt(camera.center);
  const here = pixel && camera.shows(pixel.x, pixel.y) ? pixel : choice.nearest(middle.x, middle.y);
  history.replaceState(null, "", formatHash({ ...here, scale: camera.scale }));
}

function resize(): void {
  camera.setArea(controls.freeArea());
  stage.draw();
}

new Gestures(canvas, camera, (at) => choose(camera.boardAt(at)));
listenToKeys({ nudge, place, zoom: zoomBy });
addEventListener("hashchange", () => live.settings && openPlace(live.settings));
new ResizeObserver(resize).observe(canvas);
new ResizeObserver(resize).observe(controls.panel);
// Waits end by themselves; four times a second is precise enough for a countdown of seconds.
setInterval(() => {
  placer.expire();
  if (allowance.waiting) tell();
}, 250);

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
