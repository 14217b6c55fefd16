// Records written by Kafka's own producer: keys are placed by its partitioner, batches are made by its encoder.
import { DEFAULT_VERSION, install, KAFKA_VERSIONS } from "./install.ts";
import { runJava } from "./java-client.ts";

/** Text is written as UTF-8. */
export type Content = string | Uint8Array | null;

export type JavaRecord = {
  readonly key?: Content;
  readonly value: Content;
  /** Without it the producer's partitioner chooses: by murmur2 of the key, or for a null key as it likes. */
  readonly partition?: number;
  /** Milliseconds; without it the time of sending. */
  readonly timestamp?: number;
  /** In this order; names may repeat. */
  readonly headers?: Readonly<Record<string, Content>> | readonly (readonly [string, Content])[];
  /** Another topic than that of the call. */
  readonly topic?: string;
  /** Which of several producers writes it: one for each name. In transactions, each has its own. */
  readonly by?: string;
};

/**
 * Waits until the producer `by` has written everything, and ends its transaction; its next record begins another.
 * Producers write at their own pace: whoever needs their records interleaved in an order says `flush` at each turn.
 */
export type JavaCommand = { readonly end: "commit" | "abort" | "flush"; readonly by?: string };

export type JavaProduceOptions = {
  /** Writes in transactions under this id; further producers add `-` and their name to it. */
  readonly transactionalId?: string;
  /** Ends the transaction after each so many records. Without it there is one, until a command or the end. */
  readonly every?: number;
  /** How `every` ends it. */
  readonly whenFull?: "commit" | "abort";
  /** What becomes of open transactions at the end: `leave` leaves them to their time-out. */
  readonly whenDone?: "commit" | "abort" | "leave";
  readonly compression?: "none" | "gzip" | "snappy" | "lz4" | "zstd";
  /** More settings of the producer, as Kafka's documentation names them; these win. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly withinMs?: number;
  /** Ends the producer, whatever it has written by then. */
  readonly stopWhen?: Promise<unknown>;
};

export type JavaProduced = { readonly records: number; readonly elapsedMs: number };

type Steps = Iterable<JavaRecord | JavaCommand> | AsyncIterable<JavaRecord | JavaCommand>;

/** Writes `steps` and waits until the broker has all of them. Rejects with what the producer said if it failed. */
export async function javaProduce(
  broker: { readonly address: string; readonly version: string },
  topic: string,
  steps: Steps,
  options: JavaProduceOptions = {},
): Promise<JavaProduced> {
  const { settings, compression = "none", withinMs = 120_000, stopWhen, ...rest } = options;
  const first = {
    ...rest,
    topic,
    settings: {
      "bootstrap.servers": broker.address,
      "compression.type": compression,
      "linger.ms": "5",
      "batch.size": "65536",
      ...settings,
    },
  };
  let printed = "";
  const { code, stderr } = await runJava({
    installation: await install(KAFKA_VERSIONS.find((version) => version === broker.version) ?? DEFAULT_VERSION),
    main: "Produce",
    isOurs: true,
    input: lines(first, steps),
    onOutput: (bytes) => {
      printed += bytes.toString();
    },
    withinMs,
    ...(stopWhen === undefined ? {} : { stopWhen }),
  });
  if (code !== 0)
    throw new Error(`The Java producer ${code === null ? `took over ${withinMs} ms` : "failed"}:\n${stderr}`);
  return JSON.parse(printed) as JavaProduced;
}

async function* lines(first: object, steps: Steps): AsyncGenerator<string> {
  yield JSON.stringify(first);
  for await (const step of steps) yield "end" in step ? JSON.stringify(step) : recordLine(step);
}

function recordLine({ key, value, headers, ...rest }: JavaRecord): string {
  const pairs = headers === undefined ? [] : Array.isArray(headers) ? headers : Object.entries(headers);
  return JSON.stringify({
    ...rest,
    key: wire(key ?? null),
    value: wire(value),
    headers: pairs.map(([name, content]: readonly [string, Content]) => [name, wire(content)]),
  });
}

function wire(content: Content): string | { readonly base64: string } | null {
  return content instanceof Uint8Array ? { base64: Buffer.from(content).toString("base64") } : content;
}
