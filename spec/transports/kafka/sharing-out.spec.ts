// While a group shares out anew, a member that has joined is known to it already, but not yet told what is its own.

import { setTimeout as pause } from "node:timers/promises";
import type { Consumer } from "kafkajs";
import * as assert from "uvu/assert";
import type { ShardSource } from "../../../lib/runtime/shard-ports.ts";
import { createAssigner } from "../../../lib/transports/kafka/assigner.ts";
import { requireBroker } from "../../broker/require-broker.ts";
import { asAdmin, createTopic } from "../../broker/topics.ts";
import { endAll, endLater, nameFor, until } from "./kit.ts";
import { sourceOf } from "./state-kit.ts";

const broker = await requireBroker();
const it = broker.suite("sharing out");
it.after.each(endAll);

/** A process of `app` that has joined its group. */
async function memberOf(app: string): Promise<ShardSource> {
  const source = sourceOf(app, broker.address);
  const nothing = (): void => undefined;
  await source.partitionCount(`${app}-in`);
  await source.start([`${app}-in`], 2, { onAssigned: nothing, onBatch: nothing, onFailure: nothing });
  return source;
}

it("nobody is proven a member before it knows what is its own", async () => {
  const app = nameFor("sharing");
  await createTopic(broker, `${app}-in`, 2);
  let isAsked = false;
  let share: Promise<void> = Promise.resolve();
  await asAdmin(broker, async (_, kafka) => {
    const own = createAssigner({ instance: "leader", shards: 2, owned: () => [], log: () => undefined });
    const leader: Consumer = kafka.consumer({
      groupId: app,
      sessionTimeout: 6_000,
      heartbeatInterval: 500,
      maxWaitTimeInMs: 250,
      partitionAssigners: [
        (given) => {
          const assigner = own(given);
          return {
            ...assigner,
            assign: async (members) => {
              isAsked = true;
              await share;
              return assigner.assign(members);
            },
          };
        },
      ],
    });
    endLater(() => leader.disconnect());
    await leader.connect();
    await leader.subscribe({ topics: [`${app}-in`] });
    await leader.run({ eachBatch: async () => undefined });
    await until("it leads", () => isAsked);
    const member = await memberOf(app);
    await member.proveMembership();
    isAsked = false;
    let goOn = (): void => undefined;
    share = new Promise((resolve) => {
      goOn = resolve;
    });
    const another = memberOf(app);
    await until("all have joined", () => isAsked);
    let isProven = false;
    const proof = member.proveMembership().then(() => {
      isProven = true;
    });
    await pause(1_000);
    assert.not.ok(isProven, "its shards may be those of others by now");
    goOn();
    await proof;
    await another;
  });
});

it.run();
