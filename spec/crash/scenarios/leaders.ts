// A cluster of three, and transactions whose partitions have several leaders. Leaders move: because nodes are killed and come back, one
// after the other, at steps of a checkpoint and at any time; and while nobody dies. With them move the coordinators.
import type { KafkaDefinition } from "../../../lib/transports/kafka/options.ts";
import { type Broker, type Cluster, startCluster } from "../../broker/broker.ts";
import { endLater, until } from "../../transports/kafka/kit.ts";
import { type Field, openField } from "../field.ts";
import { killing } from "../hurt.ts";
import { isGoodOrTwice, sayVerdict } from "../judge.ts";
import { type Moves, moveLeaders, untilHome, watchLeaders } from "../leadership.ts";
import { CHECKPOINT_POINTS } from "../points.ts";
import { finished, type Outcome, oneOf, pause, refuseFailed, type Scenario, type Trial } from "../scenario.ts";

const NODES = 3;
const PROCESSES = 3;
/** Three for each node: an alert and the state that is saved with it are seldom led by the same. */
const OUTPUT_PARTITIONS = 9;
const CALM_MS = 2_000;
/** Leaders move after some three seconds: some nodes are back before that. */
const AWAY_MS = 6_000;

export const leaders: Scenario = {
  name: "leaders",
  what: "three brokers: leaders and coordinators move, and nodes are killed -9 one after the other, in the middle of transactions over several",
  async run(trial: Trial): Promise<Outcome> {
    const { field, moves, died, inTransaction } = await hurt(trial, "exactly-once");
    const said = (): string =>
      `${toldOf(moves, died)}, ${inTransaction} of them in the middle of a transaction; ${spreadOf(field)} transactions had several leaders`;
    return finished(field, said, () => died > 0 && moves.topics() > 0 && spreadOf(field) > 0);
  },
};

export const leadersAtLeastOnce: Scenario = {
  name: "leaders-at-least-once",
  what: "the same with at-least-once: alerts may be there twice, and are counted",
  async run(trial: Trial): Promise<Outcome> {
    const { field, moves, died } = await hurt(trial, "at-least-once");
    const verdict = await field.finish();
    const isGood = isGoodOrTwice(verdict) && died > 0 && moves.topics() > 0;
    return { isGood, said: `${toldOf(moves, died)}: ${sayVerdict(verdict)}` };
  },
};

type Hurt = { readonly field: Field; readonly moves: Moves; readonly died: number; readonly inTransaction: number };

async function hurt({ seed, isShort, tell, signal }: Trial, guarantee: KafkaDefinition["guarantee"]): Promise<Hurt> {
  const cluster = await startCluster({ brokers: NODES });
  endLater(cluster.stop);
  const createTopics = { partitions: OUTPUT_PARTITIONS, replicationFactor: null };
  const field = await openField(cluster, "leaders", {
    seed,
    connection: { sessionTimeoutMs: 6_000, createTopics, guarantee },
  });
  field.write();
  for (let n = 0; n < PROCESSES; n += 1) field.start();
  await field.untilShared(PROCESSES, () => refuseFailed(field));
  const topics = ["in", "alerts", "state"].map((end) => `${field.app}-${end}`);
  const moves = watchLeaders(cluster, topics);
  const rounds = isShort ? 2 : 12;
  let died = 0;
  let inTransaction = 0;
  for (; died < rounds && !signal.aborted; died += 1) {
    const isInTransaction = field.chance() < 2 / 3 && guarantee === "exactly-once";
    // Now and then the next one dies while the one before has just come back.
    if (died === 0 || field.chance() < 0.75) {
      await untilHome(cluster, topics);
      await moveLeaders(cluster, topics);
      await field.untilShared(PROCESSES, () => refuseFailed(field));
      await pause(field.chance() * CALM_MS, signal);
    }
    refuseFailed(field);
    const dead = isInTransaction ? await killInTransaction(field, cluster) : await killAny(field, cluster);
    if (isInTransaction) inTransaction += 1;
    await pause(field.chance() * AWAY_MS, signal);
    await dead.restart();
    tell(`${died + 1} of ${rounds} nodes killed, leaders moved ${moves.topics()} times`);
  }
  await untilHome(cluster, topics);
  await field.untilShared(PROCESSES, () => refuseFailed(field));
  return { field, moves, died, inTransaction };
}

function toldOf(moves: Moves, died: number): string {
  return `leaders moved ${moves.topics()} times, coordinators ${moves.coordinators()} times; nodes were killed ${died} times`;
}

/** Kills the node that a process speaks with at a step of a checkpoint: a leader of the transaction, or its coordinator. */
async function killInTransaction(field: Field, { nodes }: Cluster): Promise<Broker> {
  const point = oneOf(CHECKPOINT_POINTS, field.chance);
  const number = 1 + Math.floor(field.chance() * 5);
  const working = field.living().filter((member) => member.shards().length > 0);
  oneOf(working, field.chance).order({ point, shards: null, number, act: killing(nodes) });
  const dead = (): Broker | undefined => nodes.find(({ pid }) => pid() === null);
  await until(`a node died at "${point.name}"`, () => {
    refuseFailed(field);
    return dead() !== undefined;
  });
  return dead() as Broker;
}

async function killAny(field: Field, { nodes }: Cluster): Promise<Broker> {
  const node = oneOf(nodes, field.chance);
  await node.kill();
  return node;
}

/** How many transactions of all processes sent records to several brokers. */
function spreadOf(field: Field): number {
  const talks = field.all().flatMap((member) => [...member.witness().talk.values()]);
  return talks.reduce((sum, { spread }) => sum + spread, 0);
}
