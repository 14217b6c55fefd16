// What a topic holds according to Kafka's own console consumer: whoever checks what was delivered exactly once must not
// ask kafkajs, which can show records of aborted transactions.
import { install } from "./install.ts";
import { runJava } from "./java-client.ts";

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
  /** Ends after so many records. */
  readonly count?: number;
  /** Ends when so long none has come. Default 3 seconds, which includes finding the topic. */
  readonly idleMs?: number;
  /** Ends after this in any case; default a minute. */
  readonly withinMs?: number;
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
 * Reads a topic from its beginning: in the order of offsets within a partition. Contents are read as UTF-8, and must not
 * contain the control characters U+0001 and U+001D to U+001F. Costs about a second, of Java's start.
 */
export async function consoleConsume(
  broker: { readonly address: string },
  topic: string,
  { count, idleMs = 3000, withinMs = 60_000, isolation = "read_committed" }: ConsoleConsumeOptions = {},
): Promise<readonly ConsumedRecord[]> {
  const words = ["--bootstrap-server", broker.address, "--topic", topic, "--from-beginning"];
  const limits = ["--timeout-ms", String(idleMs), ...(count === undefined ? [] : ["--max-messages", String(count)])];
  const chunks: Buffer[] = [];
  const { code, stderr } = await runJava({
    installation: await install(VERSION),
    main: "org.apache.kafka.tools.consumer.ConsoleConsumer",
    words: [...words, ...limits, "--isolation-level", isolation, ...FORMAT],
    onOutput: (bytes) => chunks.push(bytes),
    withinMs,
  });
  // It calls its own time-out an error.
  if (code !== 0 && code !== null && !stderr.includes("TimeoutException")) {
    throw new Error(`The console consumer failed:\n${stderr}`);
  }
  const printed = Buffer.concat(chunks).toString();
  return printed.split(RECORD_END).slice(0, -1).map(parse);
}

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
