// The metrics of shards: how their state is restored, saved, and kept short.

import type { ShardMetrics } from "../runtime/metrics.ts";
import type { MetricRow } from "./metric-table.ts";

/** In the order in which they are shown. None of them is there where state is not saved. */
export function shardRows(): readonly MetricRow[] {
  return [...restoreRows(), ...checkpointRows(), ...logRows()];
}

function restoreRows(): readonly MetricRow[] {
  return [
    row(
      "gauge",
      "shard_restored_ratio",
      "How much of its state was read, from 0 to 1; until it is 1 the shard matches nothing",
      ({ restoring }) => (restoring === null ? 1 : Math.min(0.999, restoring.share)),
    ),
    row(
      "gauge",
      "shard_restore_left_seconds",
      "How long reading its state may still take; 0 when it is restored, missing while that is not known",
      ({ restoring }) => (restoring === null ? 0 : seconds(restoring.leftMs)),
    ),
    row("counter", "restores_total", "Times a shard was taken over and restored", ({ restores }) => restores.count),
    row("counter", "restore_seconds_total", "Time that took, from being given the shard to matching", ({ restores }) =>
      seconds(restores.tookMs),
    ),
    row("counter", "restore_bytes_total", "Bytes of state that were read for it", ({ restores }) => restores.bytes),
  ];
}

function checkpointRows(): readonly MetricRow[] {
  return [
    row("counter", "checkpoints_total", "Checkpoints that were committed", ({ checkpoints }) => checkpoints.count),
    row("counter", "checkpoint_seconds_total", "Time they took, from the cut to the answer", ({ checkpoints }) =>
      seconds(checkpoints.tookMs),
    ),
    row(
      "counter",
      "checkpoint_bytes_total",
      "Bytes of state in them, without alerts",
      ({ checkpoints }) => checkpoints.bytes,
    ),
    row(
      "gauge",
      "checkpoint_interval_seconds",
      "99 of 100 intervals between checkpoints under load were at most so long; missing while there were none",
      ({ intervalMs }) => seconds(intervalMs),
    ),
    row(
      "gauge",
      "checkpoint_waiting_seconds",
      "For how long something has waited that is in no checkpoint yet; 0 while nothing does",
      ({ waitsMs }) => seconds(waitsMs),
    ),
    row(
      "counter",
      "checkpoint_lookups_total",
      "Times a checkpoint failed, and it had to be looked up whether it was committed",
      ({ resolves }) => resolves,
    ),
  ];
}

function logRows(): readonly MetricRow[] {
  return [
    row(
      "counter",
      "shard_fences_total",
      "Times another process turned out to have had the shard meanwhile; it was taken over afresh",
      ({ overtaken }) => overtaken,
    ),
    row("counter", "state_trims_total", "Times old state was deleted from the log", ({ trims }) => trims),
    row("gauge", "state_log_bytes", "Bytes of the log that a restore has to read", ({ logBytes }) => logBytes),
    row(
      "gauge",
      "state_live_bytes",
      "Bytes of the state in it, as its pages were last written",
      ({ liveBytes }) => liveBytes,
    ),
  ];
}

function row(
  type: MetricRow["type"],
  name: string,
  help: string,
  value: (one: ShardMetrics) => number | null,
): MetricRow {
  return {
    name: `sequitur_${name}`,
    type,
    labels: ["shard"],
    help,
    read: ({ picture }) =>
      picture.shards.map((one) => ({ labels: { shard: String(one.shard) }, value: value(one) ?? Number.NaN })),
  };
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1_000;
}
