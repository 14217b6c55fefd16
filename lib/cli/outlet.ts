// Where the records of a run go: alerts to standard output or a file, late events and dead letters to files if they
// were asked for, and else counted with the first few kept to be shown.

import type { Headers, OutputRecord, Sink } from "../runtime/ports.ts";
import { type Output, openOutput, toLine } from "../transports/ndjson/index.ts";
import { alertText } from "./alert-text.ts";
import { key } from "./figures.ts";
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

/** One of the first records of its kind. */
export type Example = {
  readonly topic: string;
  readonly partition: string;
  readonly offset: string;
  readonly code: string;
  readonly message: string;
};

/** What passed through, beside the alerts. */
export type Passed = {
  /** How many records of each code: `late`, or why a record is a dead letter. */
  readonly byCode: ReadonlyMap<string, number>;
  readonly examples: readonly Example[];
};

export interface Outlet extends Sink {
  passed(): { readonly late: Passed; readonly deadLetters: Passed };
}

type Tray = { readonly byCode: Map<string, number>; readonly examples: Example[] };

/** Examples kept of each kind. */
const MAX_EXAMPLES = 3;

/** Makes the sink of a run. Opens its files with `open`. */
export function createOutlet({ alerts, asText, late, deadLetters, deadLetterTopic, screen }: OutletOptions): Outlet {
  const files = new Map<string, Output>();
  const trays = { late: emptyTray(), deadLetters: emptyTray() };
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
      const sorted = { alert: [] as OutputRecord[], late: [] as OutputRecord[], deadLetter: [] as OutputRecord[] };
      for (const record of records) sorted[kindOf(record, deadLetterTopic)].push(record);
      for (const record of sorted.late) put(trays.late, record);
      for (const record of sorted.deadLetter) put(trays.deadLetters, record);
      await write(
        late,
        sorted.late.map((record) => toLine(record, false)),
      );
      await write(
        deadLetters,
        sorted.deadLetter.map((record) => toLine(record, record.headers.get(KIND) === "badRecord")),
      );
      await write(
        alerts,
        sorted.alert.map((record) => (asText ? alertText(record.value) : toLine(record, false))),
      );
    },
    close: async () => {
      for (const output of files.values()) await output.close();
    },
    passed: () => trays,
  };
}

const KIND = "sequitur-kind";

function kindOf({ headers, topic }: OutputRecord, deadLetterTopic: string): "alert" | "late" | "deadLetter" {
  switch (headers.get(KIND)) {
    case "late":
      return "late";
    case "badRecord":
    case "functionFailed":
      return "deadLetter";
    default: // an alert, or a limit that was reached: told where the alerts are, or among the dead letters
      return topic === deadLetterTopic && headers.has(KIND) ? "deadLetter" : "alert";
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
