// What a service lives through: events as they arrive, restarts and silence in between.

import fc from "fast-check";
import { formatDuration } from "../time/duration.ts";
import type { Acted } from "./act.ts";
import { type Arrival, arrivalOf, type Fate } from "./arriving.ts";
import { showing, timeLine } from "./stream.ts";
import { anyIn, type Theater } from "./theater.ts";

/**
 * One thing that happens to a service; `play` of a driver makes it happen.
 *
 * @example
 * import type { JourneyStep } from "sequitur/testing";
 *
 * const steps: readonly JourneyStep<{ n: number }>[] = [
 *   { kind: "send", event: { n: 1 } },
 *   { kind: "restart", readAgain: 1 },
 *   { kind: "wait", forMs: 30_000 },
 * ];
 * steps.length; // => 3
 */
export type JourneyStep<E> =
  | { readonly kind: "send"; readonly event: E }
  /** The process dies, and another one goes on from its last checkpoint, in which the last so many records are not. */
  | { readonly kind: "restart"; readonly readAgain: number }
  /** Nothing comes for a while. */
  | { readonly kind: "wait"; readonly forMs: number };

/** What may happen to events on their way. */
export type Bounds = { readonly boundMs: number; readonly twice: boolean; readonly late: boolean };

/** Streams of any kind, and how they arrive. */
export function arrivalsIn(
  theater: Theater,
  { boundMs, twice, late }: Bounds,
): fc.Arbitrary<Arrival & { readonly events: readonly Acted[] }> {
  const fate: fc.Arbitrary<Fate> = fc.record({
    delay: fc.double({ min: 0, max: 1, noNaN: true }),
    isTwice: twice ? fc.boolean() : fc.constant(false),
    isLate: late ? fc.boolean() : fc.constant(false),
  });
  return fc
    .tuple(anyIn(theater), fc.array(fate, { maxLength: 12 }))
    .map(([events, fates]) => ({ events, ...arrivalOf(events, fates, boundMs) }));
}

type Interruption = Exclude<JourneyStep<never>, { readonly kind: "send" }>;

const interruption: fc.Arbitrary<{ readonly before: number; readonly what: Interruption }> = fc.record({
  before: fc.nat(12),
  what: fc.oneof(
    fc.record({ kind: fc.constant("restart" as const), readAgain: fc.nat(5) }),
    fc.record({ kind: fc.constant("wait" as const), forMs: fc.constantFrom(1_000, 31_000, 120_000) }),
  ),
});

/** Streams as they arrive, with restarts and silence at any point. */
export function journeysIn<E>(theater: Theater, bounds: Bounds): fc.Arbitrary<readonly JourneyStep<E>[]> {
  const { isTimed } = theater.stage.placing;
  return fc.tuple(arrivalsIn(theater, bounds), fc.array(interruption, { maxLength: 4 })).map(([{ arriving }, more]) => {
    const steps = arriving.map(({ value }): JourneyStep<E> => ({ kind: "send", event: value as E }));
    const lines = arriving.length === 0 ? [] : [...timeLine(arriving, isTimed)];
    // From the end to the beginning, so that places stay what they were.
    for (const { before, what } of [...more].sort((left, right) => right.before - left.before)) {
      const index = Math.min(before, arriving.length);
      steps.splice(index, 0, what);
      lines.splice(index, 0, `  ${inWords(what)}`);
    }
    return showing(steps, () => `\n${lines.join("\n")}\n`);
  });
}

function inWords(step: Interruption): string {
  return step.kind === "restart"
    ? `—— restart, ${step.readAgain === 0 ? "with all" : `the last ${step.readAgain} records not`} in its checkpoint`
    : `—— nothing for ${formatDuration(step.forMs)}`;
}
