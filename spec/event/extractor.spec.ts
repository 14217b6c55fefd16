// Key and time, read from events as the options say.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../lib/core/errors.ts";
import { type KeyOption, readKey, readTime, type TimeOption } from "../../lib/event/extractor.ts";

const it = suite("key and time of events");

type Charge = { card: string; shop: { id: number } | null; at: number | string; vip: boolean };
const charge: Charge = { card: "4711", shop: { id: 12 }, at: 1_000, vip: true };

const keyOf = (option: KeyOption<Charge>, event: object = charge): unknown => readKey(option).read(event);
const timeOf = (option: TimeOption<{ at: number }>, event: object = charge): unknown => readTime(option).read(event);

it("a key is a field, a nested one, a constant, or a list", () => {
  assert.is(keyOf({ key: (e) => e.card }), "4711");
  assert.is(keyOf({ key: (e) => e.shop.id }), 12);
  assert.is(keyOf({ key: (e) => e.vip }), true);
  assert.is(keyOf({ key: () => "all" }), "all");
  assert.equal(keyOf({ key: (e) => [e.card, e.shop.id, "x"] }), ["4711", 12, "x"]);
  assert.is(keyOf({ keyOf: (event) => event.card.slice(0, 2) }), "47");
});

it("what is not there is undefined, also in a list", () => {
  assert.is(keyOf({ key: (e) => e.shop.id }, { card: "1", shop: null }), undefined);
  assert.equal(keyOf({ key: (e) => [e.card, e.shop.id] }, { card: "1" }), ["1", undefined]);
  assert.is(keyOf({ key: (e) => (e as unknown as Record<"constructor", never>).constructor }, {}), undefined);
});

it("is called once and kept as data; a plain function is not data", () => {
  let calls = 0;
  const { expr, read } = readKey<Charge>({
    key: (e) => {
      calls += 1;
      return e.card;
    },
  });
  read(charge);
  read(charge);
  assert.is(calls, 1);
  assert.equal(expr, { kind: "field", of: { kind: "candidate" }, path: ["card"] });
  assert.is(readKey<Charge>({ keyOf: (event) => event.card }).expr, null);
  assert.is(readTime<{ at: number }>({ timeOf: (event) => event.at }).expr, null);
});

it("a time is milliseconds, or calculated", () => {
  assert.is(timeOf({ time: (e) => e.at }), 1_000);
  assert.is(timeOf({ time: (e) => e.at.times(1_000).plus(1) }), 1_000_001);
  assert.is(timeOf({ timeOf: (event) => event.at + 1 }), 1_001);
  assert.is(timeOf({ time: (e) => e.at }, {}), undefined);
});

const TEXTS: readonly (readonly [text: string, at: unknown])[] = [
  ["2026-01-02T03:04:05Z", Date.UTC(2026, 0, 2, 3, 4, 5)],
  ["2026-01-02T03:04:05.678Z", Date.UTC(2026, 0, 2, 3, 4, 5, 678)],
  ["2026-01-02T03:04Z", Date.UTC(2026, 0, 2, 3, 4)],
  ["2026-01-02T03:04:05.123456789Z", Date.UTC(2026, 0, 2, 3, 4, 5, 123)],
  ["2026-01-02T03:04:05+01:00", Date.UTC(2026, 0, 2, 2, 4, 5)],
  ["2026-01-02T03:04:05-05:30", Date.UTC(2026, 0, 2, 8, 34, 5)],
];
for (const [text, at] of TEXTS)
  it(`${text} is an instant`, () => assert.is(timeOf({ time: (e) => e.at }, { at: text }), at));

// They come back as they are, so that who reads them can say what was there.
const NO_INSTANTS = [
  "2026-01-02T03:04:05",
  "2026-01-02",
  "2026-01-02 03:04:05Z",
  "2026-13-02T03:04:05Z",
  "2026-02-29T03:04:05Z",
  "2026-04-31T03:04:05+01:00",
  "2026-01-02T25:04:05Z",
  "1767323045000",
  "now",
  "",
];
for (const text of NO_INSTANTS) {
  it(`${text || "an empty text"} is no instant`, () => assert.is(timeOf({ time: (e) => e.at }, { at: text }), text));
}

const MISTAKES: readonly (readonly [code: string, message: string, read: () => unknown])[] = [
  ["EXPRESSION_AS_VALUE", "In key: e.card was used as a text", () => readKey<Charge>({ key: (e) => `${e.card}` })],
  ["EXPRESSION_AS_VALUE", "In time: e.at was used", () => readTime<{ at: number }>({ time: (e) => +e.at as never })],
  ["NOT_A_VALUE", "In key: e is an event", () => readKey<Charge>({ key: (e) => e as never })],
  ["BAD_OPERAND", "In key: undefined is no value", () => readKey<Charge>({ key: (() => {}) as never })],
  ["KEY_NOT_GIVEN", "key: (e) => e.card", () => readKey({} as never)],
  ["KEY_NOT_GIVEN", "keyOf with a plain function", () => readKey({ key: "card" } as never)],
  ["KEY_NOT_GIVEN", "keyOf with a plain function", () => readKey({ keyOf: "card" } as never)],
  ["KEY_NOT_GIVEN", "keyOf with a plain function", () => readKey<Charge>({ key: () => [] })],
  ["TIME_NOT_GIVEN", "ISO 8601 text with a zone", () => readTime({} as never)],
  ["TIME_NOT_GIVEN", "timeOf with a plain function", () => readTime({ timeOf: "at" } as never)],
  ["TIME_NOT_GIVEN", "time: (e) => e.at", () => readTime<{ at: number }>({ time: (e) => [e.at] as never })],
];
for (const [code, message, read] of MISTAKES) {
  it(`refuses with ${code}: ${message}`, () => {
    assert.throws(
      read,
      (error: unknown) => error instanceof ConfigError && error.code === code && error.message.includes(message),
    );
  });
}

it("an error of the author's own code is the author's", () => {
  assert.throws(
    () =>
      readKey<Charge>({
        key: () => {
          throw new RangeError("mine");
        },
      }),
    (error: unknown) => error instanceof RangeError,
  );
});

it.run();
