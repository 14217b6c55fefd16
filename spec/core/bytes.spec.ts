// Numbers as bytes: what is read is what was written, and what was not written is refused.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ByteReader, ByteWriter, fromText, toText } from "../../lib/core/bytes.ts";

const it = suite("core/bytes");

const refuse = (expected: string): Error => new RangeError(expected);

const number = fc.oneof(
  fc.record({ kind: fc.constant("count" as const), value: fc.nat(2 ** 31 - 1) }),
  fc.record({ kind: fc.constant("count" as const), value: fc.nat(300) }),
  fc.record({ kind: fc.constant("float" as const), value: fc.double({ noNaN: true }) }),
  fc.record({ kind: fc.constant("long" as const), value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
);

it("reads what was written, and nothing behind it", () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 400, size: "max" }), (numbers) => {
      const writer = new ByteWriter();
      for (const each of numbers) {
        if (each.kind === "count") writer.count(each.value);
        else if (each.kind === "float") writer.float(each.value);
        else writer.long(each.value);
      }
      const reader = new ByteReader(writer.written, refuse);
      for (const { kind, value } of numbers) assert.is(reader[kind](), value);
      assert.ok(reader.isAtEnd && reader.at === writer.length);
      assert.throws(() => reader.count(), RangeError);
    }),
    { numRuns: 300 },
  );
});

it("writes counts as drawn", () => {
  const writer = new ByteWriter();
  for (const value of [0, 127, 128, 300]) writer.count(value);
  assert.is(Buffer.from(writer.written).toString("hex"), "007f8001ac02");
});

it("makes room for any number of bytes, and passes them", () => {
  for (const length of [0, 1, 1_020, 5_000]) {
    const bytes = Uint8Array.from({ length }, (_, index) => index);
    const writer = new ByteWriter();
    writer.count(7);
    writer.room(length).set(bytes, writer.length);
    writer.length += length;
    writer.count(8);
    const reader = new ByteReader(writer.written, refuse);
    const start = [reader.count(), reader.pass(length)][1] as number;
    assert.equal(writer.written.subarray(start, start + length), bytes);
    assert.is(reader.count(), 8);
    assert.throws(() => reader.pass(1), /1 more bytes/);
  }
});

it("refuses counts that are too large, too long or cut off, and says what was to stand there", () => {
  const read = (hex: string, end?: number): unknown => {
    try {
      return new ByteReader(Buffer.from(hex, "hex"), refuse).count(end, "a step");
    } catch (error) {
      return (error as RangeError).message;
    }
  };
  assert.equal([read("05", 6), read("05", 5), read("ffffffff07")], [5, "a step", 2 ** 31 - 1]);
  for (const hex of ["", "80", "ffffffff08", "8080808010", "80808080f001", "ffffffffff01"])
    assert.is(read(hex), "a step");
  assert.throws(() => new ByteReader(new Uint8Array(7), refuse).float(), /8 more bytes/);
  assert.throws(() => new ByteReader(new Uint8Array(7), refuse).long(), /8 more bytes/);
});

it("makes text of bytes, however many, and bytes of that text only", () => {
  for (const length of [0, 1, 8_191, 8_192, 20_000]) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 7) % 256);
    assert.is(toText(bytes), Buffer.from(bytes).toString("base64"));
    assert.equal(fromText(toText(bytes)), bytes);
  }
  assert.is(fromText("?"), null);
});

it.run();
