import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs, skipBecause } from "../run/ask.ts";
import { execute, FROM_SOURCE, sequitur } from "./command.ts";
import { createProject, type Project } from "./project.ts";
import { ENDLESS_FEED_TS, FINITE_FEED_TS, lines, PATTERN_TS, SERVICE_TS } from "./service-files.ts";

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

const EVENTS = lines([
  ["a", 1, 1_000],
  ["b", 1, 1_500],
  ["a", 900, 2_000],
  ["c", 900, 3_000],
  ["b", 700, 700_000],
]);
const ALERT = '1970-01-01 00:00:02Z  probing  a  card: "a", stolen: 900\n';

const accounts = (stderr: string): readonly number[] => {
  const [, ...numbers] =
    /([\d,]+) records? of "card-events" = ([\d,]+) on time \+ ([\d,]+) late \+ ([\d,]+) dead letters?/.exec(stderr) ??
    [];
  return numbers.map((number) => Number(number.replaceAll(",", "")));
};

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

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  it(`stops at ${signal}: finishes what was read, accounts for it, exits with 0`, async ({ project }) => {
    project.write("service.ts", SERVICE_TS + ENDLESS_FEED_TS);
    let sent = false;
    const { code, stdout, stderr } = await sequitur(["run", "service.ts"], {
      cwd: project.folder,
      onOutput: (printed, child) => {
        if (sent || printed.stdout.split("\n").length < 5) return;
        sent = child.kill(signal);
      },
    });
    assert.is(code, 0);
    assert.match(stderr, "stopping: what was read is being finished");
    assert.match(stderr, /\nstopped after /);
    const [records = 0, onTime = 0] = accounts(stderr);
    const alerts = stdout.trim().split("\n").length;
    assert.ok(alerts >= 4);
    assert.ok(records >= 2 * alerts && onTime >= 2 * alerts, stderr);
    assert.match(stderr, new RegExp(`\\n${alerts} alerts`));
  });
}

it("leaves at once at the second signal, with 130", async ({ project }) => {
  // Much is read before the first alert, and every alert takes long: finishing what was read would take seconds.
  const slow = `const until = Date.now() + 50; while (Date.now() < until); return m.cashOut.card;`;
  project.write("pattern.ts", PATTERN_TS.replace(/\.select\(.*\)/, `.select((m) => { ${slow} })`));
  project.write("service.ts", `${SERVICE_TS}${FINITE_FEED_TS.replace("card < 20", "card < 400")}`);
  let signals = 0;
  const { code, stdout, stderr } = await sequitur(["run", "service.ts"], {
    cwd: project.folder,
    onOutput: (printed, child) => {
      if (signals === 0 && printed.stdout !== "") signals += Number(child.kill("SIGINT"));
      if (signals === 1 && printed.stderr.includes("stopping")) signals += Number(child.kill("SIGINT"));
    },
  });
  assert.is(code, 130);
  assert.is(signals, 2);
  assert.ok(stdout.split("\n").length < 400);
  assert.not.match(stderr, "records/s");
});

it("ends cleanly when the reader of its output goes away", async ({ project }) => {
  project.write("service.ts", SERVICE_TS + ENDLESS_FEED_TS);
  const command = [process.execPath, ...FROM_SOURCE, "run", "service.ts"].map((word) => `'${word}'`).join(" ");
  const { code, stdout, stderr } = await execute("bash", ["-c", `set -o pipefail; ${command} | head -n 2`], {
    cwd: project.folder,
  });
  assert.is(code, 0);
  assert.is(stdout.trim().split("\n").length, 2);
  assert.match(stderr, "standard output was closed by its reader");
});

const hasTerminal = existsSync("/usr/bin/script");
if (!hasTerminal) skipBecause("there is no script(1) to make a terminal with");
const onTerminal = hasTerminal ? it : it.skip;

onTerminal(
  "shows a progress line on a terminal, rewritten in place, and takes it away at the end",
  async ({ project }) => {
    project.write(
      "service.ts",
      `${SERVICE_TS}${ENDLESS_FEED_TS.replace("!signal.aborted", "card < 100 && !signal.aborted")}`,
    );
    const command = ["stty cols 100;", process.execPath, ...FROM_SOURCE, "run", "service.ts"].join(" ");
    const { code, stdout } = await execute("script", ["-qec", command, "/dev/null"], {
      cwd: project.folder,
      stdin: "",
    });
    assert.is(code, 0);
    const shown = stdout.match(/\d+ events? · \d+\/s · \d+ alerts? · watermark [^\p{Cc}]*/gu) ?? [];
    assert.ok(shown.length >= 3, stdout);
    assert.ok(shown.every((line) => line.length < 100));
    assert.match(stdout, "\r\u001b[K");
    assert.is(stdout.match(/ {2}probing {2}c\d+ {2}card: /g)?.length, 100);
    // What stays on the screen when each rewritten line has gone.
    const left = stdout.split("\n").map((line) => line.slice(line.lastIndexOf("\u001b[K") + 1).replace(/^\[K/, ""));
    assert.not.match(left.join("\n"), "/s · ");
  },
);

async function refused(words: readonly string[], project: Project): Promise<string> {
  const { code, stdout, stderr } = await sequitur(["run", ...words], { cwd: project.folder });
  assert.is(code, 2, stderr);
  assert.is(stdout, "");
  assert.not.match(stderr, /^ {4}at /m);
  return stderr;
}

it("refuses what cannot be run, in one paragraph, with exit code 2", async ({ project }) => {
  project.write("events.ndjson", EVENTS);
  const nonsense = 'pattern<CardEvent>("nonsense").begin("x").times(3, 2).next("x").within("1m")';
  project.write(
    "nonsense.ts",
    SERVICE_TS.replace("patterns: [probing]", `patterns: [${nonsense}]`)
      .replace("service, topic", "service, topic")
      .replace("type CardEvent, probing", "type CardEvent")
      .replace(/^/, 'import { pattern } from "sequitur";\n'),
  );
  project.write("empty.ts", "export const a = 1;\n");
  project.write("broken.ts", "export const a = ;\n");
  project.write("throws.ts", "export const a: number = 1;\n\nthrow new RangeError('too far');\n");
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ["service.ts"],
      /^sequitur: service\.ts has no demo events to run on\. Give it events with --input <path>, or export a function feed/,
    ],
    [["sevrice.ts"], /there is no file sevrice\.ts\. Did you mean service\.ts\?/],
    [
      ["nonsense.ts", "--input", "events.ndjson"],
      /^sequitur: pattern "nonsense" has 2 problems\n {2}error DUPLICATE_STEP/,
    ],
    [["empty.ts"], /^sequitur: empty\.ts exports no service \(it exports a\)\. Write "export default service/],
    [["broken.ts"], /^sequitur: broken\.ts:1:18: Unexpected ";"/],
    [["throws.ts"], /^sequitur: throws\.ts:3:7: loading the file ended in RangeError: too far/],
    [
      ["service.ts", "--input", "evnets.ndjson"],
      /cannot be read from evnets\.ndjson: there is no such file\. Did you mean events\.ndjson\?/,
    ],
    [
      ["service.ts", "--input", "card-event=events.ndjson"],
      /reads no topic "card-event"\. Did you mean --input card-events=events\.ndjson\?/,
    ],
    [["service.ts", "--input", "."], /it is a folder\. Give a file in it, such as events\.ndjson/],
    [
      ["service.ts", "--input", "events.ndjson", "--output", "events.ndjson"],
      /events\.ndjson is read and would be overwritten/,
    ],
    [["service.ts", "--input", "events.ndjson", "--late", "x", "--output", "x"], /cannot share a file/],
    [["service.ts", "--input", "events.ndjson", "--output", "no/where"], /no\/where cannot be written: ENOENT/],
  ];
  await Promise.all(cases.map(async ([words, says]) => assert.match(await refused(words, project), says)));
  assert.is(readFileSync(`${project.folder}/events.ndjson`, "utf8"), EVENTS);
});

it("tells of an exception in a timer of the user's code in one paragraph, too", async ({ project }) => {
  project.write("service.ts", `${SERVICE_TS}${ENDLESS_FEED_TS}\nsetTimeout(() => { throw new Error("ouch"); }, 50);\n`);
  const { code, stderr } = await sequitur(["run", "service.ts"], { cwd: project.folder });
  assert.is(code, 1);
  assert.match(stderr, "sequitur: Error: ouch. Run again with --verbose to see where it comes from.\n");
});

it("says which failure it was with 1 when the run had begun, and shows stacks only with --verbose", async ({
  project,
}) => {
  project.write("events.ndjson.gz", gzipSync(EVENTS.repeat(1_000)).subarray(0, -20));
  const broken = await sequitur(["run", "service.ts", "--input", "events.ndjson.gz"], { cwd: project.folder });
  assert.is(broken.code, 1);
  assert.match(broken.stderr, /\nsequitur: the gzip data of events\.ndjson\.gz ends too early after line \d+/);
  project.write(
    "service.ts",
    `${SERVICE_TS}\nexport function feed(): void {\n  throw new Error("no traffic today");\n}\n`,
  );
  const feed = await sequitur(["run", "service.ts"], { cwd: project.folder });
  assert.is(feed.code, 1);
  assert.match(feed.stderr, /sequitur: service\.ts:11:9: the function feed threw: no traffic today/);
  assert.not.match(feed.stderr, /^ {4}at /m);
  const verbose = await sequitur(["run", "service.ts", "--verbose"], { cwd: project.folder });
  assert.match(verbose.stderr, /^ {4}at feed \(.*service\.ts:11:9\)$/m);
  const json = await sequitur(["run", "service.ts", "--json"], { cwd: project.folder });
  const said = json.stderr
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.is(said.at(-1).error.code, "FEED_FAILED");
});

it.run();
