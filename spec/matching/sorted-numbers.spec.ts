// Numbers in order do what a sorted array does.
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { SortedNumbers } from "../../lib/matching/sorted-numbers.ts";

const it = suite("sorted numbers");

it("gives what is above and below a number, as a sorted array does", () => {
  const number = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constantFrom(-1.5, 1e9, Number.POSITIVE_INFINITY));
  fc.assert(
    fc.property(fc.array(fc.tuple(number, fc.boolean()), { maxLength: 60 }), number, (changes, asked) => {
      const sorted = new SortedNumbers();
      const plain = new Set<number>();
      for (const [each, isAdded] of changes) {
        if (isAdded === plain.has(each)) continue;
        if (isAdded) {
          sorted.add(each);
          plain.add(each);
        } else {
          sorted.delete(each);
          plain.delete(each);
        }
      }
      compareAt(sorted, plain, asked);
    }),
    { numRuns: 1_000 },
  );
});

it("stays in order when there are many", () => {
  const sorted = new SortedNumbers();
  const plain = new Set<number>();
  for (let index = 0; index < 20_000; index++) {
    const number = (index * 7_919) % 20_011;
    sorted.add(number);
    plain.add(number);
    if (index % 3 === 0) {
      const gone = (index * 7_919 * 2) % 20_011;
      if (plain.delete(gone)) sorted.delete(gone);
    }
  }
  for (const asked of [-1, 0, 9_000, 9_000.5, 20_010, 30_000]) compareAt(sorted, plain, asked);
  for (const number of plain) sorted.delete(number);
  assert.equal(sorted.above(-1, true), []);
});

function compareAt(sorted: SortedNumbers, plain: ReadonlySet<number>, asked: number): void {
  const all = [...plain].sort((left, right) => left - right);
  assert.equal(
    sorted.below(asked, false),
    all.filter((each) => each < asked),
  );
  assert.equal(
    sorted.below(asked, true),
    all.filter((each) => each <= asked),
  );
  assert.equal(
    sorted.above(asked, false),
    all.filter((each) => each > asked),
  );
  assert.equal(
    sorted.above(asked, true),
    all.filter((each) => each >= asked),
  );
}

it.run();
