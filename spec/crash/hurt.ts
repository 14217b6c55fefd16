// Processes that die one after the other with a commit on its way, as the noise in which something else is tried; and how a process kills
// the broker that it speaks with.
import type { Broker } from "../broker/broker.ts";
import { until } from "../transports/kafka/kit.ts";
import type { Field } from "./field.ts";
import type { Act } from "./hook.ts";
import { CHECKPOINT_POINTS } from "./points.ts";
import { oneOf, pause, type Trial } from "./scenario.ts";

const PROCESSES = 2;
const CALM_MS = 1_000;

/** Keeps two processes alive and kills one of them so many times, while somebody writes; how many died. */
export async function deathsOf(
  field: Field,
  times: number,
  { tell, signal }: Pick<Trial, "tell" | "signal">,
): Promise<number> {
  const ending = CHECKPOINT_POINTS.filter(({ api }) => api === "endTxn");
  let died = 0;
  for (; died < times && !signal.aborted; died += 1) {
    while (field.living().length < PROCESSES) field.start();
    await field.untilShared(PROCESSES);
    await pause(CALM_MS, signal);
    const victim = oneOf(field.living(), field.chance);
    const point = oneOf(ending, field.chance);
    victim.order({ point, shards: null, number: 1, act: { kind: "die", afterMs: 0 } });
    await until(`${victim.name} died`, () => !victim.isAlive());
    tell(`${died + 1} of ${times} processes killed`);
  }
  while (field.living().length < PROCESSES) field.start();
  await field.untilShared(PROCESSES);
  return died;
}

/** Kills that of `brokers` to which the request goes. */
export function killing(brokers: readonly Pick<Broker, "address" | "pid">[]): Act {
  const living = brokers.flatMap(({ address, pid }) => {
    const id = pid();
    return id === null ? [] : [[Number(address.split(":")[1]), id] as const];
  });
  return { kind: "kill", pids: Object.fromEntries(living) };
}
