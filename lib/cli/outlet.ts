// Where the records of a run go: alerts to standard output or a file, late events and dead letters to files if they
// were asked for, and else counted with the first few kept to be shown.

import type { Sink } from "../runtime/ports.ts";
import { type Output, openOutput, toLine } from "../transports/ndjson/index.ts";
import { alertText } from "./alert-text.ts";
import { type Aside, createPassage } from "./passed.ts";
import type { Screen } from "./screen.ts";

export type OutletOptions = {
  /** File of the alerts; `-`: standard output. */
  readonly alerts: string;
  /** Whether alerts are written for people instead of as JSON. */
  readonly asText: boolean;
  /** File of late events; `null`: they are not kept. */
  readonly late: string | null;
  readonly deadLetters: string | null;
  /** Topic of the dead letters. */
  readonly deadLetterTopic: string;
  readonly screen: Screen;
};

/** A sink that remembers what passed. */
export interface Outlet extends Sink {
  passed(): Aside;
}

/** Makes the sink of a run. Opens its files with `open`. */
export function createOutlet({ alerts, asText, late, deadLetters, deadLetterTopic, screen }: OutletOptions): Outlet {
  const files = new Map<string, Output>();
  const passage = createPassage(deadLetterTopic);
  const open = async (path: string | null): Promise<void> => {
    if (path !== null && !files.has(path)) files.set(path, await openOutput(path));
  };
  const write = async (path: string | null, chunks: readonly (string | Uint8Array)[]): Promise<void> => {
    if (chunks.length === 0 || path === null) return;
    const bytes = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)));
    await screen.above(async () => files.get(path)?.write(bytes));
  };
  return {
    open: async () => {
      for (const path of [alerts, late, deadLetters]) await open(path);
    },
    send: async (records) => {
      const sorted = passage.take(records);
      await write(
        late,
        sorted.late.map((record) => toLine(record, false)),
      );
      await write(
        deadLetters,
        sorted.deadLetters.map((record) => toLine(record, record.headers.get("sequitur-kind") === "badRecord")),
      );
      await write(
        alerts,
        sorted.alerts.map((record) => (asText ? alertText(record.value) : toLine(record, false))),
      );
    },
    close: async () => {
      for (const output of files.values()) await output.close();
    },
    passed: passage.passed,
  };
}
