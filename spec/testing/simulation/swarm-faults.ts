// What a seed does to a service: each draws its own rates, so that some lose much, some kill much, some do neither.
import type { Fate, Fates } from "../../../lib/testing/simulation/network.ts";
import type { Random } from "../../../lib/testing/simulation/random.ts";
import { healthy, type Simulation } from "../../../lib/testing/simulation/simulation.ts";
import type { World } from "../../../lib/testing/simulation/world.ts";
import type { Situations } from "./situations.ts";

/** Probabilities, for each request of a process. */
type Rates = {
  readonly kill: number;
  readonly pause: number;
  readonly hold: number;
  readonly lose: number;
  readonly double: number;
};

/** Who is hurt, and by what means. */
export type Victims = {
  readonly simulation: Simulation;
  readonly isHurting: () => boolean;
  kill(instance: string): void;
  pause(instance: string): void;
  resume(instance: string): void;
};

/** A request is on its way for so long at most before its process dies: that may be before it arrives, or after the answer. */
const LATEST_DEATH_MS = 8;
/** Longer than a process waits for an answer. */
const HELD_MS = [2_000, 5_000] as const;
const PAUSED_MS = [100, 18_000] as const;
const LATEST_NOTICE_MS = 300;

export function swarmFaults(world: World, victims: () => Victims, situations: Situations): Fates {
  const faults = world.random("faults");
  const delays = healthy(world);
  const rates = drawRates(faults);
  return (call): Fate => {
    const fate = delays(call);
    const { isHurting, kill, pause, resume, simulation } = victims();
    if (!isHurting()) return fate;
    if (faults.happens(rates.kill)) {
      situations.saw(`killed at ${call.api}`);
      world.clock.after(faults.between(0, LATEST_DEATH_MS), () => {
        if (simulation.broker.openTransactions().some((id) => id.startsWith("shop.")))
          situations.saw("killed with a transaction open");
        kill(call.instance);
      });
    }
    if (faults.happens(rates.pause)) {
      situations.saw("stopped for a while");
      world.clock.after(0, () => pause(call.instance));
      world.clock.after(faults.between(...PAUSED_MS), () => resume(call.instance));
    }
    if (faults.happens(rates.hold)) {
      situations.saw(`${call.api} done long after it was given up`);
      return { ...fate, requestMs: faults.between(...HELD_MS) };
    }
    if (faults.happens(rates.lose)) {
      const lost = faults.pick<"request" | "answer">(["request", "answer"]);
      situations.saw(`lost: the ${lost} of ${call.api}`);
      return { ...fate, lost, noticedMs: faults.between(0, LATEST_NOTICE_MS) };
    }
    return { ...fate, isDoubled: faults.happens(rates.double) };
  };
}

function drawRates(faults: Random): Rates {
  return {
    kill: 0.008 * faults.fraction(),
    pause: 0.004 * faults.fraction(),
    hold: 0.004 * faults.fraction(),
    lose: 0.04 * faults.fraction(),
    double: 0.02 * faults.fraction(),
  };
}
