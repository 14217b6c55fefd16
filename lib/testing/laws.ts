// What has to be so of every pattern and every stream, tried on a pattern of one's own: on streams made from its conditions.
// A law that is broken by a pattern has mostly to do with its functions: one that remembers, throws, or looks at a clock.

import fc from "fast-check";
import type { Pattern } from "../pattern/pattern.ts";
import { rulesOf } from "./law-rules.ts";
import type { Rule, Trial } from "./law-trial.ts";
import type { AnyKitOptions, KitOptions } from "./options.ts";
import { timeLine } from "./stream.ts";
import { theaterOf } from "./theater.ts";

/**
 * How a law is tried.
 *
 * @example
 * import type { LawOptions } from "sequitur/testing";
 *
 * const again: LawOptions = { seed: 42, path: "17:0:3" };
 * again.seed; // => 42
 */
export type LawOptions = {
  /** Streams that are tried. Default 100. */
  readonly runs?: number;
  /** The same seed tries the same streams. Default: another each time. */
  readonly seed?: number;
  /** With `seed`: only the stream that failed. */
  readonly path?: string;
};

/**
 * Something that has to be so of a pattern, or a service, on every stream.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { type Law, laws } from "sequitur/testing";
 *
 * const all: readonly Law[] = laws(pattern<{ n: number }>("up").begin("a").next("b").where((e, m) => e.n.gt(m.a.n)), {});
 * all[0]?.name; // => "no function throws"
 */
export type Law = {
  /** Says it in a few words, as the name of a test does. */
  readonly name: string;
  /** Says it in a sentence. */
  readonly says: string;
  /**
   * Tries it on streams made from the pattern.
   *
   * @throws {Error} if it is broken: with the seed, the path, and the smallest stream that was found, as a time line.
   * @throws {ConfigError} as streams of `eventsFor` do when they are drawn.
   */
  check(options?: LawOptions): void;
};

/**
 * The laws that a pattern has to keep; those that say nothing of it are left out. Each is a test for any test runner.
 * Cost of each: a hundred streams, each matched twice or more; some tenths of a second.
 *
 * @throws as `eventsFor`.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { laws } from "sequitur/testing";
 *
 * type Login = { type: "failed" | "ok"; user: string; at: number };
 * const guessed = pattern<Login>("guessed")
 *   .begin("tries").on("failed").times(2)
 *   .followedBy("success").on("ok")
 *   .within("1m");
 *
 * for (const { name, check } of laws(guessed, { key: (e) => e.user, time: (e) => e.at })) {
 *   // test(name, () => check());
 *   check({ runs: 10 });
 * }
 */
export function laws<E, M, R, Timed extends boolean>(
  pattern: Pattern<E, M, R, Timed>,
  options: KitOptions<NoInfer<E>, M, Timed>,
): readonly Law[] {
  const given = options as unknown as AnyKitOptions;
  const theater = theaterOf(pattern as Pattern, given);
  return rulesOf(pattern as Pattern, given, theater).map((rule) => lawOf(pattern.name, rule));
}

/** A rule as a law of what is called so. */
export function lawOf(subject: string, rule: Rule): Law {
  return { name: rule.name, says: rule.says, check: (how = {}) => check(subject, rule, how) };
}

const DEFAULT_RUNS = 100;

function check(subject: string, { name, says, trials }: Rule, { runs = DEFAULT_RUNS, seed, path }: LawOptions): void {
  const broken = new Error("broken");
  const property = fc.property(trials, (trial) => {
    if (differenceOf(trial) !== null) throw broken;
  });
  const result = fc.check(property, {
    numRuns: runs,
    ...(seed === undefined ? {} : { seed }),
    ...(path === undefined ? {} : { path }),
  });
  if (!result.failed) return;
  const [trial] = result.counterexample ?? [];
  // Something that is no verdict: making streams failed, or matching did.
  if (trial === undefined || result.errorInstance !== broken)
    throw result.errorInstance ?? new Error(`${name}: no stream could be tried`);
  const shrunk = result.numShrinks === 0 ? "" : `, made small ${result.numShrinks} times`;
  throw new Error(
    [
      `"${subject}" breaks the law "${name}": ${says}`,
      `Found on stream ${result.numRuns}${shrunk}. Try it again with check({ seed: ${result.seed}, path: "${result.counterexamplePath}" }).`,
      "",
      ...timeLine(trial.events, trial.isTimed, trial.marks),
      "",
      ...(differenceOf(trial) ?? [
        "  It does not break it when it is tried again: what is found depends on more than the stream.",
      ]),
    ].join("\n"),
  );
}

/** What only one of two says that have to say the same; `null`: they do. */
function differenceOf({ one, other }: Trial): readonly string[] | null {
  const [left, right] = [one.told(), other.told()];
  const onlyLeft = without(left, right);
  const onlyRight = without(right, left);
  if (onlyLeft.length === 0 && onlyRight.length === 0) return null;
  return [
    ...onlyLeft.map((line) => `  only ${one.name}: ${line}`),
    ...onlyRight.map((line) => `  only ${other.name}: ${line}`),
  ];
}

function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return lines.filter((line) => {
    const index = left.indexOf(line);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}
