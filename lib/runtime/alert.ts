// What leaves as JSON: matches and timed-out matches as alerts, and reports of what a pattern could not do. The forms are
// for people and programs that know nothing of sequitur: instants are ISO 8601, offsets and other bigints are text.

import { unreachable } from "../core/errors.ts";
import { saidBy } from "../event/bad-record.ts";
import type { Key } from "../event/key.ts";
import type { FunctionFailed, LimitReached, Match, Outcome, TimedOut } from "../matching/matcher.ts";
import { type Instant, MAX_INSTANT_MS } from "../time/instant.ts";
import type { OutputRecord } from "./ports.ts";

/** What a record on its way out is, so that it can be counted. `notice`: a report among the alerts. */
export type EmissionKind = "alert" | "timedOut" | "late" | "deadLetter" | "notice";

/** A record on its way out. */
export type Emission = { readonly kind: EmissionKind; readonly record: OutputRecord };

/** Where what a pattern says goes. */
export type PatternTopics = { readonly alerts: string; readonly timedOut: string; readonly deadLetters: string };

/** How the outcomes of a pattern are written. */
export type AlertOptions = {
  readonly version: number;
  readonly topics: PatternTopics;
  /** Whether the pattern has a `select`: then an alert carries its value, else the events. */
  readonly selects: boolean;
  /** Longest alert that is written, in bytes; of a longer one only a report is. */
  readonly maxOutputBytes: number;
};

/** The value of an alert record, as JSON. */
export type AlertJson = {
  readonly kind: "match" | "timedOut";
  readonly pattern: string;
  readonly version: number;
  readonly id: string;
  readonly key: unknown;
  /** When it was completed: the time of its last event, or its deadline. */
  readonly at: string;
  readonly firstAt: string;
  readonly lastAt: string;
  /** How far event time had come when it was sent; `null`: the input had ended. */
  readonly emittedAt: string | null;
  /** What `select` made of the events. */
  readonly value?: unknown;
  /** The events by step, where there is no `select`. */
  readonly events?: unknown;
  /** Where each event came from, in the order they were taken. */
  readonly provenance: readonly {
    readonly step: string;
    readonly index: number;
    readonly at: string;
    readonly topic: string;
    readonly partition: number;
    readonly offset: string;
  }[];
};

/** Places of events that are named in the report of an alert that is too large. */
const MAX_PLACES = 100;
/** Longest message and longest stack that are reported, in UTF-16 code units. */
const MAX_TEXT_LENGTH = 4_000;

/**
 * Writes an outcome. `watermark` is how far event time has come. A match whose value has no JSON form becomes a report of a
 * failed `select`; it never throws.
 */
export function toEmission(outcome: Outcome, options: AlertOptions, watermark: Instant): Emission {
  switch (outcome.kind) {
    case "match":
    case "timedOut":
      return toAlert(outcome, options, watermark);
    case "functionFailed":
      return report("deadLetter", options.topics.deadLetters, outcome, failureJson(outcome, options.version));
    case "limitReached":
      return outcome.limit === "maxMatchesPerEvent"
        ? report("notice", options.topics.alerts, outcome, limitJson(outcome, options.version))
        : report("deadLetter", options.topics.deadLetters, outcome, limitJson(outcome, options.version));
    default:
      return unreachable(outcome);
  }
}

function toAlert(match: Match | TimedOut, options: AlertOptions, watermark: Instant): Emission {
  let value: Uint8Array;
  try {
    value = toJsonBytes(alertJson(match, options, watermark));
  } catch (error) {
    const failed = notJson(match, error);
    return report("deadLetter", options.topics.deadLetters, failed, failureJson(failed, options.version));
  }
  const { maxOutputBytes: max, topics } = options;
  const key = keyBytes(match.key);
  const bytes = key.length + value.length;
  if (bytes > max) return report("deadLetter", topics.deadLetters, match, tooLargeJson(match, max, bytes));
  const isMatch = match.kind === "match";
  const record: OutputRecord = {
    topic: isMatch ? options.topics.alerts : options.topics.timedOut,
    key,
    value,
    headers: new Map([
      ["id", match.id],
      ["pattern", match.pattern],
      ["content-type", "application/json"],
    ]),
    timestamp: match.at,
  };
  return { kind: isMatch ? "alert" : "timedOut", record };
}

function alertJson(match: Match | TimedOut, options: AlertOptions, watermark: Instant): AlertJson {
  const { kind, pattern, id, key } = match;
  const body = match.kind === "match" && options.selects ? { value: match.value ?? null } : { events: match.events };
  return {
    kind,
    pattern,
    version: match.version,
    id,
    key,
    at: toIso(match.at),
    firstAt: toIso(match.firstAt),
    lastAt: toIso(match.lastAt),
    emittedAt: Number.isFinite(watermark) ? toIso(watermark) : null,
    ...body,
    provenance: match.taken.map(({ step, index, at, origin }) => ({
      step,
      index,
      at: toIso(at),
      topic: origin.topic,
      partition: origin.partition,
      offset: String(origin.offset),
    })),
  };
}

function failureJson(failed: FunctionFailed, version: number): Said {
  const { kind, pattern, key, at, where, step, message, stack, origin } = failed;
  return {
    kind,
    pattern,
    version,
    key,
    at: toIso(at),
    where,
    step,
    message: message.slice(0, MAX_TEXT_LENGTH),
    stack: stack.slice(0, MAX_TEXT_LENGTH),
    origin,
  };
}

function limitJson(reached: LimitReached, version: number): Said {
  const { kind, pattern, key, at, limit, max, action, count } = reached;
  return { kind, pattern, version, key, at: toIso(at), limit, max, action, count };
}

/** An alert that is longer than a topic takes: its id and the places of its events say what is missing. */
function tooLargeJson(
  { kind, pattern, version, id, key, at, taken }: Match | TimedOut,
  max: number,
  bytes: number,
): Said {
  const provenance = taken.slice(0, MAX_PLACES).map(({ step, origin }) => ({ step, ...origin }));
  const what = { limit: "maxOutputBytes", max, action: "notWritten", count: 1, bytes, alert: kind, id };
  return { kind: "limitReached", pattern, version, key, at: toIso(at), ...what, provenance, events: taken.length };
}

/** Whatever is said, it says of which kind it is. */
type Said = { readonly kind: string; readonly [more: string]: unknown };

type About = Pick<FunctionFailed | LimitReached, "pattern" | "key" | "at">;

/** A key that is longer is cut in reports: it stands in them twice, and they have to fit where the alert does not. */
const MOST_KEY_BYTES = 10_000;

function report(kind: EmissionKind, topic: string, about: About, json: Said): Emission {
  const key = keyBytes(about.key);
  const isLong = key.length > MOST_KEY_BYTES;
  const said = isLong ? { ...json, key: `${String(about.key).slice(0, 100)}…`, keyBytes: key.length } : json;
  const headers = new Map([
    ["sequitur-kind", json.kind],
    ["pattern", about.pattern],
    ["content-type", "application/json"],
  ]);
  const record = { topic, key: isLong ? null : key, value: toJsonBytes(said), headers, timestamp: about.at };
  return { kind, record };
}

/** The value `select` returned has a cycle, or a `toJSON` that throws. */
function notJson(match: Match | TimedOut, error: unknown): FunctionFailed {
  const last = match.taken.at(-1);
  return {
    kind: "functionFailed",
    pattern: match.pattern,
    key: match.key,
    at: match.at,
    where: "select",
    step: "",
    message: `The value of the match has no JSON form: ${saidBy(error)}`,
    stack: error instanceof Error ? (error.stack ?? "") : "",
    origin: last?.origin ?? { topic: "", partition: 0, offset: 0n },
  };
}

const utf8 = new TextEncoder();

function toJsonBytes(value: unknown): Uint8Array {
  return utf8.encode(toJson(value));
}

/** With a replacer it takes twice as long, and few values hold bigints, which JSON refuses. */
function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return JSON.stringify(value, (_, each) => (typeof each === "bigint" ? String(each) : each));
  }
}

/** A key as it decides the partition of what is written: text as it is, a tuple as JSON. */
export function keyBytes(key: Key): Uint8Array {
  return typeof key === "object" ? toJsonBytes(key) : utf8.encode(String(key));
}

/** A deadline may lie beyond the years that ISO 8601 can write: then the last instant it can. */
function toIso(at: Instant): string {
  return new Date(Math.max(-MAX_INSTANT_MS, Math.min(MAX_INSTANT_MS, at))).toISOString();
}
