/**
 * The thesis's breakpoint test: arrivals ramp from 0 to 1,000 a second over 5 minutes; each user fetches the page,
 * joins, places all its pixels at random with pauses up to 3 s, and watches for 30 s. It ends when 5 % of all
 * connections took longer than 1,200 ms.
 */
import exec from "k6/execution";
import type { Options } from "k6/options";
import { arrivals, failed, summaryTrendStats } from "./measures.ts";
import { fetchPage, pause, randomBelow, User } from "./user.ts";
import { withoutBoard } from "./wire.ts";

export { handleSummary } from "./measures.ts";

const LONGEST_PAUSE_MS = 3_000;
const STAY_MS = 30_000;
/** Made before the test starts, so that making them takes no time from it. Each holds one of k6's 20,000 files. */
const MAX_USERS_AT_ONCE = Number(__ENV.MAX_USERS_AT_ONCE ?? 10_000);
const CONNECTING_LIMIT_MS = Number(__ENV.CONNECTING_LIMIT_MS ?? 1_200);

export const options: Options = {
  scenarios: {
    arrivals: {
      executor: "ramping-arrival-rate",
      startRate: 0,
      timeUnit: "1s",
      stages: [{ target: 1_000, duration: "5m" }],
      preAllocatedVUs: MAX_USERS_AT_ONCE,
      maxVUs: MAX_USERS_AT_ONCE,
      gracefulStop: "60s",
    },
  },
  thresholds: {
    ws_connecting: [{ threshold: `p(95)<${CONNECTING_LIMIT_MS}`, abortOnFail: true }],
    // A user that k6 has no room for: from here on the arrivals are not the test's any more.
    dropped_iterations: [{ threshold: "count<1", abortOnFail: true }],
  },
  // One file for each user instead of two; a user fetches one page, so there is nothing to reuse.
  noConnectionReuse: true,
  summaryTrendStats,
  systemTags: ["check", "error", "status"],
};

export default async function festivalGoer(): Promise<void> {
  arrivals.add(exec.instance.currentTestRunDuration);
  const { status } = fetchPage();
  if (status !== 200) failed(`page: status ${status}`);
  const user = await User.join(withoutBoard);
  if (user === null) return;
  for (let placed = 0; placed < user.state.maxPixels; placed++) {
    await pause(randomBelow(LONGEST_PAUSE_MS));
    user.place(user.randomPixel());
  }
  await pause(STAY_MS);
  user.leave();
}
