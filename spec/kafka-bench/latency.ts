// How late an alert is. A writer, the service and a watcher of its alerts, who reads what is committed, are processes of their own on one
// machine, by its clock. The time of an event is when it is sent. An alert may be said where time has come `outOfOrderness` further than
// its last event: when events are sent that are as much younger. Whatever passes from then on until it is seen counts:
//
//     last event sent ── outOfOrderness ──▶ events of that time sent ── written, read, matched, written or committed, read ──▶ seen
//                                           └─────────────────────────────── latency ────────────────────────────────────────┘
import { type ChildProcess, fork } from "node:child_process";
import type { Broker } from "../broker/broker.ts";
import { createTopic } from "../broker/topics.ts";
import { ofHundred } from "./figures.ts";
import type { Found, LatencyPlan, Role, Told } from "./latency-role.ts";
import { OUT_OF_ORDERNESS_MS } from "./stream.ts";

/** A line of the table. */
export type LatencyRow = Pick<LatencyPlan, "bytes" | "guarantee" | "shards" | "perSecond"> & {
  /** Of those that were asked for, and how many there had to be. */
  readonly alerts: number;
  readonly expected: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
};

/** What is asked for. */
export type LatencyAsked = Omit<LatencyPlan, "address" | "app" | "input">;

/** Longer than any other warms up: a broker needs half a minute until it has compiled what it runs, and takes up to half of a core for that. */
const MORE_WARM_UP_MS = 25_000;
/** So many that a cold one keeps up. */
const WARM_UP_PER_SECOND = 30_000;

/** Lets a broker that was just started do all that will be asked of it until it has become fast. */
export async function warmUp(
  broker: Broker,
  program: string,
  asked: Pick<LatencyPlan, "bytes" | "shards" | "partitions">,
): Promise<void> {
  const load = { guarantee: "exactly-once", perSecond: WARM_UP_PER_SECOND, measuredMs: MORE_WARM_UP_MS } as const;
  await measure(broker, program, { ...asked, ...load }, "warm-up");
}

/** `program`: the bundle of `latency-role.ts`. Takes `measuredMs` and some twenty seconds. */
export function measureLatency(broker: Broker, program: string, asked: LatencyAsked): Promise<LatencyRow> {
  const { bytes, guarantee, shards } = asked;
  return measure(broker, program, asked, `latency-${bytes}-${shards}-${guarantee}`);
}

async function measure(broker: Broker, program: string, asked: LatencyAsked, app: string): Promise<LatencyRow> {
  const { bytes, guarantee, shards, perSecond, partitions } = asked;
  const plan = { ...asked, address: broker.address, app, input: `${app}-in` };
  await createTopic(broker, plan.input, partitions);
  const children: ChildProcess[] = [];
  const start = <Known extends Role>(role: Known): Actor<Known> => startActor(role, program, plan, children);
  try {
    const service = start("serve");
    await service.ready;
    const watcher = start("watch");
    await watcher.ready;
    const written = await start("write").found;
    const seen = await watcher.end();
    await service.end();
    const latencies = latenciesOf(seen, written);
    const times = {
      p50Ms: ofHundred(latencies, 50),
      p99Ms: ofHundred(latencies, 99),
      mostMs: ofHundred(latencies, 100),
    };
    return { bytes, guarantee, shards, perSecond, alerts: latencies.length, expected: written.alerts, ...times };
  } finally {
    for (const child of children) child.kill("SIGKILL");
  }
}

function latenciesOf(seen: Found["watch"], { measured: [from, until], turns }: Found["write"]): readonly number[] {
  const counted = seen.filter(([sentAt]) => sentAt >= from && sentAt < until).sort(([one], [other]) => one - other);
  let turn = 0;
  return counted.map(([sentAt, seenAt]) => {
    while ((turns[turn] as number) < sentAt + OUT_OF_ORDERNESS_MS) turn += 1;
    return seenAt - (turns[turn] as number);
  });
}

/** A process that has a role. */
type Actor<Known extends Role> = {
  readonly ready: Promise<void>;
  readonly found: Promise<Found[Known]>;
  /** Tells it to end; what it has found. */
  end(): Promise<Found[Known]>;
};

function startActor<Known extends Role>(
  role: Known,
  program: string,
  plan: LatencyPlan,
  children: ChildProcess[],
): Actor<Known> {
  const { NODE_V8_COVERAGE: _counts, NODE_OPTIONS: _options, ...env } = process.env;
  const child = fork(program, [role, JSON.stringify(plan)], { env, execArgv: ["--enable-source-maps"] });
  children.push(child);
  const told = <Kind extends Told["kind"]>(kind: Kind): Promise<Extract<Told, { kind: Kind }>> =>
    new Promise((resolve, reject) => {
      child.on("message", (message: Told) => {
        if (message.kind === kind) resolve(message as Extract<Told, { kind: Kind }>);
      });
      child.once("exit", (code) => reject(new Error(`The process that has to ${role} ended with ${code}.`)));
    });
  const found = told("found").then((message) => message.found as Found[Known]);
  const ready = told("ready").then(() => undefined);
  for (const each of [found, ready]) each.catch(() => undefined); // who waits for it is told
  return {
    ready,
    found,
    end() {
      child.send("end");
      return found;
    },
  };
}

/** As a table in Markdown. */
export function latencyTable(rows: readonly LatencyRow[]): string {
  const lines = rows.map(
    ({ bytes, guarantee, shards, perSecond, alerts, p50Ms, p99Ms, mostMs }) =>
      `| ${bytes} B | ${guarantee}, S = ${shards} | ${perSecond.toLocaleString("en")} | ${alerts.toLocaleString("en")} | ${p50Ms} | ${p99Ms} | ${mostMs} |`,
  );
  return [
    "| record | service | events/s | alerts | p50 ms | p99 ms | longest, ms |",
    "|---|---|--:|--:|--:|--:|--:|",
    ...lines,
  ].join("\n");
}
