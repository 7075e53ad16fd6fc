import { expect, test } from "vitest";
import { DEFAULT_PREFERENCES, languageOf, localeOf, parsePreferences } from "../../src/model/preferences";

test("what is chosen is kept as it is", () => {
  const chosen = { ...DEFAULT_PREFERENCES, language: "it", theme: "night", hand: "left", sound: true };
  expect(parsePreferences(JSON.stringify(chosen))).toEqual({ preferences: chosen, broken: false });
  expect(parsePreferences(null)).toEqual({ preferences: DEFAULT_PREFERENCES, broken: false });
});

test.each(["", "{", "[]", "7", "null", '"dark"'])("%j in the storage is the usual, and said", (text) => {
  expect(parsePreferences(text)).toEqual({ preferences: DEFAULT_PREFERENCES, broken: true });
});

test("of settings that are partly broken the good ones are kept, and unknown ones ignored", () => {
  const text =
    '{"theme":"pink","hand":"left","sound":"yes","__proto__":{"grid":false},"constructor":1,"later":2}';
  expect(parsePreferences(text)).toEqual({
    preferences: { ...DEFAULT_PREFERENCES, hand: "left" },
    broken: true,
  });
  expect(parsePreferences('{"later":2}').broken).toBe(false);
});

test("the browser's language counts until another is chosen", () => {
  expect(languageOf(DEFAULT_PREFERENCES, ["fr-CH"])).toBe("fr");
  expect(languageOf({ ...DEFAULT_PREFERENCES, language: "de" }, ["fr-CH"])).toBe("de");
});

test("times are written as people of the browser's region do", () => {
  expect(localeOf("en", ["de-CH", "en-GB"])).toBe("en-GB");
  expect(localeOf("it", ["de-CH", "en-GB"])).toBe("it");
});
