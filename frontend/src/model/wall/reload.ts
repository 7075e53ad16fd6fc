/** When a display reloads itself: after a day, at a quiet moment; and when it is stuck although the server answers. */

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export interface PageHealth {
  /** Since the page was loaded. */
  readonly upMs: number;
  /** Since the last change of the picture. */
  readonly quietMs: number;
  /** How long the picture has not been current; 0 while it is. */
  readonly staleMs: number;
  readonly errors: number;
}

const QUIET_MS = MINUTE_MS;
const STUCK_MS = 3 * MINUTE_MS;
const MAX_ERRORS = 20;

/** The caller asks the server for the page first: a reload that fails would put an error before the crowd. */
export function shouldReload({ upMs, quietMs, staleMs, errors }: PageHealth): boolean {
  if (upMs < STUCK_MS) return false;
  return (upMs >= DAY_MS && quietMs >= QUIET_MS) || staleMs >= STUCK_MS || errors >= MAX_ERRORS;
}
