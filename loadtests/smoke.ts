/**
 * The least that must work, with five users: each fetches the page, joins in the thesis's form, places all its pixels
 * and sees them in batches whose ranges touch each other. Anything missing fails the run.
 */
import { check } from "k6";
import type { Options } from "k6/options";
import { summaryTrendStats } from "./measures.ts";
import { decodeEvent, type Frame } from "./socketio.ts";
import { fetchPage, pause, randomBelow, User } from "./user.ts";
import { checkVectors } from "./vectors.ts";
import { decide, decodePixels, decodeRange, type InitialState } from "./wire.ts";

export { handleSummary } from "./measures.ts";

const USERS = 5;
const MAX_PIXELS = Number(__ENV.MAX_PIXELS ?? 3);
/** What a person waits for a pixel to appear: one refresh, and a second for a busy machine. */
const VISIBLE_MS = Number(__ENV.VISIBLE_MS ?? Number(__ENV.REFRESH_RATE ?? 100) + 1_000);
const PATIENCE_MS = 5_000;
const STAY_MS = Number(__ENV.STAY_MS ?? 1_500);

export const options: Options = {
  scenarios: { people: { executor: "per-vu-iterations", vus: USERS, iterations: 1, maxDuration: "30s" } },
  thresholds: {
    checks: ["rate==1"],
    users: [`count==${USERS}`],
    pixels: [`count==${USERS * MAX_PIXELS}`],
    pixels_seen: [`count==${USERS * MAX_PIXELS}`],
    pixels_refused: ["count==0"],
    user_errors: ["count==0"],
    placement_to_frame: [`p(95)<${VISIBLE_MS}`],
    iterations: [`count==${USERS}`],
  },
  summaryTrendStats,
};

export function setup(): void {
  const checked = checkVectors();
  check(checked, { "there are golden vectors": (count) => count > 20 });
}

export default async function festivalGoer(): Promise<void> {
  check(fetchPage(), {
    "the page is there": ({ status, headers }) =>
      status === 200 && String(headers["Content-Type"]).startsWith("text/html"),
    "the page has a canvas": ({ body }) => String(body).includes("<canvas"),
  });
  const user = await User.join();
  if (user === null) return;
  const follower = new Follower(user.state);
  user.heard = (frame) => follower.batch(frame);
  checkState(user.state);
  for (let placed = 0; placed < user.state.maxPixels; placed++) {
    // Each in a row of its own: nobody's pixel is overwritten before its batch.
    user.place([placed, __VU, (placed % (user.state.colors.length - 1)) + 1]);
    await pause(200 + randomBelow(200));
  }
  for (let waited = 0; user.unseen > 0 && waited < PATIENCE_MS; waited += 50) await pause(50);
  check(follower, {
    "batches came": ({ batches }) => batches > 0,
    "every batch is well-formed": ({ malformed }) => malformed === 0,
    "every batch touches what is known": ({ gaps }) => gaps === 0,
  });
  await pause(STAY_MS);
  user.leave();
}

function checkState({ board, width, height, colors, canvasSize, epoch, seq, ...rest }: InitialState): void {
  check(board ?? [], {
    "the board has width x height pixels": ({ length }) => length > 0 && length === width * height,
    "every pixel is of the palette": (indices) => indices.every((index) => index in colors),
  });
  check(rest, {
    "the size is the thesis's": () => canvasSize === width,
    "the board has a position": () => epoch.length > 0 && Number.isSafeInteger(seq),
    "the allowance is whole": ({ maxPixels, remainingPixels }) =>
      maxPixels === MAX_PIXELS && remainingPixels === MAX_PIXELS,
  });
}

/** Follows the ranges from the board's position on. */
class Follower {
  batches = 0;
  malformed = 0;
  gaps = 0;
  #known: { epoch: string; seq: number };

  constructor({ epoch, seq }: InitialState) {
    this.#known = { epoch, seq };
  }

  batch(frame: Frame): void {
    const [, text, range] = decodeEvent(frame).map(String);
    const covered = decodeRange(range ?? "");
    this.batches += 1;
    if (covered === null || !decodePixels(text ?? "")?.length) {
      this.malformed += 1;
      return;
    }
    const verdict = decide(this.#known, covered);
    if (verdict === "sync") this.gaps += 1;
    else if (verdict === "apply") this.#known = { epoch: covered.epoch, seq: covered.to };
  }
}
