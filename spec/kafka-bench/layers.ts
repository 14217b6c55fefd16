// What an event costs on its way from the bytes of a fetch to the bytes of a checkpoint, layer by layer, in one process without a
// broker: what one layer more takes, in CPU time of all its threads. Machines are noisy: of several passes the least counts.
//
//     record batches ─ decode ─▶ records ─ intake ─▶ pieces ─ read ─▶ events ─ task ─▶ alerts, open runs ─ freeze ─▶ blocks
import { atOnce } from "../../lib/core/slices.ts";
import { createIntake } from "../../lib/runtime/intake.ts";
import type { InputBatch, InputRecord } from "../../lib/runtime/ports.ts";
import { freeze, stretchOf } from "../../lib/runtime/shard/stretch.ts";
import { createTask, type Task, type TaskConfig } from "../../lib/runtime/task.ts";
import { compose } from "../../lib/service/compose.ts";
import { createCodecs } from "../../lib/transports/kafka/codecs.ts";
import { CommittedBatch } from "../../lib/transports/kafka/committed-batch.ts";
import { decodeBatches } from "../../lib/transports/kafka/record-batch.ts";
import { partitionOf } from "../../lib/transports/partitioner.ts";
import { encode } from "../transports/kafka/stock.ts";
import type { Layer } from "./figures.ts";
import { benchService, INPUT, records, type Size } from "./stream.ts";

const PARTITIONS = 8;
const SHARDS = 4;
const BATCH_RECORDS = 500;
const PIECE_RECORDS = 64;
const PIECE_EVENTS = 256;
/** Of one shard: what it takes in 100 ms where the service takes 300,000 a second. */
const EVENTS_PER_CUT = 7_500;
const READ_AT = Date.parse("2026-04-01T00:00:00Z");

/** What a fetch brought of a partition. */
type Piece = { readonly partition: number; readonly first: bigint; readonly end: bigint; readonly bytes: Buffer };

const LAYERS = ["decode", "intake", "read", "task", "freeze"] as const;

/** Each layer by itself. Takes a few seconds. */
export async function measureLayers(events: number, size: Size, passes: number): Promise<readonly Layer[]> {
  const pieces = await piecesOf(events, size);
  const { task: config } = compose(benchService("layers"));
  const best = LAYERS.map(() => Number.POSITIVE_INFINITY);
  for (let pass = 0; pass < passes; pass += 1) {
    for (const [depth, least] of best.entries()) best[depth] = Math.min(least, await timeOf(pieces, config, depth));
  }
  const nanos = best.map((milliseconds) => (milliseconds * 1e6) / events);
  return LAYERS.map((name, depth) => ({
    name,
    nanosPerEvent: Math.round((nanos[depth] ?? 0) - (nanos[depth - 1] ?? 0)),
  }));
}

/** Milliseconds of CPU that one pass through so many layers takes. */
async function timeOf(pieces: readonly Piece[], config: TaskConfig, depth: number): Promise<number> {
  globalThis.gc?.();
  const codecs = createCodecs();
  const shards = Array.from({ length: SHARDS }, (_, shard) => openShard(config, shard));
  const before = process.cpuUsage();
  for (const { partition, first, end, bytes } of pieces) {
    const messages = await decodeBatches(bytes, codecs, 1e9);
    const data = { partition, highWatermark: String(end), abortedTransactions: [], messages };
    const found = new CommittedBatch(INPUT, String(first), data as never).messages;
    if (depth >= 1)
      shards[partition % SHARDS]?.take({ topic: INPUT, partition, records: found, caughtUp: false }, depth);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

function openShard(config: TaskConfig, shard: number): { readonly take: (batch: InputBatch, depth: number) => void } {
  const task = createTask(config);
  const lanes = Array.from({ length: PARTITIONS }, (_, lane) => lane).filter((lane) => lane % SHARDS === shard);
  task.step({ kind: "assigned", partitions: lanes.map((partition) => ({ topic: INPUT, partition })), now: READ_AT });
  const intake = createIntake();
  let taken = 0;
  return {
    take(batch, depth) {
      intake.push({ kind: "batch", batch, readAt: READ_AT });
      for (let item = intake.next(PIECE_RECORDS); item !== null; item = intake.next(PIECE_RECORDS)) {
        if (item.kind !== "batch") continue;
        if (depth === 2) readAll(item.batch.records, config);
        if (depth < 3) continue;
        let { hasWork } = task.step(item);
        while (hasWork) hasWork = task.step({ kind: "work", maxEvents: PIECE_EVENTS }).hasWork;
        taken += item.batch.records.length;
        if (depth >= 4 && taken >= EVENTS_PER_CUT) taken = cut(task);
      }
    },
  };
}

function readAll(all: readonly InputRecord[], { inputs }: TaskConfig): void {
  for (const record of all) inputs[0]?.read(record, READ_AT);
}

let checkpoints = 0;

function cut(task: Task): number {
  checkpoints += 1;
  const identity = { app: "layers", instance: "i", release: 1, shards: SHARDS, partitions: PARTITIONS };
  freeze(atOnce(stretchOf(task, [], [], [], () => 0)), checkpoints, 0n, identity);
  return 0;
}

/** The stream as brokers store it, a batch of each partition in turn. */
async function piecesOf(events: number, size: Size): Promise<readonly Piece[]> {
  const waiting = Array.from({ length: PARTITIONS }, (): { key: Buffer; value: Buffer }[] => []);
  const next = waiting.map(() => 0n);
  const pieces: Piece[] = [];
  const close = async (partition: number): Promise<void> => {
    const first = next[partition] as bigint;
    const all = (waiting[partition] ?? []).splice(0);
    if (all.length === 0) return;
    const end = first + BigInt(all.length);
    next[partition] = end;
    const written = all.map((each, offsetDelta) => ({ ...each, offsetDelta, timestampDelta: 0, headers: {} }));
    pieces.push({
      partition,
      first,
      end,
      bytes: await encode({ ...PLAIN, firstOffset: first, lastOffsetDelta: all.length - 1, records: written }),
    });
  };
  for (const { key, value } of records(events, size)) {
    const bytes = Buffer.from(key as string);
    const partition = partitionOf(bytes, PARTITIONS);
    const lane = waiting[partition] ?? [];
    lane.push({ key: bytes, value: Buffer.from(value as string) });
    if (lane.length === BATCH_RECORDS) await close(partition);
  }
  for (const partition of waiting.keys()) await close(partition);
  return pieces;
}

const PLAIN = {
  firstTimestamp: BigInt(READ_AT),
  maxTimestamp: BigInt(READ_AT),
  producerId: -1n,
  transactional: false,
  control: false,
  logAppendTime: false,
  gzip: false,
};
