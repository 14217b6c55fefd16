// What leaves: every kind of outcome in its form, to its topic, with its headers; and nothing a user's function returns can
// stop it from leaving.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Match } from "../../lib/matching/matcher.ts";
import { keyBytes, toEmission } from "../../lib/runtime/alert.ts";
import { deadLetterCopy, lateCopy } from "../../lib/runtime/copy.ts";
import { json, record } from "./kit.ts";

const it = suite("alert");

const options = {
  version: 3,
  selects: true,
  topics: { alerts: "alerts", timedOut: "timed-out", deadLetters: "dead" },
  maxOutputBytes: 10_000,
};
const origin = { topic: "in", partition: 2, offset: 9_007_199_254_740_993n };
const match: Match = {
  kind: "match",
  id: "0123456789abcdef0123456789abcdef",
  pattern: "p",
  version: 3,
  key: ["shop", 7n],
  at: 2_000,
  firstAt: 1_000,
  lastAt: 1_500,
  events: { a: { amount: 5n }, b: undefined },
  taken: [{ value: { amount: 5n }, at: 1_000, origin, step: "a", index: 0 }],
  value: { sum: 12n },
};
const text = (bytes: Uint8Array | null): string => new TextDecoder().decode(bytes ?? undefined);

it("an alert says all about its match", () => {
  const { kind, record: sent } = toEmission(match, options, 1_999);
  assert.is(kind, "alert");
  assert.equal(json(sent), {
    kind: "match",
    pattern: "p",
    version: 3,
    id: match.id,
    key: ["shop", "7"],
    at: "1970-01-01T00:00:02.000Z",
    firstAt: "1970-01-01T00:00:01.000Z",
    lastAt: "1970-01-01T00:00:01.500Z",
    emittedAt: "1970-01-01T00:00:01.999Z",
    value: { sum: "12" },
    provenance: [
      { step: "a", index: 0, at: "1970-01-01T00:00:01.000Z", topic: "in", partition: 2, offset: "9007199254740993" },
    ],
  });
  assert.equal(
    [...sent.headers],
    [
      ["id", match.id],
      ["pattern", "p"],
      ["content-type", "application/json"],
    ],
  );
  assert.equal([sent.topic, text(sent.key), sent.timestamp], ["alerts", '["shop","7"]', 2_000]);
});

it("without select it carries the events; a select of nothing gives null", () => {
  const events = json(toEmission(match, { ...options, selects: false }, 0).record);
  assert.equal([events["events"], "value" in events], [{ a: { amount: "5" } }, false]);
  const nothing = json(toEmission({ ...match, value: undefined }, options, 0).record);
  assert.equal([nothing["value"], "events" in nothing], [null, false]);
});

it("of an alert that is too large a report is written, with its id and where its events are", () => {
  const taken = Array.from({ length: 300 }, () => match.taken[0] as Match["taken"][number]);
  const { kind, record: sent } = toEmission({ ...match, taken, value: "x".repeat(10_000) }, options, 0);
  assert.equal([kind, sent.topic, sent.headers.get("sequitur-kind")], ["deadLetter", "dead", "limitReached"]);
  const { limit, max, bytes, id, events, provenance, key } = json(sent) as Record<string, unknown>;
  assert.equal([limit, max, id, events, key], ["maxOutputBytes", 10_000, match.id, 300, ["shop", "7"]]);
  assert.ok((bytes as number) > 10_000 && sent.value.length < 10_000);
  assert.equal((provenance as object[])[0], { step: "a", topic: "in", partition: 2, offset: "9007199254740993" });
});

it("when the input has ended, no watermark is told", () => {
  assert.is(json(toEmission(match, options, Number.POSITIVE_INFINITY).record)["emittedAt"], null);
});

it("a deadline beyond the years of a date is told as the last instant there is", () => {
  assert.is(json(toEmission({ ...match, at: 1e16 }, options, 0).record)["at"], "+275760-09-13T00:00:00.000Z");
});

it("a timed-out match goes to its own topic, with its events", () => {
  const { value: _, ...rest } = match;
  const { kind, record: sent } = toEmission({ ...rest, kind: "timedOut" }, options, 0);
  assert.equal(
    [kind, sent.topic, json(sent)["kind"], "events" in json(sent)],
    ["timedOut", "timed-out", "timedOut", true],
  );
});

const cycle: { self?: unknown } = {};
cycle.self = cycle;
const unwritable: readonly unknown[] = [
  cycle,
  {
    toJSON() {
      throw new Error("no JSON of me");
    },
  },
  {
    get a() {
      throw null;
    },
  },
];

for (const [index, value] of unwritable.entries()) {
  it(`a value without JSON form is a failed select (${index})`, () => {
    const { kind, record: sent } = toEmission({ ...match, value }, options, 0);
    assert.equal([kind, sent.topic, sent.headers.get("sequitur-kind")], ["deadLetter", "dead", "functionFailed"]);
    assert.equal([json(sent)["where"], json(sent)["version"]], ["select", 3]);
    assert.equal(json(sent)["origin"], { topic: "in", partition: 2, offset: "9007199254740993" });
  });
}

it("a function that threw is reported to the dead letters, with step and stack", () => {
  const failed = {
    kind: "functionFailed",
    pattern: "p",
    key: "k",
    at: 5,
    where: "filter",
    step: "a",
    message: "no",
    origin,
  } as const;
  const { kind, record: sent } = toEmission({ ...failed, stack: `Error: no\n${"x".repeat(9_000)}` }, options, 0);
  const long = toEmission({ ...failed, message: "m".repeat(9_000), stack: "" }, options, 0);
  assert.is((json(long.record)["message"] as string).length, 4_000);
  const { stack, ...said } = json(sent);
  assert.is(kind, "deadLetter");
  assert.ok(typeof stack === "string" && stack.startsWith("Error: no") && stack.length === 4_000);
  assert.equal(said, {
    kind: "functionFailed",
    pattern: "p",
    version: 3,
    key: "k",
    at: "1970-01-01T00:00:00.005Z",
    where: "filter",
    step: "a",
    message: "no",
    origin: { topic: "in", partition: 2, offset: "9007199254740993" },
  });
});

it("a limit per key is reported to the dead letters, one per event among the alerts", () => {
  const reached = { kind: "limitReached", pattern: "p", key: true, at: 5, max: 10, count: 3 } as const;
  const perKey = toEmission({ ...reached, limit: "maxRunsPerKey", action: "quarantined" }, options, 0);
  assert.equal([perKey.kind, perKey.record.topic, text(perKey.record.key)], ["deadLetter", "dead", "true"]);
  assert.equal(
    [json(perKey.record)["action"], json(perKey.record)["max"], json(perKey.record)["count"]],
    ["quarantined", 10, 3],
  );
  const perEvent = toEmission({ ...reached, limit: "maxMatchesPerEvent", action: "matchesNotBuilt" }, options, 0);
  assert.equal(
    [perEvent.kind, perEvent.record.topic, perEvent.record.headers.get("sequitur-kind")],
    ["notice", "alerts", "limitReached"],
  );
});

it("keys are written as text", () => {
  assert.equal([keyBytes("ä"), keyBytes(7), keyBytes(7n), keyBytes(false), keyBytes(["a", 1])].map(text), [
    "ä",
    "7",
    "7",
    "false",
    '["a",1]',
  ]);
});

const from = { topic: "in", partition: 2 };

it("a late record leaves as it came, with where it was and why", () => {
  const original = record(5, "the very bytes", 42);
  const { kind, record: sent } = lateCopy("late", from, original, 1_000, 2_000, 100);
  assert.equal(
    [kind, sent.topic, sent.value, sent.key, sent.timestamp],
    ["late", "late", original.value, original.key, 42],
  );
  assert.equal(Object.fromEntries(sent.headers), {
    trace: "t1",
    "sequitur-kind": "late",
    "sequitur-time": "1970-01-01T00:00:01.000Z",
    "sequitur-watermark": "1970-01-01T00:00:02.000Z",
    "sequitur-topic": "in",
    "sequitur-partition": "2",
    "sequitur-offset": "5",
    "sequitur-timestamp": "42",
  });
  const atTheEnd = lateCopy("late", from, record(5, "x"), 1_000, Number.POSITIVE_INFINITY, 100).record;
  assert.equal([atTheEnd.headers.get("sequitur-watermark"), atTheEnd.timestamp], ["end", 1_000]);
});

it("of a copy that is too large only the value stays behind, and the place says where", () => {
  const { record: sent } = lateCopy("late", from, record(5, "x".repeat(101), 42), 1_000, 2_000, 100);
  assert.equal([sent.value.length, sent.headers.get("sequitur-value")], [0, "left out: 101 bytes"]);
  assert.is(sent.headers.get("sequitur-offset"), "5");
});

it("of a copy that is still too large its headers stay behind, and then its key", () => {
  const long = (bytes: number) => "x".repeat(bytes);
  const original = record(5, "value", 42);
  const sentOf = (keyBytes: number, headerBytes: number) => {
    const headers = new Map(headerBytes === 0 ? [] : [["h", long(headerBytes - 1)]]);
    const { record: sent } = lateCopy(
      "late",
      from,
      { ...original, key: new Uint8Array(keyBytes), headers },
      1_000,
      2_000,
      100,
    );
    const said = ["sequitur-value", "sequitur-headers", "sequitur-key"].map((name) => sent.headers.get(name) ?? "");
    return [sent.value.length, sent.headers.has("h"), sent.key?.length ?? null, ...said];
  };
  assert.equal(sentOf(45, 50), [5, true, 45, "", "", ""]);
  assert.equal(sentOf(45, 51), [0, true, 45, "left out: 5 bytes", "", ""]);
  assert.equal(sentOf(45, 56), [0, false, 45, "left out: 5 bytes", "left out: 56 bytes", ""]);
  assert.equal(sentOf(101, 0), [0, false, null, "left out: 5 bytes", "", "left out: 101 bytes"]);
  assert.equal(sentOf(101, 7), [0, false, null, "left out: 5 bytes", "left out: 7 bytes", "left out: 101 bytes"]);
});

it("an alert whose key makes it too large is reported, with the beginning of the key", () => {
  const { kind, record: sent } = toEmission({ ...match, key: "k".repeat(10_001) }, options, 0);
  const { limit, key, keyBytes: bytes, id } = json(sent);
  assert.equal([kind, sent.topic, limit, id, bytes], ["deadLetter", "dead", "maxOutputBytes", match.id, 10_001]);
  assert.equal([key, sent.key], [`${"k".repeat(100)}…`, null]);
  assert.ok(sent.value.length < 1_000);
});

it("a bad record leaves as it came, with code and message; one without value says so", () => {
  const bad = { kind: "bad", code: "NO_KEY", message: "none" } as const;
  const { kind, record: sent } = deadLetterCopy("dead", from, record(5, null), bad, 77, 100);
  assert.equal([kind, sent.topic, sent.value.length, sent.timestamp], ["deadLetter", "dead", 0, 77]);
  const { trace, ...said } = Object.fromEntries(sent.headers);
  assert.is(trace, "t1");
  assert.equal(said, {
    "sequitur-kind": "badRecord",
    "sequitur-code": "NO_KEY",
    "sequitur-message": "none",
    "sequitur-topic": "in",
    "sequitur-partition": "2",
    "sequitur-offset": "5",
    "sequitur-value": "null",
  });
});

it.run();
