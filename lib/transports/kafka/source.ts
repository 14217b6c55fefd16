// Reads the input topics of a service as a member of a consumer group, and keeps the positions that kafkajs forgets.
//
//     join ─▶ kept partitions      go on where they stood
//             lost ones            onRevoked
//             gained ones          paused ─▶ where to begin? ─▶ onAssigned ─▶ read
//
//     fetch ─▶ does it fit behind what was read? ─▶ onBatch
//     acknowledge ─▶ remembered ─ every commitEvery, and before each join ─▶ committed to the group
//
// A partition is caught up only while brokers answer: in an outage its silence says nothing, and time must not go on.

import type { Batch, Kafka } from "kafkajs";
import { ConfigError, invariant } from "../../core/errors.ts";
import type { Log, Source, SourceHandler, TopicPartition } from "../../runtime/ports.ts";
import type { Clock } from "../../time/clock.ts";
import { createAssigner } from "./assigner.ts";
import { beginningOf } from "./beginning.ts";
import { type Commits, createCommits } from "./commits.ts";
import { advance, type Cursor, createCursor, type Fetched, judge, settled } from "./cursor.ts";
import { createGroup, type Group } from "./group.ts";
import { recordsOf } from "./kafkajs.ts";
import type { KafkaDefinition } from "./options.ts";
import { type Backoff, loudness, mayPass, patiently } from "./retry.ts";
import { type Bounds, createTopics, type Topics } from "./topics.ts";

export type KafkaSourceOptions = {
  readonly kafka: () => Promise<Kafka>;
  readonly definition: KafkaDefinition;
  /** Names this process among the members of the group. */
  readonly instance: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How long an outage may last before it is a failure. */
  readonly retryWithinMs: number;
};

/** Reads Kafka. */
export function createKafkaSource(options: KafkaSourceOptions): Source {
  return new KafkaSource(options);
}

/** Brokers that have not answered for so long are as good as away. Fetches are answered after a quarter of a second at most. */
const SILENT_MS = 1_500;
const LOOK_EVERY_MS = 500;
const BACKOFF: Backoff = { firstMs: 200, mostMs: 5_000 };

class KafkaSource implements Source {
  readonly #options: KafkaSourceOptions;
  readonly #topics: Topics;
  readonly #cursors = new Map<string, Cursor>();
  readonly #counts = new Map<string, number>();
  #inputs: readonly string[] = [];
  #group: Group | null = null;
  #handler: SourceHandler | null = null;
  /** Changes with every join: what was asked before it is not to be used. */
  #token = 0;
  #fetchedAt = 0;
  #isSilent = false;
  readonly #commits: Commits;
  readonly #timers = new Set<() => void>();

  constructor(options: KafkaSourceOptions) {
    this.#options = options;
    this.#topics = createTopics(options);
    this.#commits = createCommits({
      ...options,
      cursors: () => this.#cursors.values(),
      commit: async (positions) => this.#group?.commit(positions),
      onFailure: (error) => this.#fail(error),
    });
  }

  async partitionCount(topic: string): Promise<number> {
    const count = await this.#topics.partitionCount(topic);
    this.#counts.set(topic, count);
    return count;
  }

  async start(topics: readonly string[], handler: SourceHandler): Promise<void> {
    invariant(this.#handler === null, "that a source is started once");
    const { kafka, definition, instance, clock, log, retryWithinMs } = this.#options;
    this.#handler = handler;
    this.#inputs = topics;
    for (const topic of topics) if (!this.#counts.has(topic)) await this.partitionCount(topic);
    this.#fetchedAt = clock.now();
    this.#every(LOOK_EVERY_MS, () => {
      if (clock.now() - this.#fetchedAt > SILENT_MS) this.#silent();
    });
    this.#every(definition.commitEveryMs, () => {
      if (!this.#isSilent) this.#commits.soon();
    });
    const assigner = createAssigner({
      instance,
      shards: null,
      owned: () => [...new Set([...this.#cursors.values()].map(({ partition }) => partition))].sort((a, b) => a - b),
      beforeJoin: () => this.#commits.beforeJoin(),
      log,
    });
    this.#group = createGroup({
      kafka: await kafka(),
      definition,
      topics,
      assigner,
      clock,
      log,
      retryWithinMs,
      onJoined: (partitions) => this.#joined(partitions),
      onBatch: (batch) => this.#fetched(batch),
      onPassed: (place, last, end) => this.#passed(place, last, end),
      onFetched: () => this.#answered(),
      onLost: () => this.#silent(),
      onFailure: (error) => this.#fail(error),
    });
    await this.#group.start();
  }

  pause(place: TopicPartition): void {
    const cursor = this.#cursors.get(nameOf(place));
    if (cursor === undefined) return;
    cursor.paused = true;
    this.#group?.pause(cursor);
  }

  resume(place: TopicPartition): void {
    const cursor = this.#cursors.get(nameOf(place));
    if (cursor === undefined) return;
    cursor.paused = false;
    this.#group?.resume(cursor);
  }

  endOf(place: TopicPartition): bigint | null {
    return this.#cursors.get(nameOf(place))?.end ?? null;
  }

  async acknowledge(positions: readonly (TopicPartition & { readonly position: bigint })[]): Promise<void> {
    for (const { position, ...place } of positions) {
      const cursor = this.#cursors.get(nameOf(place));
      if (cursor !== undefined && position > cursor.acknowledged) cursor.acknowledged = position;
    }
  }

  async stop(): Promise<void> {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#handler = null;
    this.#token += 1;
    await this.#commits.now().catch((error: Error) => {
      this.#options.log("warn", "last positions were not committed; some records will be read again", {
        reason: error.message,
      });
    });
    for (const cursor of this.#cursors.values()) this.#sayEnd(cursor);
    await this.#group?.stop();
    await this.#topics.close();
  }

  #joined(places: readonly TopicPartition[]): void {
    this.#token += 1;
    this.#fetchedAt = this.#options.clock.now();
    this.#isSilent = false;
    const names = new Set(places.map(nameOf));
    const lost = [...this.#cursors.values()].filter((cursor) => !names.has(nameOf(cursor)));
    this.#drop(lost);
    const gained: TopicPartition[] = [];
    for (const place of places) {
      const cursor = this.#cursors.get(nameOf(place));
      if (cursor === undefined) {
        gained.push(place);
        this.#group?.pause(place);
      } else {
        this.#goOn(cursor);
      }
    }
    const { log } = this.#options;
    log("info", "joined the group", { lanes: lanesOf(places), gained: lanesOf(gained), lost: lanesOf(lost) });
    if (places.length === 0) this.#handler?.onAssigned([]);
    this.#settleSoon(gained);
  }

  #goOn(cursor: Cursor): void {
    this.#group?.seek(cursor, cursor.next);
    if (cursor.paused) this.#group?.pause(cursor);
    else this.#group?.resume(cursor);
  }

  #drop(cursors: readonly Cursor[]): void {
    if (cursors.length === 0) return;
    for (const cursor of cursors) {
      this.#cursors.delete(nameOf(cursor));
      this.#sayEnd(cursor);
    }
    this.#handler?.onRevoked(cursors.map(({ topic, partition }) => ({ topic, partition })));
  }

  /**
   * Finds out where gained partitions begin, whether the log still has what the others have to read next, and whether somebody else
   * has gone on with them, as happens when this process was thought dead for a while.
   */
  async #settle(gained: readonly TopicPartition[], token: number): Promise<void> {
    for (const topic of this.#inputs) {
      const [bounds, committed] = await this.#ask(token, () =>
        Promise.all([this.#topics.bounds(topic), this.#topics.committed(topic)]),
      );
      if (this.#token !== token) return;
      this.#checkCount(topic, bounds.size);
      for (const [partition, range] of bounds) {
        const place = { topic, partition };
        const position = committed.get(partition) ?? null;
        const cursor = this.#cursors.get(nameOf(place));
        if (cursor !== undefined) this.#recheck(cursor, position, range);
        else if (gained.some((each) => nameOf(each) === nameOf(place))) this.#begin(place, position, range);
      }
    }
  }

  #begin(place: TopicPartition, committed: bigint | null, bounds: Bounds): void {
    const { position, lost } = beginningOf(place, committed, bounds, this.#options.definition);
    if (lost > 0n) this.#reportLoss(place, lost);
    this.#options.log("debug", "reading begins", {
      ...place,
      position: String(position),
      committed: String(committed),
    });
    const cursor = createCursor(place, position, bounds.end, committed);
    this.#cursors.set(nameOf(place), cursor);
    this.#handler?.onAssigned([place]);
    this.#goOn(cursor);
    this.#tell(cursor, cursor.caughtUp);
  }

  #recheck(cursor: Cursor, committed: bigint | null, bounds: Bounds): void {
    if (committed !== null && committed > settled(cursor)) {
      this.#options.log(
        "warn",
        "another member has gone on with a partition; it is taken up where that one stands",
        placeOf(cursor),
      );
      this.#drop([cursor]);
      this.#group?.pause(cursor);
      this.#begin(placeOf(cursor), committed, bounds);
      return;
    }
    const { position, lost } = beginningOf(
      cursor,
      cursor.next,
      { ...bounds, end: max(bounds.end, cursor.next) },
      this.#options.definition,
    );
    if (lost > 0n) this.#reportLoss(cursor, lost);
    if (cursor.astray || position !== cursor.next) {
      cursor.astray = false;
      cursor.next = position;
      this.#goOn(cursor);
    }
    cursor.end = bounds.end;
    cursor.caughtUp = cursor.next >= bounds.end;
    this.#tell(cursor, cursor.caughtUp);
  }

  #fetched(batch: Batch): void {
    const cursor = this.#cursors.get(nameOf(batch));
    if (cursor === undefined) return;
    const end = BigInt(batch.highWatermark);
    const fetched = { from: fetchedOffset(batch), last: BigInt(batch.lastOffset()), end };
    if (!this.#fits(cursor, fetched)) return;
    const wanted = cursor.next;
    const all = recordsOf(batch);
    const records = (all[0]?.offset ?? wanted) < wanted ? all.filter(({ offset }) => offset >= wanted) : all;
    advance(cursor, fetched, records.at(-1)?.offset ?? null);
    this.#handler?.onBatch({ ...placeOf(cursor), records, caughtUp: cursor.caughtUp });
  }

  #passed(place: TopicPartition, last: bigint, end: bigint): void {
    const cursor = this.#cursors.get(nameOf(place));
    if (cursor === undefined || last < cursor.next) return;
    advance(cursor, { from: cursor.next, last, end }, null);
    this.#tell(cursor, cursor.caughtUp);
  }

  #fits(cursor: Cursor, fetched: Fetched): boolean {
    const verdict = judge(cursor, fetched);
    if (verdict === "gap" && !cursor.astray) {
      cursor.astray = true;
      this.#group?.pause(cursor);
      this.#settleSoon([]);
    }
    return verdict === "fits" && !cursor.astray;
  }

  #sayEnd(cursor: Cursor): void {
    const fields = { ...placeOf(cursor), position: String(settled(cursor)), read: String(cursor.next) };
    this.#options.log("debug", "reading ends", fields);
  }

  #tell({ topic, partition }: Cursor, caughtUp: boolean): void {
    this.#handler?.onBatch({ topic, partition, records: [], caughtUp });
  }

  #answered(): void {
    this.#fetchedAt = this.#options.clock.now();
    if (!this.#isSilent) return;
    this.#isSilent = false;
    this.#settleSoon([]);
  }

  #silent(): void {
    if (this.#isSilent) return;
    this.#isSilent = true;
    for (const cursor of this.#cursors.values()) this.#tell(cursor, false);
  }

  #settleSoon(gained: readonly TopicPartition[]): void {
    const token = this.#token;
    this.#settle(gained, token).catch((error: Error) => {
      if (this.#token === token) this.#fail(error); // what was asked for an earlier join fails without harm
    });
  }

  #checkCount(topic: string, count: number): void {
    const before = this.#counts.get(topic);
    if (before === undefined || before === count) return;
    throw new ConfigError(
      "PARTITIONS_CHANGED",
      `Topic "${topic}" had ${before} partitions when this process started and has ${count} now. Keys move to other partitions then, ` +
        "and runs that are open would miss their events: start all processes of the service again, best after what was written before is read.",
    );
  }

  #reportLoss(place: TopicPartition, lost: bigint): void {
    const { topic, partition } = place;
    this.#options.log("error", "records were deleted before they were read; going on behind them", {
      code: "DATA_LOST",
      topic,
      partition,
      lost: String(lost),
    });
  }

  #ask<T>(token: number, question: () => Promise<T>): Promise<T> {
    const { clock, instance, log, retryWithinMs } = this.#options;
    return patiently(question, {
      clock,
      backoff: BACKOFF,
      id: instance,
      withinMs: retryWithinMs,
      isRetriable: mayPass,
      onRetry: (error, retryInMs) =>
        log(loudness(error, retryInMs), "positions could not be looked up; it will be tried again", {
          reason: (error as Error).message,
          retryInMs,
        }),
      isOver: () => this.#token !== token,
    });
  }

  #fail(error: Error): void {
    this.#handler?.onFailure(error);
  }

  #every(ms: number, act: () => void): void {
    const again = (): void => {
      const cancel = this.#options.clock.after(ms, () => {
        this.#timers.delete(cancel);
        act();
        if (this.#handler !== null) again();
      });
      this.#timers.add(cancel);
    };
    again();
  }
}

/** kafkajs knows where a fetch began, though its types do not say so. */
function fetchedOffset(batch: Batch): bigint {
  return BigInt((batch as Batch & { readonly fetchedOffset: string }).fetchedOffset);
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${partition}:${topic}`;
}

function placeOf({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition };
}

function lanesOf(places: readonly TopicPartition[]): readonly number[] {
  return [...new Set(places.map(({ partition }) => partition))].sort((a, b) => a - b);
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
