/** The modules' shape: each says what it is, none grows without end, nothing lies unused, no name means two things. */
import { expect, test } from "vitest";

const load = (glob: Record<string, string>, root: string) =>
  Object.entries(glob).map(([path, text]) => ({ path: path.replace(root, ""), text }));
const modules = load(
  import.meta.glob<string>("../../src/**/*.ts", { query: "?raw", import: "default", eager: true }),
  "../../src/",
);
const tests = load(
  import.meta.glob<string>("../**/*.ts", { query: "?raw", import: "default", eager: true }),
  "../",
);

const MAX_LINES = 400;
const MAX_FOLDER_FILES = 18;

test.each(modules)("$path begins with what it is, and stays below 400 lines", ({ text }) => {
  expect(text).toMatch(/^\/\*\* \S/);
  expect(text.split("\n").length).toBeLessThan(MAX_LINES);
});

test("no folder has more modules than a reader can look over", () => {
  const counts = new Map<string, number>();
  for (const { path } of modules) {
    const folder = path.split("/").slice(0, -1).join("/");
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  expect(counts.size).toBeGreaterThan(10);
  expect([...counts].filter(([, count]) => count > MAX_FOLDER_FILES)).toEqual([]);
});

/** `path name` for each name that the text imports. */
function importsOf({ path, text }: { path: string; text: string }): string[] {
  return [...text.matchAll(/(?:import|export) (?:type )?\{([^}]*)\} from "(\.[^"]+)"/g)].flatMap(
    ([, names = "", target = ""]) => {
      const module = new URL(target, `file:///src/${path}`).pathname.replace(/^.*\/src\//, "");
      return names.split(",").map(
        (name) =>
          `${module}.ts ${
            name
              .trim()
              .replace(/^type /, "")
              .split(" as ")[0]
          }`,
      );
    },
  );
}

test("every function, class and constant that a module exports is used by another module or a test", () => {
  const used = new Set(
    [...modules, ...tests.map(({ path, text }) => ({ path: `x/${path}`, text }))].flatMap(importsOf),
  );
  const exported = modules.flatMap(({ path, text }) =>
    [...text.matchAll(/^export (?:async )?(?:const|function|class) (\w+)/gm)].map(
      ([, name]) => `${path} ${name}`,
    ),
  );
  expect(exported.length).toBeGreaterThan(100);
  expect(exported.filter((name) => !used.has(name))).toEqual([]);
});

test("every module is imported by another, but for what the pages' HTML and the build begin with", () => {
  const used = new Set([...modules].flatMap(importsOf).map((name) => name.split(" ")[0]));
  const entries = /^(pages\/\w+|worker\/(sw|end|work)|.*\.d)\.ts$/;
  const alone = modules.map(({ path }) => path).filter((path) => !used.has(path) && !entries.test(path));
  expect(alone).toEqual([]);
});

test("no class, interface or type has the name of another", () => {
  const places = new Map<string, string[]>();
  for (const { path, text } of modules)
    for (const [, name = ""] of text.matchAll(/^(?:export )?(?:class|interface|type) (\w+)/gm))
      places.set(name, [...(places.get(name) ?? []), path]);
  expect(places.size).toBeGreaterThan(100);
  expect([...places].filter(([, paths]) => paths.length > 1)).toEqual([]);
});
