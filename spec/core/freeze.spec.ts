import { suite } from "uvu";
import * as assert from "uvu/assert";
import { freezeDeep } from "../../lib/core/freeze.ts";

const it = suite("core/freeze");

it("freezes all that a value holds, and gives it back", () => {
  const value = { list: [{ deep: { name: "a" } }], nothing: null, text: "x", big: 1n };
  assert.is(freezeDeep(value), value);
  assert.ok([value, value.list, value.list[0], value.list[0]?.deep].every(Object.isFrozen));
});

it("goes on below what is frozen already", () => {
  const inner = { a: 1 };
  freezeDeep(Object.freeze({ inner }));
  assert.ok(Object.isFrozen(inner));
});

it("leaves functions alone", () => {
  const call = Object.assign(() => true, { count: 0 });
  freezeDeep({ call });
  call.count += 1;
  assert.is(call.count, 1);
});

it("takes any depth", () => {
  let deep: { inner: unknown } = { inner: null };
  for (let depth = 0; depth < 200_000; depth += 1) deep = { inner: deep };
  assert.ok(Object.isFrozen(freezeDeep(deep)));
});

it("gives back what cannot be frozen", () => {
  for (const value of [undefined, null, 5, "x", true]) assert.is(freezeDeep(value), value);
});

it.run();
