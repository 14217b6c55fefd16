// A service that keeps its state in Kafka is stopped and started again, on a real broker. Its output is read with Kafka's own console
// consumer, and compared with what has to come out of the whole input. Those that are hurt while they work are in spec/crash.
import * as assert from "uvu/assert";
import { createMatcher, pattern } from "../../../lib/index.ts";
import { service, topic } from "../../../lib/service/index.ts";
import { partitionOf } from "../../../lib/transports/partitioner.ts";
import { consoleConsume } from "../../broker/console-consume.ts";
import { type JavaRecord, javaProduce } from "../../broker/java-produce.ts";
import { requireBroker } from "../../broker/require-broker.ts";
import { asAdmin, createTopic } from "../../broker/topics.ts";
import {
  OUT_OF_ORDERNESS_MS,
  type Sale,
  salesService,
  type TrafficOptions,
  traffic,
} from "../../kafka-load/traffic.ts";
import { allowMs, note } from "../../run/ask.ts";
import { account } from "./account.ts";
import { endAll, nameFor, runOnKafka, until } from "./kit.ts";

allowMs(300_000);

const PARTITIONS = 4;
/** On a busy machine a producer is slow, which is no silence. */
const SLOWLY = { idleAfter: "20s" } as const;

const broker = await requireBroker();
const it = broker.suite("exactly once");
it.after.each(endAll);

/** Writes the last record of each partition, which lets time go on beyond all others, and waits until these are dealt with. */
async function closeAll(app: string): Promise<readonly JavaRecord[]> {
  const topic = `${app}-in`;
  const keys = Array.from({ length: 100 }, (_, n) => `last-${n}`);
  const last = [0, 1, 2, 3].map((partition) => {
    const card = keys.find((key) => partitionOf(Buffer.from(key), PARTITIONS) === partition) ?? "";
    const sale: Sale = { n: -1, type: "probe", card, amount: 999, at: Date.parse("2026-04-01T00:00:00Z") };
    return { partition, key: card, value: JSON.stringify(sale) };
  });
  let times = 0; // a broker that has just come back may ask for it again
  await asAdmin(broker, async (_, kafka) => {
    const producer = kafka.producer({ idempotent: true });
    times += 1;
    await producer.connect();
    await producer.send({ topic, messages: last });
    await producer.disconnect();
  });
  await until("all is dealt with but the last of each partition", () =>
    asAdmin(broker, async (admin) => {
      const ends = await admin.fetchTopicOffsets(topic);
      const [shown] = await admin.fetchOffsets({ groupId: app, topics: [topic] });
      const positions = new Map(shown?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
      return ends.every(({ partition, high }) => (positions.get(partition) ?? -1) >= Number(high) - times);
    }),
  );
  return last;
}

it("a service that is stopped and started again goes on where it stood, open runs and all", async () => {
  const app = nameFor("again");
  const options: TrafficOptions = { events: 6_000, keys: 200, seed: 11, late: 0.01, broken: 0.01 };
  const all = [...traffic(options)];
  await createTopic(broker, `${app}-in`, PARTITIONS);
  const first = runOnKafka(salesService(app, SLOWLY), broker.address);
  await javaProduce(broker, `${app}-in`, all.slice(0, 3_000));
  await until("a part is read", () => first.running.metrics().topics[0]?.records === 3_000);
  await first.running.stop();
  await javaProduce(broker, `${app}-in`, all.slice(3_000));
  const second = runOnKafka(salesService(app, SLOWLY), broker.address);
  const last = await closeAll(app);
  await second.running.stop();
  note(`stopped and started: ${await account(broker, app, [...all, ...last], PARTITIONS)}`);
});

/** Every probe and the next larger sale: none of its runs is in the way of another, so it matters little when a release changes it. */
function following(version: number) {
  return pattern<Sale>("following", { version })
    .begin("probe")
    .on("probe")
    .followedBy("spend")
    .on("spend")
    .where((e, m) => e.amount.gt(m.probe.amount))
    .within("30s");
}

function followingService(app: string, release: number) {
  const sales = topic<Sale>(`${app}-in`, {
    key: (e) => e.card,
    time: (e) => e.at,
    outOfOrderness: OUT_OF_ORDERNESS_MS,
  });
  const patterns = [following(release)] as const;
  return service({
    app,
    inputs: [sales],
    patterns,
    release,
    changedPatterns: "drain",
    ...SLOWLY,
    whenAllIdle: "clock",
  });
}

it("runs of a pattern that a release has changed are finished, and the new one has those that begin behind it", async () => {
  const app = nameFor("drain");
  const all = [...traffic({ events: 6_000, keys: 200, seed: 12 })];
  await createTopic(broker, `${app}-in`, PARTITIONS);
  const first = runOnKafka(followingService(app, 1), broker.address);
  await javaProduce(broker, `${app}-in`, all.slice(0, 3_000));
  await until("a part is read", () => first.running.metrics().topics[0]?.records === 3_000);
  await first.running.stop();
  await javaProduce(broker, `${app}-in`, all.slice(3_000));
  const second = runOnKafka(followingService(app, 2), broker.address);
  await closeAll(app);
  await second.running.stop();
  const alerts = (await consoleConsume(broker, `${app}-alerts`)).map(({ value }) => JSON.parse(value ?? "") as Alert);
  const said = alerts.map(({ events }) => `${events.probe.n}-${events.spend.n}`);
  const expected = all
    .map(({ value }) => JSON.parse(value as string) as Sale)
    .sort((one, other) => one.at - other.at || one.n - other.n)
    .flatMap(pairsOf());
  assert.equal([...said].sort(), expected.sort());
  const changed = all[3_000] === undefined ? null : (JSON.parse(all[3_000].value as string) as Sale);
  const finished = alerts.filter(({ version, at }) => version === 1 && Date.parse(at) > (changed?.at ?? 0));
  assert.ok(finished.length > 0 && alerts.some(({ version }) => version === 2), "both have said something");
  note(`upgraded: ${said.length} alerts, ${finished.length} of them of runs that drained`);
});

type Alert = {
  readonly version: number;
  readonly at: string;
  readonly events: { readonly probe: Sale; readonly spend: Sale };
};

/** What the pattern finds, by the matcher in process. */
function pairsOf(): (sale: Sale) => readonly string[] {
  const matcher = createMatcher(following(1), { key: (e) => e.card, time: (e) => e.at });
  return (sale) => matcher.push(sale).map(({ events }) => `${events.probe.n}-${events.spend.n}`);
}

it.run();
