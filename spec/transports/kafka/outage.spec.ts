// A broker that goes away for half a minute in the middle: nothing is lost, and nothing is taken for silence. In a file of its own,
// for what it takes is half a minute of waiting.
import { setTimeout as pause } from "node:timers/promises";
import * as assert from "uvu/assert";
import { javaProduce } from "../../broker/java-produce.ts";
import { requireBroker } from "../../broker/require-broker.ts";
import { createTopic } from "../../broker/topics.ts";
import { salesService, type TrafficOptions, traffic } from "../../kafka-load/traffic.ts";
import { allowMs, note } from "../../run/ask.ts";
import { account } from "./account.ts";
import { endAll, nameFor, produceMeanwhile, runOnKafka, until, untilThrough } from "./kit.ts";

allowMs(300_000);

const PARTITIONS = 6;
const TRAFFIC: TrafficOptions = { events: 12_000, keys: 300, seed: 11 };

const broker = await requireBroker({ restarts: true });
const it = broker.suite("outage");
it.after.each(endAll);

it("goes on where it was when the broker is killed and comes back, with everything in memory", async () => {
  const app = nameFor("restart");
  await createTopic(broker, `${app}-in`, PARTITIONS);
  const member = runOnKafka(salesService(app, { idleAfter: "20s" }), broker.address);
  const all = [...traffic(TRAFFIC)];
  await javaProduce(broker, `${app}-in`, all.slice(0, 6_000));
  await until("reading has begun", () => (member.running.metrics().topics[0]?.records ?? 0) > 1_000);
  await broker.kill();
  // The producer waits for the broker, too.
  const patient = { "max.block.ms": "170000", "delivery.timeout.ms": "170000" };
  const written = produceMeanwhile(broker, `${app}-in`, all.slice(6_000), { settings: patient, withinMs: 170_000 });
  // Longer than idleAfter, which in turn is longer than a producer on a busy machine takes to find the broker again.
  await pause(35_000);
  await broker.restart();
  await written;
  await untilThrough(broker, app, TRAFFIC.events);
  const { metrics } = await member.running.stop();
  const { late, records } = metrics.topics[0] ?? { late: -1, records: 0 };
  assert.equal([late, records], [0, TRAFFIC.events]);
  const told = member.lines.filter(({ level }) => level === "warn" || level === "error");
  const reasons = told.filter(({ message }) => message === "reading stopped and will be tried again");
  assert.is(reasons[0]?.fields["code"], "BROKERS_UNREACHABLE");
  assert.match(String(reasons[0]?.fields["reason"]), /nothing listens at 127.*Check the address, that the broker runs/);
  assert.ok(reasons.length <= 4, `that is told ${reasons.length} times in half a minute`);
  assert.ok(told.length < 40, `half a minute is told in ${told.length} lines`);
  note(`broker killed: ${await account(broker, app, all, PARTITIONS)}`);
});

it.run();
