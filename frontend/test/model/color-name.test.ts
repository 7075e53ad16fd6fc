import { expect, test } from "vitest";
import { inkOn, sayColor, swatchName } from "../../src/model/color-name";
import { draw } from "../../src/texts/draw";
import { Translator } from "../../src/texts/i18n";

const { say: speak } = new Translator(draw, "en");
const say = (key: string, parts?: Record<string, string | number>) => speak(key as "place", parts);

test.each([
  ["#FFFFFF", "white"],
  ["#E4E4E4", "light grey"],
  ["#888888", "grey"],
  ["#222222", "dark grey"],
  ["#FFA7D1", "light pink"],
  ["#E50000", "red"],
  ["#E59500", "orange"],
  ["#A06A42", "brown"],
  ["#E5D900", "yellow"],
  ["#94E044", "lime"],
  ["#02BE01", "green"],
  ["#00D3DD", "turquoise"],
  ["#0083C7", "blue"],
  ["#0000EA", "blue"],
  ["#CF6EE4", "purple"],
  ["#820080", "dark purple"],
])("%s is called %s", (hex, name) => {
  expect(sayColor(hex, say)).toBe(name);
});

test("a swatch has a name of its own even where two colours share one", () => {
  expect(swatchName("#0000EA", 13, 16, say)).toBe("blue, colour 14 of 16");
  expect([inkOn("#FFFFFF"), inkOn("#222222")]).toEqual(["#000000", "#ffffff"]);
});
