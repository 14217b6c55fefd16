// From a record to an event with key and time. What is wrong with a record is a verdict; nothing here throws but for
// mistakes in the service itself.

import { isPromise } from "../core/promise.ts";
import { describeValue, enumerate } from "../pattern/describe/describe-condition.ts";
import { type Instant, MAX_INSTANT_MS } from "../time/instant.ts";
import { type BadRecord, badRecord, saidBy } from "./bad-record.ts";
import type { Decoder, RecordHeaders } from "./decode.ts";
import type { Extractor } from "./extractor.ts";
import { isKey, type Key } from "./key.ts";

/** As much of a record as reading needs. */
export type RawRecord = {
  /** The record's own timestamp; `null` where there is none. */
  readonly timestamp: Instant | null;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: RecordHeaders;
  /** From transports that keep many records in the same bytes: those, from which `value` is cut out whenever it is asked for. */
  readonly among?: Uint8Array;
  /** Where the value begins and ends in them: at the same place where it is `null`. */
  readonly valueAt?: number;
  readonly valueEnd?: number;
};

/** A function of an event, which may throw; with what it reads, where that is known. */
type FromEvent = {
  readonly from: "event";
  readonly read: (event: object) => unknown;
  readonly expr?: Extractor["expr"];
};

/** Where the key of an event comes from: the record's own key as text, or the event. */
export type KeySource = { readonly from: "record" } | FromEvent;

/**
 * Where the time of an event comes from: the timestamp of the record; the same where `arrival` stands for it, or else the
 * time of reading; or the event, which gives milliseconds.
 */
export type TimeSource = { readonly from: "record" | "arrival" } | FromEvent;

/** What places an event among others. */
export type PlacingOptions = {
  readonly key: KeySource;
  readonly time: TimeSource;
  /** How far ahead of the time of reading an event may be. */
  readonly maxAheadMs: number;
};

/** How a reader is made. */
export type ReaderOptions = PlacingOptions & { readonly decode: Decoder };

/** An event with what orders it. */
export type ReadEvent = { readonly kind: "event"; readonly value: object; readonly key: Key; readonly at: Instant };

/** Reads a record at the time `readAt`. @throws {ConfigError} `ASYNC_SCHEMA` */
export type Reader = (record: RawRecord, readAt: Instant) => ReadEvent | BadRecord;

/** Makes a reader. */
export function createReader(options: ReaderOptions): Reader {
  const { keyOf, timeOf } = createPlacing(options);
  return (record, readAt) => {
    const decoded = options.decode(record.value, record.headers);
    if (decoded.kind === "bad") return decoded;
    const key = keyOf(record, decoded.value);
    if (isBad(key)) return key;
    const at = timeOf(record, decoded.value, readAt);
    return typeof at === "number" ? { kind: "event", value: decoded.value, key, at } : at;
  };
}

/** Says where the event of a record belongs. */
export type Placing = {
  readonly keyOf: (record: RawRecord, event: object) => Key | BadRecord;
  /** Of a record that is read at `readAt`. Fractions of a millisecond are cut off: instants are whole. */
  readonly timeOf: (record: RawRecord, event: object, readAt: Instant) => Instant | BadRecord;
};

export function createPlacing({ key, time, maxAheadMs }: PlacingOptions): Placing {
  const toldBy = createTimeReader(time);
  return {
    keyOf: createKeyReader(key),
    timeOf(record, event, readAt) {
      const told = toldBy(record, event, readAt);
      if (typeof told !== "number") return told;
      const at = Math.floor(told);
      return Math.abs(at) > MAX_INSTANT_MS || at > readAt + maxAheadMs ? absurdTime(at, readAt, maxAheadMs) : at;
    },
  };
}

function createKeyReader(source: KeySource): (record: RawRecord, event: object) => Key | BadRecord {
  if (source.from === "event") return (_, event) => keyOfEvent(source, event);
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return ({ key }) => {
    if (key === null)
      return badRecord("NO_KEY", "The record has no key. Give the input a key or keyOf that reads it from the event.");
    try {
      return utf8.decode(key);
    } catch {
      return badRecord(
        "NOT_UTF8",
        "The key of the record is not UTF-8. Give the input a key or keyOf that reads it from the event.",
      );
    }
  };
}

function keyOfEvent({ read, expr }: FromEvent, event: object): Key | BadRecord {
  let key: unknown;
  try {
    key = read(event);
  } catch (error) {
    return badRecord("NO_KEY", `The function given as keyOf threw: ${saidBy(error)}`);
  }
  if (isKey(key)) return key;
  return badRecord(
    "NO_KEY",
    `The key of the event${called(expr)} is ${nameOf(key)}. A key is a string, a safe integer, a bigint, a boolean, or a list of these.`,
  );
}

/** What is read, for those who look for it in the event. */
function called(expr: FromEvent["expr"]): string {
  if (expr === undefined || expr === null) return "";
  return ` (${enumerate([expr].flat().map(describeValue), "and")})`;
}

function createTimeReader(
  source: TimeSource,
): (record: RawRecord, event: object, readAt: Instant) => number | BadRecord {
  switch (source.from) {
    case "event":
      return (_, event) => timeOfEvent(source.read, event);
    case "arrival":
      return ({ timestamp }, _, readAt) => timestamp ?? readAt;
    default:
      return ({ timestamp }) =>
        timestamp ??
        badRecord(
          "NO_TIME",
          "The record has no timestamp. Give the input a time or timeOf that reads it from the event.",
        );
  }
}

function timeOfEvent(read: (event: object) => unknown, event: object): number | BadRecord {
  let at: unknown;
  try {
    at = read(event);
  } catch (error) {
    return badRecord("NO_TIME", `The function given as timeOf threw: ${saidBy(error)}`);
  }
  if (typeof at === "number" && !Number.isNaN(at)) return at;
  const seen = typeof at === "string" ? "a text that says no time" : nameOf(at);
  return badRecord(
    "NO_TIME",
    `The time of the event is ${seen}. A time is a number of milliseconds since 1970; from time, not from timeOf, also an ISO 8601 text with its zone, such as "2026-03-02T09:00:00Z".`,
  );
}

function absurdTime(at: Instant, readAt: Instant, maxAheadMs: number): BadRecord {
  if (Math.abs(at) > MAX_INSTANT_MS)
    return badRecord("ABSURD_TIME", `The time of the event, ${at}, is outside the years a date can hold.`);
  const ahead = at - readAt;
  return badRecord(
    "ABSURD_TIME",
    `The time of the event is ${ahead} ms ahead of the time of reading, more than maxAhead, which is ${maxAheadMs} ms.`,
  );
}

/** Whether there is no such key. */
export function isBad(key: Key | BadRecord): key is BadRecord {
  return typeof key === "object" && "kind" in key;
}

function nameOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return "a list with other things in it, or empty";
  if (isPromise(value)) return "a promise: take async out of the function";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
