// Membership is proven by heartbeats. Between a join and the answer that says what is its own, a member's heartbeats are in order, too,
// though its shards may be those of others by then. Who waits for long before the first join says so.
import type { Consumer, ConsumerConfig, Kafka } from "kafkajs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Clock, systemClock } from "../../../lib/time/clock.ts";
import { createGroup, type Group } from "../../../lib/transports/kafka/group.ts";
import type { Coordinator } from "../../../lib/transports/kafka/kafkajs-parts.ts";
import { manualClock } from "../../runtime/engine-kit.ts";
import { definitionOf, until } from "./kit.ts";

const it = suite("proving membership");

/** A group on a coordinator that counts generations from 1, and a consumer that does what it is told. */
function groupOf(clock: Clock = systemClock): {
  readonly group: Group;
  readonly join: () => Promise<void>;
  readonly told: () => void;
  readonly logged: readonly string[];
} {
  const logged: string[] = [];
  let generation = 0;
  const coordinator: Coordinator = {
    joinGroup: async () => ({ generationId: ++generation, memberId: "me" }),
    syncGroup: async () => undefined,
    async heartbeat({ groupGenerationId }) {
      if (groupGenerationId !== generation) throw Object.assign(new Error("old"), { type: "ILLEGAL_GENERATION" });
    },
  };
  const cluster = { findGroupCoordinator: async () => coordinator as never };
  const listeners = new Map<string, (event: object) => void>();
  const consumer = {
    events: { GROUP_JOIN: "join", END_BATCH_PROCESS: "end", FETCH: "fetch", CRASH: "crash" },
    on: (name: string, listener: (event: object) => void) => listeners.set(name, listener),
    connect: async () => undefined,
    subscribe: async () => undefined,
    run: async () => undefined,
    disconnect: async () => undefined,
  } as unknown as Consumer;
  const kafka = {
    consumer({ partitionAssigners = [] }: ConsumerConfig) {
      for (const make of partitionAssigners) make({ cluster } as never);
      return consumer;
    },
  } as unknown as Kafka;
  const nothing = (): void => undefined;
  const group = createGroup({
    kafka,
    definition: definitionOf("app", "127.0.0.1:1"),
    topics: ["in"],
    assigner: () => ({}) as never,
    clock,
    log: (level, message, fields) => logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
    retryWithinMs: 10_000,
    onRebalancing: async () => undefined,
    onJoined: nothing,
    onBatch: nothing,
    onPassed: nothing,
    onFetched: nothing,
    onLost: nothing,
    onFailure: nothing,
  });
  return {
    group,
    async join() {
      const found = (await cluster.findGroupCoordinator()) as Coordinator;
      await found.joinGroup({ memberId: "" });
    },
    logged,
    told: () => listeners.get("join")?.({ payload: { memberAssignment: { in: [0] } } }),
  };
}

it("nobody is proven a member before it knows what is its own", async () => {
  const { group, join, told } = groupOf();
  const started = group.start();
  await join();
  told();
  await started;
  await group.prove();
  await join();
  let isProven = false;
  const proof = group.prove().then(() => {
    isProven = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.not.ok(isProven);
  told();
  await until("it is proven", () => isProven);
  await proof;
  await group.stop();
});

it("who is not let in for long says what it waits for, once", async () => {
  const clock = manualClock();
  const { group, join, told, logged } = groupOf(clock);
  const started = group.start();
  await clock.advance(4_999);
  assert.equal(logged, []);
  await clock.advance(60_000);
  assert.is(logged.length, 1);
  assert.match(logged[0] ?? "", /^warn the group has not let this process in yet.*"group":"app","sessionTimeoutMs":/);
  await join();
  told();
  await started;
  await group.stop();
  const soon = groupOf(clock);
  const begun = soon.group.start();
  await soon.join();
  soon.told();
  await begun;
  await clock.advance(60_000);
  assert.equal(soon.logged, []);
  await soon.group.stop();
});

it.run();
