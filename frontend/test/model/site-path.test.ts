import { expect, test } from "vitest";
import { fromPage, ofSite, siteFolder } from "../../src/model/site-path";

test.each([
  ["/", "/"],
  ["/display", "/"],
  ["/place/", "/place/"],
  ["/place/displays", "/place/"],
  ["/a/b/admin", "/a/b/"],
])("the folder of a page at %s is %s", (page, folder) => {
  expect(siteFolder(page)).toBe(folder);
  expect(new URL(fromPage("/api/board?x=1"), `https://place.test${page}`).pathname).toBe(
    `${folder}api/board`,
  );
});

test("what leads elsewhere is left as it is", () => {
  for (const address of ["https://other.test/", "picture.png", "data:,"])
    expect(fromPage(address)).toBe(address);
});

test("sites of one server keep apart what they store, and a site in the root keeps its names", () => {
  expect(ofSite("beeplace.token", "/display")).toBe("beeplace.token");
  expect(ofSite("beeplace.token", "/place/")).not.toBe(ofSite("beeplace.token", "/other/"));
});
