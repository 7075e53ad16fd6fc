/** What the tests count beside k6's own metrics, and where the figures go. `run.py` reads them by these names. */
import { Counter, Trend } from "k6/metrics";
import { setTimeout } from "k6/timers";

/** k6's, which @types/k6 leaves to the DOM's types. */
declare const console: { warn(text: string): void };

const TIME = true;
const ABORT_MS = 100;

/** People who got the board. */
export const users = new Counter("users");
/** Sent, as the thesis counts them. */
export const pixels = new Counter("pixels");
/** Came back in a batch to the one who placed them. The rest was overwritten before the refresh, or is on its way. */
export const pixelsSeen = new Counter("pixels_seen");
export const pixelsRefused = new Counter("pixels_refused");
/** Sockets that opened and said nothing, and were opened again: k6's own loss, which is no user's. */
export const silentHandshakes = new Counter("silent_handshakes");
/** Sessions that failed or were ended by the server. */
const userErrors = new Counter("user_errors");
/**
 * Counts a failed session and says why in k6's log, a moment later: when k6 aborts a test it cuts all its users off
 * itself, and a moment later it takes no more counts, so that only what failed before is in the figures.
 */
export function failed(reason: string): void {
  setTimeout(() => {
    userErrors.add(1);
    console.warn(`user lost: ${reason}`);
  }, ABORT_MS);
}

/** From sending a placement to the frame that has it, at the one who placed. k6's clock counts milliseconds. */
export const placementToFrame = new Trend("placement_to_frame", TIME);
/** From opening the socket to the board. */
export const joinDuration = new Trend("join_duration", TIME);
/** All that a user who stayed to the end received over its socket. */
export const bytesPerClient = new Trend("bytes_per_client");

/** When users came, from the start of the test on: the last of them came when it ended. An abort itself takes k6 seconds. */
export const arrivals = new Trend("arrivals", TIME);

export const summaryTrendStats = ["avg", "min", "med", "max", "p(50)", "p(95)", "p(99)"];

/** k6 calls it at the end of every test that exports it. */
export function handleSummary(data: unknown): Record<string, string> {
  return { [__ENV.SUMMARY ?? "stdout"]: JSON.stringify(data) };
}
