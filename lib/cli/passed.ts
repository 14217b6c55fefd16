// What passed through a run beside the alerts: how many late events and dead letters, why, and the first few of them.

import type { Headers, OutputRecord } from "../runtime/ports.ts";
import { key } from "./figures.ts";

/** One of the first records of its kind. */
export type Example = {
  readonly topic: string;
  readonly partition: string;
  readonly offset: string;
  readonly code: string;
  readonly message: string;
};

/** What passed through, of one kind. */
export type Passed = {
  /** How many records of each code: `LATE`, or why a record is a dead letter. */
  readonly byCode: ReadonlyMap<string, number>;
  readonly examples: readonly Example[];
};

/** What passed through beside the alerts. */
export type Aside = { readonly late: Passed; readonly deadLetters: Passed };

/** The records on their way out, by where they belong. */
export type Sorted = {
  readonly alerts: readonly OutputRecord[];
  readonly late: readonly OutputRecord[];
  readonly deadLetters: readonly OutputRecord[];
};

/** Counts what passes. */
export interface Passage {
  /** Sorts records, and counts those that are no alerts. */
  take(records: readonly OutputRecord[]): Sorted;
  passed(): Aside;
}

type Tray = { readonly byCode: Map<string, number>; readonly examples: Example[] };

/** Examples kept of each kind. */
const MAX_EXAMPLES = 3;

/** Starts counting. `deadLetterTopic` is where broken records and reports go. */
export function createPassage(deadLetterTopic: string): Passage {
  const trays = { late: emptyTray(), deadLetters: emptyTray() };
  return {
    take: (records) => {
      const sorted = { alerts: [] as OutputRecord[], late: [] as OutputRecord[], deadLetters: [] as OutputRecord[] };
      for (const record of records) sorted[kindOf(record, deadLetterTopic)].push(record);
      for (const record of sorted.late) put(trays.late, record);
      for (const record of sorted.deadLetters) put(trays.deadLetters, record);
      return sorted;
    },
    passed: () => trays,
  };
}

/** What passed through several processes. */
export function addPassed(all: readonly Passed[]): Passed {
  const sum = emptyTray();
  for (const { byCode, examples } of all) {
    for (const [code, number] of byCode) sum.byCode.set(code, (sum.byCode.get(code) ?? 0) + number);
    sum.examples.push(...examples.slice(0, MAX_EXAMPLES - sum.examples.length));
  }
  return sum;
}

const KIND = "sequitur-kind";

function kindOf({ headers, topic }: OutputRecord, deadLetterTopic: string): keyof Sorted {
  switch (headers.get(KIND)) {
    case "late":
      return "late";
    case "badRecord":
    case "functionFailed":
      return "deadLetters";
    default: // an alert, or a limit that was reached: told where the alerts are, or among the dead letters
      return topic === deadLetterTopic && headers.has(KIND) ? "deadLetters" : "alerts";
  }
}

function emptyTray(): Tray {
  return { byCode: new Map(), examples: [] };
}

function put(tray: Tray, { headers, value }: OutputRecord): void {
  const example = headers.has("sequitur-offset") ? exampleOfCopy(headers) : exampleOfReport(value);
  tray.byCode.set(example.code, (tray.byCode.get(example.code) ?? 0) + 1);
  if (tray.examples.length < MAX_EXAMPLES) tray.examples.push(example);
}

/** A record that left as it came, with headers that say why. */
function exampleOfCopy(headers: Headers): Example {
  const header = (name: string): string => headers.get(`sequitur-${name}`) ?? "";
  const isLate = header("kind") === "late";
  const message = isLate
    ? `its time ${header("time")} was already passed by the watermark ${header("watermark")}`
    : header("message");
  const code = isLate ? "LATE" : header("code");
  return { topic: header("topic"), partition: header("partition"), offset: header("offset"), code, message };
}

type Report = {
  readonly kind: string;
  readonly pattern: string;
  readonly key: unknown;
  readonly where?: string;
  readonly step?: string;
  readonly message?: string;
  readonly limit?: string;
  readonly max?: number;
  readonly action?: string;
  readonly origin?: { readonly topic: string; readonly partition: number; readonly offset: string };
};

/** A report of what a pattern could not do. */
function exampleOfReport(value: Uint8Array): Example {
  const report = JSON.parse(new TextDecoder().decode(value)) as Report;
  const { topic = "", partition = "", offset = "" } = report.origin ?? {};
  const failed = report.kind === "functionFailed";
  const where = report.step ? `${report.where} of step "${report.step}"` : report.where;
  const message = failed
    ? `${where} of pattern "${report.pattern}" threw: ${report.message}`
    : `key ${key(report.key)} of pattern "${report.pattern}" passed ${report.limit} (${report.max}): ${report.action}`;
  return {
    topic,
    partition: String(partition),
    offset: String(offset),
    code: failed ? "FUNCTION_FAILED" : "LIMIT_REACHED",
    message,
  };
}
