// A glance says of a record what reading it says, or nothing.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { createDecoder } from "../../lib/event/decode.ts";
import { readKey, readTime } from "../../lib/event/extractor.ts";
import { createGlance, type GlanceOptions } from "../../lib/event/glance.ts";
import { createReader, type KeySource, type RawRecord, type TimeSource } from "../../lib/event/read.ts";

const it = suite("glance");

type E = {
  readonly type: string;
  readonly key: string;
  readonly n: number;
  readonly at: number;
  readonly shop: { readonly id: number };
};

const utf8 = new TextEncoder();
const READ_AT = 1_000_000;
const concern = { names: ["type"], ask: (event: object) => (event as E).type !== "look" };
const key: KeySource = { from: "event", ...readKey<E>({ key: (e) => e.key }) };
const time: TimeSource = { from: "event", ...readTime<E>({ time: (e) => e.at }) };
const options: GlanceOptions = { key, time, maxAheadMs: 1_000, concern, maxRecordBytes: 200, maxDepth: 8 };

function record(value: unknown, more: Partial<RawRecord> = {}): RawRecord {
  const bytes = value instanceof Uint8Array || value === null ? value : utf8.encode(JSON.stringify(value));
  return { timestamp: 5, key: utf8.encode("record"), value: bytes, headers: new Map(), ...more };
}

/** What a glance says; fails if reading says something else. */
function glance(of: RawRecord, given: Partial<GlanceOptions> = {}): number | null | undefined {
  const all = { ...options, ...given };
  const decode = createDecoder({ ...all, topic: "t", decode: null, schema: null, isConcerned: () => true });
  const at = createGlance(all)?.(of, READ_AT);
  if (typeof at !== "number") return at;
  const read = createReader({ ...all, decode })(of, READ_AT);
  assert.is(read.kind, "event");
  if (read.kind === "event") {
    assert.is(read.at, at);
    assert.not(concern.ask(read.value));
  }
  return at;
}

const look = { type: "look", key: "k", at: 7 };
const cases: readonly (readonly [
  title: string,
  of: RawRecord,
  expected: number | null,
  given?: Partial<GlanceOptions>,
])[] = [
  ["concerns nobody", record(look), 7],
  ["concerns somebody", record({ ...look, type: "open" }), null],
  ["has no value", record(null), null],
  ["is no JSON", record(utf8.encode('{"type":"look"')), null],
  ["is too large", record({ ...look, n: "x".repeat(200) }), null],
  ["is too deep", record({ ...look, n: [[[]]] }), null, { maxDepth: 3 }],
  ["has no key", record({ type: "look", at: 7 }), null],
  ["has a key that is none", record({ ...look, key: null }), null],
  ["has a number for a key", record({ ...look, key: 12 }), 7],
  ["has no time", record({ type: "look", key: "k" }), null],
  ["has a text for a time", record({ ...look, at: "2001-01-01T00:00:00Z" }), 978_307_200_000, { maxAheadMs: 1e12 }],
  ["has a text that says no time", record({ ...look, at: "tomorrow" }), null],
  ["has a fraction for a time", record({ ...look, at: 7.9 }), 7],
  ["has an absurd time", record({ ...look, at: READ_AT + 1_001 }), null],
  ["takes its time from the record", record(look), 5, { time: { from: "record" } }],
  ["takes its time from a record without one", record(look, { timestamp: null }), null, { time: { from: "record" } }],
  ["takes its time from arrival", record(look, { timestamp: null }), READ_AT, { time: { from: "arrival" } }],
  ["takes its key from the record", record(look), 7, { key: { from: "record" } }],
  ["takes its key from a record without one", record(look, { key: null }), null, { key: { from: "record" } }],
  [
    "has several fields for a key",
    record({ ...look, n: 1 }),
    7,
    { key: { from: "event", ...readKey<E>({ key: (e) => [e.key, e.n] }) } },
  ],
  [
    "calculates its time",
    record({ ...look, n: 2 }),
    20,
    { time: { from: "event", ...readTime<E>({ time: (e) => e.n.times(10) }) } },
  ],
  [
    "has a condition for a key",
    record(look),
    7,
    { key: { from: "event", ...readKey<E>({ key: (e) => e.type.eq("look") }) } },
  ],
];

for (const [title, of, expected, given] of cases)
  it(`a record that ${title}`, () => assert.is(glance(of, given), expected));

it("is none where a function is asked for key or time, or a field within a field", () => {
  const none: readonly Partial<GlanceOptions>[] = [
    { key: { from: "event", ...readKey<E>({ keyOf: (event) => event.key }) } },
    { key: { from: "event", read: () => "k" } },
    { time: { from: "event", ...readTime<E>({ timeOf: (event) => event.at }) } },
    { key: { from: "event", ...readKey<E>({ key: (e) => e.shop.id }) } },
    { time: { from: "event", ...readTime<E>({ time: (e) => e.shop.id }) } },
  ];
  for (const given of none) assert.is(createGlance({ ...options, ...given }), null);
});

it("says of any record what reading says", () => {
  const any = fc.record(
    {
      type: fc.constantFrom("look", "look", "open", 1),
      key: fc.oneof({ weight: 3, arbitrary: fc.string() }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) }),
      at: fc.oneof(fc.integer({ min: -5, max: READ_AT + 2_000 }), fc.double({ max: READ_AT }), fc.string()),
      n: fc.jsonValue({ maxDepth: 9 }),
    },
    { requiredKeys: ["type", "key", "at"] },
  );
  let said = 0;
  fc.assert(
    fc.property(any, (value) => {
      if (glance(record(value)) !== null) said += 1;
    }),
    { numRuns: 3_000 },
  );
  assert.ok(said > 300, `of ${said} only`);
});

it("glances now and then where nearly all events concern somebody, and always where many do not", () => {
  let asked = 0;
  const counting = ({ value, ...more }: RawRecord): RawRecord => ({
    ...more,
    get value() {
      asked += 1;
      return value;
    },
  });
  const look = counting(record({ type: "look", key: "k", at: 7 }));
  const open = counting(record({ type: "open", key: "k", at: 7 }));
  const quick = createGlance(options);
  const passed = (share: number, records: number): number => {
    let found = 0;
    asked = 0;
    for (let index = 0; index < records; index += 1)
      if (quick?.(index % share === 0 ? look : open, READ_AT) === 7) found += 1;
    return found;
  };
  assert.is(passed(4, 10_000), 2_500);
  assert.is(asked, 10_000);
  passed(100, 90_000);
  assert.ok(asked < 12_000, `asked ${asked} times`);
  passed(1, 10_000); // until it is looked again
  assert.is(passed(2, 10_000), 5_000);
});

it.run();
