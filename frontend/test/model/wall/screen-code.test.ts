import { expect, test } from "vitest";
import { parseScreenAddress } from "../../../src/model/wall/screen-address";
import { decodePlace } from "../../../src/model/wall/screen-code";

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
])("the code %j is none", (code) => {
  expect(decodePlace(code)).toBeNull();
  expect(keysOf(`?d=${code}`)).toEqual(["code"]);
});
