// What a topic holds according to Kafka's own console consumer: whoever checks what was delivered exactly once must not
// ask kafkajs, which can show records of aborted transactions.
import { setTimeout as sleep } from "node:timers/promises";
import type { Admin } from "kafkajs";
import { install } from "./install.ts";
import { runJava } from "./java-client.ts";
import { asAdmin, uniqueName } from "./topics.ts";

export type ConsumedRecord = {
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds. */
  readonly timestamp: number;
  readonly key: string | null;
  /** In their order, names may repeat. */
  readonly headers: readonly (readonly [name: string, value: string | null])[];
  readonly value: string | null;
};

export type ConsoleConsumeOptions = {
  /** Waits for so many records and ends there. Without it, what the topic holds at the time of the call is read. */
  readonly count?: number;
  /** Limit of the whole; default a minute. */
  readonly withinMs?: number;
  /** Records of open transactions may be missing from what `read_uncommitted` gives. Default `read_committed`. */
  readonly isolation?: "read_committed" | "read_uncommitted";
};

/** Published with 3.9 for the last time; it reads from brokers of any version. */
const VERSION = "3.9.2";

// Characters that JSON has to escape, so that no JSON text contains them.
const RECORD_END = "\x1e";
const FIELD_END = "\x1f";
const HEADER_END = "\x1d";
const NULL = "\x01";

/**
 * Reads a topic from its beginning: in the order of offsets within a partition. With `count`, and fewer records within
 * the limit, it gives those. Contents are read as UTF-8, and must not contain the control characters U+0001 and U+001D to
 * U+001F. Costs about a second, of Java's start.
 *
 * @throws {Error} if the consumer fails, or without `count` does not get to the end within the limit
 */
export async function consoleConsume(
  broker: { readonly address: string },
  topic: string,
  { count, withinMs = 60_000, isolation = "read_committed" }: ConsoleConsumeOptions = {},
): Promise<readonly ConsumedRecord[]> {
  const group = uniqueName("console");
  const ending = new AbortController();
  const atEnd = count === undefined ? asAdmin(broker, (admin) => endReached(admin, topic, group, ending.signal)) : null;
  const from = ["--bootstrap-server", broker.address, "--topic", topic, "--from-beginning", "--group", group];
  const commits = ["--consumer-property", "auto.commit.interval.ms=100"];
  const chunks: Buffer[] = [];
  const { code, stderr } = await runJava({
    installation: await install(VERSION),
    main: "org.apache.kafka.tools.consumer.ConsoleConsumer",
    words: [...from, ...commits, "--max-messages", String(count ?? -1), "--isolation-level", isolation, ...FORMAT],
    onOutput: (bytes) => chunks.push(bytes),
    ...(atEnd === null ? {} : { stopWhen: atEnd }),
    withinMs,
  }).finally(() => ending.abort());
  const isWhole = (await atEnd) ?? code === 0;
  if (!isWhole && (count === undefined || code !== null)) {
    const what = code === null ? `did not get to the end of "${topic}" within ${withinMs} ms` : "failed";
    throw new Error(`The console consumer ${what}.\n${stderr}`);
  }
  const printed = Buffer.concat(chunks).toString();
  return printed.split(RECORD_END).slice(0, -1).map(parse);
}

/**
 * Waits until `group` has committed what the topic's end is now, in each partition: the consumer commits its position,
 * which has passed the markers of transactions, after it has printed the records before. False if told to stop before.
 */
async function endReached(admin: Admin, topic: string, group: string, stop: AbortSignal): Promise<boolean> {
  const ends = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, BigInt(high)]));
  while (!stop.aborted) {
    await sleep(POLL_MS);
    // A group that is new may have no coordinator yet: that is no end either.
    const [offsets] = await admin.fetchOffsets({ groupId: group, topics: [topic] }).catch(() => []);
    const isThere = (partition: number, offset: string): boolean => BigInt(offset) >= (ends.get(partition) ?? 0n);
    if (offsets?.partitions.every(({ partition, offset }) => isThere(partition, offset))) return true;
  }
  return false;
}

const POLL_MS = 50;

const SHOWN = ["timestamp", "partition", "offset", "headers", "key", "value"];
const FORMAT = [
  ...SHOWN.map((name) => `print.${name}=true`),
  `line.separator=${RECORD_END}`,
  `key.separator=${FIELD_END}`,
  `headers.separator=${HEADER_END}`,
  `null.literal=${NULL}`,
].flatMap((property) => ["--property", property]);

/** Reads `CreateTime:5␟Partition:0␟Offset:7␟name:text␝…␟key␟value`. */
function parse(line: string): ConsumedRecord {
  const fields = line.split(FIELD_END);
  const [timestamp = "", partition = "", offset = "", headers = "", key = "", value = ""] = fields;
  if (fields.length !== SHOWN.length) throw new Error(`not a line of the console consumer: ${JSON.stringify(line)}`);
  return {
    partition: numberAfter("Partition:", partition),
    offset: numberAfter("Offset:", offset),
    timestamp: numberAfter("Time:", timestamp),
    key: text(key),
    headers: headers === "NO_HEADERS" ? [] : headers.split(HEADER_END).map(parseHeader),
    value: text(value),
  };
}

function parseHeader(header: string): readonly [string, string | null] {
  const colon = header.indexOf(":");
  return [header.slice(0, colon), text(header.slice(colon + 1))];
}

function numberAfter(label: string, field: string): number {
  return Number(field.slice(field.indexOf(label) + label.length));
}

function text(field: string): string | null {
  return field === NULL ? null : field;
}
