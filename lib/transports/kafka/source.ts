// Reads the input topics of a service as a member of a consumer group, and keeps the positions that kafkajs forgets.
//
//     join ─▶ kept partitions      go on where they stood
//             lost ones            onRevoked
//             gained ones          paused ─▶ where to begin? ─▶ onAssigned ─▶ read
//
//     acknowledge ─▶ remembered ─ every commitEvery, and before each join ─▶ committed to the group
//
// A partition is caught up only while brokers answer: in an outage its silence says nothing, and time must not go on.

import type { Kafka } from "kafkajs";
import { invariant } from "../../core/errors.ts";
import type { Log, Source, SourceHandler, TopicPartition } from "../../runtime/ports.ts";
import type { Clock } from "../../time/clock.ts";
import { createAssigner } from "./assigner.ts";
import { beginningOf } from "./beginning.ts";
import { type Commits, createCommits } from "./commits.ts";
import { type Cursor, settled } from "./cursor.ts";
import { every } from "./every.ts";
import { createGroup, type Group } from "./group.ts";
import { lookUp } from "./look-up.ts";
import type { KafkaDefinition } from "./options.ts";
import { createReadings, nameOf, placeOf, type Readings, reportLoss } from "./readings.ts";
import { listenForSilence, type Silence } from "./silence.ts";
import { type Bounds, createTopics, requireCount, type Topics } from "./topics.ts";

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

class KafkaSource implements Source {
  readonly #options: KafkaSourceOptions;
  readonly #topics: Topics;
  readonly #readings: Readings;
  readonly #counts = new Map<string, number>();
  #inputs: readonly string[] = [];
  #group: Group | null = null;
  #handler: SourceHandler | null = null;
  /** Changes with every join: what was asked before it is not to be used. */
  #token = 0;
  #silence: Silence | null = null;
  #cancelCommits: () => void = () => undefined;
  readonly #commits: Commits;

  constructor(options: KafkaSourceOptions) {
    this.#options = options;
    this.#topics = createTopics(options);
    this.#readings = createReadings({
      ...options,
      group: () => this.#group,
      onBatch: (batch) => this.#handler?.onBatch(batch),
      onAstray: () => this.#settleSoon([]),
    });
    this.#commits = createCommits({
      ...options,
      cursors: () => this.#readings.all(),
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
    const silence = listenForSilence({
      clock,
      onSilent: () => {
        for (const cursor of this.#readings.all()) this.#readings.tell(cursor, false);
      },
      onHeardAgain: () => this.#settleSoon([]),
    });
    this.#silence = silence;
    this.#cancelCommits = every(clock, definition.commitEveryMs, () => {
      if (!silence.isSilent()) this.#commits.soon();
    });
    const assigner = createAssigner({
      instance,
      shards: null,
      owned: () => lanesOf(this.#readings.all()),
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
      onBatch: (batch) => this.#readings.fetched(batch),
      onPassed: (place, last, end) => this.#readings.passed(place, last, end),
      onFetched: () => silence.heard(),
      onLost: () => silence.lost(),
      onFailure: (error) => this.#fail(error),
    });
    await this.#group.start();
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

  async acknowledge(positions: readonly (TopicPartition & { readonly position: bigint })[]): Promise<void> {
    for (const { position, ...place } of positions) {
      const cursor = this.#readings.get(place);
      if (cursor !== undefined && position > cursor.acknowledged) cursor.acknowledged = position;
    }
  }

  async stop(): Promise<void> {
    this.#silence?.stop();
    this.#cancelCommits();
    this.#handler = null;
    this.#token += 1;
    await this.#commits.now().catch((error: Error) => {
      this.#options.log("warn", "last positions were not committed; some records will be read again", {
        reason: error.message,
      });
    });
    this.#readings.drop(this.#readings.all());
    await this.#group?.stop();
    await this.#topics.close();
  }

  #joined(places: readonly TopicPartition[]): void {
    this.#token += 1;
    this.#silence?.joined();
    const names = new Set(places.map(nameOf));
    const lost = this.#readings.all().filter((cursor) => !names.has(nameOf(cursor)));
    this.#drop(lost);
    const gained: TopicPartition[] = [];
    for (const place of places) {
      const cursor = this.#readings.get(place);
      if (cursor === undefined) {
        gained.push(place);
        this.#group?.pause(place);
      } else {
        this.#readings.goOn(cursor);
      }
    }
    const { log } = this.#options;
    log("info", "joined the group", { lanes: lanesOf(places), gained: lanesOf(gained), lost: lanesOf(lost) });
    if (places.length === 0) this.#handler?.onAssigned([]);
    this.#settleSoon(gained);
  }

  #drop(cursors: readonly Cursor[]): void {
    if (cursors.length === 0) return;
    this.#readings.drop(cursors);
    this.#handler?.onRevoked(cursors.map(placeOf));
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
      requireCount(topic, this.#counts.get(topic), bounds.size);
      for (const [partition, range] of bounds) {
        const place = { topic, partition };
        const position = committed.get(partition) ?? null;
        const cursor = this.#readings.get(place);
        if (cursor !== undefined) this.#recheck(cursor, position, range);
        else if (gained.some((each) => nameOf(each) === nameOf(place))) this.#begin(place, position, range);
      }
    }
  }

  #begin(place: TopicPartition, committed: bigint | null, bounds: Bounds): void {
    const { definition, log } = this.#options;
    const { position, lost } = beginningOf(place, committed, bounds, definition);
    reportLoss(place, lost, log);
    log("debug", "reading begins", { ...place, position: String(position), committed: String(committed) });
    const cursor = this.#readings.begin(place, position, bounds.end, committed);
    this.#handler?.onAssigned([place]);
    this.#readings.tell(cursor, cursor.caughtUp);
  }

  #recheck(cursor: Cursor, committed: bigint | null, bounds: Bounds): void {
    if (committed === null || committed <= settled(cursor)) {
      this.#readings.recheck(cursor, bounds);
      return;
    }
    const place = placeOf(cursor);
    this.#options.log(
      "warn",
      "another member has gone on with a partition; it is taken up where that one stands",
      place,
    );
    this.#drop([cursor]);
    this.#group?.pause(place);
    this.#begin(place, committed, bounds);
  }

  #settleSoon(gained: readonly TopicPartition[]): void {
    const token = this.#token;
    this.#settle(gained, token).catch((error: Error) => {
      if (this.#token === token) this.#fail(error); // what was asked for an earlier join fails without harm
    });
  }

  #ask<T>(token: number, question: () => Promise<T>): Promise<T> {
    return lookUp(question, { ...this.#options, isOver: () => this.#token !== token });
  }

  #fail(error: Error): void {
    this.#handler?.onFailure(error);
  }
}

function lanesOf(places: readonly TopicPartition[]): readonly number[] {
  return [...new Set(places.map(({ partition }) => partition))].sort((a, b) => a - b);
}
