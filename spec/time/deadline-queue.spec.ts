// The queue must give what a plain list of (instant, key) pairs, searched from end to end, gives.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createDeadlineQueue } from "../../lib/time/deadline-queue.ts";

const it = suite("deadline queue");

type Command =
  | { readonly kind: "set"; readonly key: string; readonly at: number | null }
  | { readonly kind: "pop"; readonly until: number };

const key = fc.constantFrom("a", "b", "c", "d", "__proto__", "constructor", "");
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("set" as const), key, at: fc.option(fc.nat(9)) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("pop" as const), until: fc.nat(10) }) },
);

function soonestOf(list: ReadonlyMap<string, number>): readonly [string, number] | undefined {
  return [...list].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1))[0];
}

function check(commands: readonly Command[]): void {
  const queue = createDeadlineQueue();
  const list = new Map<string, number>();
  for (const each of commands) {
    if (each.kind === "set") {
      queue.set(each.key, each.at);
      if (each.at === null) list.delete(each.key);
      else list.set(each.key, each.at);
    } else {
      const soonest = soonestOf(list);
      const due = soonest !== undefined && soonest[1] <= each.until ? soonest[0] : null;
      if (due !== null) list.delete(due);
      assert.is(queue.popDue(each.until), due);
    }
    assert.is(queue.peek(), soonestOf(list)?.[1] ?? null);
    assert.is(queue.size, list.size);
  }
}

it("agrees with a plain list", () => {
  fc.assert(fc.property(fc.array(command, { maxLength: 60 }), check), { numRuns: 1000 });
});

it("agrees with a plain list when many deadlines move, so that it sweeps", () => {
  const many = fc.array(
    fc.record({ kind: fc.constant("set" as const), key: fc.nat(200).map(String), at: fc.option(fc.nat(1000)) }),
    { minLength: 300, maxLength: 500 },
  );
  const drain = Array.from({ length: 220 }, (): Command => ({ kind: "pop", until: 1001 }));
  fc.assert(
    fc.property(many, (commands) => check([...commands, ...drain])),
    { numRuns: 20 },
  );
});

it("gives equal instants in order of key", () => {
  const queue = createDeadlineQueue();
  for (const each of ["b", "é", "a", "B"]) queue.set(each, 5);
  const popped = [queue.popDue(5), queue.popDue(5), queue.popDue(5), queue.popDue(5), queue.popDue(5)];
  assert.equal(popped, ["B", "a", "b", "é", null]);
});

it("takes the ends of time", () => {
  const queue = createDeadlineQueue();
  queue.set("never", Number.POSITIVE_INFINITY);
  assert.is(queue.popDue(Number.MAX_VALUE), null);
  assert.is(queue.popDue(Number.POSITIVE_INFINITY), "never");
});

it("refuses what is no instant", () => {
  assert.throws(() => createDeadlineQueue().set("k", Number.NaN), /bug in sequitur/);
});

it.run();
