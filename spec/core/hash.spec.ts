import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hashText, sha256 } from "../../lib/core/hash.ts";

const it = suite("core/hash");

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const nodeSha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

it("gives the digests of FIPS 180-4", () => {
  const digest = (text: string) => hex(sha256(new TextEncoder().encode(text)));
  assert.is(digest(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert.is(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  assert.is(
    digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  );
});

it("agrees with node:crypto at every length around the ends of blocks", () => {
  for (let length = 0; length <= 200; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + length) & 0xff);
    assert.is(hex(sha256(bytes)), nodeSha256(bytes), `length ${length}`);
  }
});

it("agrees with node:crypto on any bytes", () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      assert.is(hex(sha256(bytes)), nodeSha256(bytes));
    }),
    { numRuns: 1_000 },
  ));

it("reads a view into a larger buffer from where it begins", () => {
  const bytes = new Uint8Array([9, 9, 1, 2, 3, 9]).subarray(2, 5);
  assert.is(hex(sha256(bytes)), nodeSha256(new Uint8Array([1, 2, 3])));
});

it("feeds each field as length, colon, UTF-8 bytes", () => {
  assert.is(hashText("ab", "c"), nodeSha256("2:ab1:c").slice(0, 32));
  assert.is(hashText(), nodeSha256("").slice(0, 32));
  assert.is(hashText("€"), nodeSha256("3:€").slice(0, 32));
  const wellFormed = fc.array(fc.string({ unit: "binary" }), { maxLength: 6 });
  return fc.assert(
    fc.property(wellFormed, (fields) => {
      const fed = fields.map((field) => `${Buffer.byteLength(field)}:${field}`).join("");
      assert.is(hashText(...fields), nodeSha256(fed).slice(0, 32));
    }),
    { numRuns: 1_000 },
  );
});

it("tells different lists of fields apart, however they are cut", () => {
  const unit = fc.constantFrom("a", "1", ":", "2:", "\u0000", "é", "😀", "\ud83d", "\ude00", "\ufffd");
  const fields = fc.array(
    fc.array(unit, { maxLength: 4 }).map((units) => units.join("")),
    { maxLength: 4 },
  );
  return fc.assert(
    fc.property(fields, fields, (left, right) => {
      assert.is(hashText(...left) === hashText(...right), JSON.stringify(left) === JSON.stringify(right));
    }),
    { numRuns: 5_000 },
  );
});

it("tells lone surrogates apart, for which UTF-8 has no bytes", () => {
  const hashes = ["\ud800", "\ud801", "\udfff", "\ufffd", "\ud800\udc00"].map((text) => hashText(text));
  assert.is(new Set(hashes).size, hashes.length);
});

it.run();
