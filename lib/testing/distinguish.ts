// A stream on which two versions of a pattern find different matches. It is looked for near the matches of both, since that
// is where they differ if they do; then it is made as short as it can be.

import fc from "fast-check";
import type { Automaton } from "../automaton/automaton.ts";
import { compile } from "../automaton/compile.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { type Distinction, difference, noDifference } from "./distinction.ts";
import { type Finder, finderOf, identityOf, type StreamEvent } from "./finder.ts";
import { type Material, materialOf, materialOfEvents, together } from "./material.ts";
import { type Shows, shortest } from "./shortest.ts";
import { streamsNear } from "./streams-near.ts";

/**
 * How long to look for a difference, and in what.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { type DistinguishOptions, distinguish } from "sequitur/testing";
 *
 * type Word = { text: string };
 * const long = pattern<Word>("long").begin("it").filter((e) => e.text.length > 3);
 * const longer = pattern<Word>("long").begin("it").filter((e) => e.text.length > 4);
 * const options: DistinguishOptions<Word> = { streams: 100, events: [{ text: "four" }, { text: "seven" }] };
 * distinguish(long, longer, options).kind; // => "differs"
 */
export type DistinguishOptions<E = object> = {
  /** Streams that are tried at most. Default 1,000. */
  readonly streams?: number;
  /** The same seed tries the same streams. Default 1. */
  readonly seed?: number;
  /** Events to use beside those that are made from the conditions: needed where these are functions given to `filter`. Default: none. */
  readonly events?: readonly E[];
  /**
   * Which events there can be; streams with others are not tried. Those that are made have the fields that conditions look at, and no
   * others; where a condition asks for a kind of event there is also one of kind `"other"`. Default: all.
   */
  readonly allows?: (event: E) => boolean;
};

/**
 * Looks for a stream of one key on which two versions of a pattern find different matches: other events, in other steps, or reported
 * at another time. That none was found is no proof that there is none: the answer says what was tried. `select` and
 * timed-out runs are not compared.
 *
 * Cost: an example and near misses for each step of both, then both matchers on each stream; a tenth of a second as a rule.
 *
 * @throws {PatternError} if one of them does not compile.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { distinguish } from "sequitur/testing";
 *
 * type Charge = { amount: number };
 * const before = pattern<Charge>("large").begin("one").where((e) => e.amount.gt(500));
 * const after = pattern<Charge>("large").begin("one").where((e) => e.amount.gte(500));
 *
 * const found = distinguish(before, after);
 * found.kind === "differs" && found.events; // => [{ value: { amount: 500 }, at: 0 }]
 * distinguish(before, before).kind; // => "noneFound"
 */
export function distinguish<E>(
  before: Pattern<E>,
  after: Pattern<E>,
  options: DistinguishOptions<E> = {},
): Distinction {
  return tellApart(sideOf(compile(before)), sideOf(compile(after)), options);
}

/** A pattern with what it takes to compare it; made once where it is compared with many. */
export type Side = { readonly name: string; readonly material: Material; readonly find: Finder };

export function sideOf(automaton: Automaton): Side {
  return { name: automaton.pattern.name, material: materialOf(automaton), find: finderOf(automaton) };
}

const DEFAULT_STREAMS = 1_000;

/** What `distinguish` does. */
export function tellApart<E>(before: Side, after: Side, options: DistinguishOptions<E> = {}): Distinction {
  const { streams = DEFAULT_STREAMS, seed = 1, events = [], allows = () => true } = options;
  const given = materialOfEvents((events as readonly unknown[]).filter(isObject));
  const material = together([given, before.material, after.material]);
  let [tried, longest] = [0, 0];
  const canBe: Shows = (stream) => stream.every(({ value }) => allows(value as E));
  const differ: Shows = (stream) => canBe(stream) && identityOf(before.find(stream)) !== identityOf(after.find(stream));
  const tryOne: Shows = (stream) => {
    if (!canBe(stream)) return false;
    tried += 1;
    longest = Math.max(longest, stream.length);
    return differ(stream);
  };
  const found = material.bases.slice(0, streams).find(tryOne) ?? search(material, streams - tried, seed, tryOne);
  if (found === null) return noDifference(before.name, { streams: tried, longest, events: material.events.length });
  const least = shortest(found, differ);
  return difference(before.name, least, before.find(least), after.find(least));
}

function isObject(event: unknown): event is object {
  return typeof event === "object" && event !== null;
}

function search(material: Material, streams: number, seed: number, differ: Shows): readonly StreamEvent[] | null {
  if (streams < 1) return null;
  const property = fc.property(streamsNear(material), (stream) => !differ(stream));
  // Its own way of shrinking knows nothing of what a stream is: `shortest` does better.
  const { counterexample } = fc.check(property, { numRuns: streams, seed, endOnFailure: true });
  return counterexample?.[0] ?? null;
}
