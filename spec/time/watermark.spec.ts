// A watermark is its definition, "newest − outOfOrderness − 1", whatever comes.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createWatermark } from "../../lib/time/watermark.ts";

const it = suite("watermark");
const times = fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 40 });

it("is the newest time less the bound and a millisecond, and judges by what it was before", () => {
  fc.assert(
    fc.property(times, fc.nat(20), (stream, bound) => {
      const watermark = createWatermark(bound);
      for (const [index, at] of stream.entries()) {
        const before = Math.max(Number.NEGATIVE_INFINITY, ...stream.slice(0, index)) - bound - 1;
        assert.is(watermark.at, before);
        assert.is(watermark.observe(at), at <= before);
        assert.is(watermark.newest, Math.max(...stream.slice(0, index + 1)));
      }
    }),
    { numRuns: 1000 },
  );
});

it("goes on where it stood if it is told the newest time before", () => {
  fc.assert(
    fc.property(times, times, fc.nat(20), (before, after, bound) => {
      const whole = createWatermark(bound);
      for (const at of before) whole.observe(at);
      const continued = createWatermark(bound, whole.newest);
      for (const at of after) {
        assert.is(continued.at, whole.at);
        assert.is(continued.observe(at), whole.observe(at));
      }
    }),
    { numRuns: 1000 },
  );
});

it("calls nothing late that was moved by no more than the bound", () => {
  fc.assert(
    fc.property(times, fc.nat(20), fc.infiniteStream(fc.nat(1000)), (stream, bound, noise) => {
      const delays = new Map(stream.map((_, index) => [index, (noise.next().value ?? 0) % (bound + 1)]));
      const sorted = [...stream].sort((a, b) => a - b);
      const arrivals = sorted
        .map((at, index) => ({ at, arrives: at + (delays.get(index) ?? 0) }))
        .sort((a, b) => a.arrives - b.arrives);
      const watermark = createWatermark(bound);
      assert.equal(
        arrivals.filter((each) => watermark.observe(each.at)),
        [],
      );
    }),
    { numRuns: 1000 },
  );
});

it("calls the first event on time, whenever it is", () => {
  assert.is(createWatermark(0).observe(-8.64e15), false);
});

it.run();
