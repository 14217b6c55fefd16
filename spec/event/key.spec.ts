import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../lib/core/errors.ts";
import { decodeKey, encodeKey, isEncodedKey, isKey, type Key } from "../../lib/event/key.ts";

const it = suite("key");

const part = fc.oneof(fc.string({ unit: "binary" }), fc.maxSafeInteger(), fc.bigInt(), fc.boolean());
const key: fc.Arbitrary<Key> = fc.oneof(part, fc.array(part, { minLength: 1, maxLength: 4 }));
/** -0 and 0 are one key. */
const same = (left: unknown, right: unknown): boolean => JSON.stringify(tagged(left)) === JSON.stringify(tagged(right));
const tagged = (value: unknown): unknown => (Array.isArray(value) ? value.map(tagged) : [typeof value, String(value)]);

it("comes back as it was", () => {
  fc.assert(fc.property(key, (each) => assert.ok(same(decodeKey(encodeKey(each)), each))));
});

it("is equal only to itself", () => {
  fc.assert(fc.property(key, key, (left, right) => assert.is(encodeKey(left) === encodeKey(right), same(left, right))));
  const different: readonly Key[] = [
    1,
    "1",
    1n,
    true,
    "true",
    [1],
    ["1"],
    ["a", "b"],
    ["a,b"],
    ["ab"],
    ["a", "", "b"],
    "s1:a",
    "",
  ];
  assert.is(new Set(different.map(encodeKey)).size, different.length);
});

it("is told from texts that no key was encoded like", () => {
  fc.assert(fc.property(key, (each) => assert.ok(isEncodedKey(encodeKey(each)))));
  const wrong: readonly unknown[] = [
    7,
    null,
    "",
    "s",
    "s2:a",
    "s1:ab",
    "n1.5;",
    "n",
    "ix;",
    "b2;",
    "t",
    "ts",
    "tn1",
    "x",
    "s1:a ",
  ];
  for (const each of wrong) assert.not(isEncodedKey(each), String(each));
});

it("takes 0 and -0 as one", () => {
  assert.is(encodeKey(-0), encodeKey(0));
});

it("refuses what cannot be a key, and says what can", () => {
  for (const wrong of [null, undefined, 1.5, Number.NaN, 2 ** 60, {}, [], [null], [["a"]], Symbol("s")]) {
    assert.not(isKey(wrong));
    assert.throws(
      () => encodeKey(wrong as Key),
      (error: unknown) =>
        error instanceof ConfigError && error.code === "BAD_KEY" && error.message.includes("Use a string"),
    );
  }
});

it.run();
