// The tutorial on tests: the examples miss the mistake, the property finds it, and changed patterns tell which test is worth what.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { distinguish } from "../../lib/testing/distinguish.ts";
import { tryMutants } from "../../lib/testing/try-mutants.ts";
import { byExample, examples } from "../../samples/testing/examples.ts";
import { firstTry } from "../../samples/testing/first-try.ts";
import { warmingUp } from "../../samples/testing/pattern.ts";
import { byProperty, properties } from "../../samples/testing/properties.ts";
import { found, readings } from "../../samples/testing/rooms.ts";
import { allowMs } from "../run/ask.ts";

allowMs(60_000);

const it = suite("samples/testing");

it("has a first try that all examples accept, and that finds a climb where there is none", () => {
  examples(firstTry);
  assert.equal(found(firstTry, readings([4, 5, 5, 5])), ["A from 4 to 5"]);
});

it("has a property that finds the mistake, made as small as it can be", () => {
  assert.throws(() => properties(firstTry), "Counterexample: [[4,5,5,5],1]");
});

it("has a mended pattern of which both are so", () => {
  byExample.run();
  byProperty.run();
});

it("tells the two versions apart", () => {
  const answer = distinguish(firstTry, warmingUp);
  assert.ok(answer.kind === "differs");
  assert.is(answer.before.length, 1);
  assert.is(answer.after.length, 0);
});

it("has examples that overlook changes, and a property that overlooks none", async () => {
  const byExamples = await tryMutants(warmingUp, examples);
  assert.ok(byExamples.missed.some(({ change }) => change.endsWith('above the celsius of the first "climb""')));
  const byProperties = await tryMutants(warmingUp, properties);
  assert.equal(byProperties.missed, []);
});

it.run();
