// Most events of a busy topic concern no pattern, whatever its open runs have taken: they are of a type that nobody waits for. Of such
// an event only its time counts, and a glance at the bytes of its record tells it (scan.ts). The event is never made.

import type { ValueExpr } from "../pattern/expression/expression.ts";
import { fieldsOf } from "../pattern/expression/looks-at.ts";
import type { Instant } from "../time/instant.ts";
import { createPlacing, isBad, type KeySource, type PlacingOptions, type RawRecord, type TimeSource } from "./read.ts";
import { createScanner } from "./scan.ts";

/**
 * The time of a record's event if that concerns nobody, and reading the record would give an event of that time; `null`: it has to be
 * read. Cost: one pass over the bytes.
 */
export type Glance = (record: RawRecord, readAt: Instant) => Instant | null;

/** Which events may concern anybody. */
export type Concern = {
  /** The outermost fields of an event that `ask` looks at. */
  readonly names: readonly string[];
  /** Asked of an event, or of just these fields of it. */
  readonly ask: (event: object) => boolean;
};

export type GlanceOptions = PlacingOptions & {
  readonly concern: Concern;
  readonly maxRecordBytes: number;
  readonly maxDepth: number;
};

/** Glances that are counted before it is decided whether they pay: a glance at an event that has to be read after all is lost. */
const TRIAL = 1_024;
/** They pay where one event in so many concerns nobody; else as many times the records of a trial are read without one. */
const WORTH_IT = 8;

/**
 * `null`: for key or time it takes more than the outermost fields of an event. Where nearly all events concern somebody, it only looks now
 * and then whether that is still so.
 */
export function createGlance(options: GlanceOptions): Glance | null {
  const { concern, maxDepth, maxRecordBytes } = options;
  const [key, time] = [exprsOf(options.key), exprsOf(options.time)];
  const [keyNames, timeNames] = [namesIn(key), namesIn(time)];
  if (key === null || keyNames === null || timeNames === null) return null;
  // Any text can be a key or a part of one, so it need not be made.
  const isPlain = key.every(({ kind }) => kind === "field");
  const names = [...concern.names, ...timeNames, ...(isPlain ? [] : keyNames)];
  const scan = createScanner(names, isPlain ? keyNames : [], maxDepth, concern);
  const { keyOf, timeOf } = createPlacing(options);
  const glance: Glance = (record, readAt) => {
    const { among = record.value, valueAt = 0, valueEnd = among?.length ?? 0 } = record;
    if (among === null || valueEnd - valueAt > maxRecordBytes) return null;
    const fields = scan(among, valueAt, valueEnd);
    if (fields === null || isBad(keyOf(record, fields))) return null;
    const at = timeOf(record, fields, readAt);
    return typeof at === "number" ? at : null;
  };
  return whereWorthIt(glance);
}

function whereWorthIt(glance: Glance): Glance {
  let tried = 0;
  let found = 0;
  let unasked = 0;
  return (record, readAt) => {
    if (unasked > 0) {
      unasked -= 1;
      return null;
    }
    const at = glance(record, readAt);
    tried += 1;
    if (at !== null) found += 1;
    if (tried === TRIAL) {
      if (WORTH_IT * found < TRIAL) unasked = WORTH_IT * TRIAL;
      tried = 0;
      found = 0;
    }
    return at;
  };
}

/** What is read of an event; `null`: a function knows. */
function exprsOf(source: KeySource | TimeSource): readonly ValueExpr[] | null {
  if (source.from !== "event") return [];
  const { expr = null } = source;
  return expr === null || !("kind" in expr) ? expr : [expr];
}

/** The outermost fields that are read; `null`: something else is. */
function namesIn(exprs: readonly ValueExpr[] | null): readonly string[] | null {
  if (exprs === null) return null;
  const { paths, whole } = fieldsOf(exprs);
  return whole || paths.some(({ length }) => length > 1) ? null : paths.flat();
}
