// Most events of a busy topic concern no pattern, whatever its open runs have taken: they are of a type that nobody waits for. Of such
// an event only its time counts, and a glance at the bytes of its record tells it (scan.ts). The event is never made.

import type { ValueExpr } from "../pattern/expression/expression.ts";
import { fieldsOf } from "../pattern/expression/looks-at.ts";
import type { Instant } from "../time/instant.ts";
import { createPlacing, type KeySource, type PlacingOptions, type RawRecord, type TimeSource } from "./read.ts";
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

/** `null`: for key or time it takes more than the outermost fields of an event. */
export function createGlance(options: GlanceOptions): Glance | null {
  const { concern, maxDepth, maxRecordBytes } = options;
  const [key, time] = [exprsOf(options.key), exprsOf(options.time)];
  const [keyNames, timeNames] = [namesIn(key), namesIn(time)];
  if (key === null || keyNames === null || timeNames === null) return null;
  // Any text can be a key or a part of one, so it need not be made.
  const isPlain = key.every(({ kind }) => kind === "field");
  const names = [...concern.names, ...timeNames, ...(isPlain ? [] : keyNames)];
  const scan = createScanner(names, isPlain ? keyNames : [], maxDepth);
  const place = createPlacing(options);
  return (record, readAt) => {
    const { value } = record;
    if (value === null || value.length > maxRecordBytes) return null;
    const fields = scan(value);
    if (fields === null || concern.ask(fields)) return null;
    const placed = place(record, fields, readAt);
    return placed.kind === "placed" ? placed.at : null;
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
