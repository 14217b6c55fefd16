// Reading and writing on a real broker where it gets narrow: more than may wait, transactions that were aborted, more members than
// lanes, topics to be made, a cluster that has not settled yet.
import { createRequire } from "node:module";
import type { Admin, Kafka } from "kafkajs";
import * as assert from "uvu/assert";
import { type ServiceLimits, service, topic } from "../../../lib/service/index.ts";
import { systemClock } from "../../../lib/time/clock.ts";
import { connect } from "../../../lib/transports/kafka/connection.ts";
import { loadKafkajs } from "../../../lib/transports/kafka/kafkajs.ts";
import type { KafkaDefinition } from "../../../lib/transports/kafka/options.ts";
import { askCluster } from "../../../lib/transports/kafka/preflight.ts";
import { createTopics } from "../../../lib/transports/kafka/topics.ts";
import { consoleConsume } from "../../broker/console-consume.ts";
import { type JavaCommand, type JavaRecord, javaProduce } from "../../broker/java-produce.ts";
import { requireBroker } from "../../broker/require-broker.ts";
import { asAdmin, createTopic } from "../../broker/topics.ts";
import { large, type Sale } from "../../kafka-load/traffic.ts";
import { allowMs, note } from "../../run/ask.ts";
import { decided, definitionOf, endAll, nameFor, type OnKafka, runOnKafka, until, untilThrough } from "./kit.ts";

allowMs(300_000);

const broker = await requireBroker();
const it = broker.suite("source and sink");
it.after.each(endAll);

type Limits = Partial<ServiceLimits>;

function start(app: string, limits: Limits = {}, kafka: Partial<KafkaDefinition> = {}): OnKafka {
  const input = topic<Sale>(`${app}-in`, { key: (e) => e.card, time: (e) => e.at });
  return runOnKafka(service({ app, inputs: [input], patterns: [large], limits }), broker.address, kafka);
}

/** So many large sales, each of a card of its own. */
function* sales(count: number): Generator<JavaRecord> {
  for (let n = 0; n < count; n += 1)
    yield { key: `card-${n}`, value: JSON.stringify({ n, type: "spend", card: `card-${n}`, amount: 999, at: n }) };
}

it("reads no more than may wait, and everything in the end", async () => {
  const app = nameFor("narrow");
  await createTopic(broker, `${app}-in`, 3);
  await javaProduce(broker, `${app}-in`, sales(30_000));
  const { running } = start(app, { maxQueuedBytes: 200_000 });
  let [most, paused] = [0, 0];
  await until("all are read", () => {
    const { queuedBytes, partitions, topics } = running.metrics();
    most = Math.max(most, queuedBytes);
    paused += partitions.some(({ pausedBecause }) => pausedBecause === "queue") ? 1 : 0;
    return (topics[0]?.onTime ?? 0) === 30_000;
  });
  const { metrics } = await running.stop();
  assert.is(metrics.sent.alerts, 30_000);
  assert.ok(paused > 0 && most > 200_000, "reading was paused");
  // What fetches bring that were on their way when reading paused: a quarter of a megabyte for each partition, twice.
  assert.ok(most < 200_000 + 3_000_000, `${most} bytes waited`);
  note(`${most} bytes waited at most`);
});

it("goes on behind what was aborted, up to the end, and lag says so", async () => {
  const app = nameFor("aborted");
  await createTopic(broker, `${app}-in`, 1);
  const all = [...sales(60)];
  const steps: (JavaRecord | JavaCommand)[] = [
    ...all.slice(0, 20),
    { end: "commit" },
    ...all.slice(20, 40),
    { end: "abort" },
    ...all.slice(40, 50),
    { end: "commit" },
    ...all.slice(50),
    { end: "abort" },
  ];
  await javaProduce(broker, `${app}-in`, steps, { transactionalId: app });
  const { running } = start(app);
  await until("the committed ones are read", () => running.metrics().topics[0]?.onTime === 30);
  // 60 records and a marker for each of four transactions.
  await untilThrough(broker, app, 64);
  assert.is(running.metrics().partitions[0]?.lag, 0n);
  const { metrics } = await running.stop();
  assert.equal([metrics.topics[0]?.records, metrics.sent.alerts], [30, 30]);
});

it("who gets no lane waits for one, and gets it when another leaves", async () => {
  const app = nameFor("spare");
  await createTopic(broker, `${app}-in`, 1);
  const first = start(app);
  await until("it has the lane", () => first.running.metrics().lanes.length === 1);
  const spare = start(app);
  await until("it is a member", () => spare.running.metrics().assigned);
  assert.is(spare.running.metrics().lanes.length, 0);
  await first.running.stop();
  await until("it has the lane now", () => spare.running.metrics().lanes.length === 1);
  await javaProduce(broker, `${app}-in`, sales(10));
  await until("it reads", () => decided(spare) === 10);
  await spare.running.stop();
});

it("makes the topics that are missing as it was told, and spreads what has no key", async () => {
  const app = nameFor("made");
  await createTopic(broker, `${app}-in`, 1);
  await javaProduce(
    broker,
    `${app}-in`,
    Array.from({ length: 9 }, (_, n) => ({ key: null, value: "{".repeat(n + 1) })),
  );
  const { running, lines } = start(app, {}, { createTopics: { partitions: 3, replicationFactor: 1 } });
  await until("they are written", () => running.metrics().sent.deadLetters === 9);
  await running.stop();
  assert.is(lines.filter(({ message }) => message === "topic was created").length, 4);
  const letters = await consoleConsume(broker, `${app}-dead-letters`);
  assert.equal(new Set(letters.map(({ partition }) => partition)), new Set([0, 1, 2]));
  const other = nameFor("unmade");
  await createTopic(broker, `${other}-in`, 1);
  const error = await start(other, {}, { createTopics: null }).running.done.then(
    () => new Error("it runs"),
    (thrown: Error) => thrown,
  );
  assert.match(
    error.message,
    /^There is no topic "unmade-.*-state", where the state .* createTopics is false\. Create it: kafka-topics\.sh --create/,
  );
});

const { createErrorFromCode } = createRequire(import.meta.url)("kafkajs/src/protocol/error") as {
  readonly createErrorFromCode: (code: number) => Error;
};
const NOT_COORDINATOR = 16;

/** A client of the broker that is told `times` times, by each kind of question, that the coordinator is another: so answer brokers that have just started. */
async function unsettled(definition: KafkaDefinition, times: number): Promise<Kafka> {
  const log = (): void => undefined;
  const kafka = await connect(definition, {
    kafkajs: loadKafkajs({ patched: true, log }),
    log,
    clock: systemClock,
    env: {},
  });
  const asked = new Map<string, number>();
  const once = (admin: Admin): Admin =>
    new Proxy(admin, {
      get: (target, name: keyof Admin & string) => {
        if (!/^(?:fetch|create|describeGroups)/.test(name)) return target[name];
        return async (...words: unknown[]) => {
          asked.set(name, (asked.get(name) ?? 0) + 1);
          if ((asked.get(name) ?? 0) <= times) throw createErrorFromCode(NOT_COORDINATOR);
          return (target[name] as unknown as (...words: unknown[]) => unknown)(...words);
        };
      },
    });
  return { ...kafka, consumer: kafka.consumer.bind(kafka), admin: () => once(kafka.admin()) } as unknown as Kafka;
}

it("a cluster that has just started is asked again, quietly; one that does not settle is told of", async () => {
  const app = nameFor("fresh");
  await createTopic(broker, `${app}-in`, 2);
  const definition = definitionOf(app, broker.address, { connectWithinMs: 3_000 });
  const lines: string[] = [];
  const topicsOf = (kafka: Kafka): ReturnType<typeof createTopics> =>
    createTopics({
      kafka: async () => kafka,
      definition,
      clock: systemClock,
      log: (level, message) => lines.push(`${level} ${message}`),
    });
  const settling = await unsettled(definition, 2);
  const topics = topicsOf(settling);
  assert.is(await topics.partitionCount(`${app}-in`), 2);
  assert.equal([...(await topics.ensure([`${app}-out`])).keys()], [`${app}-out`]);
  await topics.close();
  assert.equal(new Set(lines.map((line) => line.split(" ")[0])), new Set(["info", "debug"]));
  const questions = { inputs: [`${app}-in`], outputs: [], sample: { records: 10, withinMs: 1_000 } };
  const { inputs, group } = await askCluster(await unsettled(definition, 2), definition, questions, systemClock);
  assert.equal([inputs[0]?.described.kind, inputs[0]?.sample?.kind, group.kind], ["known", "known", "known"]);
  const never = topicsOf(await unsettled(definition, Number.POSITIVE_INFINITY));
  const error = await never.partitionCount(`${app}-in`).catch((thrown: Error) => thrown);
  assert.match((error as Error).message, /not ready for it yet .*looking for topic "fresh-/);
  await never.close();
  await asAdmin(broker, (admin) => admin.deleteTopics({ topics: [`${app}-out`] }));
});

it.run();
