// Keys: events with equal keys form one sequence. Written so that different keys never meet: 1 and "1" differ, and
// ["a", "b"] differs from ["a,b"].

import { ConfigError } from "../core/errors.ts";

/**
 * One part of a key. Numbers must be safe integers.
 *
 * @example
 * import type { KeyPart } from "sequitur";
 *
 * const card: KeyPart = "4711";
 * card; // => "4711"
 */
export type KeyPart = string | number | bigint | boolean;

/**
 * What events are grouped by: one value, or several together. Keys of different types differ: 1 is not "1".
 *
 * @example
 * import type { Key } from "sequitur";
 *
 * const cardAtShop: Key = ["4711", 12];
 * cardAtShop.length; // => 2
 */
export type Key = KeyPart | readonly KeyPart[];

/** A key as a string: equal strings for equal keys, and only for them. */
export type EncodedKey = string;

/** Whether `value` can be a key: a string, safe integer, bigint, boolean, or a non-empty array of these. */
export function isKey(value: unknown): value is Key {
  return Array.isArray(value) ? value.length > 0 && value.every(isKeyPart) : isKeyPart(value);
}

/**
 * Encodes a key with a type tag per part: `s`tring with its length, `n`umber, big`i`nt, `b`oolean, and `t` before a tuple.
 *
 * @throws {ConfigError} `BAD_KEY` if `key` is none.
 */
export function encodeKey(key: Key): EncodedKey {
  if (!isKey(key)) {
    throw new ConfigError(
      "BAD_KEY",
      `${String(key)} cannot be a key. Use a string, a safe integer, a bigint, a boolean, or an array of these.`,
    );
  }
  return isTuple(key) ? `t${key.map(encodePart).join("")}` : encodePart(key);
}

/** The key that `encodeKey` made `text` of. */
export function decodeKey(text: EncodedKey): Key {
  if (!text.startsWith("t")) return decodePart(text, 0).part;
  const parts: KeyPart[] = [];
  for (let at = 1; at < text.length; ) {
    const { part, end } = decodePart(text, at);
    if (end <= at) return []; // no key was encoded like that
    parts.push(part);
    at = end;
  }
  return parts;
}

/** Whether `encodeKey` may have made `value`. */
export function isEncodedKey(value: unknown): value is EncodedKey {
  if (typeof value !== "string") return false;
  try {
    const key = decodeKey(value);
    return isKey(key) && encodeKey(key) === value;
  } catch {
    return false;
  }
}

function isTuple(key: Key): key is readonly KeyPart[] {
  return Array.isArray(key);
}

function isKeyPart(value: unknown): value is KeyPart {
  const type = typeof value;
  return type === "string" || type === "boolean" || type === "bigint" || Number.isSafeInteger(value);
}

function encodePart(part: KeyPart): string {
  switch (typeof part) {
    case "string":
      return `s${part.length}:${part}`;
    case "number":
      return `n${part === 0 ? 0 : part};`;
    case "bigint":
      return `i${part};`;
    default:
      return part ? "b1;" : "b0;";
  }
}

function decodePart(text: string, at: number): { readonly part: KeyPart; readonly end: number } {
  const tag = text[at];
  if (tag === "s") {
    const colon = text.indexOf(":", at);
    const end = colon + 1 + Number(text.slice(at + 1, colon));
    return { part: text.slice(colon + 1, end), end };
  }
  const semicolon = text.indexOf(";", at);
  const digits = text.slice(at + 1, semicolon);
  const part = tag === "n" ? Number(digits) : tag === "i" ? BigInt(digits) : digits === "1";
  return { part, end: semicolon + 1 };
}
