/** The modules' shape: the rules know neither browser nor views, only pages join them, and none grows without end. */
import { expect, test } from "vitest";

const sources = import.meta.glob<string>("../src/**/*.ts", { query: "?raw", import: "default", eager: true });
const modules = Object.entries(sources).map(([path, text]) => ({ path: path.replace("../src/", ""), text }));

/** The folders of ours, at the top of `src`, that a module imports from. */
const importsOf = (path: string, text: string) =>
  [...text.matchAll(/from "(\.[^"]+)"/g)].map(
    ([, target = ""]) => new URL(target, `file:///${path}`).pathname.split("/")[1],
  );

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  texts: ["texts"],
  model: ["model", "texts"],
  storage: ["storage", "model"],
  input: ["input", "model"],
  net: ["net", "input", "storage", "model", "texts"],
  view: ["view", "model", "texts"],
};

test.each(modules)("$path imports only what lies below it", ({ path, text }) => {
  const allowed = ALLOWED[path.split("/")[0] ?? ""];
  if (allowed) for (const folder of importsOf(path, text)) expect(allowed).toContain(folder);
});

test.each(modules)("$path begins with what it is, and stays below 400 lines", ({ text }) => {
  expect(text).toMatch(/^\/\*\* \S/);
  expect(text.split("\n").length).toBeLessThan(400);
});

test("the rules know no document", () => {
  const rules = modules.filter(({ path }) => path.startsWith("model/"));
  expect(rules.length).toBeGreaterThan(10);
  for (const { text } of rules) expect(text).not.toMatch(/\b(document|window|navigator|localStorage)\./);
});
