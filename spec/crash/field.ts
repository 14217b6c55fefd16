// Where services are hurt: a service on a broker, several processes of it, and somebody who writes all the while.
//
//     openField ─ start, hurt, start … ─▶ finish: the last records are written, all is dealt with, everybody stops ─▶ verdict

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { KafkaDefinition } from "../../lib/transports/kafka/options.ts";
import { partitionOf } from "../../lib/transports/partitioner.ts";
import type { Broker } from "../broker/broker.ts";
import { type JavaCommand, type JavaProduceOptions, type JavaRecord, javaProduce } from "../broker/java-produce.ts";
import { asAdmin, createTopic } from "../broker/topics.ts";
import { randomNumbers, type Sale, traffic } from "../kafka-load/traffic.ts";
import { endLater, nameFor, produceMeanwhile, until } from "../transports/kafka/kit.ts";
import type { Order } from "./hook.ts";
import { judge, type Verdict } from "./judge.ts";
import { type Member, startMember } from "./member.ts";
import type { ProcessPlan } from "./process.ts";

/** A broker, or all of a cluster. */
export type FieldBroker = Pick<Broker, "address" | "version">;

export type FieldOptions = {
  readonly seed: number;
  /** Default 6: with three processes each has two shards. */
  readonly partitions?: number;
  readonly eventsPerSecond?: number;
  readonly connection?: Partial<KafkaDefinition>;
  /** Default: that of `kafka-load`, which is what `write` writes for. */
  readonly service?: ProcessPlan["service"];
  readonly shards?: number;
};

export interface Field {
  readonly broker: FieldBroker;
  readonly app: string;
  readonly partitions: number;
  /** The same numbers from 0 to 1 for the same seed. */
  readonly chance: () => number;
  /** Starts another process. */
  start(orders?: readonly Order[], connection?: Partial<KafkaDefinition>): Member;
  living(): readonly Member[];
  /** The dead, too. */
  all(): readonly Member[];
  /** Writes from now on, at a pace that leaves the machine to others. `by`: what is written instead of traffic as it is. */
  write(by?: Writing, how?: JavaProduceOptions): void;
  /** Writes so many records of the traffic at once. */
  writeSome(count: number): Promise<unknown>;
  /** Stops writing. */
  pauseWriting(): Promise<void>;
  /** Waits until so many processes have shards, all of them together. `meanwhile` is called now and then. */
  untilShared(count: number, meanwhile?: () => void): Promise<void>;
  /** Waits until all that was written is dealt with; without disorder, nothing waits for later events. */
  untilRead(withinMs: number): Promise<void>;
  /** Stops writing; the last record of each partition lets time go on to `at`. Waits until all but these are dealt with, and stops everybody. */
  close(at?: number): Promise<void>;
  /** Closes the field and judges. */
  finish(): Promise<Verdict>;
}

/** What is written for a record of the traffic. */
export type Writing = (record: JavaRecord) => Iterable<JavaRecord | JavaCommand>;

/** Of one writer. */
const LONGEST_MS = 7_200_000;
export const SESSION_MS = 3_000;
const KEYS = 200;
/** Later than whatever is written. */
const LAST_AT = Date.parse("2026-04-01T00:00:00Z");
const DEALT_WITHIN_MS = 180_000;
const ENDLESS = 100_000_000;
const TURN_MS = 40;

export async function openField(broker: FieldBroker, what: string, options: FieldOptions): Promise<Field> {
  const app = nameFor(what);
  const partitions = options.partitions ?? 6;
  await createTopic(broker, `${app}-in`, partitions);
  return new FieldAtWork(broker, app, partitions, options);
}

class FieldAtWork implements Field {
  readonly broker: FieldBroker;
  readonly app: string;
  readonly partitions: number;
  readonly chance: () => number;
  readonly #options: FieldOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), "sequitur-crash-"));
  readonly #members: Member[] = [];
  readonly #traffic: Iterator<JavaRecord, never>;
  #isWriting = false;
  #written: Promise<unknown> = Promise.resolve();

  constructor(broker: FieldBroker, app: string, partitions: number, options: FieldOptions) {
    this.broker = broker;
    this.app = app;
    this.partitions = partitions;
    this.chance = randomNumbers(options.seed);
    this.#options = options;
    const shares = { late: 0.01, broken: 0.005 };
    this.#traffic = traffic({ events: ENDLESS, keys: KEYS, seed: options.seed, ...shares }) as Iterator<
      JavaRecord,
      never
    >;
    endLater(() => rmSync(this.#folder, { recursive: true, force: true }));
  }

  start(orders: readonly Order[] = [], connection: Partial<KafkaDefinition> = {}): Member {
    const name = `${this.app}/${this.#members.length + 1}`;
    const member = startMember(name, {
      address: this.broker.address,
      app: this.app,
      witness: join(this.#folder, `${this.#members.length + 1}.json`),
      connection: { sessionTimeoutMs: SESSION_MS, ...this.#options.connection, ...connection },
      orders,
      service: this.#options.service ?? "sales",
      shards: this.#options.shards ?? null,
    });
    this.#members.push(member);
    return member;
  }

  living(): readonly Member[] {
    return this.#members.filter(({ isAlive }) => isAlive());
  }

  all(): readonly Member[] {
    return this.#members;
  }

  write(by: Writing = (record) => [record], how: JavaProduceOptions = {}): void {
    this.#isWriting = true;
    const all = { withinMs: LONGEST_MS, ...how };
    this.#written = produceMeanwhile(this.broker, `${this.app}-in`, this.#steps(by), all);
  }

  writeSome(count: number): Promise<unknown> {
    return javaProduce(
      this.broker,
      `${this.app}-in`,
      Array.from({ length: count }, () => this.#traffic.next().value),
    );
  }

  async pauseWriting(): Promise<void> {
    this.#isWriting = false;
    await this.#written;
  }

  async untilShared(count: number, meanwhile: () => void = () => undefined): Promise<void> {
    const said = (): string => {
      const living = this.living().map((each) => `${each.name}: ${each.shards().join(" ")}`);
      return [...living, ...this.#lastWords(this.#members.filter((member) => member.hasFailed()))].join("; ");
    };
    await until(
      () => `${count} processes share all (${said()})`,
      () => {
        meanwhile();
        const owned = this.living().map((each) => each.shards());
        return owned.filter((shards) => shards.length > 0).length >= count && owned.flat().length === this.partitions;
      },
    );
  }

  async close(at: number = LAST_AT): Promise<void> {
    await this.pauseWriting();
    await this.#closeLanes(at);
    await Promise.all(this.living().map((member) => member.stop()));
  }

  async finish(): Promise<Verdict> {
    await this.close();
    return judge(this.broker, this.app, this.partitions);
  }

  async *#steps(by: Writing): AsyncGenerator<JavaRecord | JavaCommand> {
    const { eventsPerSecond = 500 } = this.#options;
    for (let n = 0; this.#isWriting; n += 1) {
      yield* by(this.#traffic.next().value);
      if (n % Math.ceil((eventsPerSecond * TURN_MS) / 1_000) === 0) await sleep(TURN_MS);
    }
  }

  async #closeLanes(at: number): Promise<void> {
    const topic = `${this.app}-in`;
    let times = 0; // a broker that has just come back may ask for it again
    const written = await asAdmin(this.broker, async (_, kafka) => {
      const producer = kafka.producer({ idempotent: true });
      times += 1;
      await producer.connect();
      const answers = await producer.send({ topic, messages: lastRecords(this.partitions, at) });
      await producer.disconnect();
      return answers.map(({ partition, baseOffset }): Place => [partition, Number(baseOffset)]);
    });
    await this.#untilAt(
      written.map(([partition, offset]) => [partition, offset - (times - 1)]),
      DEALT_WITHIN_MS,
    );
  }

  async untilRead(withinMs: number): Promise<void> {
    const ends = await asAdmin(this.broker, (admin) => admin.fetchTopicOffsets(`${this.app}-in`));
    await this.#untilAt(
      ends.map(({ partition, high }) => [partition, Number(high)]),
      withinMs,
    );
  }

  /** Waits until the group shows that all before these offsets is dealt with. */
  async #untilAt(places: readonly Place[], withinMs: number): Promise<void> {
    const topics = [`${this.app}-in`];
    await until(
      () => `all is dealt with (${this.living().length} processes live)`,
      async () => {
        if (this.living().length === 0) throw new Error(`nobody lives: ${this.#lastWords(this.#members).join("; ")}`);
        const [shown] = await asAdmin(this.broker, (admin) => admin.fetchOffsets({ groupId: this.app, topics }));
        const positions = new Map(shown?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
        return places.every(([partition, offset]) => (positions.get(partition) ?? -1) >= offset);
      },
      withinMs,
    );
  }

  #lastWords(members: readonly Member[]): readonly string[] {
    return members.map((member) => `${member.name}: ${JSON.stringify(member.lines().at(-1) ?? null)}`);
  }
}

type Place = readonly [partition: number, offset: number];

function lastRecords(partitions: number, at: number): { partition: number; key: string; value: string }[] {
  const keys = Array.from({ length: 100 * partitions }, (_, n) => `last-${n}`);
  return Array.from({ length: partitions }, (_, partition) => {
    const card = keys.find((key) => partitionOf(Buffer.from(key), partitions) === partition) ?? "";
    const sale: Sale = { n: -1, type: "probe", card, amount: 999, at };
    return { partition, key: card, value: JSON.stringify(sale) };
  });
}
