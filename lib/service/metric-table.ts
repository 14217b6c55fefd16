// Every metric of a service: its name for Prometheus, what it counts, its labels, and where in the picture it stands. The
// table in samples/watching/README.md is made of this one, so there is no second place to keep.
//
// Units are the base units of Prometheus and stand in the name. Labels come from closed sets: the topics, partitions and
// patterns of the service, and words listed here. Nothing that an event holds is ever a label.

import { LANE_STATES } from "../runtime/lane-state.ts";
import type { Metrics, ServiceState } from "../runtime/metrics.ts";
import type { Instant } from "../time/instant.ts";
import { shardRows } from "./shard-metric-rows.ts";

/** What a scrape is made of. */
export type Scrape = {
  readonly picture: Metrics;
  readonly now: Instant;
  readonly app: string;
  readonly version: string;
};

export type Label = "app" | "version" | "state" | "topic" | "partition" | "shard" | "pattern" | "verdict" | "kind";

/** One line of a metric. A value that is no finite number is left out: it is not known. */
export type Sample = { readonly labels: { readonly [name in Label]?: string }; readonly value: number };

export type MetricRow = {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly labels: readonly Label[];
  readonly help: string;
  readonly read: (scrape: Scrape) => readonly Sample[];
};

const SERVICE_STATES: readonly ServiceState[] = ["starting", "running", "degraded", "stopping", "stopped", "failed"];

/** All metrics, in the order in which they are shown. */
export const METRIC_TABLE: readonly MetricRow[] = [
  {
    name: "sequitur_build_info",
    type: "gauge",
    labels: ["app", "version"],
    help: "Always 1: which service this is, and the version of sequitur it runs on",
    read: ({ app, version }) => [{ labels: { app, version }, value: 1 }],
  },
  {
    name: "sequitur_state",
    type: "gauge",
    labels: ["state"],
    help: `1 for where the service stands: ${SERVICE_STATES.join(", ")}; else 0`,
    read: ({ picture }) =>
      SERVICE_STATES.map((state) => ({ labels: { state }, value: Number(state === picture.state) })),
  },
  {
    name: "sequitur_records_total",
    type: "counter",
    labels: ["topic", "verdict"],
    help: "Records that were decided, by what became of them: onTime, late, deadLettered, skipped",
    read: ({ picture }) =>
      picture.topics.flatMap(({ topic, onTime, late, deadLettered, skipped }) =>
        Object.entries({ onTime, late, deadLettered, skipped }).map(([verdict, value]) => ({
          labels: { topic, verdict },
          value,
        })),
      ),
  },
  {
    name: "sequitur_waiting_records",
    type: "gauge",
    labels: ["topic"],
    help: "Records that were read, are on time, and wait for their turn",
    read: ({ picture }) => picture.topics.map(({ topic, waiting }) => ({ labels: { topic }, value: waiting })),
  },
  ...patternRows(),
  {
    name: "sequitur_sent_records_total",
    type: "counter",
    labels: ["kind"],
    help: "Records that the sink confirmed: alert, timedOut, late, deadLetter, and notice, the report of a limit",
    read: ({ picture: { sent } }) => [
      { labels: { kind: "alert" }, value: sent.alerts },
      { labels: { kind: "timedOut" }, value: sent.timedOut },
      { labels: { kind: "late" }, value: sent.late },
      { labels: { kind: "deadLetter" }, value: sent.deadLetters },
      { labels: { kind: "notice" }, value: sent.notices },
    ],
  },
  {
    name: "sequitur_queued_bytes",
    type: "gauge",
    labels: [],
    help: "Bytes read and not yet looked at",
    read: ({ picture }) => [{ labels: {}, value: picture.queuedBytes }],
  },
  {
    name: "sequitur_unsent_bytes",
    type: "gauge",
    labels: [],
    help: "Bytes of output that the sink has not confirmed",
    read: ({ picture }) => [{ labels: {}, value: picture.unsentBytes }],
  },
  ...laneRows(),
  ...partitionRows(),
  ...shardRows(),
];

type OfPattern = Metrics["patterns"][number];

function patternRows(): readonly MetricRow[] {
  const row = (
    type: MetricRow["type"],
    name: string,
    help: string,
    value: (one: OfPattern) => number | null,
  ): MetricRow => ({
    name: `sequitur_${name}`,
    type,
    labels: ["pattern"],
    help,
    read: ({ picture }) =>
      picture.patterns.map((one) => ({ labels: { pattern: one.pattern }, value: value(one) ?? Number.NaN })),
  });
  return [
    row("counter", "alerts_total", "Alerts found, sent or not", ({ alerts }) => alerts),
    row("counter", "timed_out_total", "Runs whose within passed and that were reported", ({ timedOut }) => timedOut),
    row("counter", "suppressed_total", "Matches left out because of oncePer", ({ suppressed }) => suppressed),
    row("counter", "dropped_total", "Runs and matches dropped by limits", ({ dropped }) => dropped),
    row("counter", "failures_total", "Times a function of the pattern threw", ({ failures }) => failures),
    row("gauge", "open_runs", "Runs that may still become matches", ({ openRuns }) => openRuns),
    row(
      "gauge",
      "draining_runs",
      "Those among the open runs that began under a form of the pattern that the service no longer has",
      ({ drainingRuns }) => drainingRuns,
    ),
    row("gauge", "keys", "Keys that have open runs or are remembered", ({ keys }) => keys),
    row(
      "gauge",
      "oldest_run_timestamp_seconds",
      "Time of the oldest first event of an open run, in seconds since 1970; missing while none is open",
      ({ oldestFirstAt }) => seconds(oldestFirstAt),
    ),
  ];
}

type OfLane = Metrics["lanes"][number];

function laneRows(): readonly MetricRow[] {
  const row = (name: string, help: string, value: (one: OfLane, now: Instant) => number): MetricRow => ({
    name: `sequitur_lane_${name}`,
    type: "gauge",
    labels: ["partition"],
    help,
    read: ({ picture, now }) =>
      picture.lanes.map((one) => ({ labels: { partition: String(one.partition) }, value: value(one, now) })),
  });
  return [
    {
      name: "sequitur_lane_state",
      type: "gauge",
      labels: ["partition", "state"],
      help: `1 for what the lane does or waits for: ${LANE_STATES.join(", ")}; else 0`,
      read: ({ picture }) =>
        picture.lanes.flatMap((lane) =>
          LANE_STATES.map((state) => ({
            labels: { partition: String(lane.partition), state },
            value: Number(state === lane.state.kind),
          })),
        ),
    },
    row(
      "watermark_timestamp_seconds",
      "How far the time of the lane has come, in seconds since 1970; missing before its first event and after its last",
      ({ watermark }) => seconds(watermark),
    ),
    row(
      "event_time_lag_seconds",
      "Clock minus watermark: how long ago that was which is matched now",
      ({ watermark }, now) => seconds(now - watermark),
    ),
    row("buffered_events", "Events that wait for their turn in time", ({ buffered }) => buffered),
    row("buffered_bytes", "Bytes of the events that wait for their turn in time", ({ bufferedBytes }) => bufferedBytes),
  ];
}

type OfPartition = Metrics["partitions"][number];

function partitionRows(): readonly MetricRow[] {
  const row = (
    name: string,
    help: string,
    value: (one: OfPartition) => number | bigint | boolean | null,
  ): MetricRow => ({
    name: `sequitur_partition_${name}`,
    type: "gauge",
    labels: ["topic", "partition"],
    help,
    read: ({ picture }) =>
      picture.partitions.map((one) => ({
        labels: { topic: one.topic, partition: String(one.partition) },
        value: Number(value(one) ?? Number.NaN),
      })),
  });
  return [
    row("position", "The next offset that is not dealt with; missing before the first record", (one) => one.position),
    row(
      "lag_records",
      "Offsets between the position and the end; missing where the end is not known",
      (one) => one.lag,
    ),
    row(
      "watermark_timestamp_seconds",
      "How far the time of the partition has come, in seconds since 1970; missing before its first event",
      ({ watermark }) => seconds(watermark),
    ),
    row("holds_back", "1 if it keeps the time of its lane where it is", (one) => one.holdsBack),
    row("idle", "1 if it was silent for so long that time goes on without it", (one) => one.idle),
    row("paused", "1 if it is not read for now", (one) => one.paused),
    row(
      "held_back_records",
      "Offsets that cannot be read since a transaction of the producers is open; 0 where there is none",
      ({ heldBack }) => heldBack?.records ?? 0,
    ),
    row(
      "held_back_seconds",
      "For how long the same transaction has been seen to be open; 0 where there is none",
      ({ heldBack }) => seconds(heldBack?.forMs ?? 0),
    ),
  ];
}

function seconds(ms: number | null): number {
  return ms === null ? Number.NaN : ms / 1_000;
}
