// Where reading begins: every position, every log, every policy.
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TransportError } from "../../../lib/core/errors.ts";
import { beginningOf } from "../../../lib/transports/kafka/beginning.ts";

const it = suite("beginning");
const place = { topic: "cards", partition: 3 };
const latest = { startFrom: "latest", onDataLoss: "fail", groupId: "fraud" } as const;

it("goes on where the group stands; without a position at the end, or at the beginning", () => {
  const bounds = { first: 10n, end: 20n };
  assert.equal(beginningOf(place, 12n, bounds, latest), { position: 12n, lost: 0n });
  assert.equal(beginningOf(place, 20n, bounds, latest), { position: 20n, lost: 0n });
  assert.equal(beginningOf(place, null, bounds, latest), { position: 20n, lost: 0n });
  assert.equal(beginningOf(place, null, bounds, { ...latest, startFrom: "earliest" }), { position: 10n, lost: 0n });
});

it("never skips a record without a word, and always begins inside the log", () => {
  const offset = fc.bigInt({ min: 0n, max: 50n });
  fc.assert(
    fc.property(offset, offset, offset, fc.constantFrom("fail", "continue"), (position, first, length, onDataLoss) => {
      const bounds = { first, end: first + length };
      const isThere = position >= first && position <= bounds.end;
      let begun: ReturnType<typeof beginningOf>;
      try {
        begun = beginningOf(place, position, bounds, { ...latest, onDataLoss });
      } catch (error) {
        assert.ok(error instanceof TransportError && error.code === "DATA_LOST" && !error.retriable);
        assert.ok(!isThere && onDataLoss === "fail");
        return;
      }
      assert.ok(begun.position >= bounds.first && begun.position <= bounds.end);
      assert.is(begun.lost, position < first ? first - position : 0n);
      assert.ok(isThere ? begun.position === position : onDataLoss === "continue");
    }),
  );
});

it("says what is lost, and what to do", () => {
  const said = (position: bigint): string => {
    try {
      beginningOf(place, position, { first: 10n, end: 20n }, latest);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.match(
    said(4n),
    'Records 4 to 9 of partition 3 of "cards" were deleted before they were read: the log begins at 10.',
  );
  assert.match(said(30n), 'The log of partition 3 of "cards" ends at 20, but reading stands at 30');
  for (const position of [4n, 30n])
    assert.match(said(position), /onDataLoss to "continue".*group "fraud".*retention\.ms/);
});

it.run();
