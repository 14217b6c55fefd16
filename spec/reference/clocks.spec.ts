// The matcher says what the reference says where the end of each run is seen: runs stand in the order of their deadlines, and those
// with the value of an event are found without asking the others; and when it lets go of what is dead at every turn.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../lib/automaton/compile.ts";
import { rungsOf } from "../../lib/matching/rungs.ts";
import { allowMs } from "../run/ask.ts";
import { withClocks } from "./clocks.ts";
import { randomComparison } from "./compare.ts";
import { compareMany } from "./compare-many.ts";

allowMs(600_000);

const it = suite("matcher and reference, with clocks");

it("draws each of those often enough", () => {
  const drawn = { gap: 0, for: 0, absence: 0, told: 0, ordered: 0, byValue: 0 };
  for (let seed = 1; seed <= 500; seed += 1) {
    const { pattern, options } = withClocks(randomComparison(seed), seed);
    const automaton = compile(pattern);
    const { waits } = automaton;
    if (waits.some(({ gapMs }) => gapMs !== null)) drawn.gap += 1;
    if (waits.some(({ forMs }) => forMs !== null)) drawn.for += 1;
    if (waits.some(({ owesAbsence, forMs }) => owesAbsence && forMs === null)) drawn.absence += 1;
    if (options.timedOut !== "none") drawn.told += 1;
    if (pattern.emit === "ordered") drawn.ordered += 1;
    if (rungsOf(automaton, options.timedOut ?? "none").some(isByValueBesideClocks)) drawn.byValue += 1;
  }
  for (const [name, count] of Object.entries(drawn)) assert.ok(count >= 50, `${name}: ${count} of 500`);
});

it("says what the reference says", () => {
  compareMany(8_000, 5_000_000, withClocks);
});

it("says so when it forgets its states and lets go of what is dead at every turn", () => {
  compareMany(4_000, 6_000_000, (comparison, seed) => ({ ...withClocks(comparison, seed), isTiny: true }));
});

function isByValueBesideClocks({ rung, why }: ReturnType<typeof rungsOf>[number]): boolean {
  return rung === 2 && why !== null && why !== "notOfAll" && why !== "notForGood";
}

it.run();
