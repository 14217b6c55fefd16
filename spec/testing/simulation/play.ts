// Plays scenarios on the model, and on a real broker several at a time: most of their time they wait.
import { type BrokerSettings, createModelBroker } from "../../../lib/testing/simulation/broker.ts";
import type { Ask } from "../../../lib/testing/simulation/calls.ts";
import { createWorld } from "../../../lib/testing/simulation/world.ts";
import type { Settings } from "../../broker/settings.ts";
import { uniqueName } from "../../broker/topics.ts";
import { playScenario, type Scenario } from "./stage.ts";

/** What the real broker of the scenarios is told, so that nobody has to wait for ten seconds… */
export const REAL_SETTINGS: Settings = {
  "transaction.abort.timed.out.transaction.cleanup.interval.ms": "200",
  "log.retention.check.interval.ms": "200",
  "log.initial.task.delay.ms": "200",
};
/** …and the model. */
const MODEL_SETTINGS: Partial<BrokerSettings> = {
  abortTimedOutTransactionEveryMs: 200,
  retentionCheckEveryMs: 200,
  groupMinSessionTimeoutMs: 1_000,
};
/** Markers are written some time after the decision, each by itself. */
const LATEST_MARKER_MS = 30;
const AT_ONCE = 6;

export type Played = { readonly lines: readonly string[]; readonly traceHash: string };

export async function playOnModel(scenario: Scenario, seed: number): Promise<Played> {
  const world = createWorld(seed);
  const { clock } = world;
  const markers = world.random("markers");
  const { ask } = createModelBroker({
    clock,
    settings: MODEL_SETTINGS,
    markerMs: () => markers.between(0, LATEST_MARKER_MS),
    onDecided: (id, { epoch }, outcome) => world.trace(`${id} ${epoch} ${outcome}`),
  });
  const wait = (forMs: number): Promise<void> => new Promise((resolve) => void clock.after(forMs, resolve));
  const stage = { broker: ask, prefix: "", now: () => clock.now(), wait };
  const lines = await world.run(() => playScenario(scenario, stage));
  for (const line of lines) world.trace(line);
  return { lines, traceHash: world.traceHash() };
}

/** Calls `then` as scenarios end, in no order. What fails is told as the last line. */
export async function playOnRealBroker(
  scenarios: readonly Scenario[],
  broker: Ask,
  then: (scenario: Scenario, lines: readonly string[]) => void,
): Promise<void> {
  const left = [...scenarios];
  const wait = (forMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, forMs));
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const stage = { broker, prefix: `${uniqueName("scenario")}-`, now: () => Date.now(), wait };
      const scenario = next;
      const failed = (error: unknown): readonly string[] => [`failed: ${(error as Error).stack ?? error}`];
      then(scenario, await playScenario(scenario, stage).catch(failed));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
