// Key and time of a record: where they come from, and every way they can be missing.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createDecoder } from "../../lib/event/decode.ts";
import { type KeyOption, readKey } from "../../lib/event/extractor.ts";
import {
  createReader,
  type KeySource,
  type RawRecord,
  type ReaderOptions,
  type TimeSource,
} from "../../lib/event/read.ts";

const it = suite("read");

const READ_AT = 1_700_000_000_000;
const decode = createDecoder({
  topic: "events",
  decode: null,
  schema: null,
  isConcerned: () => true,
  maxRecordBytes: 1_000,
  maxDepth: 8,
});
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const field = (name: string) => (event: object) => (event as Record<string, unknown>)[name];
const fromEvent = { key: { from: "event", read: field("k") }, time: { from: "event", read: field("t") } } as const;

function read(event: unknown, options: Partial<ReaderOptions> = {}, record: Partial<RawRecord> = {}): unknown {
  const reader = createReader({ decode, ...fromEvent, maxAheadMs: 1_000, ...options });
  const raw = { timestamp: null, key: null, headers: new Map(), value: bytes(JSON.stringify(event)), ...record };
  const found = reader(raw, READ_AT);
  return found.kind === "bad" ? found.code : { key: found.key, at: found.at };
}

it("takes key and time from the event", () => {
  assert.equal(read({ k: "a", t: 5 }), { key: "a", at: 5 });
  assert.equal(read({ k: ["a", 1, true], t: -5 }), { key: ["a", 1, true], at: -5 });
});

it("cuts off fractions of a millisecond, so that instants are whole", () => {
  fc.assert(
    fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), (t) => {
      const found = read({ k: "a", t }) as { readonly at: number };
      assert.ok(Number.isInteger(found.at) && found.at <= t && t < found.at + 1);
    }),
  );
});

const badKeys: readonly unknown[] = [undefined, null, 1.5, 2 ** 60, {}, [], ["a", null], [["a"]]];
for (const k of badKeys) it(`${JSON.stringify(k)} is no key`, () => assert.is(read({ k, t: 5 }), "NO_KEY"));

const badTimes: readonly unknown[] = [undefined, null, "1970-01-01", "", true, {}, [5]];
for (const t of badTimes) it(`${JSON.stringify(t)} is no time`, () => assert.is(read({ k: "a", t }), "NO_TIME"));

it("a text without a zone is told what is missing", () => {
  const reader = createReader({ decode, ...fromEvent, maxAheadMs: 1_000 });
  const raw = { timestamp: null, key: null, headers: new Map(), value: bytes('{"k":"a","t":"2026-03-02T09:00:00"}') };
  assert.match(JSON.stringify(reader(raw, READ_AT)), /a text that says no time.*ISO 8601 text with its zone/);
});

it("a key that is none says what was read, where that is known", () => {
  const raw = { timestamp: null, key: null, headers: new Map(), value: bytes('{"t":5}') };
  type Sale = { card: string; shop: { id: number } };
  const said = (option: KeyOption<Sale>): string => {
    const key = { from: "event", ...readKey(option) } as const;
    return JSON.stringify(createReader({ decode, ...fromEvent, key, maxAheadMs: 1_000 })(raw, READ_AT));
  };
  assert.match(said({ keyOf: (e) => e.card }), "The key of the event is missing.");
  assert.match(said({ key: (e) => e.card }), "The key of the event (card) is missing.");
  assert.match(said({ key: (e) => [e.card, e.shop.id] }), "The key of the event (card and shop.id) is");
});

it("functions that throw make bad records, whatever they throw", () => {
  const throwing = (): never => {
    throw null;
  };
  assert.is(read({ t: 5 }, { key: { from: "event", read: throwing } }), "NO_KEY");
  assert.is(read({ k: "a" }, { time: { from: "event", read: throwing } }), "NO_TIME");
});

it("NaN and infinity are no times, or absurd ones", () => {
  const time = (value: number): TimeSource => ({ from: "event", read: () => value });
  assert.is(read({ k: "a" }, { time: time(Number.NaN) }), "NO_TIME");
  assert.is(read({ k: "a" }, { time: time(Number.POSITIVE_INFINITY) }), "ABSURD_TIME");
  assert.is(read({ k: "a" }, { time: time(Number.NEGATIVE_INFINITY) }), "ABSURD_TIME");
});

it("is absurd from a millisecond beyond maxAhead, and outside the years of a date", () => {
  assert.equal(read({ k: "a", t: READ_AT + 1_000 }), { key: "a", at: READ_AT + 1_000 });
  assert.is(read({ k: "a", t: READ_AT + 1_001 }), "ABSURD_TIME");
  assert.equal(read({ k: "a", t: -8.64e15 }), { key: "a", at: -8.64e15 });
  assert.is(read({ k: "a", t: -8.64e15 - 1 }), "ABSURD_TIME");
});

const fromRecord: { readonly key: KeySource; readonly time: TimeSource } = {
  key: { from: "record" },
  time: { from: "record" },
};

it("a function of key or time that answers with a promise is told so, whatever becomes of the promise", () => {
  const late = { from: "event", read: () => Promise.reject(new Error("nobody waits")) } as const;
  for (const options of [{ key: late }, { time: late }]) {
    const reader = createReader({ decode, ...fromEvent, maxAheadMs: 1_000, ...options });
    const found = reader({ timestamp: null, key: null, headers: new Map(), value: bytes('{"k":1,"t":1}') }, READ_AT);
    assert.match(found.kind === "bad" ? found.message : "", "is a promise: take async out of the function.");
  }
});

it("takes key and time from the record", () => {
  assert.equal(read({}, fromRecord, { key: bytes("ä\uFEFF"), timestamp: 7 }), { key: "ä\uFEFF", at: 7 });
  assert.equal(read({}, fromRecord, { key: bytes(""), timestamp: 7 }), { key: "", at: 7 });
  assert.is(read({}, fromRecord, { timestamp: 7 }), "NO_KEY");
  assert.is(read({}, fromRecord, { key: bytes("a") }), "NO_TIME");
  assert.is(read({}, fromRecord, { key: Uint8Array.of(0xff), timestamp: 7 }), "NOT_UTF8");
});

it("time of arrival is the record's, or that of reading", () => {
  const time: TimeSource = { from: "arrival" };
  assert.equal(read({ k: "a" }, { time }, { timestamp: 7 }), { key: "a", at: 7 });
  assert.equal(read({ k: "a" }, { time }), { key: "a", at: READ_AT });
});

it("a record that cannot be decoded has no key to look for", () => {
  assert.is(read(undefined, {}, { value: bytes("{") }), "NOT_JSON");
});

it.run();
