/** Checks wire.ts against the golden vectors that Python and the browser's code are checked against too. */
import { check } from "k6";
import { decide, decodePixels, decodeRange, type Pixel, type Position } from "./wire.ts";

interface Batches {
  readonly good: readonly { readonly text: string; readonly pixels: readonly Pixel[] }[];
  readonly bad: readonly string[];
}

interface Ranges {
  readonly good: readonly ({ readonly text: string } & Record<"epoch" | "from" | "to", unknown>)[];
  readonly bad: readonly string[];
  readonly client: readonly (Position & { readonly range: string; readonly does: string })[];
}

const folder = __ENV.VECTORS ?? "../tests/wire";
// k6 opens files while it loads a test, not later.
const batches: Batches = JSON.parse(open(`${folder}/batch.json`));
const ranges: Ranges = JSON.parse(open(`${folder}/range.json`));

const equal = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** How many it checked, so that empty files are noticed. */
export function checkVectors(): number {
  const verdicts = [
    ...batches.good.map(({ text, pixels }) => equal(decodePixels(text), pixels)),
    ...batches.bad.map((text) => decodePixels(text) === null),
    ...ranges.good.map(({ text, epoch, from, to }) => equal(decodeRange(text), { epoch, from, to })),
    ...ranges.bad.map((text) => decodeRange(text) === null),
    ...ranges.client.map(({ epoch, seq, range, does }) => {
      const decoded = decodeRange(range);
      return decoded !== null && decide({ epoch, seq }, decoded) === does;
    }),
  ];
  for (const verdict of verdicts) check(verdict, { "a golden vector": (good) => good });
  return verdicts.length;
}
