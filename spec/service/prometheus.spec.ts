// A scrape is well formed, says what the picture says, and keeps to the table; counted against a plain count of a month of
// real flights.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { pattern } from "../../lib/index.ts";
import type { Metrics, ShardMetrics } from "../../lib/runtime/metrics.ts";
import { createMemoryLog, createNdjsonSource, runService, service, topic } from "../../lib/service/index.ts";
import { METRIC_TABLE } from "../../lib/service/metric-table.ts";
import { createExporter } from "../../lib/service/prometheus.ts";
import { type FlightEvent, risingDelay, strandedAircraft } from "../../samples/flights/patterns.ts";
import { metricsOf, shardMetrics } from "../cli/metrics.ts";
import { allowMs } from "../run/ask.ts";
import { FLIGHTS_FILE, lateLines, readFlights, risingDelays, stranded } from "../samples/flights-oracle.ts";
import { type Family, readExposition, valueIn } from "./exposition.ts";

allowMs(60_000);

const it = suite("prometheus");
const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 2, 2);

async function scrape(picture: Metrics): Promise<ReadonlyMap<string, Family>> {
  const { text, contentType } = await (await createExporter())({ picture, now: NOW, app: "app", version: "1" });
  assert.is(contentType, "text/plain; version=0.0.4; charset=utf-8");
  return readExposition(text);
}

const sent = { alerts: 1, timedOut: 2, late: 3, deadLetters: 4, notices: 5 };
const nothing = metricsOf({ topics: [], patterns: [], sent, watermark: Number.NEGATIVE_INFINITY });
const place = { topic: "in", partition: 7 };
const partition = {
  ...place,
  watermark: Number.NEGATIVE_INFINITY,
  holdsBack: true,
  idle: false,
  paused: true,
  pausedBecause: "time",
  ended: false,
  position: null,
  lag: null,
  heldBack: null,
} as const;

const shard = { ...shardMetrics, restoring: { share: 0.25, bytes: 1_000, bytesPerSecond: 500, leftMs: 6_000 } };

it("its counters are the account of every record of a run, and the alerts those of the plain loops", async () => {
  const late = lateLines(readFlights(), HOUR);
  const lines = readFlights();
  const onTime = lines.filter(({ line }) => !late.has(line));
  const keyless = lines.filter(({ event }) => event.tail === null).length;
  const log = createMemoryLog({ partitions: 1 });
  const definition = service({
    app: "flights",
    inputs: [topic<FlightEvent>("flights", { key: (e) => e.tail, time: (e) => e.at, outOfOrderness: "1h" })],
    patterns: [risingDelay, strandedAircraft],
  });
  const source = createNdjsonSource({ inputs: [{ topic: "flights", path: FLIGHTS_FILE }] });
  const running = runService(definition, { source, sink: log.sink() });
  await running.done;
  const families = await scrape(running.metrics());
  const records = (verdict: string): number =>
    valueIn(families, "sequitur_records_total", { topic: "flights", verdict });
  assert.equal(["onTime", "late", "deadLettered", "skipped"].map(records), [
    lines.length - late.size - keyless,
    late.size,
    keyless,
    0,
  ]);
  assert.is(valueIn(families, "sequitur_waiting_records", { topic: "flights" }), 0);
  const alerts = (name: string): number => valueIn(families, "sequitur_alerts_total", { pattern: name });
  assert.equal(
    [alerts("rising-delay"), alerts("stranded-aircraft")],
    [risingDelays(onTime).length, stranded(onTime).length],
  );
  const sentOf = (kind: string): number => valueIn(families, "sequitur_sent_records_total", { kind });
  for (const [kind, name] of [
    ["alert", "alerts"],
    ["late", "late"],
    ["deadLetter", "dead-letters"],
  ] as const)
    assert.is(sentOf(kind), log.readAll(`flights-${name}`).length);
  assert.is(valueIn(families, "sequitur_state", { state: "stopped" }), 1);
});

it("each metric of the table is there, with its type, its help and its labels; and none of ours beside it", async () => {
  const picture: Metrics = {
    ...nothing,
    topics: [{ topic: "in", records: 1, onTime: 1, late: 0, deadLettered: 0, skipped: 0, waiting: 0 }],
    patterns: metricsOf({ topics: [], patterns: [{ pattern: "p", oldestFirstAt: 1_500 }], sent, watermark: 0 })
      .patterns,
    partitions: [{ ...partition, watermark: 2_500, position: 4n, lag: 2n }],
    lanes: [
      { partition: 7, state: { kind: "idle", follows: "clock" }, watermark: 2_500, buffered: 1, bufferedBytes: 2 },
    ],
    shards: [shard],
  };
  const families = await scrape(picture);
  for (const { name, type, help, labels } of METRIC_TABLE) {
    const family = families.get(name);
    assert.equal([family?.type, family?.help], [type, help], name);
    assert.ok((family?.samples.length ?? 0) > 0, name);
    for (const sample of family?.samples ?? [])
      assert.equal([...sample.labels.keys()].sort(), [...labels].sort(), name);
  }
  const ours = [...families.keys()].filter((name) => name.startsWith("sequitur_"));
  assert.equal(
    ours,
    METRIC_TABLE.map(({ name }) => name),
  );
  assert.is(valueIn(families, "sequitur_oldest_run_timestamp_seconds", { pattern: "p" }), 1.5);
  assert.is(valueIn(families, "sequitur_lane_event_time_lag_seconds", { partition: "7" }), NOW / 1_000 - 2.5);
  const at = { topic: "in", partition: "7" };
  const values = ["position", "lag_records", "watermark_timestamp_seconds", "holds_back", "idle", "paused"];
  assert.equal(
    values.map((name) => valueIn(families, `sequitur_partition_${name}`, at)),
    [4, 2, 2.5, 1, 0, 1],
  );
  const states = families.get("sequitur_lane_state")?.samples.filter(({ value }) => value === 1) ?? [];
  assert.equal(
    states.map(({ labels }) => labels.get("state")),
    ["idle"],
  );
});

it("a row of a shard says what is restored and saved, and leaves out what is not known", async () => {
  const values = async (one: ShardMetrics): Promise<readonly number[]> => {
    const families = await scrape({ ...nothing, shards: [one] });
    const rows = METRIC_TABLE.filter(({ labels }) => labels.includes("shard"));
    return rows.flatMap(({ name }) => families.get(name)?.samples.map(({ value }) => value) ?? []);
  };
  assert.equal(await values(shard), [0.25, 6, 1, 3, 2, 4, 6, 5, 0.12, 0.08, 8, 7, 9, 10, 11]);
  const running = { ...shard, restoring: null, intervalMs: null };
  assert.equal(await values(running), [1, 0, 1, 3, 2, 4, 6, 5, 0.08, 8, 7, 9, 10, 11]);
  const begun = { ...shard, restoring: { ...shard.restoring, share: 0, leftMs: null } };
  assert.equal((await values(begun)).slice(0, 2), [0, 1]);
});

it("names say their units, and counters that they are counters", () => {
  for (const { name, type, help } of METRIC_TABLE) {
    assert.match(name, /^sequitur_[a-z_]+$/);
    assert.is(name.endsWith("_total"), type === "counter", name);
    assert.not.match(name, /_(ms|milliseconds|minutes|kb|mb)\b/);
    assert.match(help, /^[0-9A-Z][^\n]+[^.]$/, name);
  }
});

it("what is not known is left out", async () => {
  const lane = { partition: 7, state: { kind: "matching" }, buffered: 0, bufferedBytes: 0 } as const;
  for (const watermark of [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]) {
    const families = await scrape({
      ...nothing,
      partitions: [{ ...partition, watermark }],
      lanes: [{ ...lane, watermark }],
    });
    for (const name of ["lane_watermark_timestamp_seconds", "lane_event_time_lag_seconds", "partition_position"])
      assert.equal(families.get(`sequitur_${name}`)?.samples, [], name);
  }
});

it("odd names of patterns and topics come through unharmed", async () => {
  const names = [
    'a"b',
    "a\\b",
    "a\nb",
    "a\\nb",
    '{x="1"}',
    "a,b:c",
    "__proto__",
    "constructor",
    "späte 🛬 Flüge",
    " ",
    "#",
  ];
  const families = await scrape({
    ...nothing,
    topics: names.map((name, late) => ({
      topic: name,
      records: 0,
      onTime: 0,
      late,
      deadLettered: 0,
      skipped: 0,
      waiting: 0,
    })),
    patterns: names.map((name, alerts) => ({
      ...metricsOf({ topics: [], patterns: [{ pattern: name }], sent, watermark: 0 }).patterns[0],
      alerts,
    })) as Metrics["patterns"],
  });
  for (const [index, name] of names.entries()) {
    assert.is(valueIn(families, "sequitur_alerts_total", { pattern: name }), index, name);
    assert.is(valueIn(families, "sequitur_records_total", { topic: name, verdict: "late" }), index, name);
  }
});

it("scraping twice, at once or by two services counts nothing twice", async () => {
  const exporters = [await createExporter(), await createExporter()];
  const pages = await Promise.all(
    [0, 1, 2].flatMap((version) =>
      exporters.map((exporter) => exporter({ picture: nothing, now: NOW, app: "app", version: String(version) })),
    ),
  );
  for (const [index, { text }] of pages.entries()) {
    const families = readExposition(text);
    assert.is(valueIn(families, "sequitur_sent_records_total", { kind: "late" }), 3);
    assert.is(valueIn(families, "sequitur_build_info", { app: "app", version: String(index >> 1) }), 1);
  }
});

it("says how the process is, and how late its event loop", async () => {
  const families = await scrape(nothing);
  for (const name of ["process_cpu_seconds_total", "process_resident_memory_bytes", "nodejs_eventloop_lag_p99_seconds"])
    assert.ok((families.get(name)?.samples[0]?.value ?? -1) >= 0, name);
});

it("a row of a pattern counts what it says", async () => {
  const counts = {
    openRuns: 1,
    drainingRuns: 8,
    keys: 2,
    alerts: 3,
    timedOut: 4,
    suppressed: 5,
    dropped: 6,
    failures: 7,
  };
  const { patterns } = metricsOf({
    topics: [],
    patterns: [{ pattern: pattern("p").begin("a").name, ...counts }],
    sent,
    watermark: 0,
  });
  const families = await scrape({ ...nothing, patterns, queuedBytes: 8, unsentBytes: 9 });
  const names = [
    "open_runs",
    "draining_runs",
    "keys",
    "alerts_total",
    "timed_out_total",
    "suppressed_total",
    "dropped_total",
    "failures_total",
  ];
  assert.equal(
    names.map((name) => valueIn(families, `sequitur_${name}`, { pattern: "p" })),
    Object.values(counts),
  );
  assert.equal(
    ["queued", "unsent"].map((name) => valueIn(families, `sequitur_${name}_bytes`)),
    [8, 9],
  );
});

it.run();
