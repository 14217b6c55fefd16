import { symlinkSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadModule } from "../../lib/cli/load.ts";
import { placeInStack } from "../../lib/cli/place.ts";
import { PatternError, type SequiturError } from "../../lib/core/errors.ts";
import { createProject, type Project } from "./project.ts";

const it = suite<{ project: Project }>("loading a user's module");
it.before.each((context) => {
  context.project = createProject({ "package.json": '{"type":"module"}' });
});
it.after.each(({ project }) => project.remove());

async function refusal(path: string): Promise<SequiturError> {
  return loadModule(path).then(
    () => assert.unreachable("a refusal was expected") as never,
    (error: SequiturError) => error,
  );
}

it("runs TypeScript with its relative imports, and leaves nothing behind", async ({ project }) => {
  project.write("sub/rules.ts", "type Rule = { name: string };\nexport const rule: Rule = { name: 'r' };\n");
  const path = project.write(
    "service.ts",
    'import { rule } from "./sub/rules.ts";\nexport const found: string = rule.name;\nexport default 1 as number;\n',
  );
  const module = await loadModule(path);
  assert.is(module.exports.get("found"), "r");
  assert.is(module.exports.get("default"), 1);
  assert.equal([...module.files].sort(), [path, `${project.folder}/sub/rules.ts`].sort());
  assert.equal(project.list(), ["package.json", "service.ts", "sub"]);
});

it("writes nothing beside the file, not even while it is loaded: the folder may be read-only", async ({ project }) => {
  const look = 'import { readdirSync } from "node:fs";\nexport const seen = readdirSync(import.meta.dirname).sort();\n';
  const { exports } = await loadModule(project.write("service.ts", look));
  assert.equal(exports.get("seen"), ["package.json", "service.ts"]);
});

it("runs JavaScript and .mts, in projects of either module kind", async ({ project }) => {
  assert.is((await loadModule(project.write("a.js", "export const x = 1;"))).exports.get("x"), 1);
  assert.is((await loadModule(project.write("b.mjs", "export const x = 2;"))).exports.get("x"), 2);
  assert.is((await loadModule(project.write("c.mts", "export const x: number = 3;"))).exports.get("x"), 3);
  project.write("package.json", '{"type":"commonjs"}');
  assert.is((await loadModule(project.write("d.ts", "export const x: number = 4;"))).exports.get("x"), 4);
});

it("tells modules where they are, not where the bundle was", async ({ project }) => {
  project.write("deep/b.ts", "export const url = import.meta.url;\nexport const dir = import.meta.dirname;\n");
  const { exports } = await loadModule(
    project.write(
      "a.ts",
      '#!/usr/bin/env node\nexport * from "./deep/b.ts";\nexport const own = import.meta.filename;\n',
    ),
  );
  assert.is(exports.get("url"), `file://${project.folder}/deep/b.ts`);
  assert.is(exports.get("dir"), `${project.folder}/deep`);
  assert.is(exports.get("own"), `${project.folder}/a.ts`);
});

it("gives files outside of any project the running copy of sequitur", async ({ project }) => {
  const path = project.write("rule.ts", 'import { pattern } from "sequitur";\nexport const same = pattern;\n');
  const { pattern } = await import("../../lib/index.ts");
  assert.is((await loadModule(path)).exports.get("same"), pattern);
});

it("shows broken syntax at the user's line and column", async ({ project }) => {
  const path = project.write("service.ts", "const a = 1;\nconst b: = 2;\n");
  const error = await refusal(path);
  assert.is(error.code, "SYNTAX");
  assert.match(error.message, `${path}:2:10: `);
  assert.match(error.message, `    const b: = 2;\n    ${" ".repeat(9)}^`);
  const onFirstLine = project.write("first.ts", "const where = import.meta.url, b: = 2;\n");
  assert.match((await refusal(onFirstLine)).message, `${onFirstLine}:1:35: `);
});

it("shows which import leads nowhere", async ({ project }) => {
  const file = project.write("a.ts", '\nimport { x } from "./nowhere.ts";\nconsole.log(x);\n');
  const missingFile = await refusal(file);
  assert.is(missingFile.code, "MODULE_NOT_FOUND");
  assert.match(missingFile.message, `${file}:2:19: there is no file for "./nowhere.ts"`);
  project.write("inner.ts", 'import { x } from "not-installed/sub";\nexport const y = x;\n');
  const missingPackage = await refusal(project.write("b.ts", 'export * from "./inner.ts";\n'));
  assert.match(
    missingPackage.message,
    `${project.folder}/inner.ts:1:19: package "not-installed" is not installed. Run "npm install not-installed"`,
  );
  const missingExport = await refusal(project.write("c.ts", 'import { readFlie } from "node:fs";\nreadFlie();\n'));
  assert.is(missingExport.code, "IMPORT_FAILED");
  assert.match(missingExport.message, /c\.ts:1:26: "node:fs" exports nothing named "readFlie"/);
});

it("shows exceptions at the user's line, also in a file that was imported", async ({ project }) => {
  project.write(
    "rules.ts",
    "type Rule = {\n  name: string;\n};\n\nexport function make(rule: Rule | null): string {\n  return rule!.name;\n}\n",
  );
  const error = await refusal(
    project.write("service.ts", 'import { make } from "./rules.ts";\nexport const name = make(null);\n'),
  );
  assert.is(error.code, "IMPORT_FAILED");
  assert.match(
    error.message,
    `${project.folder}/rules.ts:6:16: loading the file ended in TypeError: Cannot read properties of null`,
  );
  const text = await refusal(project.write("text.ts", 'throw "no error";\n'));
  assert.match(
    text.message,
    `${project.folder}/text.ts: loading the file ended in an exception that is no Error: no error`,
  );
  const whole = await refusal(project.write("whole.ts", 'throw new Error("The rules are missing.");\n'));
  assert.match(whole.message, "ended in Error: The rules are missing. Mend the line");
});

it("names an exception of any kind", async ({ project }) => {
  for (const [thrown, said] of [
    ["null", "null"],
    ["Object.create(null)", "something that has no text"],
    ["Object.assign(new Error('e'), { name: { toString() { throw 1 } } })", "an exception that is no Error: e"],
    ["Object.assign(new Error('e'), { stack: 5 })", "Error: e"],
  ] as const) {
    const error = await refusal(project.write("throws.ts", `throw ${thrown};\n`));
    assert.is(error.code, "IMPORT_FAILED", thrown);
    assert.ok(
      error.message.includes(
        `ended in ${thrown.startsWith("Object.assign") ? "" : "an exception that is no Error: "}${said}`,
      ),
      error.message,
    );
  }
});

it("says what cannot be imported of sequitur, in its own words", async ({ project }) => {
  const missing = await refusal(project.write("a.ts", 'import { patern } from "sequitur";\nexport default patern;\n'));
  assert.match(missing.message, `${project.folder}/a.ts:1:24: "sequitur" exports nothing named "patern"`);
  const entry = await refusal(project.write("b.ts", 'export * from "sequitur/files";\n'));
  assert.match(
    entry.message,
    `${project.folder}/b.ts:1:15: there is no "sequitur/files"; there are "sequitur", "sequitur/service", "sequitur/kafka", `,
  );
  const commonJs = await refusal(
    project.write("c.js", 'const { pattern } = require("sequitur");\nmodule.exports = pattern;\n'),
  );
  assert.match(commonJs.message, `${project.folder}/c.js:1:21: "sequitur" is loaded with require, but`);
});

it("does not print what is no text", async ({ project }) => {
  const { message } = await refusal(project.write("binary.ts", "\u0000\u001b[31m = \ufffd;\n"));
  assert.match(message, `${project.folder}/binary.ts:1:1: `);
  assert.not.match(message, /[^\P{C}\n]|\ufffd/u);
});

it("says that a link leads nowhere", async ({ project }) => {
  symlinkSync("nowhere.ts", `${project.folder}/link.ts`);
  const { code, message } = await refusal(`${project.folder}/link.ts`);
  assert.is(code, "FILE_NOT_FOUND");
  assert.match(message, "link.ts is a link that leads nowhere");
  assert.match((await refusal(`${project.folder}/package.json/x.ts`)).message, "there is no file ");
});

it("keeps errors of sequitur as they are, with the place", async ({ project }) => {
  const path = project.write(
    "service.ts",
    'import { parseDuration } from "sequitur";\n\nexport const ms = parseDuration("soon", "outOfOrderness");\n',
  );
  const error = await refusal(path);
  assert.is(error.name, "ConfigError");
  assert.match(error.message, `${path}:3:19: `);
  assert.match(error.message, /soon/);
  assert.not.instance(error, PatternError);
});

it("finds the user's place in a stack after loading", async ({ project }) => {
  const module = await loadModule(
    project.write(
      "late.ts",
      "interface A {\n  a: number;\n}\n\nexport const fail = (a: A): never => {\n  throw new Error(String(a.a));\n};\n",
    ),
  );
  try {
    (module.exports.get("fail") as (a: object) => void)({ a: 1 });
  } catch (error) {
    assert.equal(placeInStack(error, module.files), { file: module.path, line: 6, column: 9 });
    return;
  }
  assert.unreachable();
});

it("refuses files that are not there, folders, and other kinds of file", async ({ project }) => {
  project.write("service.ts", "");
  const slip = await refusal(`${project.folder}/sevrice.ts`);
  assert.is(slip.code, "FILE_NOT_FOUND");
  assert.match(slip.message, /Did you mean .*service\.ts\?/);
  assert.match((await refusal("nowhere/x.ts")).message, /there is no file nowhere\/x\.ts\. Relative paths start at \//);
  assert.match((await refusal(project.folder)).message, /is a folder\. Give the file: .*service\.ts/);
  const other = await refusal(project.write("service.py", ""));
  assert.is(other.code, "NOT_A_MODULE");
  assert.match(other.message, /ends in \.ts, \.mts, \.js, \.mjs/);
});

it.run();
