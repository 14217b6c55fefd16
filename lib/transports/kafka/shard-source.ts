// Reads the inputs of a service by shards, as a member of a consumer group. Where a partition is begun is said by whoever keeps the
// state of its shard; what the group keeps of positions is for tools that show lag.
//
//     onRebalancing ─▶ join ─▶ kept shards     go on where they stood
//                              lost ones       forgotten
//                              gained ones     paused until read(place, offset)
//                              ─▶ onAssigned(all that are ours now)

import type { Kafka } from "kafkajs";
import { ConfigError, invariant, TransportError } from "../../core/errors.ts";
import { requireCount } from "../../runtime/partition-counts.ts";
import type { Log, TopicPartition } from "../../runtime/ports.ts";
import type { LogBounds, LogEnd, OpenTransaction, ShardHandler, ShardSource } from "../../runtime/shard-ports.ts";
import type { Clock } from "../../time/clock.ts";
import { createAssigner } from "./assigner.ts";
import { settled } from "./cursor.ts";
import { every } from "./every.ts";
import { createGroup, type Group } from "./group.ts";
import { createInputLook, type InputLook } from "./input-look.ts";
import { createLookUp, type LookUp } from "./look-up.ts";
import type { KafkaDefinition } from "./options.ts";
import { createReadings, nameOf, placeOf, type Readings } from "./readings.ts";
import { listenForSilence, type Silence } from "./silence.ts";
import { createStandstill, type Standstill } from "./standstill.ts";
import { type Bounds, createTopics, type Topics } from "./topics.ts";

export type KafkaShardSourceOptions = {
  readonly kafka: () => Promise<Kafka>;
  readonly definition: KafkaDefinition;
  /** Names this process among the members of the group. */
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How long an outage may last before it is a failure. */
  readonly retryWithinMs: number;
};

/** Reads Kafka by shards. Once. */
export function createKafkaShardSource(options: KafkaShardSourceOptions): ShardSource {
  return new KafkaShardSource(options);
}

/** How often positions are shown: nobody looks at lag more often. */
const SHOW_EVERY_MS = 1_000;
/** What fails while there is none. */
const MEMBERSHIP = Symbol();

class KafkaShardSource implements ShardSource {
  readonly #options: KafkaShardSourceOptions;
  readonly #topics: Topics;
  readonly #look: InputLook;
  readonly #standstill: Standstill;
  readonly #lookUp: LookUp;
  readonly #readings: Readings;
  readonly #counts = new Map<string, number>();
  /** Positions that are still to be shown, by partition. */
  readonly #unshown = new Map<string, TopicPartition & { readonly offset: bigint }>();
  #group: Group | null = null;
  #handler: ShardHandler | null = null;
  #inputs: readonly string[] = [];
  #shards = 1;
  #owned: ReadonlySet<number> = new Set();
  /** Changes with every join: what was asked before it is not to be used. */
  #token = 0;
  #silence: Silence | null = null;
  #cancelShowing: () => void = () => undefined;
  /** Positions that are on their way to the group. */
  #showing: Promise<void> | null = null;
  /** Whether the bounds of all that is read are being asked for, or will be at once. */
  #isLooking = false;

  constructor(options: KafkaShardSourceOptions) {
    this.#options = options;
    this.#topics = createTopics(options);
    this.#look = createInputLook(options);
    this.#standstill = createStandstill(options.clock, (stands) => this.#handler?.onFaltering?.(stands));
    this.#lookUp = createLookUp({ ...options, standstill: this.#standstill, isOver: () => this.#handler === null });
    this.#readings = createReadings({
      ...options,
      group: () => this.#group,
      onBatch: (batch) => this.#handler?.onBatch(batch),
      onAstray: () => this.#lookSoon(),
    });
  }

  async partitionCount(topic: string): Promise<number> {
    const count = await this.#topics.partitionCount(topic);
    this.#counts.set(topic, count);
    return count;
  }

  async start(topics: readonly string[], shards: number, handler: ShardHandler): Promise<void> {
    invariant(this.#handler === null, "that a source is started once");
    const { kafka, definition, instance, clock, log, retryWithinMs } = this.#options;
    for (const topic of topics) if (!this.#counts.has(topic)) await this.partitionCount(topic);
    for (const topic of topics) requireLanes(topic, this.#counts.get(topic) ?? 0, shards);
    this.#handler = handler;
    this.#inputs = topics;
    this.#shards = shards;
    const silence = listenForSilence({
      clock,
      onSilent: () => {
        for (const cursor of this.#readings.all()) this.#readings.tell(cursor, false);
      },
      onHeardAgain: () => this.#lookSoon(),
    });
    this.#silence = silence;
    this.#cancelShowing = every(clock, SHOW_EVERY_MS, () => void this.#showNow());
    this.#group = createGroup({
      kafka: await kafka(),
      definition,
      topics,
      assigner: createAssigner({
        instance,
        shards,
        owned: () => [...this.#owned],
        log,
      }),
      clock,
      log,
      retryWithinMs,
      onRebalancing: async () => this.#handler?.onRebalancing?.(),
      onJoined: (places) => this.#joined(places),
      onBatch: (batch) => this.#readings.fetched(batch),
      onPassed: (place, last, end) => this.#readings.passed(place, last, end),
      onFetched: () => silence.heard(),
      onLost: () => {
        silence.lost();
        this.#standstill.begins(MEMBERSHIP);
      },
      onFailure: (error) => this.#handler?.onFailure(error),
    });
    await this.#group.start();
  }

  async proveMembership(): Promise<void> {
    invariant(this.#group !== null, "that a source was started");
    await this.#group.prove();
  }

  async bounds(places: readonly TopicPartition[]): Promise<readonly LogBounds[]> {
    const all = await this.#boundsOf(places);
    return places.map((place) => {
      const { first, end } = boundsIn(all, place);
      return { start: first, end };
    });
  }

  async beginnings(places: readonly TopicPartition[]): Promise<readonly bigint[]> {
    const bounds = await this.#boundsOf(places);
    const committed = await this.#ofTopics(places, (topic) => this.#topics.committed(topic));
    const { startFrom } = this.#options.definition;
    return places.map((place) => {
      const { first, end } = boundsIn(bounds, place);
      return committed.get(nameOf(place)) ?? (startFrom === "earliest" ? first : end);
    });
  }

  read(place: TopicPartition, offset: bigint): void {
    if (!this.#owned.has(place.partition % this.#shards)) return;
    this.#options.log("debug", "reading begins", { ...placeOf(place), position: String(offset) });
    this.#readings.begin(place, offset);
    this.#lookSoon();
  }

  pause(place: TopicPartition): void {
    this.#readings.pause(place);
  }

  resume(place: TopicPartition): void {
    this.#readings.resume(place);
  }

  endOf(place: TopicPartition): bigint | null {
    return this.#readings.endOf(place);
  }

  async ends(places: readonly TopicPartition[]): Promise<readonly LogEnd[]> {
    if (this.#silence?.isSilent() === true) throw noAnswer();
    return this.#look.ends(places);
  }

  openTransactions(place: TopicPartition): Promise<readonly OpenTransaction[]> {
    return this.#look.openTransactions(place);
  }

  show(positions: readonly (TopicPartition & { readonly position: bigint })[]): void {
    for (const { position, ...place } of positions) {
      const cursor = this.#readings.get(place);
      if (cursor !== undefined && position > cursor.acknowledged) cursor.acknowledged = position;
      this.#unshown.set(nameOf(place), { ...place, offset: cursor === undefined ? position : settled(cursor) });
    }
  }

  async stop(): Promise<void> {
    this.#silence?.stop();
    this.#cancelShowing();
    this.#handler = null;
    this.#token += 1;
    await this.#showing;
    await this.#showNow();
    this.#readings.drop(this.#readings.all());
    this.#standstill.stop();
    await this.#group?.stop();
    await this.#topics.close();
    await this.#look.close();
  }

  #joined(places: readonly TopicPartition[]): void {
    this.#token += 1;
    this.#isLooking = false;
    this.#silence?.joined();
    this.#standstill.ends(MEMBERSHIP);
    const before = this.#owned;
    const names = new Set(places.map(nameOf));
    const owned = this.#wholeShards(names);
    this.#owned = new Set(owned);
    const isOurs = ({ partition }: TopicPartition): boolean => this.#owned.has(partition % this.#shards);
    this.#readings.drop(this.#readings.all().filter((cursor) => !isOurs(cursor)));
    for (const place of places) {
      const cursor = this.#readings.get(place);
      if (cursor === undefined) this.#group?.pause(place);
      else this.#readings.goOn(cursor);
    }
    for (const [name, place] of this.#unshown) if (!isOurs(place)) this.#unshown.delete(name);
    this.#options.log("info", "joined the group", {
      shards: owned,
      gained: owned.filter((shard) => !before.has(shard)),
      lost: [...before].filter((shard) => !this.#owned.has(shard)),
    });
    this.#handler?.onAssigned(owned);
    this.#lookSoon();
  }

  /** Those of which all lanes of all inputs are ours: members with other inputs leave parts of a shard to nobody. */
  #wholeShards(names: ReadonlySet<string>): readonly number[] {
    const counts = this.#inputs.map((topic) => ({ topic, count: this.#counts.get(topic) ?? 0 }));
    const missing = new Set<number>();
    for (const { topic, count } of counts)
      for (let partition = 0; partition < count; partition += 1)
        if (!names.has(nameOf({ topic, partition }))) missing.add(partition % this.#shards);
    return Array.from({ length: this.#shards }, (_, shard) => shard).filter((shard) => !missing.has(shard));
  }

  /** Looks, once for all that is asked for in a turn, whether the logs still have what is to be read, and what is caught up. */
  #lookSoon(): void {
    if (this.#isLooking || this.#handler === null) return;
    this.#isLooking = true;
    const token = this.#token;
    queueMicrotask(() => {
      this.#lookNow(token).catch((error: Error) => {
        if (this.#token === token) this.#handler?.onFailure(error); // what was asked for an earlier join fails without harm
      });
    });
  }

  async #lookNow(token: number): Promise<void> {
    if (this.#token !== token) return;
    this.#isLooking = false;
    const cursors = this.#readings.all();
    const bounds = await this.#boundsOf(cursors);
    if (this.#token !== token) return;
    for (const cursor of cursors)
      if (this.#readings.get(cursor) === cursor) this.#readings.recheck(cursor, boundsIn(bounds, cursor));
  }

  async #boundsOf(places: readonly TopicPartition[]): Promise<ReadonlyMap<string, Bounds>> {
    return this.#ofTopics(places, async (topic) => {
      const bounds = await this.#topics.bounds(topic);
      requireCount(topic, this.#counts.get(topic), bounds.size);
      return bounds;
    });
  }

  /** What `ask` says of each partition of the topics of `places`, by name. */
  async #ofTopics<T>(
    places: readonly TopicPartition[],
    ask: (topic: string) => Promise<ReadonlyMap<number, T>>,
  ): Promise<ReadonlyMap<string, T>> {
    const found = new Map<string, T>();
    for (const topic of new Set(places.map((place) => place.topic))) {
      const answers = await this.#lookUp(() => ask(topic));
      for (const [partition, answer] of answers) found.set(nameOf({ topic, partition }), answer);
    }
    return found;
  }

  /** What stands behind the last record may be none: marks of transactions, and what was aborted. Nobody has to deal with that. */
  #passMarks(): void {
    for (const cursor of this.#readings.all()) {
      const offset = settled(cursor);
      if (cursor.committed === null || offset <= cursor.committed || this.#unshown.has(nameOf(cursor))) continue;
      this.#unshown.set(nameOf(cursor), { ...placeOf(cursor), offset });
    }
  }

  /** For display only: what fails now is shown later. */
  async #showNow(): Promise<void> {
    this.#passMarks();
    if (this.#showing !== null || this.#unshown.size === 0 || this.#silence?.isSilent() === true) return;
    this.#showing = this.#commitUnshown();
    await this.#showing;
    this.#showing = null;
  }

  async #commitUnshown(): Promise<void> {
    const positions = [...this.#unshown];
    try {
      await this.#group?.commit(positions.map(([, position]) => position));
      for (const [name, position] of positions) {
        if (this.#unshown.get(name) === position) this.#unshown.delete(name);
        const cursor = this.#readings.get(position);
        if (cursor !== undefined) cursor.committed = position.offset;
      }
    } catch (error) {
      this.#options.log("debug", "positions are not shown yet", { reason: (error as Error).message });
    }
  }
}

/** Who reads has said so already: nobody else need try. */
function noAnswer(): TransportError {
  return new TransportError("BROKER_SILENT", "The brokers do not answer at the moment.", { retriable: true });
}

function boundsIn(bounds: ReadonlyMap<string, Bounds>, place: TopicPartition): Bounds {
  const found = bounds.get(nameOf(place));
  invariant(found !== undefined, `that ${place.topic} has a partition ${place.partition}`);
  return found;
}

/** @throws {ConfigError} `SHARD_COUNT` */
function requireLanes(topic: string, partitions: number, shards: number): void {
  if (shards <= partitions) return;
  throw new ConfigError(
    "SHARD_COUNT",
    `The service has ${shards} shards, and topic "${topic}" has ${partitions} partitions: a shard is made of whole partitions. Set shards to ${partitions} or less.`,
  );
}
