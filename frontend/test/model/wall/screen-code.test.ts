import { expect, test } from "vitest";
import { parseScreenAddress } from "../../../src/model/wall/screen-address";
import { decodeScreenCode } from "../../../src/model/wall/screen-code";

const keysOf = (search: string) => parseScreenAddress(search).problems.map(({ key }) => key);

test.each([
  "",
  "1",
  "1-3x2",
  "1-3x2-504",
  "1-3x2-504x380-",
  "1-3x2-504x380-x9",
  "a-3x2-504x380",
  "1-3x2-504x380-g1",
  "1-3x2-504x380-sx60",
  "1-3x2-504x380-sc",
  "1-3x2-504x380-jbr120",
  "1-3x2-504x380-jbr-d30",
])("the code %j is none", (code) => {
  expect(decodeScreenCode(code)).toBeNull();
  expect(keysOf(`?d=${code}`)).toEqual(["code"]);
});

test("a code that is wrong delays where it meant to", () => {
  expect(parseScreenAddress("?d=1-3x2-504x380-d3o").setup.delaySeconds).toBe(60);
  expect(parseScreenAddress("?d=1-3x2-504x380-d61").setup.delaySeconds).toBe(60);
});

test("what a code says is not said again behind it", () => {
  expect(keysOf("?d=1-3x2-504x380-d30&delay=20")).toEqual(["both"]);
  expect(keysOf("?d=1-3x2-504x380-d30&scenes=canvas:60")).toEqual([]);
});
