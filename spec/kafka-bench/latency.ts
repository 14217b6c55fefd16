// How late an alert is. A writer, the service and a watcher of its alerts, who reads what is committed, are processes of their own on one
// machine, by its clock. The time of an event is when it is sent. It may be said where time has come `outOfOrderness` further, and events of
// that time are being sent when the clock has gone on by as much; whatever passes from then on until the alert is seen counts:
//
//     event sent ── outOfOrderness ──▶ may be said ── written, read, matched, written or committed, read ──▶ seen
//                                      └────────────────────────── latency ──────────────────────────────────┘
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

/** `program`: the bundle of `latency-role.ts`. Takes `measuredMs` and some ten seconds. */
export async function measureLatency(
  broker: Broker,
  program: string,
  asked: Omit<LatencyPlan, "address" | "app" | "input">,
): Promise<LatencyRow> {
  const { bytes, guarantee, shards, perSecond, partitions } = asked;
  const app = `latency-${bytes}-${shards}-${guarantee}`;
  const plan = { ...asked, address: broker.address, app, input: `${app}-in` };
  await createTopic(broker, plan.input, partitions);
  const children: ChildProcess[] = [];
  const start = <Known extends Role>(role: Known): Actor<Known> => startActor(role, program, plan, children);
  try {
    const service = start("serve");
    await service.ready;
    const watcher = start("watch");
    await watcher.ready;
    const { measured, alerts: expected } = await start("write").found;
    const seen = await watcher.end();
    await service.end();
    const latencies = latenciesOf(seen, measured);
    const times = {
      p50Ms: ofHundred(latencies, 50),
      p99Ms: ofHundred(latencies, 99),
      mostMs: ofHundred(latencies, 100),
    };
    return { bytes, guarantee, shards, perSecond, alerts: latencies.length, expected, ...times };
  } finally {
    for (const child of children) child.kill("SIGKILL");
  }
}

function latenciesOf(seen: Found["watch"], [from, until]: readonly [number, number]): readonly number[] {
  return seen
    .filter(([sentAt]) => sentAt >= from && sentAt < until)
    .map(([sentAt, seenAt]) => seenAt - sentAt - OUT_OF_ORDERNESS_MS);
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
