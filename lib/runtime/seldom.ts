// The same line again and again, told seldom: an operator should see a line that matters at once, and then how often it came
// since, at distances that grow for as long as it keeps coming.

import type { Clock } from "../time/clock.ts";
import type { Instant } from "../time/instant.ts";
import type { Log } from "./ports.ts";

/** How often `line` was held back since it was last told, if it is time to tell it; else `null`, and it is held back. */
export type Seldom = (line: string) => number | null;

/**
 * A log for what fails and is tried again, by many at once: a line of the same message about the same thing, such as a code of errors, is told
 * once for all of them. What is held back is told at level "debug".
 */
export type SeldomLog = (
  level: Parameters<Log>[0],
  message: string,
  about: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

/** How long a line is only counted after it was told; twice as long each time, if it goes on. */
const FIRST_MS = 10_000;
const MOST_MS = 300_000;
/** Lines that are remembered to be counted. */
const MAX_LINES = 100;

type Line = { readonly until: Instant; readonly forMs: number; unsaid: number };

export function createSeldom(clock: Clock): Seldom {
  const lines = new Map<string, Line>();
  return (line) => {
    const now = clock.now();
    const known = lines.get(line);
    if (known !== undefined && now < known.until) {
      known.unsaid += 1;
      return null;
    }
    const goesOn = known !== undefined && known.unsaid > 0 && now < known.until + known.forMs;
    const forMs = goesOn ? Math.min(MOST_MS, 2 * known.forMs) : FIRST_MS;
    lines.delete(line);
    lines.set(line, { until: now + forMs, forMs, unsaid: 0 });
    const [oldest] = lines.keys();
    if (lines.size > MAX_LINES && oldest !== undefined) lines.delete(oldest);
    return known?.unsaid ?? 0;
  };
}

export function createSeldomLog(log: Log, clock: Clock): SeldomLog {
  const seldom = createSeldom(clock);
  return (level, message, about, fields) => {
    const unsaid = level === "debug" ? 0 : seldom(`${message}: ${about}`);
    log(unsaid === null ? "debug" : level, message, unsaid ? { ...fields, repeated: unsaid } : fields);
  };
}
