// A pattern of a service as text, and back: what it looks for, where it says so, how much it may hold. A later release that has no such
// pattern any more finishes its runs from that.

import { PatternError } from "../core/errors.ts";
import { indexFrom, record, type Shape, shapeOf, text } from "../core/shape.ts";
import { callsFunctions } from "../pattern/expression/looks-at.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { fromJSON } from "../pattern/pattern-value.ts";
import { conditionsOf, everyElement } from "../pattern/walk.ts";
import { reportsAtDeadline } from "./deadline.ts";
import { type PatternDefinition, type ServiceDefinition, topic } from "./definition.ts";

/** What of a pattern is a function, as messages name it. With one it has no form. Cost: one visit per node. */
export function functionsOf({ ast, selector }: Pattern): readonly string[] {
  const filters = [...everyElement(ast.elements)].filter((placed) => conditionsOf(placed).some(callsFunctions));
  return [
    ...filters.map(({ path }) => `filter of ${JSON.stringify(path.join("."))}`),
    ...(selector === null ? [] : ["select"]),
  ];
}

/** The form of a pattern without functions. @throws {PatternError} `OPAQUE_CONDITION` if it has some */
export function formOf(entry: PatternDefinition, { whenAllIdle }: Pick<ServiceDefinition, "whenAllIdle">): string {
  const { alerts, limits, pattern, timedOut } = entry;
  const form: Form = {
    pattern: pattern.toJSON(),
    alerts: alerts.name,
    timedOut: { report: timedOut.report, topic: timedOut.topic.name },
    limits,
    followsClock: whenAllIdle === "clock" && reportsAtDeadline(entry),
  };
  return JSON.stringify(form);
}

/** The pattern of a form. `followsClock`: while all is silent it waits for deadlines by the clock. @throws {PatternError} if it is none that this version reads */
export function readForm(form: string): PatternDefinition & Pick<Form, "followsClock"> {
  let json: unknown = null;
  try {
    json = JSON.parse(form);
  } catch {}
  if (FORM(json) !== null) throw unreadable();
  const { alerts, followsClock, limits, pattern, timedOut } = json as Form;
  return {
    pattern: fromJSON(pattern) as Pattern,
    alerts: topic(alerts),
    timedOut: { report: timedOut.report, topic: topic(timedOut.topic) },
    limits,
    followsClock,
  };
}

type Form = Pick<PatternDefinition, "limits"> & {
  readonly pattern: object;
  readonly alerts: string;
  readonly timedOut: { readonly report: PatternDefinition["timedOut"]["report"]; readonly topic: string };
  readonly followsClock: boolean;
};

const count = indexFrom(1);
const FORM: Shape = record({
  pattern: record({ name: text }),
  alerts: text,
  timedOut: record({ report: oneOf("none", "count", "longest", "all"), topic: text }),
  limits: record({
    maxRunsPerKey: count,
    maxNodesPerKey: count,
    maxMatchesPerEvent: count,
    maxKeys: count,
    maxStateBytes: count,
    onLimit: oneOf("quarantine", "fail", "dropOldest"),
  }),
  followsClock: shapeOf((value) => typeof value === "boolean", "true or false"),
});

function oneOf(...words: readonly unknown[]): Shape {
  return shapeOf((value) => words.includes(value), `one of ${words.join(", ")}`);
}

function unreadable(): PatternError {
  const message = "Its saved form is none that this version of sequitur reads.";
  const problem = {
    code: "JSON_SHAPE",
    severity: "error",
    path: [],
    message,
    remedy: "Run the version that wrote it.",
  };
  return new PatternError("?", [problem as PatternError["problems"][number]]);
}
