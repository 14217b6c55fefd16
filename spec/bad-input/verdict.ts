// What has to become of a record, worked out from its bytes without the engine: UTF-8 by writing it again, JSON by
// JSON.parse, depth by counting brackets, dates by the calendar, lateness from its definition. One line per record:
//
//     0/3 event "a" 2026-03-02T09:00:00.000Z {"k":"a", ...}
//     0/4 late eyJrIjoi...                        the bytes, in base64: they leave as they came
//     0/5 NOT_JSON eyJrIjo...

import { MAX_AHEAD_MS, MAX_DEPTH, MAX_RECORD_BYTES, OUT_OF_ORDERNESS_MS, READ_AT } from "./hostile.ts";

/** A record with its place. */
export type Sent = {
  readonly partition: number;
  readonly offset: bigint;
  readonly timestamp: number | null;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
};

/** Where key and time of the events are: in the fields `k` and `t`, or in the record. */
export type Where = "event" | "record";

/** What becomes of `records`, in their order of arrival, sorted by text. */
export function verdictsOn(records: readonly Sent[], where: Where): readonly string[] {
  const newest = new Map<number, number>();
  return records
    .map((record) => {
      const place = `${record.partition}/${record.offset}`;
      const bytes = record.value === null ? "null" : record.value.toString("base64");
      const read = readRecord(record, where);
      if (typeof read === "string") return `${place} ${read} ${bytes}`;
      const before = newest.get(record.partition) ?? Number.NEGATIVE_INFINITY;
      newest.set(record.partition, Math.max(before, read.at));
      if (before - read.at > OUT_OF_ORDERNESS_MS) return `${place} late ${bytes}`;
      return `${place} event ${JSON.stringify(read.key)} ${new Date(read.at).toISOString()} ${read.json}`;
    })
    .sort();
}

type Read = { readonly key: unknown; readonly at: number; readonly json: string };

function readRecord({ timestamp, key, value }: Sent, where: Where): Read | string {
  const fields = fieldsOf(value);
  if (typeof fields === "string") return fields;
  const found = where === "event" ? keyIn(fields.get("k")) : keyOf(key);
  if (typeof found === "string") return found;
  const at = where === "event" ? timeIn(fields.get("t")) : timestamp;
  if (at === null) return "NO_TIME";
  const whole = Math.floor(at);
  if (whole > READ_AT + MAX_AHEAD_MS || Math.abs(whole) > 8.64e15) return "ABSURD_TIME";
  return { key: found.key, at: whole, json: fields.json };
}

/** The own fields of an event. */
class Fields extends Map<string, unknown> {
  json = "";
}

function fieldsOf(value: Buffer | null): Fields | string {
  if (value === null) return "NOT_AN_OBJECT";
  if (value.length > MAX_RECORD_BYTES) return "TOO_LARGE";
  const text = value.toString("utf8");
  if (!Buffer.from(text, "utf8").equals(value)) return "NOT_UTF8";
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return "NOT_JSON";
  }
  const json = JSON.stringify(parsed);
  if (depthOf(json) > MAX_DEPTH) return "TOO_DEEP";
  if (!json.startsWith("{")) return "NOT_AN_OBJECT";
  const fields = new Fields(Object.entries(parsed as object));
  fields.json = json;
  return fields;
}

/** Most brackets open at once, those in texts aside. */
function depthOf(json: string): number {
  let open = 0;
  let most = 0;
  for (const character of json.replaceAll(/"(?:[^"\\]|\\.)*"/g, "")) {
    if ("[{".includes(character)) most = Math.max(most, ++open);
    if ("]}".includes(character)) open -= 1;
  }
  return most;
}

function keyOf(key: Buffer | null): { readonly key: unknown } | string {
  if (key === null) return "NO_KEY";
  const text = key.toString("utf8");
  return Buffer.from(text, "utf8").equals(key) ? { key: text } : "NOT_UTF8";
}

function keyIn(value: unknown): { readonly key: unknown } | string {
  const parts = Array.isArray(value) ? value : [value];
  const fits = (part: unknown): boolean =>
    typeof part === "string" ||
    typeof part === "boolean" ||
    (Number.isInteger(part) && Math.abs(part as number) < 2 ** 53);
  return parts.length > 0 && parts.every(fits) ? { key: value } : "NO_KEY";
}

function timeIn(value: unknown): number | null {
  if (typeof value === "number") return value;
  return typeof value === "string" ? instantOf(value) : null;
}

const DIGITS = /^(\d\d\d\d)-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d):(\d\d))$/;

/** Of an ISO 8601 date and time with its zone; `null` for any other text, and for days that no calendar has. */
function instantOf(text: string): number | null {
  const [whole, ...parts] = DIGITS.exec(text) ?? [];
  if (whole === undefined) return null;
  const [year, month, day, hour, minute, second] = parts.slice(0, 6).map((part) => Number(part ?? 0)) as number[] as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [fraction = "", sign, zoneHour = "0", zoneMinute = "0"] = parts.slice(6);
  const endOfDay = hour === 24 && minute === 0 && second === 0 && Number(fraction) === 0;
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  if ((hour > 23 && !endOfDay) || minute > 59 || second > 59) return null;
  if (Number(zoneHour) > 23 || Number(zoneMinute) > 59) return null;
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  at.setUTCHours(hour, minute, second, Number(fraction.padEnd(3, "0").slice(0, 3)));
  const zone = (Number(zoneHour) * 60 + Number(zoneMinute)) * (sign === "-" ? -1 : 1);
  return at.getTime() - zone * 60_000;
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}
