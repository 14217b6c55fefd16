// The service under load, by shards, as a process of its own: until SIGTERM, until it fails, or until it dies where it was ordered to.
// Orders come by stdin, a line of JSON each. Its log goes to stdout; what it has said to Kafka stands in a file, which outlives it.
//
//     node … process.ts '{"address": …, "app": …, "witness": FILE, "connection": {…}}'
import { openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Log } from "../../lib/runtime/ports.ts";
import type { KafkaDefinition } from "../../lib/transports/kafka/options.ts";
import { salesService } from "../kafka-load/traffic.ts";
import { runOnKafka } from "../transports/kafka/kit.ts";
import { crowdService } from "./crowd.ts";
import { createHook, type Order, type Witness } from "./hook.ts";
import { writeWitness } from "./witness.ts";

export type ProcessPlan = {
  readonly address: string;
  readonly app: string;
  readonly witness: string;
  readonly connection: Partial<KafkaDefinition>;
  /** Where a first order need not wait for a line. */
  readonly orders: readonly Order[];
  readonly service: "sales" | "crowd";
  /** How many shards; `null`: as the service would have them. */
  readonly shards: number | null;
};

/** A line of stdin. */
export type Command =
  | { readonly kind: "order"; readonly order: Order }
  /** What was ordered at the point of this name is not to happen any more. */
  | { readonly kind: "callOff"; readonly point: string }
  /** Says in the log how much CPU was used so far. */
  | { readonly kind: "cpu" };

const SERVICES = { sales: (app: string) => salesService(app, { idleAfter: "20s" }), crowd: crowdService };

const plan = JSON.parse(process.argv[2] ?? "{}") as ProcessPlan;
const file = openSync(plan.witness, "w");
const hook = createHook(plan.app, (seen: Witness) => writeSync(file, writeWitness(seen), 0));
for (const order of plan.orders) hook.order(order);
const say: Log = (level, message, fields) => {
  if (level !== "debug") console.log(JSON.stringify({ at: Date.now(), level, message, ...fields }, wholeErrors));
};
const service = SERVICES[plan.service](plan.app);
const { running } = runOnKafka(service, plan.address, { ...plan.connection, shards: plan.shards }, say);
process.once("SIGTERM", () => running.stop());
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const command = JSON.parse(line) as Command;
    if (command.kind === "order") hook.order(command.order);
    else if (command.kind === "callOff") hook.callOff(command.point);
    else say("info", "cpu", { ms: cpuMs() });
  })
  .once("close", () => process.exit(1)); // who started it is gone
await running.done.then(
  () => process.exit(0),
  () => process.exit(1), // it has logged why
);

/** Of an error, JSON would leave out what it says. */
function wholeErrors(_: string, value: unknown): unknown {
  return value instanceof Error ? value.stack : value;
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
