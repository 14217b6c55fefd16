import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs } from "../run/ask.ts";
import type { Result } from "../run/execute.ts";
import { sequitur } from "./command.ts";
import { createProject, type Project } from "./project.ts";
import { PATTERN_TS, SERVICE_TS } from "./service-files.ts";

allowMs(60_000);

const it = suite<{ project: Project }>("sequitur check");
it.before.each((context) => {
  context.project = createProject({
    "package.json": '{"type":"module"}',
    "pattern.ts": PATTERN_TS,
    "service.ts": SERVICE_TS,
  });
});
it.after.each(({ project }) => project.remove());
const check = (project: Project, ...words: readonly string[]): Promise<Result> =>
  sequitur(["check", ...words], { cwd: project.folder });

// Two mistakes in one pattern, and a pattern that only deserves a warning.
const BROKEN_TS = `import { pattern } from "sequitur";
type E = { a: number };
export const broken = pattern<E>("broken").begin("x").where((e) => e.a.gt(1)).times(3, 2).followedBy("x").within("10m");
export const endless = pattern<E>("endless").begin("x").followedBy("y").where((e) => e.a.gt(1));
`;

it("finds nothing wrong with a good service", async ({ project }) => {
  const { code, stdout, stderr } = await check(project, "service.ts");
  assert.equal([code, stdout, stderr], [0, 'service.ts: pattern "probing", service "cards": nothing wrong\n', ""]);
});

it("lists all problems of all patterns, with code, place and remedy", async ({ project }) => {
  project.write("broken.ts", BROKEN_TS);
  const { code, stdout } = await check(project, "broken.ts");
  assert.is(code, 2, stdout);
  assert.match(stdout, /^broken\.ts: pattern "broken" has 2 problems$/m);
  assert.match(stdout, /^ {2}error DUPLICATE_STEP at "x": .+\. .+\.$/m);
  assert.match(stdout, /^broken\.ts: pattern "endless" has 1 problem$/m);
  assert.match(stdout, /^ {2}warning NO_TIME_BOUND at "y": /m);
  assert.match(stdout, /broken\.ts: pattern "broken", pattern "endless": 2 errors, 1 warning\n$/);
});

it("warnings pass, and with --strict they do not", async ({ project }) => {
  project.write(
    "endless.ts",
    BROKEN_TS.split("\n")
      .filter((line) => !line.includes('"broken"'))
      .join("\n"),
  );
  const lenient = await check(project, "endless.ts");
  assert.is(lenient.code, 0);
  assert.match(lenient.stdout, "0 errors, 1 warning");
  const strict = await check(project, "endless.ts", "--strict");
  assert.is(strict.code, 2);
  assert.match(strict.stdout, /error NO_TIME_BOUND at "y"/);
});

it("says the same as data", async ({ project }) => {
  project.write("broken.ts", BROKEN_TS);
  const { code, stdout } = await check(project, "broken.ts", "--json");
  assert.is(code, 2);
  const said = JSON.parse(stdout);
  assert.equal([said.file, said.ok, said.errors, said.warnings], ["broken.ts", false, 2, 1]);
  const [first] = said.findings;
  assert.equal([first.what, first.name], ["pattern", "broken"]);
  assert.ok(
    first.problems.every((problem: object) =>
      ["code", "severity", "path", "message", "remedy"].every((field) => Object.hasOwn(problem, field)),
    ),
  );
});

it("shows what is wrong with a service at the line where it is defined", async ({ project }) => {
  project.write(
    "service.ts",
    SERVICE_TS.replace('outOfOrderness: "5s"', 'outOfOrderness: "soon"').replace('app: "cards"', 'app: ""'),
  );
  const { code, stdout, stderr } = await check(project, "service.ts");
  assert.equal([code, stdout], [2, ""]);
  assert.match(stderr, /^sequitur: service\.ts:4:16: service "service" has 2 problems/);
  assert.match(stderr, "outOfOrderness");
});

it("checks a pattern in a JSON file, and says where the JSON is broken", async ({ project }) => {
  project.write(
    "paid.json",
    '{ "sequitur": 1, "name": "paid", "elements": [{ "kind": "step", "name": "payment" }], "within": 1000 }',
  );
  project.write("typo.json", '{ "sequitur": 1, "nmae": "paid", "elements": [] }');
  project.write("broken.json", '{\n  "sequitur": 1,\n  "name" "paid"\n}\n');
  project.write("short.json", '{\n  "sequitur": 1,');
  const typo = await check(project, "typo.json");
  assert.is(typo.code, 2);
  assert.match(typo.stderr, /JSON_UNKNOWN_FIELD.*nmae/);
  assert.match((await check(project, "broken.json")).stderr, /^sequitur: broken\.json:3:10: this is no JSON: /);
  project.write("word.json", '{"sequitur": 1,\n"name": tru,\n"elements": []}');
  assert.match((await check(project, "word.json")).stderr, /^sequitur: word\.json:2:9: this is no JSON: /);
  project.write("binary.json", Uint8Array.of(0x22, 0xff, 0x22));
  assert.match((await check(project, "binary.json")).stderr, /^sequitur: binary\.json is no text in UTF-8: /);
  assert.match((await check(project, "short.json")).stderr, /^sequitur: short\.json:2:17: this is no JSON: /);
});

it("refuses a file that has nothing to check", async ({ project }) => {
  project.write("nothing.ts", "export const a = 1;\n");
  const { code, stderr } = await check(project, "nothing.ts");
  assert.is(code, 2);
  assert.match(stderr, "nothing.ts exports neither a pattern nor a service (it exports a)");
});

it.run();
