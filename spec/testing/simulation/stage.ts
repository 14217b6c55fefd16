// Where a scenario plays: it asks, and what it sees is written down, in words that are the same on the model and on a real broker.
//
//     scenario ──"in", "t", M0──▶ stage ──"s12-in", "s12-t", a long id──▶ model broker, or a real one
//                                  └─▶ transcript:  t commit P0/1 → INVALID_PRODUCER_EPOCH
//
// Names get a prefix, so that scenarios can share a broker; producer ids and members are numbered as they turn up.
import type { TopicPartition } from "../../../lib/runtime/ports.ts";
import {
  type AnswerOf,
  type Api,
  type Ask,
  type AskOf,
  isRefused,
  type KafkaCode,
  type Refused,
  type TransactionStamp,
  type WrittenRecord,
} from "../../../lib/testing/simulation/calls.ts";
import type { Instant } from "../../../lib/time/instant.ts";
import { createNames, type Names, rename } from "./names.ts";
import { tell } from "./transcript.ts";

export type StageOptions = {
  readonly broker: Ask;
  /** Is put before each name of a topic, a group, a transactional id. */
  readonly prefix: string;
  readonly now: () => Instant;
  /** Lets time pass. */
  readonly wait: (forMs: number) => Promise<void>;
};

/** One scenario: what it shows, and how it is played. */
export type Scenario = { readonly name: string; readonly play: (stage: Stage) => Promise<void> };

export type Stage = {
  /** Asks once and writes down what came back. */
  ask<A extends Api>(api: A, ask: AskOf<A>): Promise<AnswerOf<A> | Refused>;
  /** Asks as a good client does, again while the broker is still busy with something; writes down the last answer. */
  patiently<A extends Api>(api: A, ask: AskOf<A>): Promise<AnswerOf<A> | Refused>;
  /** As `patiently`, where only success makes sense; writes nothing down. @throws {Error} */
  quietly<A extends Api>(api: A, ask: AskOf<A>): Promise<AnswerOf<A>>;
  /** Asks until it is refused with this code; writes nothing down. */
  until<A extends Api>(api: A, ask: AskOf<A>, code: KafkaCode): Promise<void>;
  /** Asks until the answer is as it should be, and writes that down: for what follows a decision a little later. */
  shown<A extends Api>(api: A, ask: AskOf<A>, isThere: (answer: AnswerOf<A>) => boolean): Promise<void>;
  /** Asks and goes on, with a name for what is still to come: it is written down when `Pending.see` is called. */
  start<A extends Api>(api: A, ask: AskOf<A>): Pending<AnswerOf<A> | Refused>;
  topic(topic: string, partitions?: number, config?: Readonly<Record<string, string>>): Promise<void>;
  /** Takes a transactional id over. */
  producer(transactionalId: string, timeoutMs?: number): Promise<Producer>;
  /** Writes records without a producer id. */
  write(place: TopicPartition, ...values: readonly string[]): Promise<void>;
  /** Reads a partition from `offset` on to its end, as it stands. */
  read(place: TopicPartition, isolation?: "committed" | "uncommitted", offset?: bigint): Promise<void>;
  wait(forMs: number): Promise<void>;
  /** Records of now. What stands before an equals sign is the key; "-" for a value is none. */
  records(...values: readonly string[]): readonly WrittenRecord[];
  /** Writes down a remark. */
  say(remark: string): void;
};

export type Pending<T> = { see(): Promise<T>; isSettled(): boolean };

/** A producer as plain as can be: it knows its stamp, and counts what it wrote. */
export type Producer = {
  readonly stamp: TransactionStamp;
  add(...places: readonly TopicPartition[]): Promise<void>;
  send(place: TopicPartition, ...values: readonly string[]): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
  /** As `commit` or `abort`, and all markers are written. */
  committed(): Promise<void>;
  aborted(): Promise<void>;
};

const BUSY: ReadonlySet<KafkaCode> = new Set<KafkaCode>(["CONCURRENT_TRANSACTIONS", "NOT_ENOUGH_REPLICAS"]);
const TRY_AGAIN_MS = 10;
const TRIES = 1_000;

/** Plays a scenario and gives what was seen, line by line. */
export async function playScenario(scenario: Scenario, options: StageOptions): Promise<readonly string[]> {
  const lines: string[] = [];
  const names = createNames(options.prefix);
  await scenario.play(createStage(options, names, (line) => lines.push(line)));
  return lines;
}

function createStage({ broker, now, wait }: StageOptions, names: Names, write: (line: string) => void): Stage {
  const send = async <A extends Api>(api: A, ask: AskOf<A>): Promise<AnswerOf<A> | Refused> =>
    broker(api, rename(ask, names) as AskOf<A>);
  const sendPatiently = async <A extends Api>(api: A, ask: AskOf<A>): Promise<AnswerOf<A> | Refused> => {
    for (let left = TRIES; ; left -= 1) {
      const answer = await send(api, ask);
      if (left === 0 || !isRefused(answer) || !BUSY.has(answer.refused)) return answer;
      await wait(TRY_AGAIN_MS);
    }
  };
  const seen = async <A extends Api>(
    api: A,
    ask: AskOf<A>,
    answer: Promise<AnswerOf<A> | Refused>,
  ): Promise<AnswerOf<A> | Refused> => {
    const came = await answer;
    write(tell(api, ask, came, names));
    return came;
  };
  const stage: Stage = {
    ask: (api, ask) => seen(api, ask, send(api, ask)),
    patiently: (api, ask) => seen(api, ask, sendPatiently(api, ask)),
    quietly: async <A extends Api>(api: A, ask: AskOf<A>): Promise<AnswerOf<A>> => {
      const answer = await sendPatiently(api, ask);
      if (isRefused(answer)) throw new Error(`${api} was refused: ${answer.refused}`);
      return answer;
    },
    until: async (api, ask, code) => {
      for (let left = TRIES; left > 0; left -= 1) {
        const answer = await send(api, ask);
        if (isRefused(answer) && answer.refused === code) return;
        await wait(TRY_AGAIN_MS);
      }
      throw new Error(`${api} was never refused with ${code}`);
    },
    shown: async (api, ask, isThere) => {
      for (let left = TRIES; ; left -= 1) {
        const answer = await send(api, ask);
        if (left > 0 && !isRefused(answer) && !isThere(answer)) await wait(TRY_AGAIN_MS);
        else return void (await seen(api, ask, Promise.resolve(answer)));
      }
    },
    start: (api, ask) => {
      let isSettled = false;
      const answer = send(api, ask).finally(() => {
        isSettled = true;
      });
      answer.catch(() => undefined); // Some are never answered, and nobody looks.
      return { see: () => seen(api, ask, answer), isSettled: () => isSettled };
    },
    topic: async (topic, partitions = 1, config = {}) => {
      await stage.quietly("createTopic", { topic, partitions, config });
    },
    producer: async (transactionalId, timeoutMs = 60_000) => {
      const stamp = await stage.patiently("initProducer", { transactionalId, timeoutMs });
      if (isRefused(stamp)) throw new Error(`no producer "${transactionalId}": ${stamp.refused}`);
      return createProducer(stage, { ...stamp, transactionalId });
    },
    write: async (place, ...values) => {
      await stage.ask("produce", { ...place, producer: null, records: stage.records(...values) });
    },
    read: async (place, isolation = "committed", offset = 0n) => {
      await stage.ask("fetch", { ...place, offset, isolation, maxBytes: 1_000_000, waitMs: 0 });
    },
    wait,
    records: (...values) => values.map((value) => recordOf(value, now())),
    say: write,
  };
  return stage;
}

/** Of a text: what stands before an equals sign is its key, "-" alone is a tombstone's value. */
function recordOf(text: string, timestamp: Instant): WrittenRecord {
  const equals = text.indexOf("=");
  const value = text.slice(equals + 1);
  return {
    key: equals < 0 ? null : Buffer.from(text.slice(0, equals)),
    value: value === "-" ? null : Buffer.from(value),
    timestamp,
  };
}

function createProducer(stage: Stage, stamp: TransactionStamp): Producer {
  const sequences = new Map<string, number>();
  const end = async (commit: boolean): Promise<void> => {
    await stage.patiently("endTransaction", { ...stamp, commit });
  };
  const settle = async (commit: boolean): Promise<void> => {
    await end(commit);
    await stage.quietly("endTransaction", { ...stamp, commit });
  };
  return {
    stamp,
    add: async (...places) => {
      await stage.patiently("addPartitions", { ...stamp, places });
    },
    send: async (place, ...values) => {
      const key = `${place.partition}/${place.topic}`;
      const sequence = sequences.get(key) ?? 0;
      const producer = { ...stamp, sequence };
      const answer = await stage.patiently("produce", { ...place, producer, records: stage.records(...values) });
      if (!isRefused(answer)) sequences.set(key, sequence + values.length);
    },
    commit: () => end(true),
    abort: () => end(false),
    committed: () => settle(true),
    aborted: () => settle(false),
  };
}
