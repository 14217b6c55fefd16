// Why a record did not become an event.

/**
 * Names what is wrong with a record.
 *
 * - `TOO_LARGE`: more bytes than `limits.maxRecordBytes`.
 * - `NOT_UTF8`, `NOT_JSON`: what the bytes are not.
 * - `TOO_DEEP`: nested deeper than `limits.maxDepth`.
 * - `NOT_AN_OBJECT`: there is no value, or it is a list, a text, a number.
 * - `DECODE_FAILED`: the function given as `decode` threw.
 * - `SCHEMA`: the validator given as `schema` refused it.
 * - `NO_KEY`: what `key` looks at is missing, or cannot be a key.
 * - `NO_TIME`: what `time` looks at is missing, or is no instant.
 * - `ABSURD_TIME`: farther ahead of the time of reading than `maxAhead`, or outside the years a `Date` can hold.
 */
export type BadRecordCode =
  | "TOO_LARGE"
  | "NOT_UTF8"
  | "NOT_JSON"
  | "TOO_DEEP"
  | "NOT_AN_OBJECT"
  | "DECODE_FAILED"
  | "SCHEMA"
  | "NO_KEY"
  | "NO_TIME"
  | "ABSURD_TIME";

/** A record that cannot become an event. */
export type BadRecord = {
  readonly kind: "bad";
  readonly code: BadRecordCode;
  /** What is wrong and what to do, in one line. May quote the record. */
  readonly message: string;
};

/** Longest message of a bad record, in UTF-16 code units: messages become headers. */
const MAX_MESSAGE_LENGTH = 400;

/** A verdict with its message on one line and cut to a bearable length. */
export function badRecord(code: BadRecordCode, message: string): BadRecord {
  const line = message.replaceAll(/\s+/g, " ");
  return {
    kind: "bad",
    code,
    message: line.length > MAX_MESSAGE_LENGTH ? `${line.slice(0, MAX_MESSAGE_LENGTH)}…` : line,
  };
}

/** What an error that a user's function threw says for itself. Anything can be thrown. */
export function saidBy(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return "something that has no text";
  }
}

/** The stack of an error that a user's function threw; "" if it has none. */
export function stackOf(thrown: unknown): string {
  try {
    return thrown instanceof Error && typeof thrown.stack === "string" ? thrown.stack : "";
  } catch {
    return "";
  }
}
