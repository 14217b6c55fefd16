// Tries mutants of a room with its specs.
import { basename, join } from "node:path";
import type { Mutant } from "./mutants.ts";
import { writeProgram } from "./program.ts";
import type { Room } from "./rooms.ts";
import { type Ending, type Pace, trySpecs } from "./try-specs.ts";

export type Verdict = Ending | { readonly kind: "no code" };

export type Trial = (mutant: Mutant) => Promise<Verdict>;

/** Runs the specs of the room once, with nothing changed, to know how long they take; or says which test does not hold. */
export async function openTrial({ specs }: Room, folder: string): Promise<Trial | string> {
  let programs = 0;
  const tryWith = async (ordered: readonly string[], mutant: Mutant | null, pace: Pace | null): Promise<Verdict> => {
    programs += 1;
    const program = join(folder, `${programs}.mjs`);
    try {
      await writeProgram(ordered, mutant, program);
    } catch (error) {
      if (mutant === null) throw error;
      return { kind: "no code" };
    }
    return trySpecs(program, pace);
  };
  const first = await tryWith(specs, null, null);
  if (first.kind !== "held") return first.kind === "no code" ? first.kind : first.at;
  const { pace } = first;
  return (mutant) => tryWith(ordered(specs, mutant, pace), mutant, pace);
}

/** The spec of the changed file first, then the quickest. */
function ordered(specs: readonly string[], { file }: Mutant, pace: Pace): readonly string[] {
  const own = `${basename(file, ".ts")}.spec.ts`;
  const rank = (spec: string): number => (basename(spec) === own ? -1 : (pace.get(spec) ?? 0));
  return [...specs].sort((one, other) => rank(one) - rank(other));
}
