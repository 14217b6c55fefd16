import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs } from "../run/ask.ts";
import { sequitur } from "./command.ts";
import { createProject, type Project } from "./project.ts";
import { ALERT, accounts, EVENTS, FINITE_FEED_TS, lines, PATTERN_TS, SERVICE_TS } from "./service-files.ts";

allowMs(60_000);

const it = suite<{ project: Project }>("sequitur run");
it.before.each((context) => {
  context.project = createProject({
    "package.json": '{"type":"module"}',
    "pattern.ts": PATTERN_TS,
    "service.ts": SERVICE_TS,
  });
});
it.after.each(({ project }) => project.remove());

it("prints the alerts of a file, and accounts for every record at the end", async ({ project }) => {
  project.write("events.ndjson", EVENTS);
  const { code, stdout, stderr } = await sequitur(["run", "service.ts", "--input", "events.ndjson"], {
    cwd: project.folder,
  });
  assert.is(stdout, ALERT);
  assert.equal(accounts(stderr), [5, 5, 0, 0]);
  assert.match(stderr, /\n1 alert\nthe input ended after .* s, .* records\/s\n$/);
  assert.is(code, 0);
  assert.equal(project.list(), ["events.ndjson", "package.json", "pattern.ts", "service.ts"]);
});

it("reads gzip and standard input, names the topic, and prints JSON lines", async ({ project }) => {
  project.write("events.ndjson.gz", gzipSync(EVENTS));
  const gzip = await sequitur(["run", "service.ts", "--input=card-events=events.ndjson.gz", "--json"], {
    cwd: project.folder,
  });
  assert.is(gzip.code, 0);
  const alert = JSON.parse(gzip.stdout);
  assert.equal(
    [alert.kind, alert.pattern, alert.key, alert.value],
    ["match", "probing", "a", { card: "a", stolen: 900 }],
  );
  assert.equal(
    alert.provenance.map(({ offset }: { offset: string }) => offset),
    ["1", "3"],
  );
  const { summary } = JSON.parse(gzip.stderr.trim());
  assert.is(summary.ending, "ended");
  assert.is(summary.metrics.topics[0].onTime, 5);
  const stdin = await sequitur(["run", "service.ts", "--input", "-"], { cwd: project.folder, stdin: EVENTS });
  assert.is(stdin.stdout, ALERT);
  assert.is(stdin.code, 0);
});

it("runs on the demo events of the service until they end", async ({ project }) => {
  project.write("service.ts", SERVICE_TS + FINITE_FEED_TS);
  const { code, stdout, stderr } = await sequitur(["run", "service.ts"], { cwd: project.folder });
  assert.is(stdout.trim().split("\n").length, 20);
  assert.equal(accounts(stderr), [40, 40, 0, 0]);
  assert.is(code, 0);
});

it("writes alerts, late events and dead letters to files; late ones can be read again", async ({ project }) => {
  const events = `${EVENTS}${lines([["late", 1, 10]])}{"broken\n\n{"type":"charge","amount":1,"at":700000}\n`;
  project.write("events.ndjson", events);
  const words = [
    "--input",
    "events.ndjson",
    "--output",
    "alerts.ndjson",
    "--late",
    "late.ndjson",
    "--dead-letters",
    "dead.ndjson",
  ];
  const { code, stdout, stderr } = await sequitur(["run", "service.ts", ...words], { cwd: project.folder });
  assert.is(code, 0);
  assert.is(stdout, "");
  assert.equal(accounts(stderr), [8, 5, 1, 2]);
  assert.match(stderr, "1 blank line skipped");
  assert.match(stderr, "1 late event: see late.ndjson");
  assert.match(stderr, "2 dead letters (NOT_JSON 1, NO_KEY 1): see dead.ndjson");
  const read = (name: string): string => readFileSync(`${project.folder}/${name}`, "utf8");
  assert.is(JSON.parse(read("alerts.ndjson")).value.stolen, 900);
  assert.is(read("late.ndjson"), lines([["late", 1, 10]]));
  const dead = read("dead.ndjson")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal(
    dead.map(({ headers, value }) => [headers["sequitur-code"], headers["sequitur-offset"], value]),
    [
      ["NOT_JSON", "7", '{"broken'],
      ["NO_KEY", "9", '{"type":"charge","amount":1,"at":700000}'],
    ],
  );
  const again = await sequitur(["run", "service.ts", "--input", "late.ndjson"], { cwd: project.folder });
  assert.equal(accounts(again.stderr), [1, 1, 0, 0]);
});

it("shows the first late events and dead letters where no file was named", async ({ project }) => {
  project.write("events.ndjson", `${EVENTS}${lines([["late", 1, 10]])}${"x\n".repeat(5)}`);
  const { stderr } = await sequitur(["run", "service.ts", "--input", "events.ndjson"], { cwd: project.folder });
  assert.match(
    stderr,
    /1 late event, not kept: --late <path> writes them to a file\. The first:\n {4}events\.ndjson:6 its time 1970-01-01T00:00:00\.010Z was already passed/,
  );
  assert.match(
    stderr,
    /5 dead letters \(NOT_JSON 5\), not kept: --dead-letters <path>.*\n( {4}events\.ndjson:[789] NOT_JSON: .*\n){3}the input/,
  );
});

it("a line that is too long is a dead letter, and those after it are read", async ({ project }) => {
  project.write("service.ts", SERVICE_TS.replace("patterns:", "limits: { maxRecordBytes: 200 },\n  patterns:"));
  project.write("events.ndjson", `${JSON.stringify({ x: "y".repeat(1_000) })}\n${EVENTS}`);
  const { stdout, stderr } = await sequitur(["run", "service.ts", "--input", "events.ndjson"], { cwd: project.folder });
  assert.is(stdout, ALERT);
  assert.match(stderr, /events\.ndjson:1 TOO_LARGE/);
});

it("no record that could be used is no success: an error even with --quiet, and 1", async ({ project }) => {
  const words = ["run", "service.ts", "--input", "-"];
  const stdin = `${'{"type":"charge","amount":1,"at":1}\n'.repeat(4)}x\n`;
  const { code, stdout, stderr } = await sequitur([...words, "--quiet"], { cwd: project.folder, stdin });
  assert.is(stdout, "");
  assert.match(
    stderr,
    /^sequitur: nothing could be used: 5 of 5 records of "card-events" became dead letters\. The first: standard input:1 NO_KEY: .*[^.]\. Mend the records, or how the service reads them/,
  );
  assert.is(code, 1);
  const json = await sequitur([...words, "--json"], { cwd: project.folder, stdin });
  const [summary, error] = json.stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal([json.code, summary.summary.ending, error.error.code], [1, "ended", "NOTHING_USABLE"]);
  const kept = await sequitur([...words, "--dead-letters", "dead.ndjson"], { cwd: project.folder, stdin });
  assert.is(kept.code, 1);
  const empty = await sequitur(words, { cwd: project.folder, stdin: "\n" });
  assert.is(empty.code, 0);
  assert.match(empty.stderr, '0 records of "card-events"');
});

it("a demo ends with its feed, though some partitions never had an event and a topic none at all", async ({
  project,
}) => {
  const feed = `
export async function feed(log) {
  for (const [index, type] of ["order", "payment"].entries())
    log.append("orders", { key: "o1", value: { type, id: "o1", at: 1_000 + index } });
}
`;
  project.write("service.ts", `${TWO_TOPICS_TS}${feed}`);
  const { code, stdout, stderr } = await sequitur(["run", "service.ts", "--json"], { cwd: project.folder });
  const { summary } = JSON.parse(stderr);
  assert.is(code, 0);
  assert.is(JSON.parse(stdout).pattern, "paid");
  assert.is(summary.metrics.partitions.length, 8);
  assert.ok(summary.elapsedMs < 10_000, `${summary.elapsedMs} ms: idleAfter is 30 s`);
});

const TWO_TOPICS_TS = `import { pattern } from "sequitur";
import { service, topic } from "sequitur/service";
type Order = { type: "order"; id: string; at: number };
type Payment = { type: "payment"; id: string; at: number };
const paid = pattern<Order | Payment>("paid").begin("order").on("order").followedBy("payment").on("payment").within("1h");
export const orders = service({
  app: "shop",
  inputs: [
    topic<Order>("orders", { key: (e) => e.id, time: (e) => e.at }),
    topic<Payment>("payments", { key: (e) => e.id, time: (e) => e.at }),
  ],
  patterns: [paid],
});
`;

it("reads each topic from its own place, and asks for those it was given no place for", async ({ project }) => {
  project.write("shop.ts", TWO_TOPICS_TS);
  project.write("orders.ndjson", '{"type":"order","id":"o1","at":1}\n{"type":"order","id":"o2","at":2}\n');
  const stdin = '{"type":"payment","id":"o2","at":9}\n';
  const words = ["run", "shop.ts", "--input", "orders=orders.ndjson"];
  const both = await sequitur([...words, "--input", "payments=-"], { cwd: project.folder, stdin });
  const event = (type: string, at: number): string => JSON.stringify({ type, id: "o2", at });
  assert.is(
    both.stdout,
    `1970-01-01 00:00:00.009Z  paid  o2\n    order    ${event("order", 2)}\n    payment  ${event("payment", 9)}\n`,
  );
  assert.match(
    both.stderr,
    '2 records of "orders" = 2 on time + 0 late + 0 dead letters\n1 record of "payments" = 1 on time',
  );
  const one = await sequitur(words, { cwd: project.folder });
  assert.is(one.code, 2);
  assert.match(
    one.stderr,
    'nothing was given to read for "payments": add --input payments=<path>, or /dev/null for no events.',
  );
  const none = await sequitur(["run", "shop.ts", "--input", "orders.ndjson"], { cwd: project.folder });
  assert.match(
    none.stderr,
    'the service reads "orders", "payments"; say for which it is: --input orders=orders.ndjson.',
  );
});

it("tells of functions that threw and of limits that were reached, among the dead letters", async ({ project }) => {
  const filter = '.filter((e) => { if (e.card === "b") throw new Error("no bs"); return true; })';
  project.write("pattern.ts", PATTERN_TS.replace('.begin("probe")', `.begin("probe")${filter}`));
  project.write("service.ts", SERVICE_TS.replace("patterns:", "limits: { maxRunsPerKey: 2 },\n  patterns:"));
  const charges = [
    ["b", 1, 1_000],
    ["many", 1, 2_000],
    ["many", 1, 2_001],
    ["many", 1, 2_002],
    ["a", 1, 3_000],
    ["a", 900, 3_001],
  ] as const;
  const { code, stdout, stderr } = await sequitur(["run", "service.ts", "--input", "-"], {
    cwd: project.folder,
    stdin: lines(charges),
  });
  assert.is(code, 0);
  assert.is(stdout, ALERT.replace("00:00:02Z", "00:00:03.001Z"));
  assert.equal(accounts(stderr), [6, 6, 0, 0]);
  assert.match(stderr, "2 dead letters (FUNCTION_FAILED 1, LIMIT_REACHED 1), not kept");
  assert.match(stderr, 'standard input:1 FUNCTION_FAILED: filter of step "probe" of pattern "probing" threw: no bs\n');
  assert.match(stderr, 'LIMIT_REACHED: key many of pattern "probing" passed maxRunsPerKey (2): quarantined\n');
  const words = ["run", "service.ts", "--input", "-", "--dead-letters", "dead.ndjson"];
  await sequitur(words, { cwd: project.folder, stdin: lines(charges) });
  const kinds = readFileSync(`${project.folder}/dead.ndjson`, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).kind);
  assert.equal(kinds, ["functionFailed", "limitReached"]);
});

it("--output - prints JSON lines, and --json makes lines of JSON of all that is said beside them", async ({
  project,
}) => {
  const stdout = await sequitur(["run", "service.ts", "--input", "-", "--output", "-"], {
    cwd: project.folder,
    stdin: EVENTS,
  });
  assert.is(JSON.parse(stdout.stdout).value.stolen, 900);
  project.write("service.ts", SERVICE_TS + FINITE_FEED_TS);
  const { code, stderr } = await sequitur(["run", "service.ts", "--json", "--verbose"], { cwd: project.folder });
  const said = stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.equal([code, Object.keys(said.at(-1))], [0, ["summary"]]);
  assert.ok(said.some(({ log }) => log?.level === "info" && log.message === "service is running"));
});

it("--verbose tells what happens inside", async ({ project }) => {
  const { stderr } = await sequitur(["run", "service.ts", "--verbose", "--input", "-"], {
    cwd: project.folder,
    stdin: `${EVENTS}x\n`,
  });
  assert.match(stderr, /^info: service is running$/m);
  assert.match(stderr, /^warn: first of its kind.* what="NOT_JSON"/m);
});

it("--quiet prints alerts and nothing else", async ({ project }) => {
  const { code, stdout, stderr } = await sequitur(["run", "service.ts", "--quiet", "--input", "-"], {
    cwd: project.folder,
    stdin: `${EVENTS}x\n`,
  });
  assert.equal([code, stdout, stderr], [0, ALERT, ""]);
});

it.run();
