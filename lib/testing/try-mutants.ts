// How good are the tests of a pattern? Each mutant is given to them; those that pass have not noticed that it is wrong.

import { compile } from "../automaton/compile.ts";
import { ConfigError } from "../core/errors.ts";
import { saidBy } from "../event/bad-record.ts";
import type { Pattern } from "../pattern/pattern.ts";
import type { Distinction } from "./distinction.ts";
import { type DistinguishOptions, type Side, sideOf, tellApart } from "./distinguish.ts";
import { describeReport, type MutantReport, type Survivor } from "./mutant-report.ts";
import { type Mutant, mutants } from "./mutants.ts";

/**
 * How to try mutants: where one survives, a difference is looked for as `distinguish` does with these options.
 *
 * @example
 * import type { TryMutantsOptions } from "sequitur/testing";
 *
 * const options: TryMutantsOptions<{ amount: number }> = { streams: 2_000, events: [{ amount: 500 }] };
 * options.streams; // => 2000
 */
export type TryMutantsOptions<E = object> = DistinguishOptions<E> & {
  /** Is told after each mutant how many have been tried, and of how many. */
  readonly onProgress?: (tried: number, all: number) => void;
  /** Stops before the next mutant; the report then says how many there would have been. */
  readonly signal?: AbortSignal;
};

/**
 * Runs `test` with every mutant of a pattern, and says which it does not notice. `test` gets a pattern to be used in place of
 * the real one, and throws, or rejects, if it finds fault with it: a property, a table of examples, or all tests there are. A mutant
 * that it accepts is compared with the pattern: if a stream is found on which they differ, the test has missed it; if not, the
 * two may well mean the same.
 *
 * Cost: one run of `test` for each mutant, of which there are some dozens, and a tenth of a second for each that it accepts.
 *
 * @throws {ConfigError} `TEST_FAILS` if `test` finds fault with the pattern itself.
 * @throws {PatternError} if the pattern does not compile.
 *
 * @example
 * import { matchAll, pattern } from "sequitur";
 * import { tryMutants } from "sequitur/testing";
 *
 * type Charge = { amount: number };
 * const large = pattern<Charge>("large").begin("it").where((e) => e.amount.gt(500)).select((m) => m.it.amount);
 *
 * const report = await tryMutants(large, (each) => {
 *   const found = [...matchAll(each, [{ amount: 400 }, { amount: 600 }], {})].map(({ value }) => value);
 *   if (found.join() !== "600") throw new Error(`found ${found}`);
 * });
 * report.missed.map(({ change }) => change)[0]; // => '"amount is above 500" became "amount is at least 500"'
 */
export async function tryMutants<E, M, R, Timed extends boolean>(
  pattern: Pattern<E, M, R, Timed>,
  test: (pattern: Pattern<E, M, R, Timed>) => unknown,
  options: TryMutantsOptions<E> = {},
): Promise<MutantReport<Pattern<E, M, R, Timed>>> {
  const { onProgress, signal } = options;
  const original = sideOf(compile(pattern));
  await demandPassing(pattern, test);
  const all = mutants(pattern);
  const caught: (typeof all)[number][] = [];
  const survivors: Survivor<Pattern<E, M, R, Timed>>[] = [];
  for (const mutant of all) {
    if (signal?.aborted) break;
    if ((await faultOf(mutant.pattern, test)) === null) {
      survivors.push({ ...mutant, distinction: distinctionOf(original, mutant, options) });
    } else caught.push(mutant);
    onProgress?.(caught.length + survivors.length, all.length);
  }
  return reportOf(pattern.name, all.length, caught, survivors);
}

function distinctionOf<E>(original: Side, { pattern }: Mutant, options: TryMutantsOptions<E>): Distinction {
  return tellApart(original, sideOf(compile(pattern)), options);
}

function reportOf<P>(
  pattern: string,
  all: number,
  caught: readonly Mutant<P>[],
  survivors: readonly Survivor<P>[],
): MutantReport<P> {
  const missed = survivors.flatMap(({ distinction, ...mutant }) =>
    distinction.kind === "differs" ? [{ ...mutant, distinction }] : [],
  );
  const alike = survivors.flatMap(({ distinction, ...mutant }) =>
    distinction.kind === "noneFound" ? [{ ...mutant, distinction }] : [],
  );
  const report = { all, caught, missed, alike };
  return { ...report, describe: () => describeReport(pattern, report) };
}

async function demandPassing<P extends { readonly name: string }>(
  pattern: P,
  test: (pattern: P) => unknown,
): Promise<void> {
  const fault = await faultOf(pattern, test);
  if (fault === null) return;
  throw new ConfigError(
    "TEST_FAILS",
    `the test of "${pattern.name}" finds fault with the pattern itself, so it says nothing of changed ones: ${saidBy(fault.thrown)} Mend the pattern or the test first.`,
    { cause: fault.thrown },
  );
}

/** What `test` threw; `null`: it found nothing wrong. */
async function faultOf<P>(pattern: P, test: (pattern: P) => unknown): Promise<{ readonly thrown: unknown } | null> {
  try {
    await test(pattern);
    return null;
  } catch (thrown) {
    return { thrown };
  }
}
