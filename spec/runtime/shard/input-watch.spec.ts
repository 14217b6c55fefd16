// What holds back the inputs of a service: open transactions of their producers, as metrics and in the log, and topics that grow.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TransportError } from "../../../lib/core/errors.ts";
import { Scenario } from "./scenario.ts";

const it = suite("input watch");

const EVERY_MS = 10_000;
const PLACE = "x/1";

async function pass(scenario: Scenario, ms: number): Promise<void> {
  const { world } = scenario;
  let isOver = false;
  world.clock.after(ms, () => {
    isOver = true;
  });
  await world.until(() => isOver, 2 * ms);
}

function watched(seed: number) {
  const scenario = new Scenario(seed);
  for (let n = 0; n < 20; n += 1) scenario.append("x", 1, { k: "k1", t: 1_000 + n, n, hit: false });
  const instance = scenario.start({ lookEveryMs: EVERY_MS });
  const end = (scenario.log.inputs.get(PLACE)?.at(-1)?.offset ?? 0n) + 1n;
  const heldBack = () =>
    instance.engine
      .metrics()
      .partitions.flatMap(({ topic, partition, heldBack: held }) =>
        held === null ? [] : [{ place: `${topic}/${partition}`, ...held }],
      );
  const told = () => instance.logged.filter((line) => line.includes("open transaction"));
  return { scenario, instance, end, heldBack, told };
}

it("shows what an open transaction holds back, tells it once after half a minute, and once when it has ended", async () => {
  const { scenario, instance, end, heldBack, told } = watched(1);
  await pass(scenario, 15_000);
  assert.equal(heldBack(), []);
  scenario.log.stable.set(PLACE, end - 4n);
  await pass(scenario, 20_000);
  const [early] = heldBack();
  assert.equal([early?.place, early?.offset, early?.records], [PLACE, end - 4n, 4n]);
  assert.equal(told(), []);
  await pass(scenario, 60_000);
  assert.equal(told(), ["warn an open transaction holds back records of an input"]);
  const forMs = heldBack()[0]?.forMs ?? 0;
  assert.ok(forMs > 60_000 && forMs < 90_000, `${forMs} ms`);
  const line = instance.fields.find((each) => "remedy" in each);
  assert.equal(
    { ...line, forMs: 0 },
    {
      ...{ topic: "x", partition: 1, offset: String(end - 4n), records: "4", forMs: 0 },
      transactions: [
        {
          ...{ producerId: "77", offset: String(end - 4n), transactionalId: "theirs" },
          ...{ startedAt: 0, timeoutMs: 60_000 },
        },
      ],
      remedy: `look after its producer; kafka-transactions.sh abort --topic x --partition 1 --start-offset ${end - 4n} ends it`,
    },
  );
  scenario.log.stable.delete(PLACE);
  await pass(scenario, 30_000);
  assert.equal(heldBack(), []);
  assert.equal(told().slice(1), ["info an open transaction that held back records of an input has ended"]);
});

it("says nothing of transactions that follow each other, nor of a partition that it does not read any more", async () => {
  const { scenario, instance, end, heldBack, told } = watched(2);
  for (let offset = end - 9n; offset < end - 1n; offset += 1n) {
    scenario.log.stable.set(PLACE, offset);
    await pass(scenario, EVERY_MS);
    assert.ok((heldBack()[0]?.forMs ?? 0) <= EVERY_MS);
  }
  assert.equal(told(), []);
  await pass(scenario, 60_000);
  assert.is(told().length, 1);
  instance.member.handler?.onAssigned([]);
  await pass(scenario, 30_000);
  assert.equal([heldBack(), told().length], [[], 1]);
});

it("stops when a topic has other partitions than at the start, without anybody joining", async () => {
  const { scenario, instance } = watched(3);
  await pass(scenario, 5_000);
  scenario.log.inputs.set("x/4", []);
  await scenario.world.until(() => instance.error !== null, 30_000);
  const { code, message } = instance.error as { code: string; message: string };
  assert.is(code, "PARTITIONS_CHANGED");
  assert.match(message, /"x" had 4 partitions when this process started and has 5 now.*sequitur reset/);
});

it("does without a look that fails, and looks again", async () => {
  const scenario = new Scenario(4);
  let failures = 0;
  const instance = scenario.start({
    lookEveryMs: EVERY_MS,
    source: (source) => ({
      ...source,
      ends: async (places) => {
        failures += 1;
        if (failures < 3) throw new TransportError("BROKERS_UNREACHABLE", "away", { retriable: true });
        return source.ends(places);
      },
    }),
  });
  scenario.log.stable.set(PLACE, -1n);
  await pass(scenario, 45_000);
  assert.ok(failures > 3);
  assert.is(instance.error, null);
  assert.is(instance.logged.filter((line) => line === "debug the inputs could not be looked at").length, 2);
  assert.ok(instance.engine.metrics().partitions.some(({ heldBack }) => heldBack !== null));
});

it.run();
