// Requests about the records of one partition.

import type { Clock } from "../../time/clock.ts";
import type { Instant } from "../../time/instant.ts";
import type { Answers } from "./answers.ts";
import { type AskOf, type Fetched, type KafkaCode, type Refused, refuse } from "./calls.ts";
import { type PartitionLog, sizeOf } from "./partition-log.ts";
import type { Topics } from "./topics.ts";
import type { Transactions } from "./transactions.ts";

export function recordAnswers(
  topics: Topics,
  transactions: Transactions,
  clock: Clock,
): Pick<Answers, "produce" | "fetch" | "listOffsets" | "deleteRecords"> {
  return {
    produce: (ask) => {
      const log = topics.find(ask);
      if (log === null) return refuse("UNKNOWN_TOPIC_OR_PARTITION");
      const code = mayProduce(ask, log, topics, transactions, clock.now());
      if (code !== null) return refuse(code);
      const appended = log.append(ask);
      return typeof appended === "string" ? refuse(appended) : { offset: BigInt(appended.offset) };
    },
    fetch: (ask) => {
      const log = topics.find(ask);
      return log === null ? refuse("UNKNOWN_TOPIC_OR_PARTITION") : fetchFrom(log, ask, clock);
    },
    listOffsets: (ask) => {
      const log = topics.find(ask);
      if (log === null) return refuse("UNKNOWN_TOPIC_OR_PARTITION");
      if (ask.at === "earliest") return { offset: BigInt(log.start()) };
      return { offset: BigInt(ask.isolation === "committed" ? log.stable() : log.end()) };
    },
    deleteRecords: (ask) => {
      const log = topics.find(ask);
      if (log === null) return refuse("UNKNOWN_TOPIC_OR_PARTITION");
      if (!topics.setting(ask.topic, "cleanup.policy").includes("delete")) return refuse("POLICY_VIOLATION");
      const before = ask.before === "end" ? log.end() : Number(ask.before);
      if (before > log.end()) return refuse("OFFSET_OUT_OF_RANGE");
      log.forget(before);
      return { start: BigInt(log.start()) };
    },
  };
}

function mayProduce(
  { producer, topic, partition, records }: AskOf<"produce">,
  log: PartitionLog,
  topics: Topics,
  transactions: Transactions,
  now: Instant,
): KafkaCode | null {
  if (producer?.transactionalId != null && !log.isOpen(producer.producerId)) {
    const stamp = { ...producer, transactionalId: producer.transactionalId };
    const code = transactions.verify(stamp, { kind: "partition", place: { topic, partition } });
    if (code !== null) return code;
  }
  const latest = now + Number(topics.setting(topic, "message.timestamp.after.max.ms"));
  if (records.some(({ timestamp }) => timestamp > latest)) return "INVALID_TIMESTAMP";
  const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
  return bytes > Number(topics.setting(topic, "max.message.bytes")) ? "MESSAGE_TOO_LARGE" : null;
}

/** Answers when there is something to read, or when the reader does not want to wait any more. */
function fetchFrom(
  log: PartitionLog,
  ask: AskOf<"fetch">,
  clock: Clock,
): Fetched | Refused | Promise<Fetched | Refused> {
  const { offset, isolation, maxBytes, waitMs } = ask;
  const readNow = (): Fetched | Refused =>
    log.read(Number(offset), isolation, maxBytes) ?? refuse("OFFSET_OUT_OF_RANGE");
  const found = readNow();
  if ("refused" in found || found.entries.length > 0 || waitMs <= 0) return found;
  return new Promise((reply) => {
    const endsAt = clock.now() + waitMs;
    const wait = (): void => {
      const callOff = clock.after(endsAt - clock.now(), () => {
        callOffMore();
        reply(readNow());
      });
      const callOffMore = log.onMore(() => {
        callOff();
        const more = readNow();
        if ("refused" in more || more.entries.length > 0) reply(more);
        else wait();
      });
    };
    wait();
  });
}
