// What a case file says. README.md tells how it is written.

import type { Word } from "./words.ts";

export type Case = {
  /** `spec/cases/order.case:12`, where its title stands. */
  readonly place: string;
  /** One or more lines. */
  readonly title: string;
  readonly pattern: { readonly words: readonly Word[]; readonly text: string } | { readonly json: unknown };
  readonly options: CaseOptions;
  readonly streams: readonly Stream[];
  /** What is wrong with the pattern; `null`: nothing is said of that. */
  readonly refused: readonly Complaint[] | null;
  readonly warned: readonly Complaint[] | null;
};

export type CaseOptions = {
  /** By name, of patterns and of matchers. */
  readonly limits: ReadonlyMap<string, number | string>;
  readonly requireBound: boolean;
  readonly timedOut: "longest" | "all";
  readonly outOfOrdernessMs: number;
};

/** A code, and the place that it names: the path of a problem, `the pattern` for the whole. */
export type Complaint = { readonly code: string; readonly at: string };

/** A time line and what is to be found in it. */
export type Stream = {
  readonly place: string;
  readonly events: readonly CaseEvent[];
  /** Up to when time goes on after the last event. */
  readonly until: number;
  readonly matches: readonly Row[];
  /** `null`: nothing is said of time-outs. */
  readonly timedOut: readonly Row[] | null;
  /** Which events are to be told to be late, or without a key. */
  readonly late: ReadonlySet<number>;
  readonly keyless: ReadonlySet<number>;
  /** Everything else that the matcher tells, such as `maxRunsPerKey quarantined 3 at 4`. */
  readonly notices: readonly string[];
  /** Counters of the matcher at the end, by name. */
  readonly counts: ReadonlyMap<string, number>;
};

export type CaseEvent = {
  readonly type: string;
  readonly at: number;
  /** `null`: it has none. */
  readonly key: string | null;
  readonly v?: unknown;
  readonly boom?: true;
};

/** Events with their steps, and when they are reported. */
export type Row = {
  readonly taken: readonly { readonly step: string; readonly index: number }[];
  readonly at: number;
  /** By an event of that time, or by a deadline. */
  readonly by: "event" | "deadline";
};

/** `a1 b3 at 3`: positions count from 1. */
export function showRow({ taken, at, by }: Row): string {
  const events = taken.map(({ step, index }) => `${step}${index + 1}`);
  return `${events.join(" ")} ${by === "event" ? "at" : "by"} ${at}`;
}
