// What a test of the cluster saw, line by line; what is wrong stands elsewhere.
//
//     kafka  127.0.0.1:9092 without TLS
//     in     card-events         6 partitions; newest 300 records: 300 events of 30 keys, 2026-01-01 00:00:00Z to …
//     out    card-alerts         3 partitions
//     state  card-fraud-state    is missing; the service creates it, for 6 shards
//     group  card-fraud          no process in it now

import type { InputReport, OutputReport, PreflightReport, StateReport } from "../service/preflight.ts";
import { formatDuration } from "../time/duration.ts";
import { count, counted, time } from "./figures.ts";

export function clusterText({ connection, inputs, outputs, group, state, notes }: PreflightReport): readonly string[] {
  const rows: (readonly [string, string, string])[] = [
    ...inputs.map((input) => ["in", input.topic, inputText(input)] as const),
    ...outputs.map((output) => ["out", output.topic, outputText(output)] as const),
    ...(state === null ? [] : [["state", state.topic, stateText(state)] as const]),
    ...(group === null ? [] : [["group", group.name, groupText(group)] as const]),
  ];
  const width = Math.max(0, ...rows.map(([, name]) => name.length));
  return [
    `  kafka  ${connection}`,
    ...rows.map(([what, name, text]) => `  ${what.padEnd(5)}  ${name.padEnd(width)}  ${text}`),
    ...notes.map((note) => `  note   ${note}`),
  ];
}

function inputText({
  partitions,
  records,
  events,
  keys,
  oldest,
  newest,
  disorderMs,
  partitioner,
}: InputReport): string {
  const cut = counted(partitions, "partition");
  if (records === 0) return `${cut}; no records`;
  const times = oldest === null || newest === null ? "" : `, ${time(oldest)} to ${time(newest)}`;
  const order = disorderMs > 0 ? `, out of order by up to ${formatDuration(disorderMs)}` : "";
  const placed = partitioner === null ? "" : `; record keys placed by ${partitioner}`;
  return `${cut}; newest ${counted(records, "record")}: ${counted(events, "event")} of ${counted(keys, "key")}${times}${order}${placed}`;
}

function outputText({ state, partitions }: OutputReport): string {
  switch (state) {
    case "found":
      return counted(partitions ?? 0, "partition");
    case "to be created":
      return "is missing; the service creates it";
    default:
      return "cannot be used";
  }
}

function stateText(state: StateReport): string {
  const shards = state.shards === null ? "" : `, for ${counted(state.shards, "shard")}`;
  return `${outputText(state)}${state.state === "refused" ? "" : shards}`;
}

function groupText({ members, positions, behind }: NonNullable<PreflightReport["group"]>): string {
  const now = members === 0 ? "no process in it now" : `${counted(members, "process", "processes")} in it now`;
  return `${now}; ${positionsText(positions, behind)}`;
}

function positionsText(positions: number | null, behind: number | null): string {
  if (positions === null) return "its positions could not be asked for";
  if (positions === 0) return "no positions";
  const where = `positions in ${counted(positions, "partition")}`;
  return behind === null ? `${where}; how far behind could not be asked for` : `${where}, ${count(behind)} behind`;
}
