/** The comma string of a batch or a delta, `x,y,color,...`; golden vectors: `tests/wire/batch.json`. */

/** Numbers in threes: x, y, colour index. */
export type FlatPixels = Uint16Array;

const FIELD = /^\d{1,4}$/;

/** Null when the text breaks the format: the reader then asks for the exact state instead of guessing. */
export function decodePixels(text: string): FlatPixels | null {
  if (text === "") return new Uint16Array(0);
  const fields = text.split(",");
  if (fields.length % 3 !== 0) return null;
  const numbers = new Uint16Array(fields.length);
  for (const [index, field] of fields.entries()) {
    if (!FIELD.test(field)) return null;
    numbers[index] = Number(field);
  }
  return numbers;
}
