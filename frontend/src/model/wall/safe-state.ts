/** Whether a screen shows the safe picture: while panic is on, and, armed, when the server cannot be reached. */
import { parseSafePicture, type SafePicture } from "../board/settings";
import { isFields } from "../fields";

/** Shorter losses, as while a server restarts among others, are not worth another picture. */
export const LOST_MS = 3000;

/** What a screen keeps for the case that it starts while the server is away; `png` is a data URL. */
export interface KeptSafeState {
  readonly panic: boolean;
  readonly picture: SafePicture | null;
  readonly png: string;
}

export function parseKeptSafeState(value: unknown): KeptSafeState | null {
  if (!isFields(value)) return null;
  const { panic, png } = value;
  if (typeof panic !== "boolean" || typeof png !== "string") return null;
  return { panic, picture: parseSafePicture(value.picture), png };
}

export class SafeState {
  panic = false;
  picture: SafePicture | null = null;
  /** Since when the server cannot be reached, by the caller's clock in ms; null while it can. */
  #lostAt: number | null;

  constructor(readonly now: () => number) {
    this.#lostAt = now();
  }

  adopt(panic: boolean, picture: SafePicture | null): void {
    this.panic = panic;
    this.picture = picture;
  }

  reached(): void {
    this.#lostAt = null;
  }

  lost(): void {
    this.#lostAt ??= this.now();
  }

  get shown(): boolean {
    const lost = this.#lostAt !== null && this.now() - this.#lostAt >= LOST_MS;
    return this.panic || (lost && this.picture?.armed === true);
  }
}
