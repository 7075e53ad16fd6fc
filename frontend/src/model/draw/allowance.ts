/** How many pixels may still be placed, and when the window ends. Time is the page's clock, in ms. */
import { isFields } from "../fields";

/** What the gateway says of it: how many are left, and in how many ms all are back. */
export interface AllowanceState {
  readonly remaining: number;
  readonly retryInMs: number;
}

/** From another tab, which may be of another version. */
export function parseAllowanceState(value: unknown): AllowanceState | null {
  if (!isFields(value)) return null;
  const { remaining, retryInMs } = value;
  if (!Number.isSafeInteger(remaining) || typeof retryInMs !== "number") return null;
  return Number(remaining) >= 0 && retryInMs >= 0 ? { remaining: Number(remaining), retryInMs } : null;
}

export class Allowance {
  #remaining = 0;
  #known = false;
  #endsAt = 0;
  #cooldown = -1;

  constructor(
    readonly now: () => number,
    public maxPixels = 0,
  ) {}

  /** What the gateway said just now: the phone's own clock may be wrong by hours. */
  update(remaining: number, retryInMs: number): void {
    this.#remaining = remaining;
    this.#known = true;
    this.#endsAt = retryInMs > 0 ? this.now() + retryInMs : 0;
  }

  /** The organiser's rules, which may have changed: what was used of an open window stays used. */
  adopt(maxPixels: number, cooldown: number): void {
    const before = this.maxPixels;
    this.maxPixels = maxPixels;
    this.#cooldown = cooldown;
    if (!this.#known) return;
    if (cooldown === 0) this.update(maxPixels, 0);
    else if (maxPixels !== before) {
      const used = this.waiting ? before - this.#remaining : 0;
      this.#remaining = Math.max(0, maxPixels - used);
    }
  }

  /** Nobody waits for anything: there is nothing to count. */
  get unlimited(): boolean {
    return this.#cooldown === 0;
  }

  /** The gateway has reported it at least once. */
  get known(): boolean {
    return this.#known;
  }

  get remaining(): number {
    return this.#endsAt > 0 && this.retryInMs === 0 ? this.maxPixels : this.#remaining;
  }

  /** A window is open, or its end was not taken notice of yet: a view must change without any event. */
  get waiting(): boolean {
    return this.#endsAt > 0;
  }

  /** Takes notice of the window's end; true, once, if nothing had been left in it. */
  takeReturn(): boolean {
    const over = this.waiting && this.retryInMs === 0;
    const back = over && this.#remaining === 0;
    if (over) this.update(this.maxPixels, 0);
    return back;
  }

  /** Ms until everything may be placed again; 0 when no window is open. */
  get retryInMs(): number {
    return Math.max(0, this.#endsAt - this.now());
  }
}

/** Whole seconds, rounded up: "1 s" until the very end, so that 0 is never a lie. */
export const secondsLeft = (ms: number): number => Math.ceil(ms / 1000);
