// From the bytes of a record to the value of an event. Bytes come from strangers: every way they can be wrong has a
// verdict, and none of them throws.
//
//     bytes ─ size ─▶ UTF-8 ─▶ JSON ─▶ depth ─▶ an object ─▶ schema ─▶ event
//               └────────── decode(bytes, headers) ───▶┘

import { ConfigError } from "../core/errors.ts";
import { isPromise } from "../core/promise.ts";
import { type BadRecord, badRecord, saidBy } from "./bad-record.ts";
import type { SchemaIssue, StandardSchema } from "./schema.ts";

/** Headers of a record: names are unique, values are text. */
export type RecordHeaders = ReadonlyMap<string, string>;

/** A user's own reading of bytes. May throw. */
export type DecodeFunction = (bytes: Uint8Array, headers: RecordHeaders) => unknown;

/** How a decoder is made. */
export type DecoderOptions = {
  /** Names the topic in errors. */
  readonly topic: string;
  /** Reads the bytes instead of UTF-8 and JSON; `null`: those. */
  readonly decode: DecodeFunction | null;
  readonly schema: StandardSchema | null;
  /** Whether `schema` is to see this event. */
  readonly isConcerned: (event: object) => boolean;
  readonly maxRecordBytes: number;
  readonly maxDepth: number;
};

/** The value of an event, or why there is none. */
export type Decoded = { readonly kind: "decoded"; readonly value: object } | BadRecord;

/** @throws {ConfigError} `ASYNC_SCHEMA` if the validator answers with a promise. */
export type Decoder = (bytes: Uint8Array | null, headers: RecordHeaders) => Decoded;

/**
 * Makes a decoder. Its cost per record: one pass over the bytes, `JSON.parse`, one visit per object and list, the schema.
 * A byte order mark is left out; of several fields of one name the last counts, as for `JSON.parse`.
 */
export function createDecoder(options: DecoderOptions): Decoder {
  const { decode, schema, isConcerned, maxRecordBytes, topic } = options;
  const read = decode === null ? createJsonReader(options.maxDepth) : createCustomReader(decode);
  return (bytes, headers) => {
    if (bytes === null) return badRecord("NOT_AN_OBJECT", "The record has no value. An event must be an object.");
    if (bytes.length > maxRecordBytes) return tooLarge(bytes.length, maxRecordBytes);
    const decoded = read(bytes, headers);
    if (schema === null || decoded.kind === "bad" || !isConcerned(decoded.value)) return decoded;
    return applySchema(schema, decoded.value, topic);
  };
}

function createJsonReader(maxDepth: number): (bytes: Uint8Array) => Decoded {
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  return (bytes) => {
    let text: string;
    try {
      text = utf8.decode(bytes);
    } catch {
      return badRecord("NOT_UTF8", "The record is not UTF-8. Give the input a decode function if it is not JSON.");
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      return badRecord("NOT_JSON", `The record is not JSON: ${saidBy(error)}.`);
    }
    // Each level takes two bytes.
    if (bytes.length > 2 * maxDepth && isDeeper(value, maxDepth)) {
      return badRecord("TOO_DEEP", `The record is nested deeper than ${maxDepth} levels, which is limits.maxDepth.`);
    }
    return asObject(value);
  };
}

function createCustomReader(decode: DecodeFunction): (bytes: Uint8Array, headers: RecordHeaders) => Decoded {
  return (bytes, headers) => {
    try {
      const value = decode(bytes, headers);
      if (!isPromise(value)) return asObject(value);
      return badRecord("DECODE_FAILED", "The decode function answers with a promise. Take async out of it.");
    } catch (error) {
      return badRecord("DECODE_FAILED", `The decode function threw: ${saidBy(error)}`);
    }
  };
}

function applySchema(schema: StandardSchema, value: object, topic: string): Decoded {
  let judged: Decoded | "later";
  try {
    judged = verdictOf(schema["~standard"].validate(value));
  } catch (error) {
    return badRecord("SCHEMA", `The schema threw: ${saidBy(error)}`);
  }
  if (judged === "later") throw asyncSchema(topic);
  return judged;
}

/** Validators are foreign code: what they answer may be anything. */
function verdictOf(answer: unknown): Decoded | "later" {
  if (isPromise(answer)) return "later";
  if (typeof answer !== "object" || answer === null || !("issues" in answer || "value" in answer)) {
    return badRecord("SCHEMA", `The schema answers with ${saidBy(answer)}, not with { value } or { issues }.`);
  }
  const { issues, value } = answer as { readonly issues?: unknown; readonly value?: unknown };
  return issues === undefined ? asObject(value) : badRecord("SCHEMA", describeIssues(issues));
}

function asObject(value: unknown): Decoded {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { kind: "decoded", value };
  const found =
    value === undefined ? "nothing" : value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
  return badRecord("NOT_AN_OBJECT", `The record holds ${found}. An event must be an object.`);
}

/** Whether objects and lists are nested more than `levels` deep. Never goes deeper than that itself. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((each) => isDeeper(each, levels - 1));
  for (const name in value) {
    if (isDeeper((value as Record<string, unknown>)[name], levels - 1)) return true;
  }
  return false;
}

function tooLarge(bytes: number, limit: number): BadRecord {
  return badRecord("TOO_LARGE", `The record has ${bytes} bytes, more than ${limit}, which is limits.maxRecordBytes.`);
}

/** Enough to see what is wrong without repeating the whole record. */
const MAX_ISSUES = 3;

function describeIssues(given: unknown): string {
  const issues: readonly unknown[] = Array.isArray(given) ? given : [];
  if (issues.length === 0) return "The schema refuses the event without saying why.";
  const lines = issues.slice(0, MAX_ISSUES).map(describeIssue);
  const more = issues.length > MAX_ISSUES ? ` (and ${issues.length - MAX_ISSUES} more)` : "";
  return `The schema refuses the event: ${lines.join("; ")}${more}.`;
}

function describeIssue(issue: unknown): string {
  try {
    const { message, path } = issue as SchemaIssue;
    const names = (path ?? []).map((part) => String(typeof part === "object" ? part.key : part));
    return names.length > 0 ? `${names.join(".")}: ${saidBy(message)}` : saidBy(message);
  } catch {
    return "something that it has no words for";
  }
}

function asyncSchema(topic: string): ConfigError {
  return new ConfigError(
    "ASYNC_SCHEMA",
    `The schema of input "${topic}" answers with a promise. Events are checked one after the other without waiting: take the asynchronous checks out of it.`,
  );
}
