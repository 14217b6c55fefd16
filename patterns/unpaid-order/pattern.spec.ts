import * as fc from "fast-check";
import { matchAll, type Pattern, type ResultOf } from "sequitur";
import { eventsFor, laws, tryMutants } from "sequitur/testing";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type OrderEvent, unpaidOrder } from "./pattern.ts";

const it = suite("patterns/unpaid-order");
const START = Date.UTC(2026, 2, 2, 9);
const MINUTE = 60_000;

const at = (minutes: number): string => new Date(START + minutes * MINUTE).toISOString();
const ordered = (order: string, minutes: number): OrderEvent => {
  return { type: "ordered", order, customer: "c1", total: 10, at: at(minutes) };
};
const paid = (order: string, minutes: number): OrderEvent => ({ type: "paid", order, at: at(minutes) });
const cancelled = (order: string, minutes: number): OrderEvent => ({ type: "cancelled", order, at: at(minutes) });

/** The pattern, or one that stands in for it. */
type Unpaid = Pattern<OrderEvent, unknown, ResultOf<typeof unpaidOrder>, true>;

/** Which orders are found, and when that is known, in minutes from the start. */
function found(events: readonly OrderEvent[], each: Unpaid = unpaidOrder): readonly string[] {
  const matches = matchAll(each, events, { key: (e) => e.order, time: (e) => e.at });
  return [...matches].map((match) => `${match.value.order} at ${(match.at - START) / MINUTE}`);
}

it("finds an order that nobody pays, when the hour is over", () => {
  assert.equal(found([ordered("A", 0)]), ["A at 60"]);
});

it("finds none that is paid or cancelled in time", () => {
  assert.equal(found([ordered("A", 0), paid("A", 59), ordered("B", 60), cancelled("B", 61)]), []);
});

it("finds one that is paid too late: the hour is over at its end", () => {
  assert.equal(found([ordered("A", 0), paid("A", 60)]), ["A at 60"]);
});

it("finds one of which another order was paid", () => {
  assert.equal(found([ordered("A", 0), ordered("B", 1), paid("B", 2)]), ["A at 60"]);
});

it("finds what a plain loop finds", () => findsWhatALoopFinds(unpaidOrder));

it("has tests that notice every small change of the pattern", async () => {
  const report = await tryMutants(unpaidOrder, findsWhatALoopFinds);
  assert.is(report.missed.length, 0, report.describe());
});

function findsWhatALoopFinds(pattern: Unpaid): void {
  const step = fc.record({
    make: fc.constantFrom(ordered, paid, cancelled),
    order: fc.constantFrom("A", "B"),
    gap: fc.nat(45),
  });
  void fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let minutes = 0;
      const events = steps.map(({ make, order, gap }) => {
        minutes += gap;
        return make(order, minutes);
      });
      assert.equal([...found(events, pattern)].sort(), expected(events));
    }),
    { numRuns: 1_000 },
  );
}

/** For each order: does anything settle it in the hour after it? */
function expected(events: readonly OrderEvent[]): readonly string[] {
  return events
    .flatMap((event, index) => {
      if (event.type !== "ordered") return [];
      const deadline = Date.parse(event.at) + 60 * MINUTE;
      const settles = (other: OrderEvent): boolean =>
        other.type !== "ordered" && other.order === event.order && Date.parse(other.at) < deadline;
      return events.slice(index + 1).some(settles) ? [] : [`${event.order} at ${(deadline - START) / MINUTE}`];
    })
    .sort();
}

const order = fc.constantFrom("A", "B");
const orderEvents: fc.Arbitrary<OrderEvent> = fc.oneof(
  fc.record({
    type: fc.constant("ordered"),
    order,
    customer: fc.constant("c1"),
    total: fc.nat(100),
    at: fc.constant(at(0)),
  }),
  fc.record({ type: fc.constantFrom("paid", "cancelled"), order, at: fc.constant(at(0)) }),
);

it("is missed by a hair, and found if not", () => {
  const { matching, nearMisses } = eventsFor(unpaidOrder, {
    key: (e) => e.order,
    time: (e) => e.at,
    event: orderEvents,
    startAt: START,
  });
  void fc.assert(fc.property(matching, (events) => assert.not.equal(found(events), [])));
  void fc.assert(fc.property(nearMisses, ({ events }) => assert.equal(found(events), [])));
});

for (const { name, check } of laws(unpaidOrder, { key: (e) => e.order, time: (e) => e.at, event: orderEvents }))
  it(`keeps the law "${name}"`, () => check());

it.run();
