/** The codes that a wall was given ahead: which is on now, and when to ask for more. No clock but the page's own. */

/** A code, and when it is to be on the wall, in milliseconds from the answer. */
export interface ShownCode {
  readonly code: string;
  readonly startsIn: number;
  readonly endsIn: number;
}

export class CodeStretch {
  #codes: readonly { readonly code: string; readonly fromMs: number; readonly toMs: number }[] = [];

  /** As of `askedMs`: a code may then be on the wall for as much longer as the answer took, and never shorter. */
  give(codes: readonly ShownCode[], askedMs: number): void {
    this.#codes = codes.map(({ code, startsIn, endsIn }) => ({
      code,
      fromMs: askedMs + startsIn,
      toMs: askedMs + endsIn,
    }));
  }

  forget(): void {
    this.#codes = [];
  }

  /** Null where there is none: rather no code than one that is over. */
  at(nowMs: number): string | null {
    return this.#codes.find(({ fromMs, toMs }) => nowMs >= fromMs && nowMs < toMs)?.code ?? null;
  }

  /** Those that are still to come. */
  comingAt(nowMs: number): readonly string[] {
    return this.#codes.filter(({ fromMs }) => fromMs > nowMs).map(({ code }) => code);
  }
}
