import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs, skipBecause } from "../run/ask.ts";
import { execute } from "../run/execute.ts";
import { SEQUITUR, sequitur } from "./command.ts";
import { createProject, type Project } from "./project.ts";
import { accounts, ENDLESS_FEED_TS, EVENTS, FINITE_FEED_TS, PATTERN_TS, SERVICE_TS } from "./service-files.ts";

allowMs(60_000);

const it = suite<{ project: Project }>("how sequitur run ends");
it.before.each((context) => {
  context.project = createProject({
    "package.json": '{"type":"module"}',
    "pattern.ts": PATTERN_TS,
    "service.ts": SERVICE_TS,
  });
});
it.after.each(({ project }) => project.remove());

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

it("Ctrl-C before any broker was reached ends it: there is nothing to be finished", async ({ project }) => {
  project.write(
    "service.ts",
    SERVICE_TS.replace('app: "cards",', 'app: "cards", stopWithin: "10m", kafka: { connectWithin: "10m" },'),
  );
  let sent = false;
  const { code, stderr } = await sequitur(["run", "service.ts", "--brokers", "127.0.0.1:1"], {
    cwd: project.folder,
    onOutput: (printed, child) => {
      if (!sent && printed.stderr.includes("no broker answers yet")) sent = child.kill("SIGINT");
    },
  });
  assert.is(code, 0, stderr);
  assert.match(stderr, "stopped");
});

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
  const command = [process.execPath, ...SEQUITUR, "run", "service.ts"].map((word) => `'${word}'`).join(" ");
  const { code, stdout, stderr } = await execute("bash", ["-c", `set -o pipefail; ${command} | head -n 2`], {
    cwd: project.folder,
  });
  assert.is(code, 0);
  assert.is(stdout.trim().split("\n").length, 2);
  assert.match(stderr, "standard output was closed by its reader");
  const json = await execute("bash", ["-c", `set -o pipefail; ${command} --json | head -n 1`], { cwd: project.folder });
  const { summary } = JSON.parse(json.stderr.trim().split("\n").at(-1) ?? "");
  assert.equal([json.code, summary.ending, summary.metrics.state], [0, "outputClosed", "stopped"]);
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
    const command = ["stty cols 100;", process.execPath, ...SEQUITUR, "run", "service.ts"].join(" ");
    const { code, stdout } = await execute("script", ["-qec", command, "/dev/null"], {
      cwd: project.folder,
      stdin: "",
    });
    assert.is(code, 0);
    const shown = stdout.match(/\d+ records? · \d+\/s · \d+ alerts? · watermark [^\p{Cc}]*/gu) ?? [];
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

it("does not write over what it reads from standard input, nor read what it writes to standard output", async ({
  project,
}) => {
  const path = project.write("events.ndjson", EVENTS);
  const command = [process.execPath, ...SEQUITUR, "run", "service.ts", "--input"].map((word) => `'${word}'`).join(" ");
  for (const rest of ["- --output events.ndjson < events.ndjson", "events.ndjson >> events.ndjson"]) {
    const { code, stderr } = await execute("bash", ["-c", `${command} ${rest}`], { cwd: project.folder });
    assert.is(code, 2);
    assert.match(stderr, "is read and would be overwritten");
    assert.is(readFileSync(path, "utf8"), EVENTS);
  }
});

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
  project.write(
    "two.ts",
    'import service from "./service.ts";\nexport const a = service;\nexport const b = { ...service };\n',
  );
  project.write("feed.ts", `${SERVICE_TS}export const feed = 1;\n`);
  project.write("broken.ts", "export const a = ;\n");
  project.write("throws.ts", "export const a: number = 1;\n\nthrow new RangeError('too far');\n");
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ["service.ts"],
      /^sequitur: service\.ts has no demo events to run on\. Give it events with --input <path>, or Kafka with --brokers <host:port>, or export a function feed/,
    ],
    [["sevrice.ts"], /there is no file sevrice\.ts\. Did you mean service\.ts\?/],
    [
      ["nonsense.ts", "--input", "events.ndjson"],
      /^sequitur: pattern "nonsense" has 2 problems\n {2}error DUPLICATE_STEP/,
    ],
    [["empty.ts"], /^sequitur: empty\.ts exports no service \(it exports a\)\. Write "export default service/],
    [["two.ts"], /^sequitur: two\.ts exports 2 services \(a, b\): export the one to be used by default/],
    [["feed.ts"], /^sequitur: feed\.ts exports "feed" as number: it must be a function \(log, \{ signal \}\)/],
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
    [["service.ts", "--input", "events.ndjson", "--late", "x", "--output", "./x"], /cannot share a file/],
    [["service.ts", "--input", "events.ndjson", "--late", "-"], /cannot share a file/],
    [
      ["service.ts", "--input", "events.ndjson", "--output", "./service.ts"],
      /\.\/service\.ts is a part of the service/,
    ],
    [["service.ts", "--input", "events.ndjson", "--late", "pattern.ts"], /pattern\.ts is a part of the service/],
    [["service.ts", "--input", "package.json/x"], /cannot be read from package\.json\/x: there is no such file/],
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
