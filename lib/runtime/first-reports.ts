// The first record of each kind of trouble is logged, so that a mistake is seen; the rest is counted.

import type { Emission } from "./alert.ts";
import type { Log } from "./ports.ts";

/** What is to be called for everything that is said. */
export function createFirstReports(log: Log): (emission: Emission) => void {
  const reported = new Set<string>();
  return ({ kind, record }) => {
    if (kind === "alert" || kind === "timedOut") return;
    const what = record.headers.get("sequitur-code") ?? record.headers.get("sequitur-kind") ?? kind;
    const where = record.headers.get("sequitur-topic") ?? record.headers.get("pattern") ?? "";
    if (reported.has(`${what}:${where}`)) return;
    reported.add(`${what}:${where}`);
    log("warn", "first of its kind; more are only counted", { what, where, writtenTo: record.topic });
  };
}
