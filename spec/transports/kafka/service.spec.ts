// A service on real brokers: every alert that has to come does, none else, and every record is accounted for. What comes out
// is read with Kafka's own console consumer, what goes in is written by Kafka's own producer.
import * as assert from "uvu/assert";
import { consoleConsume } from "../../broker/console-consume.ts";
import { KAFKA_VERSIONS } from "../../broker/install.ts";
import { javaProduce } from "../../broker/java-produce.ts";
import { requireBroker } from "../../broker/require-broker.ts";
import { asAdmin, createTopic } from "../../broker/topics.ts";
import { alertsIn, expectedOf } from "../../kafka-load/expected.ts";
import { salesService, type TrafficOptions, traffic } from "../../kafka-load/traffic.ts";
import { allowMs, note } from "../../run/ask.ts";
import { decided, nameFor, runOnKafka, until } from "./kit.ts";

allowMs(120_000);

const PARTITIONS = 6;
const TRAFFIC: TrafficOptions = { events: 20_000, keys: 500, seed: 7, late: 0.002, broken: 0.001 };

for (const version of KAFKA_VERSIONS) {
  const broker = await requireBroker({ version });
  const it = broker.suite(`service on Kafka ${version}`);

  it("finds what the matcher finds on the same events, and accounts for every record", async () => {
    const app = nameFor("sales");
    const expected = expectedOf(traffic(TRAFFIC), PARTITIONS);
    assert.ok(expected.alerts.length > 500 && expected.late > 10 && expected.broken > 10, "the traffic has everything");
    await createTopic(broker, `${app}-in`, PARTITIONS);
    await javaProduce(broker, `${app}-in`, traffic(TRAFFIC), { compression: "gzip" });

    const service = runOnKafka(salesService(app), broker.address);
    await until("all records decided", () => decided(service) === TRAFFIC.events);
    const { reason, complete, metrics } = await service.running.stop();
    assert.equal([reason, complete], ["stopped", true]);
    const { topic, ...counts } = metrics.topics[0] ?? { topic: "" };
    const onTime = expected.records - expected.late - expected.broken;
    assert.is(topic, `${app}-in`);
    assert.equal(counts, {
      records: expected.records,
      onTime,
      late: expected.late,
      deadLettered: expected.broken,
      skipped: 0,
      waiting: 0,
    });

    const read = (name: string): ReturnType<typeof consoleConsume> => consoleConsume(broker, `${app}-${name}`);
    const alerts = await read("alerts");
    assert.equal(alertsIn(alerts.map(({ value }) => value)), expected.alerts);
    assert.is(new Set(alerts.map(({ headers }) => new Map(headers).get("id"))).size, alerts.length);
    assert.is((await read("late")).length, expected.late);
    assert.is((await read("dead-letters")).length, expected.broken);
    note(`Kafka ${version}: ${expected.records} records, ${alerts.length} alerts`);

    const committed = await asAdmin(broker, (admin) => admin.fetchOffsets({ groupId: app, topics: [`${app}-in`] }));
    const positions = committed[0]?.partitions.map(({ offset }) => Number(offset)) ?? [];
    assert.is(
      positions.reduce((sum, offset) => sum + offset, 0),
      TRAFFIC.events,
      "what is dealt with is committed",
    );
  });

  it.run();
}
