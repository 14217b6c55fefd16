// sequitur test, as people and scripts run it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { progressText, summaryText } from "../../lib/cli/test-text.ts";
import { allowMs } from "../run/ask.ts";
import type { Result } from "../run/execute.ts";
import { sequitur } from "./command.ts";
import { createProject, type Project } from "./project.ts";
import { PATTERN_TS, SERVICE_TS } from "./service-files.ts";

allowMs(90_000);

const TESTS_TS = `import { matchAll } from "sequitur";
import { patternTest } from "sequitur/testing";
import { probing } from "./pattern.ts";

const charges = (amounts) => amounts.map((amount, index) => ({ type: "charge", card: "c", amount, at: index }));

export const weak = patternTest(probing, (each) => {
  const found = [...matchAll(each, charges([1, 900]), { key: (e) => e.card, time: (e) => e.at })];
  if (found.length !== 1) throw new Error("found " + found.length);
});
`;

const it = suite<{ project: Project }>("sequitur test");
it.before.each((context) => {
  context.project = createProject({
    "package.json": '{"type":"module"}',
    "pattern.ts": PATTERN_TS,
    "service.ts": SERVICE_TS,
    "tests.ts": TESTS_TS,
  });
});
it.after.each(({ project }) => project.remove());
const run = (project: Project, ...words: readonly string[]): Promise<Result> =>
  sequitur(["test", ...words, "--runs", "40"], { cwd: project.folder });

it("says what was tried of each pattern, and how to give a test", async ({ project }) => {
  const { code, stdout, stderr } = await run(project, "service.ts");
  assert.equal([code, stderr], [0, ""]);
  assert.match(stdout, /^probing\n {2}✓ can match: 2 events are enough\n/);
  assert.match(stdout, "\n  · has no test of its own: see sequitur test --help\n");
  assert.match(stdout, /\nservice [\w-]+\n {2}✓ goes on: no stream makes the service fail\n {2}✓ dies anywhere: /);
  assert.match(
    stdout,
    /\nservice\.ts: 1 pattern and the service, \d+ checks passed \(40 streams each, seed 1\) after [\d.]+ s\n$/,
  );
});

it("says why nothing is known of a service whose events cannot be made", async ({ project }) => {
  project.write("service.ts", SERVICE_TS.replace(/topic<[^>]+>\(("[\w-]+"), \{/, "$&decode: () => ({}) as never, "));
  const { code, stdout } = await run(project, "service.ts", "--json");
  assert.is(code, 0);
  const { service } = JSON.parse(stdout) as { service: { checks: { verdict: string; details: string[] }[] } };
  assert.is(service.checks.length, 1);
  assert.is(service.checks[0]?.verdict, "unknown");
  assert.match(service.checks[0]?.details[0] ?? "", /is read by a decode of its own\. Give encode: /);
});

it("tells which changes the tests do not notice, with events; with --strict that is a failure", async ({ project }) => {
  const { code, stdout } = await run(project, "service.ts", "--tests", "tests.ts");
  assert.is(code, 0);
  assert.match(
    stdout,
    /\n {2}✓ passes its test\n {2}! its test notices \d+ of \d+ small changes; it does not notice:\n {6}probe: /,
  );
  assert.match(stdout, /\d+ checks passed, 1 with changes that nobody notices/);
  assert.match(
    stdout,
    /\nnone of this counts as failed; with --strict, what nobody notices and what is not known do\n$/,
  );
  const strict = await run(project, "service.ts", "--tests", "tests.ts", "--strict", "--json");
  assert.is(strict.code, 1);
  assert.match((await run(project, "--help")).stdout, "unless it is --strict");
  assert.match(strict.stdout, '"again": "sequitur test service.ts --tests tests.ts --seed 1 --runs 40"');
});

it("fails where a test does not pass, and says how to do the same again", async ({ project }) => {
  project.write("service.ts", `export { weak } from "./tests.ts";\n${SERVICE_TS}`);
  project.write("pattern.ts", PATTERN_TS.replace("gt(500)", "gt(5000)"));
  const { code, stdout } = await run(project, "service.ts", "--seed", "7");
  assert.is(code, 1);
  assert.match(stdout, "\n  ✗ does not pass its test:\n      found 0\n");
  assert.match(stdout, "\nthe same again: sequitur test service.ts --seed 7 --runs 40\n");
});

it("uses events of a file where functions decide", async ({ project }) => {
  project.write("pattern.ts", PATTERN_TS.replace(".where((e) => e.amount.lt(2))", ".filter((e) => e.amount === 1.25)"));
  project.write(
    "events.ndjson",
    '{"type":"charge","card":"c","amount":1.25}\nno event\n[]\n{"type":"charge","amount":900}\n',
  );
  assert.match((await run(project, "service.ts")).stdout, "\n  ? no stream was found that matches: functions given");
  const { code, stdout } = await run(project, "service.ts", "--events", "events.ndjson");
  assert.is(code, 0);
  assert.match(stdout, "\n  ✓ can match: some of the given events do\n");
  project.write("events.ndjson", "no event\n");
  const { stderr } = await run(project, "service.ts", "--events", "events.ndjson");
  assert.match(stderr, /^sequitur: events\.ndjson holds no events: give a file with one JSON object a line/);
});

it("tells scripts the same", async ({ project }) => {
  const { code, stdout, stderr } = await run(project, "pattern.ts", "probing", "--json");
  assert.equal([code, stderr], [0, ""]);
  const { patterns, ...rest } = JSON.parse(stdout) as { patterns: { pattern: string; checks: object[] }[] };
  assert.equal(rest, {
    file: "pattern.ts",
    ok: true,
    runs: 40,
    seed: 1,
    asked: 1,
    stopped: false,
    again: "sequitur test pattern.ts probing --seed 1 --runs 40",
    passed: 11,
    failed: 0,
    missed: 0,
    unknown: 0,
    service: null,
  });
  assert.equal(
    patterns.map(({ pattern, checks }) => [pattern, checks.length]),
    [["probing", 11]],
  );
});

it("refuses what cannot be tested, with a remedy", async ({ project }) => {
  const refused = async (expected: RegExp, ...words: readonly string[]): Promise<void> => {
    const { code, stdout, stderr } = await run(project, ...words);
    assert.equal([code, stdout], [2, ""], stderr);
    assert.match(stderr, expected);
  };
  await refused(/^sequitur: --seed 0: give a whole number from 1 to 2147483647: /, "service.ts", "--seed", "0");
  await refused(
    /^sequitur: service\.ts exports no test of a pattern\. Write "export const myTest/,
    "pattern.ts",
    "--tests",
    "service.ts",
  );
  await refused(/^sequitur: pattern\.ts has no pattern "probin"\. Did you mean "probing"\?/, "pattern.ts", "probin");
  project.write("other.ts", PATTERN_TS.replace('"probing"', '"probings"'));
  await refused(
    /^sequitur: tests\.ts tests the pattern "probing", which other\.ts does not have\. Did you mean "probings"\?/,
    "other.ts",
    "--tests",
    "tests.ts",
  );
  project.write("far.ts", PATTERN_TS.replace('"probing"', '"something-else"'));
  await refused(/which far\.ts does not have\. It has "something-else"\./, "far.ts", "--tests", "tests.ts");
  project.write("pattern.ts", PATTERN_TS.replace('"10m"', "-1"));
  await refused(/BAD_DURATION/, "pattern.ts");
});

it("stops at Ctrl-C between two tries, and tells what was tested", async ({ project }) => {
  let asked = false;
  const { code, stdout, stderr } = await sequitur(["test", "service.ts", "--runs", "1000000"], {
    cwd: project.folder,
    onOutput: (printed, child) => {
      if (asked || !printed.stderr.includes("pattern 1 of 1: probing · ")) return;
      asked = true;
      child.kill("SIGINT");
    },
  });
  assert.is(code, 130);
  assert.match(stderr, "\nstopping: what has been tested is told; Ctrl-C again leaves at once\n");
  assert.match(
    stdout,
    /service\.ts: 1 pattern, \d checks passed, stopped after 1 of 1 pattern \(1,000,000 streams each, seed 1\) after /,
  );
});

it("has words for everything", () => {
  const result = (verdict: "passed" | "failed" | "missed" | "unknown") =>
    ({ check: "tests", verdict, text: "t", details: [] }) as const;
  const results = [result("passed"), result("failed"), result("missed"), result("unknown")];
  const report = {
    file: "f.ts",
    runs: 5,
    seed: 2,
    asked: 3,
    isStrict: false,
    isStopped: true,
    elapsedMs: 1_000,
    again: "do it",
  };
  assert.is(
    summaryText({ ...report, tested: [{ kind: "pattern", name: "p", results, hasTests: true }] }),
    "f.ts: 1 pattern, 1 check passed, 1 failed, 1 with changes that nobody notices, 1 not known, stopped after 1 of 3 patterns (5 streams each, seed 2) after 1.0 s\n" +
      "the same again: do it",
  );
  const told = (verdict: "passed" | "missed" | "unknown", isStrict: boolean): string =>
    summaryText({
      ...report,
      isStrict,
      tested: [{ kind: "pattern", name: "p", results: [result(verdict)], hasTests: true }],
    });
  const lenient = (text: string): boolean => text.includes("none of this counts as failed");
  assert.equal(
    [told("passed", false), told("missed", false), told("unknown", false), told("missed", true)].map(lenient),
    [false, true, true, false],
  );
  assert.is(
    progressText({ title: "pattern 2 of 3: p", what: "small changes", tried: 1_000, all: 2_000 }),
    "pattern 2 of 3: p · small changes · 1,000 of 2,000",
  );
});

it.run();
