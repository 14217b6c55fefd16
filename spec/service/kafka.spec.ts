// The public entry `sequitur/kafka`, used as its documents say: a service on a real broker, in a process of one's own.
import * as assert from "uvu/assert";
import { createKafkaTransport } from "../../lib/service/kafka.ts";
import { runService } from "../../lib/service/run.ts";
import { requireBroker } from "../broker/require-broker.ts";
import { createTopic } from "../broker/topics.ts";
import { salesService } from "../kafka-load/traffic.ts";
import { allowMs } from "../run/ask.ts";
import { nameFor, until } from "../transports/kafka/kit.ts";

allowMs(60_000);

const broker = await requireBroker();
const it = broker.suite("sequitur/kafka");

it("runs a service on the brokers that it is told", async () => {
  const app = nameFor("own-process");
  await createTopic(broker, `${app}-in`, 2);
  const said: string[] = [];
  const definition = salesService(app);
  const transport = createKafkaTransport(definition, {
    brokers: broker.address,
    env: {},
    log: (_, message) => said.push(message),
  });
  const running = runService(definition, transport);
  await until("both partitions", () => running.metrics().partitions.length === 2);
  const { reason } = await running.stop();
  assert.is(reason, "stopped");
  assert.ok(said.length > 0, "the log is told");
});

it("takes brokers from the environment, and refuses to guess them", () => {
  const definition = salesService(nameFor("own-process"));
  const { source } = createKafkaTransport(definition, { env: { SEQUITUR_KAFKA_BROKERS: broker.address } });
  assert.type(source.start, "function");
  assert.throws(
    () => createKafkaTransport(definition, { env: {} }),
    (error: { code: string }) => error.code === "MISSING_BROKERS",
  );
});

it.run();
