import { PassThrough } from "node:stream";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { alertText } from "../../lib/cli/alert-text.ts";
import { elapsed, fields, key, oneLine, time, watermark } from "../../lib/cli/figures.ts";
import { paceOf, progressLine, showProgress } from "../../lib/cli/progress.ts";
import { createScreen, type TerminalStream } from "../../lib/cli/screen.ts";
import { type RunReport, summaryJson, summaryText } from "../../lib/cli/summary.ts";
import type { Metrics, ShardMetrics } from "../../lib/runtime/metrics.ts";
import type { Clock } from "../../lib/time/clock.ts";
import { metricsOf, shardMetrics } from "./metrics.ts";

const it = suite("what the command says");
const text = (alert: object): string => alertText(new TextEncoder().encode(JSON.stringify(alert)));
const match = {
  kind: "match",
  pattern: "card-testing",
  version: 1,
  id: "x",
  key: "4711-22",
  at: "2026-11-21T09:15:02.000Z",
};

it("an alert with a selected value is one line", () => {
  assert.is(
    text({ ...match, value: { card: "4711-22", stolen: 900 } }),
    '2026-11-21 09:15:02Z  card-testing  4711-22  card: "4711-22", stolen: 900\n',
  );
  assert.is(
    text({ ...match, at: "2026-11-21T09:15:02.005Z", value: 7 }),
    "2026-11-21 09:15:02.005Z  card-testing  4711-22  7\n",
  );
});

it("an alert without select has one more line for each step", () => {
  const events = { probe: [{ amount: 1 }, { amount: 2 }], cashOut: { amount: 900 } };
  const lines = text({ ...match, events }).split("\n");
  assert.equal(lines, [
    "2026-11-21 09:15:02Z  card-testing  4711-22",
    '    probe    2 × … {"amount":2}',
    '    cashOut  {"amount":900}',
    "",
  ]);
  const many = Object.fromEntries(Array.from({ length: 11 }, (_, step) => [`s${step}`, {}]));
  assert.match(text({ ...match, events: many }), "and 3 more steps: --json shows them");
});

it("timed-out runs and passed limits say what they are", () => {
  assert.match(text({ ...match, kind: "timedOut", events: { probe: [{}] } }), "4711-22  timed out\n    probe");
  const notice = {
    kind: "limitReached",
    pattern: "p",
    key: 7,
    at: "1970-01-01T00:00:00.000Z",
    limit: "maxMatchesPerEvent",
    max: 1000,
    count: 3,
  };
  assert.is(
    text(notice),
    '1970-01-01 00:00:00Z  p  7  limit reached: limit: "maxMatchesPerEvent", max: 1000, count: 3\n',
  );
});

it("nothing that an event holds can steer the terminal or break the line", () => {
  const nasty = "\u001b[2J\u009b31m\u202e\nfoo\r\u0007";
  const shown = text({ ...match, key: nasty, pattern: nasty, value: { [nasty]: nasty } });
  assert.is(shown.match(/[\p{Cc}\p{Cf}]/gu)?.join(""), "\n");
  assert.ok(shown.length < 1_000);
  assert.ok(text({ ...match, value: { long: "x".repeat(100_000) } }).length < 200);
});

it("keys are shown as they are where that is unmistakable", () => {
  const shown = ["ada", "a b", "7", "true", 7, true, ["shop", 3], "", "Ünï-1"].map(key);
  assert.equal(shown, ["ada", '"a b"', '"7"', '"true"', "7", "true", '["shop",3]', '""', "Ünï-1"]);
});

it("times, watermarks, cut texts", () => {
  assert.equal([40, 3_200, 59_999, 245_000, 7_380_000].map(elapsed), [
    "0.0 s",
    "3.2 s",
    "59 s",
    "4 min 5 s",
    "2 h 3 min",
  ]);
  assert.is(time(0), "1970-01-01 00:00:00Z");
  assert.is(time(8.65e15), "8650000000000000");
  assert.equal([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 1_999].map(watermark), [
    "none yet",
    "end",
    "1970-01-01 00:00:01Z",
  ]);
  assert.is(oneLine("a\n  b", 10), "a b");
  assert.is(oneLine("abcdef", 4), "abc…");
  assert.is(fields([1]), "[1]");
  assert.is(fields({ a: undefined }), "a: ");
});

const metrics: Metrics = metricsOf({
  topics: [{ topic: "flights", records: 27_004, onTime: 26_480, late: 1, deadLettered: 523, skipped: 0, waiting: 0 }],
  patterns: [
    { pattern: "rising", openRuns: 30, alerts: 10, suppressed: 2 },
    { pattern: "no-show", openRuns: 2, alerts: 2, timedOut: 3 },
  ],
  sent: { alerts: 12, timedOut: 3, late: 1, deadLetters: 523, notices: 0 },
  watermark: Date.UTC(2013, 0, 5, 13, 20),
});

it("the progress line says the most important first, and as much as fits", () => {
  const standing = { metrics, ratePerSecond: 8_123.4, share: 0.456, leftMs: 12_400 };
  const whole =
    "27,004 records · 8,123/s · 12 alerts · watermark 2013-01-05 13:20:00Z · 32 open runs · 45 %, 12 s left · 1 late · 523 dead letters";
  assert.is(progressLine(standing, 400), whole);
  for (let columns = 20; columns < 140; columns++) {
    const line = progressLine(standing, columns);
    assert.ok(line.length < columns, `${line} is too long for ${columns} columns`);
    assert.ok(whole.startsWith(line));
  }
  assert.not.match(progressLine({ ...standing, share: null }, 400), "%");
});

it("while state is restored the line begins with how far that is, at what pace, and for how long", () => {
  const one = (progress: ShardMetrics["restoring"]): ShardMetrics => ({ ...shardMetrics, restoring: progress });
  const line = (...all: readonly ShardMetrics["restoring"][]): string => {
    const standing = { metrics: { ...metrics, shards: all.map(one) }, ratePerSecond: 0, share: null, leftMs: null };
    return progressLine(standing, 400).split(" · ")[0] ?? "";
  };
  const half = { share: 0.5, bytes: 9, bytesPerSecond: 2_500_000, leftMs: 12_000 };
  const begun = { share: 0, bytes: 0, bytesPerSecond: 0, leftMs: null };
  assert.is(line(half), "restoring 1 of 1 shard: 50 % at 2.5 MB/s, 12 s left");
  assert.is(line(half, { ...half, leftMs: 65_000 }, null), "restoring 2 of 3 shards: 66 % at 5.0 MB/s, 1 min 5 s left");
  assert.is(line(begun, begun), "restoring 2 of 2 shards: 0 %");
  assert.is(line(null, null), "27,004 records");
});

it("the pace looks at the last seconds, and the time left at the bytes", () => {
  const samples = [
    { at: 1_000, records: 100, readBytes: 1_000 },
    { at: 3_000, records: 500, readBytes: 3_000 },
  ];
  assert.equal(paceOf(samples, { readBytes: 3_000, totalBytes: 10_000 }), {
    ratePerSecond: 200,
    share: 0.3,
    leftMs: 7_000,
  });
  assert.equal(paceOf(samples, { readBytes: 3_000, totalBytes: null }), {
    ratePerSecond: 200,
    share: null,
    leftMs: null,
  });
  assert.equal(paceOf([], null), { ratePerSecond: 0, share: null, leftMs: null });
});

/** A stream that remembers what was written to it. */
function memory(isTTY: boolean, columns?: number): { stream: TerminalStream; written: () => string } {
  const stream = Object.assign(new PassThrough(), { isTTY }, columns === undefined ? {} : { columns });
  return { stream, written: () => String(stream.read() ?? "") };
}

it("on a terminal the line is rewritten, and alerts go by above it", async () => {
  const err = memory(true, 60);
  const out = memory(true);
  const screen = createScreen(err.stream, out.stream);
  screen.status("one");
  screen.status("two");
  assert.is(err.written(), "one\r\u001b[Ktwo");
  await screen.above(async () => {
    assert.is(err.written(), "\r\u001b[K");
    out.stream.write("alert\n");
  });
  assert.is(out.written(), "alert\n");
  assert.is(err.written(), "two");
  screen.note("note");
  assert.is(err.written(), "\r\u001b[Knote\ntwo");
  screen.clear();
  screen.clear();
  assert.is(err.written(), "\r\u001b[K");
  assert.is(screen.columns(), 60);
});

it("elsewhere the line is written below the one before, and a pipe is left alone", async () => {
  const err = memory(false);
  const screen = createScreen(err.stream, memory(false).stream);
  screen.status("one");
  await screen.above(async () => {});
  screen.status("two");
  screen.clear();
  assert.is(err.written(), "one\ntwo\n");
});

it("progress is shown at its pace until it is stopped", () => {
  const err = memory(false);
  let now = 0;
  let picture = metrics;
  let due: { readonly at: number; readonly act: () => void } | null = null;
  const clock: Clock = {
    now: () => now,
    after: (delayMs, act) => {
      due = { at: now + delayMs, act };
      return () => {
        due = null;
      };
    },
    breathe: async () => {},
  };
  const stop = showProgress({
    clock,
    screen: createScreen(err.stream, memory(false).stream),
    metrics: () => picture,
    share: () => null,
    everyMs: 5_000,
  });
  for (const at of [5_000, 10_000]) {
    assert.is((due as { at: number } | null)?.at, at);
    now = at;
    (due as { act: () => void } | null)?.act();
  }
  now = 15_400;
  picture = { ...metrics, topics: metrics.topics.map((topic) => ({ ...topic, records: topic.records + 540 })) };
  (due as { act: () => void } | null)?.act();
  stop();
  assert.is(due, null);
  const lines = err.written().split("\n");
  assert.is(lines.length, 4);
  assert.match(lines[0] ?? "", /^27,004 records · 5,401\/s · /);
  assert.match(lines[1] ?? "", /^27,004 records · 0\/s · /);
  assert.match(lines[2] ?? "", /^27,544 records · 100\/s · /, "a timer that fires late still tells the rate");
});

const late = {
  byCode: new Map([["LATE", 1]]),
  examples: [
    {
      topic: "flights",
      partition: "0",
      offset: "9",
      code: "LATE",
      message: "its time A was already passed by the watermark B",
    },
  ],
};
const deadLetters = {
  byCode: new Map([
    ["NO_KEY", 500],
    ["NOT_JSON", 23],
  ]),
  examples: [{ topic: "flights", partition: "0", offset: "17", code: "NO_KEY", message: "there is no tail\nhere" }],
};
const report: RunReport = {
  ending: "ended",
  metrics,
  elapsedMs: 3_200,
  blankLines: 1,
  restarts: 0,
  late,
  deadLetters,
  lateFile: null,
  deadLetterFile: null,
  placeOf: (topic, _, offset) => `${topic}.ndjson:${offset}`,
};

it("the summary accounts for every record and says where the rest went", () => {
  assert.equal(summaryText(report).split("\n"), [
    '27,004 records of "flights" = 26,480 on time + 1 late + 523 dead letters',
    "1 blank line skipped",
    "12 alerts: rising 10, no-show 2; 3 timed out, 2 suppressed by oncePer, 32 runs still open",
    "1 late event, not kept: --late <path> writes them to a file. The first:",
    "    flights.ndjson:9 its time A was already passed by the watermark B",
    "523 dead letters (NO_KEY 500, NOT_JSON 23), not kept: --dead-letters <path> writes them to a file. The first:",
    "    flights.ndjson:17 NO_KEY: there is no tail here",
    "the input ended after 3.2 s, 8,439 records/s",
  ]);
});

it("the summary names the files, and what was not finished", () => {
  const [topic] = metrics.topics;
  const stopped = {
    ...report,
    ending: "stopped" as const,
    lateFile: "late.ndjson",
    deadLetterFile: "dead.ndjson",
    metrics: { ...metrics, topics: topic ? [{ ...topic, waiting: 4, skipped: 2 }] : [] },
  };
  const said = summaryText(stopped);
  assert.match(said, "+ 523 dead letters + 2 skipped + 4 not finished");
  const slow = { ...metrics, topics: topic ? [{ ...topic, records: 3 }] : [] };
  assert.match(summaryText({ ...report, metrics: slow, elapsedMs: 3_000 }), /s, 1 record\/s$/);
  const single = metrics.patterns.slice(0, 1).map((pattern) => ({ ...pattern, openRuns: 1 }));
  assert.match(summaryText({ ...report, metrics: { ...metrics, patterns: single } }), /, 1 run still open\n/);
  assert.match(
    said,
    "1 late event: see late.ndjson\n523 dead letters (NO_KEY 500, NOT_JSON 23): see dead.ndjson\nstopped after",
  );
});

it("the summary as data survives JSON", () => {
  const json = JSON.parse(
    JSON.stringify(summaryJson(report), (_, value) => (typeof value === "bigint" ? String(value) : value)),
  );
  assert.is(json.summary.ending, "ended");
  assert.equal(json.summary.deadLetters.byCode, { NO_KEY: 500, NOT_JSON: 23 });
  assert.is(json.summary.metrics.topics[0].records, 27_004);
});

it.run();
