// What is told of something that was thrown, whatever it is.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { saidBy, stackOf } from "../../lib/event/bad-record.ts";

const it = suite("what was thrown");

it("tells what it says and where it was thrown, if it says so", () => {
  const error = new Error("no");
  assert.equal([saidBy(error), stackOf(error)], ["no", error.stack]);
  assert.equal([saidBy("no"), stackOf("no")], ["no", ""]);
  assert.equal([saidBy(undefined), stackOf(undefined)], ["undefined", ""]);
});

it("throws nothing itself", () => {
  const throwing = (): never => {
    throw new Error("not even that");
  };
  // In this order: what a stack says is put together, message and all, when it is replaced.
  const hostile = Object.defineProperty(new Error("no"), "stack", { get: throwing });
  Object.defineProperty(hostile, "message", { get: throwing });
  assert.equal([saidBy(hostile), stackOf(hostile)], ["something that has no text", ""]);
  const numbered = Object.defineProperty(new Error("no"), "stack", { value: 7 });
  assert.equal([saidBy(numbered), stackOf(numbered)], ["no", ""]);
  assert.is(saidBy(Object.create(null)), "something that has no text");
});

it.run();
