// Who is stopped while it joins its group: nobody is left behind as a member that nobody hears of, and no connection.

import { setTimeout as pause } from "node:timers/promises";
import * as assert from "uvu/assert";
import type { ShardSource } from "../../../lib/runtime/shard-ports.ts";
import { requireBroker } from "../../broker/require-broker.ts";
import { asAdmin, createTopic } from "../../broker/topics.ts";
import { allowMs } from "../../run/ask.ts";
import { endAll, nameFor } from "./kit.ts";
import { sourceOf } from "./state-kit.ts";

allowMs(120_000);

const broker = await requireBroker({ restarts: true });
const it = broker.suite("leaving a group");
it.after.each(endAll);

/** A process of `app` that knows `topic`, and is no member yet. */
async function processOf(app: string, topic: string): Promise<ShardSource> {
  const source = sourceOf(app, broker.address);
  await source.partitionCount(topic);
  return source;
}

/** Starts it, and stops it as much later. */
async function startAndStop(source: ShardSource, topic: string, ms: number): Promise<void> {
  const nothing = (): void => undefined;
  const started = source.start([topic], 1, { onAssigned: nothing, onBatch: nothing, onFailure: nothing });
  await pause(ms);
  await source.stop();
  await started;
}

/** What it has still to do is done by then. */
async function membersOf(app: string): Promise<number> {
  await pause(500);
  const { groups } = await asAdmin(broker, (admin) => admin.describeGroups([app]));
  return groups[0]?.members.length ?? 0;
}

it("whatever a join has come to by then", async () => {
  const topic = `${nameFor("leaves")}-in`;
  await createTopic(broker, topic, 2);
  const leftBehind: number[] = [];
  for (const ms of [0, 5, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 150, 300, 1_000]) {
    const app = nameFor(`leaves-${ms}`);
    await startAndStop(await processOf(app, topic), topic, ms);
    if ((await membersOf(app)) > 0) leftBehind.push(ms);
  }
  assert.equal(leftBehind, []);
});

it("while no broker answers", async () => {
  const app = nameFor("leaves-away");
  await createTopic(broker, `${app}-in`, 2);
  const source = await processOf(app, `${app}-in`);
  await broker.kill();
  const stoppedAt = Date.now() + 200;
  await startAndStop(source, `${app}-in`, 200);
  assert.ok(Date.now() - stoppedAt < 4_000, "it does not wait for one");
  await broker.restart();
  assert.is(await membersOf(app), 0);
});

it.run();
