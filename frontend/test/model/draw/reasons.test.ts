import { expect, test } from "vitest";
import { joinReasonFor, reasonFor } from "../../../src/model/draw/reasons";
import { draw } from "../../../src/texts/draw";
import { Translator } from "../../../src/texts/i18n";

const { say: speak } = new Translator(draw, "en");
const say = (key: string, parts?: Record<string, string | number>) => speak(key as "place", parts);

test("every code has words, and waiting is said in seconds", () => {
  expect(reasonFor("cooldown", say, 1200)).toBe("No pixels left for now. Again in 2 s.");
  expect(joinReasonFor("busy", say)).toMatch(/Trying again/);
  expect(joinReasonFor("something new", say)).toMatch(/Trying again/);
  expect(reasonFor("something new", say)).toBe("The server refused this pixel.");
});
