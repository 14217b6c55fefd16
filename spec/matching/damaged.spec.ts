// Saved state that somebody changed: it is refused with its place before anything is touched, or it is a state like any other, with
// which a matcher goes on. Nothing else happens: no crash, no endless loop, no half restored matcher.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Automaton } from "../../lib/automaton/automaton.ts";
import { compile } from "../../lib/automaton/compile.ts";
import { CheckpointError } from "../../lib/core/errors.ts";
import { createKeyedMatcher } from "../../lib/matching/grouped-matcher.ts";
import type { KeyedMatcher, MatcherState } from "../../lib/matching/matcher.ts";
import { parseEvents, parsePattern } from "../oracle/notation.ts";
import { note } from "../run/ask.ts";
import { feed, throughJson } from "./drive.ts";
import { GOLDEN_CASES } from "./golden-cases.ts";

const it = suite("damaged state");

/** After all times that a damaged state may tell. */
const LATER = 2 ** 50;

const AUTOMATA = new Map(GOLDEN_CASES.map(({ pattern }) => [pattern, compile(parsePattern(pattern))]));

function matcherOf(pattern: string): KeyedMatcher {
  return createKeyedMatcher(AUTOMATA.get(pattern) as Automaton);
}

type Parent = Record<string | number, unknown>;

/** Every place in plain data, as what holds it and its name there. */
function placesIn(value: unknown): readonly (readonly [of: Parent, name: string])[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [[value as Parent, name] as const, ...placesIn(inner)]);
}

const STRANGE: readonly unknown[] = [
  ...[-1, 0, 1, 2, 3, 7, 0.5, 2 ** 31, "", "1", "s1:k", "s9:k", "AQ==", "AAAAAAAA"],
  ...[null, true, false, [], {}, [1, 2], [2, 1], [0, 0, 0], [1, 0, 1], { length: 1 }, "__proto__"],
];

type Damage = { readonly place: number; readonly how: number };

const damage = fc.record({ place: fc.nat(), how: fc.nat(STRANGE.length + 3) });
/** `how`: below 256, the byte that stands there now; 256, it is gone; 257, it is there twice; 258, all behind it is gone. */
const byteDamage = fc.record({ place: fc.nat(), how: fc.oneof(fc.nat(8), fc.integer({ min: 0, max: 258 })) });

/** One byte of the rows is another one. */
function spoilBytes(state: MatcherState, { place, how }: Damage): void {
  for (const rows of state["rows"] as { bytes: string }[]) {
    const bytes = [...Buffer.from(rows.bytes, "base64")];
    const at = place % bytes.length;
    if (how < 256) bytes[at] = how;
    else if (how === 256) bytes.splice(at, 1);
    else if (how === 257) bytes.splice(at, 0, bytes[at] as number);
    else bytes.splice(at);
    rows.bytes = Buffer.from(bytes).toString("base64");
  }
}

function spoil(state: MatcherState, { place, how }: Damage): void {
  const places = placesIn(state);
  const [of, name] = places[place % places.length] as (typeof places)[number];
  const other = places[(place * 7) % places.length] as (typeof places)[number];
  if (how < STRANGE.length) of[name] = structuredClone(STRANGE[how]);
  else if (how === STRANGE.length) of[name] = structuredClone(other[0][other[1]]);
  else if (!Array.isArray(of)) delete of[name];
  else if (how === STRANGE.length + 1) of.splice(Number(name), 1);
  else of.push(structuredClone(of[Number(name)]));
}

const damages = fc.record({
  bytes: fc.array(byteDamage, { maxLength: 3 }),
  places: fc.array(damage, { maxLength: 1 }),
});

it("is refused before anything is touched, or is a state like any other", () => {
  const seen = { refused: 0, taken: 0 };
  const property = fc.property(
    fc.constantFrom(...GOLDEN_CASES),
    damages,
    ({ pattern, before, after }, { bytes, places }) => {
      const matcher = matcherOf(pattern);
      feed(matcher, before, 4);
      const state = throughJson(matcher.save());
      for (const each of bytes) spoilBytes(state, each);
      for (const each of places) spoil(state, each);
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
  fc.assert(property, { numRuns: 3_000 });
  assert.ok(seen.refused > 500 && seen.taken > 80, JSON.stringify(seen));
  note(`${seen.refused} states were refused, ${seen.taken} taken as they were`);
});

it("is refused or harmless at whatever byte it was changed, or cut off", () => {
  for (const { pattern, before } of GOLDEN_CASES) {
    const matcher = matcherOf(pattern);
    feed(matcher, before, 4);
    const saved = throughJson(matcher.save());
    const { length } = Buffer.from((saved["rows"] as readonly { bytes: string }[])[0]?.bytes ?? "", "base64");
    for (let place = 0; place < length; place += 1) {
      for (const how of [0, 1, 2, 3, 0x7f, 0x80, 0xff, 258]) {
        const state = structuredClone(saved);
        spoilBytes(state, { place, how });
        const fresh = matcherOf(pattern);
        try {
          fresh.restore(state);
          fresh.inspect("k");
          fresh.advanceTo(LATER);
        } catch (error) {
          assert.instance(error, CheckpointError, (error as Error).stack);
          assert.match((error as Error).message, /The saved state is damaged: \$\.rows\[0\], at byte \d+, is not/);
        }
      }
    }
  }
});

it("says what is wrong, and where", () => {
  const matcher = matcherOf("a b<3 c");
  feed(matcher, "a", 1);
  const saved = matcher.save() as MatcherState & { readonly rows: readonly [{ readonly bytes: string }] };
  const [{ bytes }] = saved.rows;
  const said = (rows: unknown): string => {
    try {
      matcherOf("a b<3 c").restore({ ...saved, rows });
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.match(said([{ bytes: "?", values: [] }]), /\$\.rows\[0\]\.bytes is not base64/);
  assert.match(said([{ bytes, values: [] }]), /\$\.rows\[0\], at byte 1, is not followed by a key/);
  assert.match(said([...saved.rows, ...saved.rows]), /\$\.rows\[1\] is not a list in which each key is there once/);
  assert.match(said([{ bytes: "", values: ["k"] }]), /\$\.rows\[0\], at byte 0, is not one more row/);
  assert.match(said([{ bytes }]), /\$\.rows\[0\]\.values is not a list/);
});

it.run();
