// What the author of a service should know about it, though it can run. What cannot run is refused by `service`.

import type { Problem } from "../core/errors.ts";
import { formatDuration } from "../time/duration.ts";
import { reportsAtDeadline } from "./deadline.ts";
import type { PatternDefinition, ServiceDefinition } from "./definition.ts";
import { choiceOf } from "./identity.ts";
import { functionsOf } from "./pattern-form.ts";

/**
 * Warnings about a service: `NOTHING_TIMES_OUT`, `DEADLINES_HELD`, `NO_SCHEMA_TO_VALIDATE`, `DISORDER_EXCEEDS_WINDOW`, `CANNOT_DRAIN`. Those about its patterns
 * are for the checks of patterns.
 */
export function checkService(service: ServiceDefinition): readonly Problem[] {
  return [
    ...service.inputs.flatMap(inputWarnings),
    ...service.patterns.flatMap((entry) => [...patternWarnings(entry, service), ...releaseWarnings(entry, service)]),
  ];
}

/** What the release after this one will not be able to do. */
function releaseWarnings({ pattern }: PatternDefinition, service: ServiceDefinition): readonly Problem[] {
  const functions = functionsOf(pattern);
  if (choiceOf(service)(pattern.name) === "drop" || functions.length === 0) return [];
  return [
    warning(
      "CANNOT_DRAIN",
      [pattern.name],
      `With changedPatterns: "drain" a later release that changes it is refused, since it has functions (${functions.join(", ")}).`,
      `Write conditions with where, and leave select out; or write changedPatterns: { ${JSON.stringify(pattern.name)}: "drop" }, with those to be drained beside it.`,
    ),
  ];
}

function inputWarnings({ name, schema, validate }: ServiceDefinition["inputs"][number]): readonly Problem[] {
  if (validate === "all" || schema !== null) return [];
  return [
    warning(
      "NO_SCHEMA_TO_VALIDATE",
      [name],
      'It says validate: "concerned", but has no schema.',
      "Give it a schema, or leave validate out.",
    ),
  ];
}

function patternWarnings(entry: PatternDefinition, service: ServiceDefinition): readonly Problem[] {
  const { name, ast } = entry.pattern;
  const found: Problem[] = [];
  if (entry.timedOut.report !== "none" && ast.withinMs === null) {
    found.push(
      warning(
        "NOTHING_TIMES_OUT",
        [name],
        "It reports runs that time out, but its runs never do.",
        "Give it a within, or leave timedOut out.",
      ),
    );
  }
  if (service.whenAllIdle === "hold" && reportsAtDeadline(entry)) {
    found.push(
      warning(
        "DEADLINES_HELD",
        [name],
        'It has something to report at a deadline, but with whenAllIdle: "hold" no deadline passes while no events come.',
        'Leave whenAllIdle out, or write "clock".',
      ),
    );
  }
  const disorderMs = Math.max(...service.inputs.map(({ outOfOrdernessMs }) => outOfOrdernessMs));
  if (ast.withinMs !== null && disorderMs > ast.withinMs) {
    found.push(
      warning(
        "DISORDER_EXCEEDS_WINDOW",
        [name],
        `Its matches last less than ${formatDuration(ast.withinMs)}, but every event waits ${formatDuration(disorderMs)} for earlier ones (outOfOrderness).`,
        "Lower outOfOrderness if alerts should come sooner.",
      ),
    );
  }
  return found;
}

function warning(code: string, path: readonly string[], message: string, remedy: string): Problem {
  return { code, severity: "warning", path, message, remedy };
}
