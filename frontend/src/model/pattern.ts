/** A pattern for every palette index, so that colours can be told apart without seeing colour. */

/** From (x1, y1) to (x2, y2) within a square of side 1; a dot where both are the same. */
export type Mark = readonly [x1: number, y1: number, x2: number, y2: number];

/** One mark for each bit of the index: lines first, because palettes are mostly short; 256 in all. */
const MARKS: readonly Mark[] = [
  [0.2, 0.5, 0.8, 0.5],
  [0.5, 0.2, 0.5, 0.8],
  [0.25, 0.75, 0.75, 0.25],
  [0.25, 0.25, 0.75, 0.75],
  [0.15, 0.15, 0.15, 0.15],
  [0.85, 0.15, 0.85, 0.15],
  [0.15, 0.85, 0.15, 0.85],
  [0.85, 0.85, 0.85, 0.85],
];

export const marksOf = (index: number): readonly Mark[] => MARKS.filter((_, bit) => (index >> bit) & 1);
