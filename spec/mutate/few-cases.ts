// Stands in for "fast-check" in a program of specs: fast-check itself, but the usual thousand cases of a law are a hundred, the same ones
// for each change, and none is made smaller: that the law is broken is enough. Who wants another number has a reason, and gets it.
import fc, { type Parameters } from "fast-check";

const USUAL = 1_000;
const FEW = 100;
const SEED = 20_260_101;

function few<Values>(given: Parameters<Values> = {}): Parameters<Values> {
  const { numRuns = FEW } = given;
  return { seed: SEED, ...given, numRuns: numRuns === USUAL ? FEW : numRuns, endOnFailure: true };
}

export const assert: typeof fc.assert = (property, given) => fc.assert(property, few(given)) as never;
export const check: typeof fc.check = (property, given) => fc.check(property, few(given)) as never;

// What is exported here by name is not taken from there.
export * from "fast-check";

/** What is imported by default. */
export const fewCases: typeof fc = { ...fc, assert, check };
