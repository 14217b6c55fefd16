// The log of a service as lines of JSON, one object each, for whatever collects the logs of containers:
//
//     {"level":"info","time":"2026-03-02T09:05:00.000Z","app":"doors","instance":"web-1:7","msg":"service is running"}
//
// Times are ISO 8601 in UTC, since they are read by people and by machines of several makes. Lines are written at once and by
// the process itself: no thread, no buffer that a crash would lose.

import { hostname } from "node:os";
import type { Log } from "../runtime/ports.ts";
import { type Clock, systemClock } from "../time/clock.ts";
import { logFields } from "./log-fields.ts";

/** From what on lines are written. */
export type LogLevel = Parameters<Log>[0];

/** The levels, the most talkative first. */
export const LOG_LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/**
 * How a log of JSON lines is made.
 *
 * @example
 * import type { JsonLogOptions } from "sequitur/service";
 *
 * const options: JsonLogOptions = { app: "doors", level: "warn" };
 * options.level; // => "warn"
 */
export type JsonLogOptions = {
  /** Stands in every line. */
  readonly app: string;
  /** Stands in every line, and tells the processes of one app apart. Default: host and process id, such as `web-1:7`. */
  readonly instance?: string;
  /** Lines below it are left out. Default `"info"`. */
  readonly level?: LogLevel;
  /** Takes each line with its end. Default: standard error. */
  readonly write?: (line: string) => void;
  /** Default: the clock of the machine. */
  readonly clock?: Clock;
};

/**
 * Makes a log that writes lines of JSON. Bigints are text in them, errors objects with `name`, `code` and `message`, bytes only their number;
 * long texts are cut, and fields whose names speak of secrets are not shown. Costs a few microseconds a line.
 *
 * @example
 * import { createJsonLog } from "sequitur/service";
 *
 * const lines: string[] = [];
 * const log = await createJsonLog({ app: "doors", instance: "a", write: (line) => lines.push(line) });
 * log("info", "partition is ours", { topic: "door-events", position: 17n });
 * log("debug", "nobody asked");
 * lines.map((line) => JSON.parse(line)).map(({ level, msg, position }) => [level, msg, position]); // => [["info", "partition is ours", "17"]]
 */
export async function createJsonLog(options: JsonLogOptions): Promise<Log> {
  const { app, instance = `${hostname()}:${process.pid}`, level = "info", clock = systemClock } = options;
  const { write = (line: string) => void process.stderr.write(line) } = options;
  const { pino } = await import("pino"); // only who logs pays for loading it
  const logger = pino(
    {
      level,
      base: { app, instance },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date(clock.now()).toISOString()}"`,
    },
    { write },
  );
  return (at, message, fields = {}) => logger[at](logFields(fields), message);
}
