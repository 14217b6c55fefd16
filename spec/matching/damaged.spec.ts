// Saved state that somebody changed: it is refused with its place before anything is touched, or it is a state like any other, with
// which a matcher goes on. Nothing else happens: no crash, no endless loop, no half restored matcher.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CheckpointError } from "../../lib/core/errors.ts";
import type { MatcherState } from "../../lib/matching/matcher.ts";
import { parseEvents } from "../oracle/notation.ts";
import { note } from "../run/ask.ts";
import { feed, matcherOf, throughJson } from "./drive.ts";
import { GOLDEN_CASES } from "./golden-cases.ts";

const it = suite("damaged state");

/** After all times that a damaged state may tell. */
const LATER = 2 ** 50;

type Parent = Record<string | number, unknown>;

/** Every place in plain data, as what holds it and its name there. */
function placesIn(value: unknown): readonly (readonly [of: Parent, name: string])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [[value as Parent, name] as const, ...placesIn(inner)]);
}

const STRANGE: readonly unknown[] = [
  ...[-1, 0, 1, 2, 3, 7, 0.5, 2 ** 31, "", "1", "s1:k", "s9:k", "together", "listed", "byValue"],
  ...[null, true, false, [], {}, [1, 2], [2, 1], [0, 0, 0], [1, 0, 1], { length: 1 }, "__proto__"],
];

const damage = fc.record({ place: fc.nat(), how: fc.nat(STRANGE.length + 3) });

function spoil(state: MatcherState, { place, how }: { readonly place: number; readonly how: number }): void {
  const places = placesIn(state);
  const [of, name] = places[place % places.length] as (typeof places)[number];
  const other = places[(place * 7) % places.length] as (typeof places)[number];
  if (how < STRANGE.length) of[name] = structuredClone(STRANGE[how]);
  else if (how === STRANGE.length) of[name] = structuredClone(other[0][other[1]]);
  else if (!Array.isArray(of)) delete of[name];
  else if (how === STRANGE.length + 1) of.splice(Number(name), 1);
  else of.push(structuredClone(of[Number(name)]));
}

it("is refused before anything is touched, or is a state like any other", () => {
  const seen = { refused: 0, taken: 0 };
  const property = fc.property(
    fc.constantFrom(...GOLDEN_CASES),
    fc.array(damage, { minLength: 1, maxLength: 3 }),
    ({ pattern, before, after }, damages) => {
      const matcher = matcherOf(pattern);
      feed(matcher, before, 4);
      const state = throughJson(matcher.save());
      for (const each of damages) spoil(state, each);
      const held = JSON.stringify(matcher.counts());
      try {
        matcher.restore(state);
      } catch (error) {
        assert.instance(error, CheckpointError, (error as Error).stack);
        assert.is(JSON.stringify(matcher.counts()), held, "nothing has changed");
        seen.refused += 1;
        return;
      }
      seen.taken += 1;
      const from = matcher.counts().oldestFirstAt;
      assert.ok(from === null || Number.isFinite(from));
      const again = matcherOf(pattern);
      again.restore(throughJson(matcher.save()));
      for (const each of [matcher, again]) {
        each.inspect("k");
        each.advanceTo(LATER - 1);
        feed(
          each,
          parseEvents(after).map((event) => ({ ...event, at: LATER + event.at })),
          2 * LATER,
        );
      }
    },
  );
  fc.assert(property, { numRuns: 2_000 });
  assert.ok(seen.refused > 500 && seen.taken > 80, JSON.stringify(seen));
  note(`${seen.refused} states were refused, ${seen.taken} taken as they were`);
});

it.run();
