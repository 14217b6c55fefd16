// Bytes come from strangers. Whatever they are, there is a verdict, and what JSON.parse accepts is read as it reads it.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../lib/core/errors.ts";
import type { BadRecordCode } from "../../lib/event/bad-record.ts";
import { createDecoder, type DecoderOptions } from "../../lib/event/decode.ts";
import type { StandardSchema } from "../../lib/event/schema.ts";

const it = suite("decode");

const plain: DecoderOptions = {
  topic: "events",
  decode: null,
  schema: null,
  isConcerned: () => true,
  maxRecordBytes: 1_000,
  maxDepth: 8,
};
const noHeaders = new Map<string, string>();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function decode(value: Uint8Array | null, options: Partial<DecoderOptions> = {}): unknown {
  const decoded = createDecoder({ ...plain, ...options })(value, noHeaders);
  return decoded.kind === "bad" ? decoded.code : decoded.value;
}

function schema(validate: StandardSchema["~standard"]["validate"]): StandardSchema {
  return { "~standard": { version: 1, vendor: "spec", validate } };
}

it("never throws, whatever the bytes", () => {
  const codes: ReadonlySet<unknown> = new Set<BadRecordCode>([
    "NOT_UTF8",
    "NOT_JSON",
    "TOO_DEEP",
    "NOT_AN_OBJECT",
    "TOO_LARGE",
  ]);
  const anything = fc.oneof(
    fc.uint8Array({ maxLength: 1_200 }),
    fc.string({ unit: "binary" }).map(bytes),
    fc.json({ maxDepth: 12 }).map(bytes),
    fc.stringMatching(/^[[\]{}",:01e.\\-]{0,40}$/).map(bytes),
  );
  fc.assert(
    fc.property(anything, (value) => {
      const decoded = decode(value);
      assert.ok(codes.has(decoded) || (typeof decoded === "object" && decoded !== null && !Array.isArray(decoded)));
    }),
    { numRuns: 2_000 },
  );
});

it("reads an object as JSON.parse does", () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 }), { maxKeys: 5 });
  fc.assert(
    fc.property(object, (value) => {
      const text = JSON.stringify(value);
      assert.equal(decode(bytes(text), { maxRecordBytes: 100_000 }), JSON.parse(text));
    }),
    { numRuns: 1_000 },
  );
});

const cases: readonly (readonly [title: string, value: Uint8Array | null, expected: unknown])[] = [
  ["no value", null, "NOT_AN_OBJECT"],
  ["no bytes", bytes(""), "NOT_JSON"],
  ["bytes that are no UTF-8", Uint8Array.of(0x7b, 0xff, 0x7d), "NOT_UTF8"],
  ["a lone surrogate in UTF-8", Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), "NOT_UTF8"],
  ["an overlong slash", Uint8Array.of(0x22, 0xc0, 0xaf, 0x22), "NOT_UTF8"],
  ["half a character at the end", Uint8Array.of(0x7b, 0x7d, 0xc3), "NOT_UTF8"],
  ["half an object", bytes('{"a":1'), "NOT_JSON"],
  ["two objects", bytes("{}{}"), "NOT_JSON"],
  ["a comment", bytes("{} // x"), "NOT_JSON"],
  ["a list", bytes("[{}]"), "NOT_AN_OBJECT"],
  ["null", bytes("null"), "NOT_AN_OBJECT"],
  ["a number", bytes("1"), "NOT_AN_OBJECT"],
  ["one level too deep", bytes(`{"a":${"[".repeat(8)}${"]".repeat(8)}}`), "TOO_DEEP"],
  ["as deep as allowed", bytes(`{"a":${"[".repeat(7)}${"]".repeat(7)}}`), { a: [[[[[[[]]]]]]] }],
  ["one byte too large", bytes(`{"a":"${"x".repeat(993)}"}`), "TOO_LARGE"],
  ["as large as allowed", bytes(`{"a":"${"x".repeat(992)}"}`), { a: "x".repeat(992) }],
  ["a byte order mark", Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d), {}],
  ["a field twice", bytes('{"a":1,"a":2}'), { a: 2 }],
];

for (const [title, value, expected] of cases) it(title, () => assert.equal(decode(value), expected));

it("a field called __proto__ is a field", () => {
  const value = decode(bytes('{"__proto__":{"admin":true},"constructor":1}')) as Record<string, unknown>;
  assert.equal(Object.keys(value), ["__proto__", "constructor"]);
  assert.is(value["admin"], undefined);
});

it("nesting of a million levels is too deep, and nothing worse", () => {
  const deep = bytes(`{"a":${"[".repeat(1e6)}${"]".repeat(1e6)}}`);
  assert.is(decode(deep, { maxRecordBytes: 1e7 }), "TOO_DEEP");
});

it("a decode function reads the bytes instead, with the headers", () => {
  const headers = new Map([["unit", "C"]]);
  const decoder = createDecoder({ ...plain, decode: (value, all) => ({ first: value[0], unit: all.get("unit") }) });
  assert.equal(decoder(Uint8Array.of(7), headers), { kind: "decoded", value: { first: 7, unit: "C" } });
});

it("a decode function that throws, or gives no object, makes a bad record", () => {
  const thrown = [new Error("no magic byte"), "text", null, { toString: () => JSON.parse("{") }];
  for (const each of thrown) {
    const failing = (): never => {
      throw each;
    };
    assert.is(decode(bytes("{}"), { decode: failing }), "DECODE_FAILED");
  }
  assert.is(decode(bytes("{}"), { decode: () => [1] }), "NOT_AN_OBJECT");
  assert.is(decode(bytes("{}"), { decode: () => 1 }), "NOT_AN_OBJECT");
});

it("a schema may change the event", () => {
  const doubled = schema((value) => ({ value: { amount: 2 * (value as { amount: number }).amount } }));
  assert.equal(decode(bytes('{"amount":4}'), { schema: doubled }), { amount: 8 });
});

it("what a schema refuses names the fields, three of them and how many more", () => {
  const issues = ["a", "b", "c", "d"].map((name) => ({ message: `no ${name}`, path: ["in", { key: name }] }));
  const decoder = createDecoder({ ...plain, schema: schema(() => ({ issues })) });
  const decoded = decoder(bytes("{}"), noHeaders);
  assert.equal(decoded, {
    kind: "bad",
    code: "SCHEMA",
    message: "The schema refuses the event: in.a: no a; in.b: no b; in.c: no c (and 1 more).",
  });
});

it("a schema that throws, or gives no object, makes a bad record", () => {
  const throwing = schema(() => {
    throw new TypeError("broken");
  });
  assert.is(decode(bytes("{}"), { schema: throwing }), "SCHEMA");
  assert.is(decode(bytes("{}"), { schema: schema(() => ({ value: "text" })) }), "NOT_AN_OBJECT");
  const nothing = createDecoder({ ...plain, schema: schema(() => ({ value: undefined })) })(bytes("{}"), noHeaders);
  const message = "The record holds nothing. An event must be an object.";
  assert.equal(nothing, { kind: "bad", code: "NOT_AN_OBJECT", message });
});

it("a schema that answers with anything else makes a bad record that says so", () => {
  for (const [answer, said] of [
    [undefined, "The schema answers with undefined, not with { value } or { issues }."],
    ["no", "The schema answers with no, not with { value } or { issues }."],
    [Object.create(null), "The schema answers with something that has no text, not with { value } or { issues }."],
    [{ issues: [] }, "The schema refuses the event without saying why."],
    [{ issues: "no" }, "The schema refuses the event without saying why."],
    [{ issues: null }, "The schema refuses the event without saying why."],
    [
      { issues: [{ message: Symbol("s"), path: [Symbol("p"), { key: 1 }] }, null] },
      "The schema refuses the event: Symbol(p).1: Symbol(s); something that it has no words for.",
    ],
  ] as const) {
    const decoded = createDecoder({ ...plain, schema: schema(() => answer as never) })(bytes("{}"), noHeaders);
    assert.equal(decoded, { kind: "bad", code: "SCHEMA", message: said });
  }
  const trap = new Proxy({}, { has: () => assert.unreachable() as never });
  assert.is(decode(bytes("{}"), { schema: schema(() => trap as never) }), "SCHEMA");
});

it("a decode function that answers with a promise makes a bad record, whatever becomes of the promise", () => {
  const late = () => Promise.reject(new Error("nobody waits"));
  assert.is(decode(bytes("{}"), { decode: late }), "DECODE_FAILED");
  const withField = JSON.parse('{"then":1}');
  assert.is(decode(bytes("{}"), { decode: () => withField }), withField);
});

it("a schema sees only what concerns it", () => {
  const refusing = schema(() => ({ issues: [{ message: "never" }] }));
  const isConcerned = (event: object): boolean => "a" in event;
  assert.equal(decode(bytes('{"b":1}'), { schema: refusing, isConcerned }), { b: 1 });
  assert.is(decode(bytes('{"a":1}'), { schema: refusing, isConcerned }), "SCHEMA");
});

it("an asynchronous schema is a mistake of the service, not of the record", () => {
  const late = schema(() => Promise.reject(new Error("never seen")));
  assert.throws(
    () => decode(bytes("{}"), { schema: late }),
    (error: unknown) =>
      error instanceof ConfigError && error.code === "ASYNC_SCHEMA" && error.message.includes('"events"'),
  );
});

it("messages are one line of bearable length", () => {
  const decoder = createDecoder({
    ...plain,
    schema: schema(() => ({ issues: [{ message: `a\n\tb${"x".repeat(900)}` }] })),
  });
  const decoded = decoder(bytes("{}"), noHeaders);
  assert.ok(decoded.kind === "bad" && decoded.message.length <= 401 && decoded.message.includes("a bx"));
});

it.run();
