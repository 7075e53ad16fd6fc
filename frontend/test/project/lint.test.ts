/** The lint rules in `biome.json` that keep the layout: which folder may import which, no browser in the rules, no cycles. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const BIOME = join(ROOT, "node_modules/@biomejs/biome/bin/biome");

const WRONG: Readonly<Record<string, string>> = {
  "texts/a.ts": 'export { a } from "../model/fields";',
  "model/a.ts": 'export { a } from "./board/board";',
  "model/b.ts": 'export { a } from "some-package";',
  "model/board/a.ts": 'export { a } from "../draw/camera";',
  "model/board/b.ts": 'export { a } from "../../net/link";',
  "model/board/c.ts": 'export const a = () => import("../../net/link");',
  "model/board/changes/a.ts": 'export { a } from "../../wall/wall";',
  "model/draw/a.ts": 'export { a } from "../wall/wall";',
  "model/draw/b.ts": 'import type { a } from "../../view/notice";\nexport type b = a;',
  "model/wall/a.ts": 'export { a } from "../draw/camera";',
  "model/wall/b.ts": "export const a = () => document.title;",
  "model/wall/c.ts": "export const a = () => globalThis.document.title;",
  "model/wall/d.ts": "export const a = () => setTimeout(() => {}, 1);",
  "model/desk/a.ts": 'import "../../storage/browser-store";',
  "input/a.ts": 'export { a } from "../net/link";',
  "storage/a.ts": 'export { a } from "../view/notice";',
  "net/a.ts": 'export { a } from "../storage/browser-store";',
  "net/b.ts": 'export { a } from "../pages/draw";',
  "view/a.ts": 'export { a } from "./draw/controls";',
  "view/b.ts": 'export { a } from "../net/link";',
  "view/draw/a.ts": 'export { a } from "../wall/layer";',
  "view/draw/b.ts": 'export { a } from "../../model/wall/wall";',
  "view/desk/a.ts": 'export { a } from "../../pages/admin";',
  "worker/a.ts": 'export { a } from "../model/fields";',
  // A cycle, which types alone would make too.
  "model/draw/one.ts": 'import type { Two } from "./two";\nexport type One = Two[];',
  "model/draw/two.ts": 'import type { One } from "./one";\nexport type Two = One | 2;',
};

const RIGHT: Readonly<Record<string, string>> = {
  "texts/right.ts": 'export { a } from "./i18n";\nexport { default } from "./draw/en.json";',
  "model/right.ts": 'export { a } from "./fields";\nexport type { b } from "../texts/i18n";',
  "model/board/right.ts":
    'export { a } from "../fields";\nexport { b } from "./board";\nexport { c } from "./changes/a";',
  "model/board/changes/right.ts": 'export { a } from "../board";\nexport { b } from "../../fields";',
  "model/draw/right.ts": 'export { a } from "../board/board";\nexport { b } from "./camera";',
  "input/right.ts": 'export { a } from "../model/draw/camera";',
  "net/right.ts": 'export { io } from "socket.io-client";\nexport { a } from "../model/wall/delayed-board";',
  "view/right.ts": 'export { a } from "../model/board/board";\nexport const b = () => document.title;',
  "view/wall/right.ts": 'export { a } from "../surface";\nexport { b } from "../../model/wall/wall";',
  "pages/right.ts": 'export { a } from "../net/link";\nexport { b } from "../view/draw/controls";',
};

/** The files below `src/` about which Biome complains, in a tree that has only these. */
async function complaints(files: Readonly<Record<string, string>>): Promise<Set<string>> {
  const tree = await mkdtemp(join(tmpdir(), "beeplace-lint-"));
  try {
    await copyFile(join(ROOT, "biome.json"), join(tree, "biome.json"));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(tree, "src", path)), { recursive: true });
      await writeFile(join(tree, "src", path), `/** A file. */\n${text}\n`);
    }
    const run = promisify(execFile)(process.execPath, [BIOME, "lint", "--max-diagnostics=none", "src"], {
      cwd: tree,
    });
    const { stdout, stderr } = await run.catch((failed) => failed as { stdout: string; stderr: string });
    return new Set(
      [...`${stdout}${stderr}`.matchAll(/src\/(\S+?\.ts):\d+:\d+ lint\//g)].map(([, path = ""]) => path),
    );
  } finally {
    await rm(tree, { recursive: true });
  }
}

test("every wrong arrow, and every use of the browser in the rules, is an error; no right one is", async () => {
  expect([...(await complaints({ ...WRONG, ...RIGHT }))].sort()).toEqual(Object.keys(WRONG).sort());
}, 60_000);
