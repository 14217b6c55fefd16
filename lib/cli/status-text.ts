// What `sequitur status` tells people.
//
//     shard  owner    checkpoint                      log          lag
//     0      web-1:7  1,204, 0.4 s ago                120 … 4,310  12
//     1      web-2:7  13, 9 s ago, taken over since   0 … 39       7

import type { OpenTransaction } from "../runtime/shard-ports.ts";
import type { InputStatus, ShardStatus, StateStatus } from "../service/state-status.ts";
import { count, counted, elapsed, oneLine, time, watermark } from "./figures.ts";

/** The whole of it, a block of lines for each part. */
export function statusText({ app, group, members, topic, shards }: StateStatus, brokers: string): string {
  const who = `${counted(members.length, "process", "processes")} in group "${group}"`;
  const blocks =
    shards === null
      ? [[`${app} on ${brokers}: no saved state: there is no topic "${topic}"; ${who}`]]
      : [
          [
            `${app} on ${brokers}: ${counted(shards.length, "shard")} in "${topic}"${releasesOf(shards)}; ${who}`,
          ].concat(patternsOf(shards)),
          table(["shard", "owner", "checkpoint", "log", "lag"], shards.map(shardRow)),
          partitions(shards),
          shards.flatMap(({ inputs }) => inputs.flatMap(heldBackText)),
          shards.flatMap(({ problem }) => (problem === null ? [] : [`${problem.code}: ${problem.message}`])),
        ];
  const all = [...blocks, processes(members)].filter((lines) => lines.length > 0);
  return `${all.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function releasesOf(shards: readonly ShardStatus[]): string {
  const releases = [...new Set(shards.flatMap(({ release }) => release ?? []))].sort((a, b) => a - b);
  return releases.length === 0 ? "" : `, release ${releases.join(" and ")}`;
}

function patternsOf(shards: readonly ShardStatus[]): readonly string[] {
  const names = shards.flatMap(({ patterns }) => patterns.map(patternText));
  return names.length === 0 ? [] : [`patterns: ${[...new Set(names)].join(", ")}`];
}

function patternText({ name, version, drains }: ShardStatus["patterns"][number]): string {
  return `${name} version ${version}${drains === true ? " as it was, finishing its runs" : ""}`;
}

function processes(members: StateStatus["members"]): readonly string[] {
  return members.length === 0 ? [] : [`processes: ${namesOf(members)}`];
}

/** `web-1:7 at 10.0.0.1, web-2:7 at 10.0.0.2`. */
export function namesOf(members: StateStatus["members"]): string {
  return members.map(({ instance, host }) => `${oneLine(instance, 80)} at ${host}`).join(", ");
}

function shardRow(status: ShardStatus): readonly string[] {
  const { shard, owner, from, to, bytes, inputs } = status;
  const lags = inputs.flatMap(({ lag }) => lag ?? []);
  const lag = lags.length === 0 ? "" : count(Number(lags.reduce((sum, each) => sum + each, 0n)));
  const gone = owner === null || owner.isMember ? "" : ", not running";
  const size = bytes === null ? "" : `, ${sizeText(bytes)}`;
  return [
    String(shard),
    owner === null ? "nobody yet" : `${oneLine(owner.instance, 60)}${gone}`,
    checkpointText(status),
    `${count(Number(from))} … ${count(Number(to))}${size}`,
    lag,
  ];
}

function sizeText(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function checkpointText({ checkpoint, isTakenOver, problem }: ShardStatus): string {
  if (problem !== null) return problem.code;
  if (checkpoint === null) return isTakenOver ? "taken over, none yet" : "none";
  const age = checkpoint.ageMs === null ? "" : `, ${elapsed(Math.max(0, checkpoint.ageMs))} ago`;
  return `${count(checkpoint.seq)}${age}${isTakenOver ? ", taken over since" : ""}`;
}

function partitions(shards: readonly ShardStatus[]): readonly string[] {
  const rows = shards.flatMap(({ inputs }) =>
    inputs.map(({ topic, partition, next, end, lag, watermark: at }) => [
      `${topic} ${partition}`,
      offset(next),
      offset(end),
      offset(lag),
      watermark(at),
    ]),
  );
  if (rows.length === 0) return [];
  const sorted = rows.sort(([one = ""], [other = ""]) => one.localeCompare(other, "en", { numeric: true }));
  return table(["partition", "next", "end", "lag", "watermark"], sorted);
}

/** What cannot be read, and whose transaction it waits for. */
function heldBackText({ topic, partition, heldBack }: InputStatus): readonly string[] {
  if (heldBack === null) return [];
  const { offset: from, records, transactions } = heldBack;
  const what = `${topic} ${partition}: ${counted(Number(records), "offset")} from ${count(Number(from))} on cannot be read, since a transaction is open`;
  return [what, ...transactions.map((each) => `  ${transactionText(each)}`)];
}

function transactionText({ producerId, transactionalId, startedAt, timeoutMs, offset: from }: OpenTransaction): string {
  const name = transactionalId === null ? "" : ` (transactional id ${oneLine(transactionalId, 80)})`;
  const since = startedAt === null ? "" : `, since ${time(startedAt)}`;
  const atMost = timeoutMs === null ? "" : `, for ${elapsed(timeoutMs)} at most`;
  return `of producer ${producerId}${name}, from ${count(Number(from))} on${since}${atMost}`;
}

function offset(value: bigint | null): string {
  return value === null ? "unknown" : count(Number(value));
}

/** Columns as wide as they need, without blanks at the ends of lines. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return lines.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
