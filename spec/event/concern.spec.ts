// Which events a schema must see when it is to see only those that concern a pattern.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createConcern } from "../../lib/event/concern.ts";
import { pattern, sequence } from "../../lib/pattern/builder/builder.ts";

const it = suite("concern");

type E = { readonly type: "a" | "b" | "c" | "d"; readonly n: number };

const steps = pattern<E>("steps").begin("x").on("a").notFollowedBy("y").on("b").followedBy("z").on("c");

it("is what some step or absence accepts", () => {
  const isConcerned = createConcern([steps.ast]);
  const concerned = ["a", "b", "c", "d", "toString", undefined].filter((type) => isConcerned({ type }));
  assert.equal(concerned, ["a", "b", "c"]);
});

it("looks into groups", () => {
  const grouped = pattern<E>("grouped").begin(sequence<E>().begin("x").on("d")).times(2);
  const isConcerned = createConcern([grouped.ast]);
  assert.ok(isConcerned({ type: "d" }));
  assert.not(isConcerned({ type: "a" }));
});

it("is every event where a step has no tag, or a loop ends with a condition", () => {
  const untagged = pattern<E>("untagged")
    .begin("x")
    .where((e) => e.n.gt(1));
  const until = pattern<E>("until")
    .begin("x")
    .on("a")
    .oneOrMore()
    .until((e) => e.n.gt(1))
    .next("y")
    .on("b");
  for (const each of [untagged, until]) assert.ok(createConcern([steps.ast, each.ast])({ type: "d" }));
});

it("keeps the tags of different fields apart", () => {
  const byKind = pattern<{ kind: "a" | "z" }, "kind">("kinds", { tag: "kind" }).begin("x").on("z");
  const isConcerned = createConcern([steps.ast, byKind.ast]);
  assert.ok(isConcerned({ kind: "z" }));
  assert.not(isConcerned({ kind: "a" }));
  assert.ok(isConcerned({ type: "a" }));
});

it.run();
