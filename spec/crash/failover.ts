// npm run failover: how long it takes until a service that has lost a process goes on, how long a restore takes, and what a service costs
// that has nothing to do.
import { setTimeout as sleep } from "node:timers/promises";
import { type Broker, startBroker } from "../broker/broker.ts";
import { javaProduce } from "../broker/java-produce.ts";
import { readWords, runCommand, wholeNumber } from "../run/command-line.ts";
import { endAll, until } from "../transports/kafka/kit.ts";
import { openKeys } from "./crowd.ts";
import { type Field, openField } from "./field.ts";
import { killOneAndWatch } from "./kill-watched.ts";
import type { Member } from "./member.ts";

const USAGE = `npm run failover -- [--keys 1000000] [--session 6000] [--seed 1] [--json]

  --keys N      keys with an open run
  --session MS  how long the group waits for a sign of life
  --seed S      whose process is killed
  --json        prints the figures as JSON

On a broker of its own. Exits with 0 if all was measured, with 1 if not, with 2 if the arguments make no sense.`;

const PARTITIONS = 8;
const IDLE_SHARDS = 16;
const IDLE_MS = 20_000;
const SETTLED_MS = 10_000;
const LONGEST_MS = 1_800_000;

type Command = { readonly keys: number; readonly sessionMs: number; readonly seed: number; readonly json: boolean };

/** A line of the table: what, how much, and what of it. */
type Figure = { readonly what: string; readonly measured: string; readonly detail: string };

await runCommand(USAGE, parseCommand(process.argv.slice(2)), run);

async function run(command: Command): Promise<number> {
  const brokers: Broker[] = [];
  process.once("SIGINT", () => process.exit(130)); // the broker and the processes end with us
  try {
    brokers.push(await startBroker({ heapMb: 1_024, optimize: true }));
    const figures: Figure[] = [];
    const take = (all: readonly Figure[]): void => {
      figures.push(...all);
      if (!command.json)
        for (const { what, measured, detail } of all)
          console.log(`${what.padEnd(64)} ${measured.padStart(10)}  ${detail}`);
    };
    take(await crowded(brokers[0] as Broker, command));
    take([await idle(brokers[0] as Broker, command)]);
    if (command.json) console.log(JSON.stringify(figures));
    return 0;
  } finally {
    await endAll();
    for (const each of brokers) await each.stop();
  }
}

/** All that needs a service with many open keys. */
async function crowded(broker: Broker, { keys, seed, sessionMs }: Command): Promise<readonly Figure[]> {
  const connection = { sessionTimeoutMs: sessionMs };
  const field = await openField(broker, "failover", { seed, partitions: PARTITIONS, service: "crowd", connection });
  await javaProduce(broker, `${field.app}-in`, openKeys(keys), { withinMs: LONGEST_MS });
  const first = field.start();
  await field.untilRead(LONGEST_MS);
  await first.stop();
  const heir = field.start();
  await until("all is restored", () => takenOver(heir).length >= PARTITIONS, LONGEST_MS);
  const restore = restored(heir, keys);
  const newcomer = field.start();
  await field.untilShared(2);
  await until("what it gained is restored", () => takenOver(newcomer).length >= newcomer.shards().length, LONGEST_MS);
  const kept = heir.shards().length;
  const rebalance: Figure = {
    what: "restored by a process that keeps its shards through a rebalance",
    measured: `${takenOver(heir).length - PARTITIONS}`,
    detail: `of ${kept} shards that it kept`,
  };
  const killed = await killOneAndWatch(field, keys);
  const target = `${sessionMs} ms of session, ${keys} open keys, ${killed.shards} of ${PARTITIONS} shards lost`;
  return [
    restore,
    rebalance,
    { what: "kill -9 to the first new alert by another process", measured: `${killed.firstMs} ms`, detail: target },
    {
      what: "longest gap between alerts of other shards after it",
      measured: `${killed.gapMs} ms`,
      detail: `${killed.gapBeforeMs} ms in the time before`,
    },
  ];
}

type Line = ReturnType<Member["lines"]>[number];

function takenOver(member: Member): readonly Line[] {
  return member.lines().filter(({ message }) => message === "a shard was taken over");
}

/** From the join to the last shard. */
function restored(member: Member, keys: number): Figure {
  const joinedAt = member.lines().find(({ message }) => message === "joined the group")?.at ?? 0;
  const taken = takenOver(member);
  const ms = Math.max(...taken.map(({ at }) => at)) - joinedAt;
  const bytes = taken.reduce((sum, line) => sum + Number(line["bytes"]), 0);
  const what = `restore of ${keys} open keys`;
  return { what, measured: `${ms} ms`, detail: `${Math.round(bytes / 1e6)} MB of state, ${taken.length} shards` };
}

/** What a service costs to which nobody writes. */
async function idle(broker: Broker, { seed, sessionMs }: Command): Promise<Figure> {
  const options = { seed, partitions: IDLE_SHARDS, shards: IDLE_SHARDS, connection: { sessionTimeoutMs: sessionMs } };
  const field: Field = await openField(broker, "idle", options);
  const member = field.start();
  await until("it has all", () => takenOver(member).length === IDLE_SHARDS);
  await sleep(SETTLED_MS);
  const [before, startedAt] = [await member.cpuMs(), performance.now()];
  await sleep(IDLE_MS);
  const share = ((await member.cpuMs()) - before) / (performance.now() - startedAt);
  return {
    what: `idle service of ${IDLE_SHARDS} shards`,
    measured: `${(100 * share).toFixed(1)} %`,
    detail: "of a core",
  };
}

/** The command line, or what to say instead of running it. */
function parseCommand(words: string[]): Command | string {
  const text = { type: "string" } as const;
  const options = { keys: text, session: text, seed: text, json: { type: "boolean" } } as const;
  return readWords(USAGE, words, options, ({ keys = "1000000", session = "6000", seed = "1", json = false }) => ({
    keys: wholeNumber("keys", keys),
    sessionMs: wholeNumber("session", session),
    seed: wholeNumber("seed", seed),
    json,
  }));
}
