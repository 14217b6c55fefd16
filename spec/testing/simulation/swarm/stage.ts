// A world with a service in it: what all that happens there has at hand.
import type { InputRecord } from "../../../../lib/runtime/ports.ts";
import type { Simulation } from "../../../../lib/testing/simulation/simulation.ts";
import type { Situations } from "../situations.ts";
import type { Crew } from "./crew.ts";
import type { History } from "./history.ts";
import type { Load, Place } from "./load.ts";
import type { Story } from "./story.ts";

export type Stage = {
  readonly story: Story;
  readonly simulation: Simulation;
  readonly crew: Crew;
  readonly history: History;
  readonly load: Load;
  readonly situations: Situations;
  /** Input that was deleted; what stands at `from` or behind was not dealt with, as it seemed then. */
  readonly lost: { readonly place: Place; readonly from: bigint; readonly records: readonly InputRecord[] }[];
  /** What operators are doing. */
  readonly underway: Promise<void>[];
  sleep(forMs: number): Promise<void>;
};

/** The world does not hold. @throws {Error} with all that the processes said last */
export function demand({ crew }: Pick<Stage, "crew">, what: string, holds: boolean): void {
  if (!holds) throw new Error(`${what}\n${crew.story()}`);
}
