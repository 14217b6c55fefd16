// The shape of the project. Every rule is a function over a map of files: the first test of each pair judges the
// project, the second plants violations and must see each of them.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { clocks, nodeGlobals, packages, ROOMS, roomOrder } from "./architecture/imports.ts";
import { ENTRIES, publicNameList, publicNames } from "./architecture/public-names.ts";
import {
  anyTypes,
  defaultExports,
  exactVersions,
  fileLength,
  fileNames,
  functionLength,
  machineTraces,
  readmes,
} from "./architecture/shape.ts";
import { codeOf, type Files, projectFiles, type Violations } from "./architecture/source.ts";
import { note } from "./run/ask.ts";

/** What `import "sequitur"` may weigh in a browser, minified. */
const CORE_BUDGET_BYTES = 166_500;
/** Places in the types of the builder that need `any`; the number may fall, not grow. */
const ANY_BUDGET = 2;

const it = suite("architecture");
const files = projectFiles();
const root = process.cwd();

/** Two tests: the project keeps `rule`, and `rule` sees each planted violation and nothing in the good files. */
function rule(
  name: string,
  judge: (files: Files) => Violations,
  bad: Record<string, string>,
  good: Record<string, string>,
): void {
  it(name, () => none(judge(files)));
  it(`${name} (planted)`, () => {
    for (const [path, text] of Object.entries(bad)) {
      assert.ok(judge(new Map([[path, text]])).length > 0, `not seen: ${path}: ${text}`);
    }
    none(judge(new Map(Object.entries(good))));
  });
}

function none(violations: Violations): void {
  assert.ok(violations.length === 0, `\n${violations.join("\n")}`);
}

rule(
  "lib imports from the same room or from rooms to the left of it",
  roomOrder,
  {
    "lib/pattern/ast.ts": 'import { x } from "../runtime/lifecycle.ts";',
    "lib/core/a.ts": 'export * from "../time/clock.ts";',
    "lib/time/a.ts": 'import type { X } from "../pattern/x.ts";',
    "lib/matching/a.ts": 'const x = await import("../service/x.ts");',
    "lib/state/a.ts": 'import "../cli/x.ts";',
    "lib/index.ts": 'export { service } from "./service/index.ts";',
    "lib/cli/a.ts": 'import { x } from "../../spec/run.ts";',
    "lib/misc/a.ts": 'import { x } from "../core/x.ts";',
    "lib/service/a.ts": 'import { x } from "../loose.ts";',
  },
  {
    "lib/pattern/ast.ts": 'import { x } from "../core/x.ts";\nimport { y } from "./y.ts"; // from "../cli/x.ts"',
    "lib/index.ts": 'export * from "./matching/matcher.ts";',
    "lib/cli/main.ts": 'const text = \'import { x } from "../../elsewhere.ts"\'; import { y } from "../service/y.ts";',
  },
);

rule(
  "packages and Node's modules are imported in their own rooms only",
  packages,
  {
    "lib/runtime/task.ts": 'import { setup } from "xstate";',
    "lib/transports/memory/a.ts": 'import { Kafka } from "kafkajs";',
    "lib/matching/a.ts": 'import fc from "fast-check";',
    "lib/runtime/a.ts": 'import { pino } from "pino";',
    "lib/transports/a.ts": 'import client from "prom-client";',
    "lib/service/a.ts": 'import { cac } from "cac";',
    "lib/service/b.ts": 'import { build } from "esbuild";',
    "lib/core/a.ts": 'import { readFileSync } from "node:fs";',
    "lib/event/a.ts": 'import type { Readable } from "node:stream";',
    "lib/index.ts": 'import "node:process";',
    "lib/cli/a.ts": 'import { z } from "zod";',
    "lib/cli/b.ts": 'import { toString } from "constructor";',
    "lib/cli/c.ts": 'import { pattern } from "sequitur";',
  },
  {
    "lib/runtime/lifecycle.ts": 'import { setup } from "xstate";',
    "lib/transports/kafka/source.ts": 'import { Kafka } from "kafkajs";\nimport { once } from "node:events";',
    "lib/testing/laws.ts": 'import fc from "fast-check";',
    "lib/cli/main.ts": '#!/usr/bin/env node\nimport { cac } from "cac";\nimport { build } from "esbuild";',
  },
);

rule(
  "rooms that run in a browser use no Node globals",
  nodeGlobals,
  {
    "lib/core/a.ts": 'export const x = Buffer.from("a");',
    "lib/matching/a.ts": "const x = process.env.X;",
    "lib/pattern/a.ts": "const x = `a ${process.cwd()} b`;",
  },
  {
    "lib/core/a.ts": 'const process = "process.env";\n// Buffer.from\nthis.process.on();',
    "lib/cli/a.ts": "process.exit(1);",
  },
);

rule(
  "time and chance enter lib through lib/time/clock.ts only",
  clocks,
  {
    "lib/core/a.ts": "const now = Date.now();",
    "lib/cli/a.ts": "const now = new Date();",
    "lib/event/a.ts": "const id = Math.random();",
    "lib/transports/a.ts": "setTimeout(() => {}, 1);",
    "lib/service/a.ts": "const x = globalThis.setInterval;",
    "lib/runtime/a.ts": "const t = performance.now();",
    "lib/runtime/b.ts": "const t = process.hrtime.bigint();",
    "lib/runtime/c.ts": "const t = `${Date.now()}`;",
    "lib/runtime/d.ts": "const id = crypto.randomUUID();",
    "lib/service/b.ts": 'import { setTimeout as sleep } from "node:timers/promises";',
    "lib/cli/b.ts": "setImmediate(go);",
  },
  {
    "lib/time/clock.ts": "export const clock = { now: () => Date.now() };",
    "lib/cli/a.ts": 'const day = new Date(at).toISOString(); const template = "Date.now()"; // Math.random()',
    "spec/a.spec.ts": "const start = Date.now();",
  },
);

rule(
  "nothing is exported by default",
  defaultExports,
  {
    "lib/core/a.ts": "export default 1;",
    "lib/core/b.ts": "export { x as default };",
    "spec/a.ts": "export default x;",
  },
  { "samples/a/service.ts": "export default service({});", "lib/core/a.ts": 'const text = "export default";' },
);

rule(
  "any stays inside the typed builder",
  (given) => anyTypes(given, ANY_BUDGET),
  {
    "lib/core/a.ts": "export function f(x: any): void {}",
    "lib/core/b.ts": "const x = y as any;",
    "lib/core/c.ts": "type X = Map<string, any>;",
    "lib/pattern/builder/builder.ts": `type X = [${"Set<any>, ".repeat(ANY_BUDGET + 1)}];`,
  },
  {
    "lib/core/a.ts": 'const kind = { any: 1 }; x.any(2); const y: "any" = "any"; // any',
    "lib/core/b.ts": "const company: number = many;",
  },
);

const lines = (count: number): string => "  go();\n".repeat(count);

rule(
  "files stay short",
  fileLength,
  { "lib/core/a.ts": lines(401), "spec/a.spec.ts": lines(401) },
  { "lib/core/a.ts": lines(400), "README.md": lines(1000), "spec/fixtures/a.ts": lines(500) },
);

rule(
  "functions stay short",
  functionLength,
  {
    "lib/a/a.ts": `export function f(): void {\n${lines(59)}}\n`,
    "lib/a/b.ts": `const f = (x: number): void => {\n${lines(59)}};\n`,
    "lib/a/c.ts": `class A {\n  async f(\n    x: number,\n  ): Promise<void> {\n${lines(58)}  }\n}\n`,
    "lib/a/d.ts": `export function f({\n  a,\n}: Options): void {\n${lines(57)}}\n`,
    "lib/a/e.ts": `it("x", () => {\n${lines(59)}});\n`,
    "lib/a/f.ts": `export const f = (\n  a: number,\n): void => {\n${lines(57)}};\n`,
    "lib/a/g.ts": `export function f() {\n  function g() {\n${lines(59)}  }\n}\n`,
    "lib/a/h.ts": `function f() {\n${lines(50)}  go(() => {\n${lines(20)}  });\n}\n`,
  },
  {
    "lib/a/a.ts": `export function f(): void {\n${lines(58)}}\n`,
    "lib/a/b.ts": `type A = {\n${lines(100)}};\nclass A {\n${lines(100)}}\n`,
    "lib/a/c.ts": `go(\n  1,\n);\n${lines(60)}if (x) {\n}\n`,
    "lib/a/d.ts": `function f() {\n${lines(50)}  function g() {\n${lines(50)}  }\n}\n`,
    "lib/a/e.ts": `function f() {\n${lines(50)}  const g = () => {\n${lines(20)}  };\n  return {\n    h: async (x) => {\n${lines(20)}    },\n  };\n}\n`,
  },
);

rule(
  "names say what is inside",
  fileNames,
  { "lib/core/utils.ts": "", "lib/helpers/a.ts": "", "spec/common.spec.ts": "" },
  { "lib/core/errors.ts": "", "lib/pattern/group.ts": "" },
);

rule(
  "folders that people enter first have a README",
  readmes,
  { "lib/core/a.ts": "", "spec/a.spec.ts": "" },
  { "lib/core/a.ts": "", "lib/README.md": "# lib" },
);

rule(
  "no file names a machine or a registry",
  (given) => machineTraces(given, [`${root}/`, `${homedir()}/`]),
  {
    "README.md": `see ${root}/lib`,
    "spec/a.ts": `"${homedir()}/x"`,
    "package-lock.json": `"resolved"${': "https://x"'}`,
    "docs/a.md": ["", "home", "someone", "x"].join("/"),
    "docs/b.md": ["", "work", "x"].join("/"),
    ".npmrc": `registry=https://registry.${"npmjs.org"}`,
  },
  { "README.md": `lib/core, ${[".", "work", "x"].join("/")}, https://example.com/home/page-less, a/home` },
);

rule(
  "dependencies have exact versions",
  exactVersions,
  {
    "package.json": '{"dependencies":{"a":"^1.0.0"}}',
    "package-lock.json": '{"packages":{"":{},"node_modules/a":{"version":"1.0.0"}}}',
  },
  { "package.json": '{"dependencies":{"a":"1.0.0"},"devDependencies":{"b":"1.0.0-beta.1"}}' },
);

it("reads code apart from comments, strings, templates and regular expressions", () => {
  const text = 'a /* b */ "c" `d ${e + `f ${g}` + {}} h` /[/"]i/.test(j) // k\n\'l\' / m / n';
  const code = codeOf(text);
  assert.is(code.length, text.length);
  assert.is(code.replace(/[^a-z]/g, ""), "aegtestjmn");
  assert.is(codeOf(text, true).replace(/[^a-z]/g, ""), "acdefghitestjlmn");
});

it("knows every room of lib", () => {
  const rooms = new Set([...files.keys()].flatMap((path) => /^lib\/([^/]+)\//.exec(path)?.[1] ?? []));
  assert.equal(
    [...rooms].filter((room) => !ROOMS.includes(room)),
    [],
  );
});

it("runs in a browser, within its budget", async () => {
  const entry = ENTRIES["sequitur"] ?? "";
  if (!files.has(entry)) return note("there is no core entry yet");
  const bundle = await build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    platform: "browser",
    format: "iife",
    globalName: "sequitur",
    metafile: true,
    write: false,
    outfile: "core.js",
    logLevel: "silent",
  });
  const bytes = bundle.metafile.outputs["core.js"]?.bytes ?? Number.POSITIVE_INFINITY;
  note(`core entry: ${bytes} bytes minified, budget ${CORE_BUDGET_BYTES}`);
  assert.ok(bytes <= CORE_BUDGET_BYTES, `${bytes} bytes, budget ${CORE_BUDGET_BYTES}`);
  // Only what browsers and Node have in common; loading must not touch anything else.
  const page = { TextEncoder, TextDecoder, URL, structuredClone, queueMicrotask };
  runInNewContext(`${bundle.outputFiles[0]?.text}; globalThis.loaded = typeof sequitur;`, page);
  assert.is((page as { loaded?: string }).loaded, "object");
});

it("exports the names of spec/public-names.json; `npm run names` writes it anew", () => {
  assert.equal(publicNameList(files), JSON.parse(readFileSync("spec/public-names.json", "utf8")));
});

it("exports at run time what it exports by its text", async () => {
  for (const entry of Object.values(ENTRIES).filter((path) => files.has(path))) {
    const values = publicNames(files, entry).filter(({ isType }) => !isType);
    const module = (await import(`../${entry}`)) as Record<string, unknown>;
    assert.equal(
      values.map(({ name }) => name),
      Object.keys(module).sort((a, b) => (a < b ? -1 : 1)),
    );
  }
});

it("follows re-exports to the declaration and its comment (planted)", () => {
  const planted = new Map([
    [
      "lib/index.ts",
      'export { a, type B as C } from "./x.ts";\nexport * from "./y.ts";\nexport type { D } from "./y.ts";',
    ],
    ["lib/x.ts", 'import { a } from "./z.ts";\nexport { a };\n/** Says B. */\nexport type B = 1;\n'],
    ["lib/y.ts", "/** Not D. */\nexport const e = 1;\n\nexport interface D {}\n"],
    ["lib/z.ts", "/**\n * Says a.\n *\n * @example\n */\nexport async function a(): Promise<void> {}\n"],
  ]);
  const names = publicNames(planted, "lib/index.ts").map(({ name, isType, file, line, doc }) => [
    `${isType ? "type " : ""}${name} ${file}:${line}`,
    doc?.trim(),
  ]);
  assert.equal(names, [
    ["type C lib/x.ts:4", "Says B."],
    ["type D lib/y.ts:4", undefined],
    ["type D lib/y.ts:4", undefined],
    ["a lib/z.ts:6", "Says a.\n\n@example"],
    ["e lib/y.ts:2", "Not D."],
  ]);
});

it.run();
