// The faults of a story on their way to the requests that they strike.
import type { Call, Fate, Fates } from "../../../../lib/testing/simulation/network.ts";
import { healthy } from "../../../../lib/testing/simulation/simulation.ts";
import type { World } from "../../../../lib/testing/simulation/world.ts";
import type { Fault, Harm } from "./story.ts";

/** Who is hurt, and by what means. */
export type Victims = {
  isHurting(): boolean;
  kill(instance: string, backMs: number | null): void;
  pause(instance: string): void;
  resume(instance: string): void;
  /** A fault strikes. */
  onStruck(call: Call, harm: Harm): void;
};

export function fatesOf(faults: readonly Fault[], victims: Victims): (world: World) => Fates {
  const planned = new Map<string, Fault[]>();
  for (const fault of faults) {
    const key = `${fault.api} ${fault.nth}`;
    planned.set(key, [...(planned.get(key) ?? []), fault]);
  }
  return (world) => {
    const delays = healthy(world);
    const counts = new Map<string, number>();
    return (call): Fate => {
      const fate = delays(call);
      if (!victims.isHurting()) return fate;
      const nth = (counts.get(call.api) ?? 0) + 1;
      counts.set(call.api, nth);
      const struck = planned.get(`${call.api} ${nth}`);
      return struck === undefined
        ? fate
        : struck.reduce((worse, fault) => strike(world, victims, call, fault, worse), fate);
    };
  };
}

function strike({ clock }: World, victims: Victims, call: Call, harm: Harm, fate: Fate): Fate {
  const { instance } = call;
  victims.onStruck(call, harm);
  switch (harm.does) {
    case "lose":
      return { ...fate, lost: harm.what, noticedMs: harm.noticedMs };
    case "hold":
      return { ...fate, requestMs: harm.forMs };
    case "double":
      return { ...fate, isDoubled: true };
    case "kill":
      clock.after(harm.afterMs, () => victims.kill(instance, harm.backMs));
      return fate;
    default:
      clock.after(0, () => victims.pause(instance));
      clock.after(harm.forMs, () => victims.resume(instance));
      return fate;
  }
}
