// Durations as people write them: a number is milliseconds, a text counts units, such as "10m" or "1h30m".

import { ConfigError } from "../core/errors.ts";

/** A length of time in milliseconds. */
export type Millis = number;

/** What a duration may be counted in: milliseconds, seconds, minutes, hours, days of 24 hours. */
export type DurationUnit = "ms" | "s" | "m" | "h" | "d";

/**
 * A length of time: a whole number of milliseconds, or a text of numbers and units, larger units first. A day has 24 hours.
 *
 * @example
 * import { type Duration, parseDuration } from "sequitur";
 *
 * const tenMinutes: Duration = "10m";
 * parseDuration(tenMinutes, "within"); // => 600000
 * parseDuration(600_000, "within"); // => 600000
 */
export type Duration =
  | number
  | `${number}${DurationUnit}`
  | `${number}d${number}h`
  | `${number}h${number}m`
  | `${number}m${number}s`
  | `${number}s${number}ms`;

const UNITS: readonly (readonly [unit: DurationUnit, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
];

const COUNT = "(\\d{1,15}(?:\\.\\d{1,15})?)";
const TEXT = new RegExp(`^(-)?${UNITS.map(([unit]) => `(?:${COUNT}${unit})?`).join("")}$`);

/**
 * The milliseconds of a duration. Exact: `"1.1h"` is 3,960,000. It may be zero or negative; who asks says whether that makes sense.
 *
 * @param what names the setting in the message.
 * @throws {ConfigError} `BAD_DURATION` if it is neither a whole number of milliseconds nor such a text.
 *
 * @example
 * import { parseDuration } from "sequitur";
 *
 * parseDuration("1h30m", "within"); // => 5400000
 */
export function parseDuration(duration: Duration | string, what: string): Millis {
  const ms = typeof duration === "number" ? duration : parseText(duration);
  if (ms === null || !Number.isSafeInteger(ms)) throw badDuration(duration, what);
  return ms;
}

/**
 * Writes a duration with as few units as say it exactly. `parseDuration` gives back the same number.
 *
 * @example
 * import { formatDuration } from "sequitur";
 *
 * formatDuration(600_000); // => "10m"
 * formatDuration(5_400_000); // => "1h30m"
 * formatDuration(0); // => "0ms"
 */
export function formatDuration(ms: Millis): string {
  if (ms === 0 || !Number.isSafeInteger(ms)) return `${ms === 0 ? 0 : ms}ms`;
  const parts: string[] = [];
  let restMs = Math.abs(ms);
  for (const [unit, unitMs] of UNITS) {
    const count = Math.floor(restMs / unitMs);
    if (count > 0) parts.push(`${count}${unit}`);
    restMs -= count * unitMs;
  }
  return `${ms < 0 ? "-" : ""}${parts.join("")}`;
}

function parseText(text: unknown): Millis | null {
  const match = typeof text === "string" ? TEXT.exec(text) : null;
  if (match === null) return null;
  const [, sign, ...counts] = match;
  // Decimal fractions are added up as whole numbers of 1e-15 ms: floating point would make 3,960,000.0000000005 of "1.1h".
  let total = 0n;
  let said = false;
  for (const [index, [, unitMs]] of UNITS.entries()) {
    const count = counts[index];
    if (count === undefined) continue;
    const [whole = "", fraction = ""] = count.split(".");
    total += BigInt(whole + fraction.padEnd(15, "0")) * BigInt(unitMs);
    said = true;
  }
  if (!said || total % 10n ** 15n !== 0n) return null;
  const ms = Number(total / 10n ** 15n);
  return sign === undefined || ms === 0 ? ms : -ms;
}

function badDuration(duration: unknown, what: string): ConfigError {
  const given = typeof duration === "string" ? JSON.stringify(duration) : String(duration);
  return new ConfigError(
    "BAD_DURATION",
    `${what} is ${given}, which is no duration. Write a whole number of milliseconds, or a text such as "500ms", "30s", "10m", "1h30m" or "7d" (units ms, s, m, h, d, larger ones first).`,
  );
}
