// npm run kafka-load: the service on a broker of its own, at full size. Every alert is compared with what has to come out, and
// the time is compared with that of kafkajs reading the same topic and dropping everything, in the same run.
import type { Guarantee } from "../../lib/runtime/shard/outlet.ts";
import { type Broker, startBroker } from "../broker/broker.ts";
import { consoleConsume } from "../broker/console-consume.ts";
import { DEFAULT_VERSION, KAFKA_VERSIONS } from "../broker/install.ts";
import { javaProduce } from "../broker/java-produce.ts";
import { createTopic } from "../broker/topics.ts";
import { readWords, runCommand, wholeNumber } from "../run/command-line.ts";
import { decided, runOnKafka, until } from "../transports/kafka/kit.ts";
import { alertsIn, expectedOf } from "./expected.ts";
import { dropAll } from "./raw.ts";
import { salesService, type TrafficOptions, traffic } from "./traffic.ts";

const USAGE = `npm run kafka-load -- [--events 500000] [--partitions 6] [--keys 5000] [--seed 1] [--kafka ${DEFAULT_VERSION}] [--rounds 3] [--json]

  --events N      records, all written before anything is read
  --partitions N  of the input topic
  --keys N        different keys
  --seed S        which traffic: a whole number
  --kafka V       ${KAFKA_VERSIONS.join(" or ")}
  --rounds N      how often each contender reads the topic, in turn; the median counts
  --json          prints the result as JSON

0.2 % of the events are late, 0.1 % of the records are broken, the others are out of order within two seconds.
Exits with 0 if the alerts, late events and dead letters are those that have to come and every record is accounted for, with 1 if not, with 2 if the arguments make no sense.`;

type Command = {
  readonly traffic: TrafficOptions;
  readonly partitions: number;
  readonly version: (typeof KAFKA_VERSIONS)[number];
  readonly rounds: number;
  readonly json: boolean;
};

await runCommand(USAGE, parseCommand(process.argv.slice(2)), run);

async function run({ traffic: options, partitions, version, rounds, json }: Command): Promise<number> {
  const say = json ? (): void => {} : (line: string): void => console.log(line);
  const broker = await startBroker({ version, heapMb: 1_024, optimize: true, progress: say });
  try {
    say(`Kafka ${version}: writing ${options.events} events of ${options.keys} keys to ${partitions} partitions`);
    await createTopic(broker, "load-in", partitions);
    await javaProduce(broker, "load-in", traffic(options), { withinMs: 600_000 });
    say("finding out what has to come out");
    const expected = expectedOf(traffic(options), partitions);
    const perSecond = {
      exactlyOnce: [] as number[],
      atLeastOnce: [] as number[],
      kafkajs: [] as number[],
      patched: [] as number[],
    };
    let wrong = 0;
    for (let round = 1; round <= rounds; round += 1) {
      perSecond.kafkajs.push(await dropAll(broker.address, "load-in", options.events, { patched: false }));
      perSecond.patched.push(await dropAll(broker.address, "load-in", options.events, { patched: true }));
      for (const [guarantee, rates] of [
        ["exactly-once", perSecond.exactlyOnce],
        ["at-least-once", perSecond.atLeastOnce],
      ] as const) {
        const served = await serve(broker, options, `${guarantee}-${round}`, guarantee);
        rates.push(served.perSecond);
        wrong += differences(served.alerts, expected.alerts);
        wrong += Math.abs(served.late - expected.late) + Math.abs(served.broken - expected.broken);
        wrong += Math.abs(served.accounted - expected.records);
      }
      const service = `exactly once ${rate(perSecond.exactlyOnce)}, at least once ${rate(perSecond.atLeastOnce)}`;
      const reading = `kafkajs ${rate(perSecond.kafkajs)}, with our reader ${rate(perSecond.patched)}`;
      say(`round ${round} of ${rounds}: ${reading}, service ${service}`);
    }
    const result = {
      kafka: version,
      events: options.events,
      alerts: expected.alerts.length,
      late: expected.late,
      broken: expected.broken,
      wrong,
      exactlyOncePerSecond: median(perSecond.exactlyOnce),
      atLeastOncePerSecond: median(perSecond.atLeastOnce),
      kafkajsPerSecond: median(perSecond.kafkajs),
      patchedPerSecond: median(perSecond.patched),
      ratioToKafkajs: Number((median(perSecond.exactlyOnce) / median(perSecond.kafkajs)).toFixed(3)),
    };
    console.log(json ? JSON.stringify(result) : summary(result));
    return wrong === 0 ? 0 : 1;
  } finally {
    await broker.stop();
  }
}

type Served = {
  readonly perSecond: number;
  /** What the console consumer found in the topics of the service. */
  readonly alerts: readonly string[];
  readonly late: number;
  readonly broken: number;
  /** Records that the service says were on time, late or broken. */
  readonly accounted: number;
};

/** Reads the topic once, as a group of its own, with alerts in a topic of their own. Rates count from the join. */
async function serve(broker: Broker, { events }: TrafficOptions, name: string, guarantee: Guarantee): Promise<Served> {
  const service = runOnKafka(salesService(name, { topic: "load-in" }), broker.address, { guarantee });
  await until("the join", () => service.running.metrics().lanes.length > 0);
  const startedAt = performance.now();
  // The last two seconds of event time wait for later events, until the topic has been silent for a while.
  const atOnce = events - 2_000;
  await until("all but the last records", () => decided(service) >= atOnce, 1_800_000);
  const seconds = (performance.now() - startedAt) / 1_000;
  await until("all records decided", () => decided(service) === events);
  const { metrics } = await service.running.stop();
  const read = (topic: string): ReturnType<typeof consoleConsume> =>
    consoleConsume(broker, `${name}-${topic}`, { withinMs: 600_000 });
  const alerts = await read("alerts");
  return {
    perSecond: Math.round(atOnce / seconds),
    alerts: alertsIn(alerts.map(({ value }) => value)),
    late: (await read("late")).length,
    broken: (await read("dead-letters")).length,
    accounted: metrics.topics.reduce((sum, each) => sum + each.onTime + each.late + each.deadLettered, 0),
  };
}

/** How many of two sorted lists are not in the other. */
function differences(found: readonly string[], expected: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const said of expected) counts.set(said, (counts.get(said) ?? 0) + 1);
  for (const said of found) counts.set(said, (counts.get(said) ?? 0) - 1);
  return [...counts.values()].reduce((sum, count) => sum + Math.abs(count), 0);
}

function rate(all: readonly number[]): string {
  return `${(all.at(-1) ?? 0).toLocaleString("en")}/s`;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function summary(result: Readonly<Record<string, string | number>>): string {
  return Object.entries(result)
    .map(([name, value]) => `${name.padEnd(18)} ${value.toLocaleString("en")}`)
    .join("\n");
}

function parseCommand(words: string[]): Command | string {
  const text = { type: "string" } as const;
  const options = { events: text, partitions: text, keys: text, seed: text, kafka: text, rounds: text } as const;
  return readWords(USAGE, words, { ...options, json: { type: "boolean" } } as const, (values) => {
    const version = KAFKA_VERSIONS.find((known) => known === (values.kafka ?? DEFAULT_VERSION));
    if (version === undefined) throw new Error(`--kafka takes ${KAFKA_VERSIONS.join(" or ")}, not "${values.kafka}".`);
    return {
      traffic: {
        events: wholeNumber("events", values.events ?? "500000"),
        keys: wholeNumber("keys", values.keys ?? "5000"),
        seed: wholeNumber("seed", values.seed ?? "1"),
        ...{ late: 0.002, broken: 0.001 },
      },
      partitions: wholeNumber("partitions", values.partitions ?? "6"),
      version,
      rounds: wholeNumber("rounds", values.rounds ?? "3"),
      json: values.json ?? false,
    };
  });
}
