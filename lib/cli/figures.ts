// Numbers, times and texts as people read them.

import type { Instant } from "../time/instant.ts";

/** `27,004`. */
export function count(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** `1 alert`, `2 alerts`. */
export function counted(value: number, one: string, many: string = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** `3.2 s`, `4 min 5 s`, `2 h 3 min`. */
export function elapsed(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.floor(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `2013-01-05 13:20:00Z`, with milliseconds only where there are some. Instants that no calendar knows are given as they are. */
export function time(at: Instant | string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return String(at);
  return date.toISOString().replace("T", " ").replace(".000Z", "Z");
}

/** A watermark, to the second: a time, or what it means at the ends of time. */
export function watermark(at: Instant): string {
  if (at === Number.NEGATIVE_INFINITY) return "none yet";
  return at === Number.POSITIVE_INFINITY ? "end" : time(Math.floor(at / 1_000) * 1_000);
}

/** The text on one line, at most `length` characters, without anything that would steer a terminal. */
export function oneLine(text: string, length: number): string {
  const plain = text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\p{Cc}|\p{Cf}/gu, (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`);
  const chars = [...plain];
  return chars.length <= length ? plain : `${chars.slice(0, length - 1).join("")}…`;
}

/** A text that others wrote, as a sentence: with a full stop, unless it ends already. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** A key: as it is if that is unmistakable, else as JSON. */
export function key(value: unknown): string {
  const simple =
    typeof value === "string" &&
    /^[\p{L}\p{N}][\p{L}\p{N}_.:@/+-]*$/u.test(value) &&
    !/^(\d+|true|false|null)$/.test(value);
  return simple ? value : oneLine(JSON.stringify(value) ?? String(value), 80);
}

/** Data in one line: the fields of an object without outer braces, long values cut. */
export function fields(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return oneLine(JSON.stringify(value) ?? "", 200);
  return Object.entries(value)
    .map(([name, each]) => `${oneLine(name, 40)}: ${oneLine(JSON.stringify(each) ?? "", 80)}`)
    .join(", ");
}
