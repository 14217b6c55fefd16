// A planted bug: a mistake that somebody might make, and the world that notices it.
import { CANNOT_BE_PLAYED, type Crowd } from "../swarm/crowd.ts";
import type { Change } from "../swarm/worlds.ts";

export type PlantedBug = Change & {
  /** What goes wrong because of it. */
  readonly breaks: string;
  /** The first world that finds it; 0: none is known yet. */
  readonly seed: number;
};

/** The first of the worlds from `from` to `to` that fails with the bug in it, and how; `null`: none does. @throws {Error} if it cannot be planted */
export async function findBug(
  crowd: Crowd,
  bug: PlantedBug,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<{ readonly seed: number; readonly seen: string } | null> {
  const { failed } = await crowd.play({ change: bug, from, to, isOneEnough: true });
  const [first] = failed;
  if (first?.kind === CANNOT_BE_PLAYED) throw new Error(`"${bug.name}" cannot be planted: ${first.message}`);
  return first === undefined ? null : { seed: first.seed, seen: first.kind };
}
