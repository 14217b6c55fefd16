// The inputs of a service by shards, on the model: the port `ShardSource`, with the manners of the one on Kafka.

import { invariant } from "../../core/errors.ts";
import type { TopicPartition } from "../../runtime/ports.ts";
import type { LogBounds, LogEnd, ShardHandler, ShardSource } from "../../runtime/shard-ports.ts";
import type { Clock } from "../../time/clock.ts";
import { type Member as AssignedMember, assignLanes } from "../../transports/kafka/assign.ts";
import { inTime } from "../../transports/kafka/in-time.ts";
import { type Ask, type PlacedOffset, placeKey } from "./calls.ts";
import type { Client } from "./client.ts";
import { type Assigner, createMember, type Member } from "./member.ts";
import { createReading } from "./reading.ts";

/** Who gets which shards. */
export type ShardAssigner = (
  members: readonly AssignedMember[],
  shards: number,
) => ReadonlyMap<string, readonly number[]>;

export type ModelShardSourceOptions = {
  readonly ask: Ask;
  readonly client: Client;
  readonly clock: Clock;
  readonly group: string;
  readonly instance: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly heartbeatEveryMs: number;
  readonly startFrom: "earliest" | "latest";
  readonly maxBatchBytes: number;
  readonly fetchWaitMs: number;
  /** Default: as on Kafka, sticky and balanced. */
  readonly assign?: ShardAssigner;
};

/** How often positions are shown. */
const SHOW_EVERY_MS = 1_000;

export function createModelShardSource(options: ModelShardSourceOptions): ShardSource {
  const { client, clock, instance, ask } = options;
  let owned: readonly number[] = [];
  let member: Member | null = null;
  let handler: ShardHandler | null = null;
  let shardCount = 1;
  const unshown = new Map<string, PlacedOffset>();
  let callOffShowing: (() => void) | null = null;
  const reading = createReading({
    ...{ ask, clock, maxBatchBytes: options.maxBatchBytes, fetchWaitMs: options.fetchWaitMs },
    onBatch: (batch) => handler?.onBatch(batch),
    onFailure: (error) => handler?.onFailure(error),
  });
  /** For display only: what fails is shown later, or never. */
  const showNow = (): void => {
    callOffShowing = null;
    const membership = member?.membership() ?? null;
    const offsets = [...unshown.values()].filter(isOurs);
    unshown.clear();
    if (membership !== null && offsets.length > 0)
      ask("commitOffsets", { ...membership, offsets }).catch(() => undefined);
  };
  const isOurs = ({ partition }: TopicPartition): boolean => owned.includes(partition % shardCount);
  const bounds = async (place: TopicPartition): Promise<LogBounds> => {
    const asked = { topic: place.topic, partition: place.partition, isolation: "committed" } as const;
    const { offset: start } = await client.insist("listOffsets", { ...asked, at: "earliest" });
    const { offset: end } = await client.insist("listOffsets", { ...asked, at: "latest" });
    return { start, end };
  };
  const endsOf = async ({ topic, partition }: TopicPartition): Promise<LogEnd> => {
    const asked = { topic, partition, at: "latest" } as const;
    const { offset: end } = await client.insist("listOffsets", { ...asked, isolation: "uncommitted" });
    const { offset: stable } = await client.insist("listOffsets", { ...asked, isolation: "committed" });
    return { stable, end };
  };
  const join = (): Promise<void> =>
    new Promise((resolve) => {
      member = createMember({
        ...options,
        assign: assignerOf(options.assign ?? assignLanes, shardCount),
        metadata: () => encode({ instance, owned }),
        onLeaving: () => reading.halt(),
        beforeJoin: async () => {
          if (handler?.onRebalancing !== undefined) await inTime(handler.onRebalancing(), options, clock);
        },
        onJoined: (share) => {
          owned = decode<readonly number[]>(share, []);
          reading.goOn(isOurs);
          handler?.onAssigned(owned);
          resolve();
        },
      });
    });

  return {
    partitionCount: async (topic) => (await client.insist("describeTopic", { topic })).partitions,
    start: (_topics, shards, told) => {
      invariant(handler === null, "that a source is started once");
      handler = told;
      shardCount = shards;
      return join();
    },
    proveMembership: () => {
      invariant(member !== null, "that a source was started");
      return member.prove();
    },
    bounds: (places) => Promise.all(places.map(bounds)),
    beginnings: async (places) => {
      const { offsets } = await client.insist("fetchOffsets", { group: options.group, places });
      return Promise.all(places.map(async (place, at) => beginningOf(offsets[at] ?? -1n, await bounds(place))));
    },
    read: (place, offset) => {
      if (isOurs(place)) reading.begin(place, offset);
    },
    pause: (place) => reading.pause(place),
    resume: (place) => reading.resume(place),
    endOf: (place) => reading.endOf(place),
    ends: (places) => Promise.all(places.map(endsOf)),
    openTransactions: async () => [], // a model tells no names
    show: (positions) => {
      for (const { position, ...place } of positions) unshown.set(placeKey(place), { ...place, offset: position });
      callOffShowing ??= clock.after(SHOW_EVERY_MS, showNow);
    },
    stop: async () => {
      handler = null;
      callOffShowing?.();
      showNow();
      reading.goOn(() => false);
      await member?.leave();
    },
  };

  function beginningOf(committed: bigint, { start, end }: LogBounds): bigint {
    if (committed >= 0n) return committed;
    return options.startFrom === "earliest" ? start : end;
  }
}

function assignerOf(assign: ShardAssigner, shards: number): Assigner {
  return (members) => {
    const claims = members.map(({ member, metadata }) => ({
      id: member,
      ...decode<Omit<AssignedMember, "id">>(metadata, { instance: "", owned: [] }),
    }));
    return new Map([...assign(claims, shards)].map(([id, lanes]) => [id, encode(lanes)]));
  };
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** `instead`: nothing was given. */
function decode<T>(bytes: Uint8Array, instead: T): T {
  return bytes.length === 0 ? instead : (JSON.parse(new TextDecoder().decode(bytes)) as T);
}
