import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { nearest } from "../../lib/core/nearest.ts";

const it = suite("core/nearest");

const WORDS = ["withinMs", "elements", "skip", "emit", "version"];

it("finds the word that was meant", () => {
  const slips: readonly (readonly [string, string])[] = [
    ["withinMs", "withinMs"],
    ["within", "withinMs"],
    ["withniMs", "withinMs"],
    ["elments", "elements"],
    ["Elements", "elements"],
    ["skp", "skip"],
    ["sikp", "skip"],
    ["emmit", "emit"],
    ["verson", "version"],
  ];
  for (const [written, meant] of slips) assert.is(nearest(written, WORDS), meant, written);
});

it("finds none for what is another word", () => {
  for (const written of ["", "x", "select", "name", "sk", "no", "__proto__", "e".repeat(10_000)]) {
    assert.is(nearest(written, WORDS), undefined, written);
  }
});

it("finds none among none", () => assert.is(nearest("skip", []), undefined));

it("rather has the nearer word", () => {
  assert.is(nearest("toNext", ["toFirst", "toText", "toNext"]), "toNext");
  assert.is(nearest("aabbb", ["aaaab", "aabba"]), "aabba");
});

it("finds any word of five letters again with one letter changed, added or left out", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), minLength: 5, maxLength: 9 });
  return fc.assert(
    fc.property(letters, fc.nat(), fc.constantFrom("", "x", "xy"), (word, at, replacement) => {
      const index = at % word.length;
      const written = word.slice(0, index) + replacement + word.slice(index + 1);
      assert.is(nearest(written, [word]), word);
    }),
  );
});

it.run();
