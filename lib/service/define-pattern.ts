// A pattern of a service with its options, checked and filled in.

import type { MatcherLimits, TimedOutReport } from "../matching/matcher.ts";
import { isPattern, type Pattern } from "../pattern/pattern.ts";
import type { OutputTopic, PatternDefinition } from "./definition.ts";
import { isRecord, type Notes, type Options, readOptions, show } from "./options.ts";

/** What a pattern has if its options do not say otherwise. */
export type PatternDefaults = {
  readonly alerts: OutputTopic;
  readonly timedOut: OutputTopic;
  readonly limits: MatcherLimits;
};

export const MATCHER_LIMIT_NAMES = [
  "maxRunsPerKey",
  "maxNodesPerKey",
  "maxMatchesPerEvent",
  "maxKeys",
  "maxStateBytes",
  "onLimit",
] as const;

const TIMED_OUT_REPORTS: readonly TimedOutReport[] = ["none", "count", "longest", "all"];

/** Reads a topic option that names where something goes. */
export type OutputOption = (options: Options, name: string, otherwise: OutputTopic) => OutputTopic;

/** The pattern that `entry` is or has; `null` if there is none. */
export function definePattern(
  entry: unknown,
  path: readonly string[],
  defaults: PatternDefaults,
  output: OutputOption,
  notes: Notes,
): PatternDefinition | null {
  if (isPattern(entry)) return plainly(entry, defaults);
  if (!isRecord(entry)) return notAPattern(entry, path, notes);
  const options = readOptions(entry, path, ["pattern", "alerts", "timedOut", "limits"], notes);
  const pattern = options.raw("pattern");
  if (!isPattern(pattern)) return notAPattern(pattern, [...path, "pattern"], notes);
  const timedOut = options.inner("timedOut", ["report", "topic"]);
  const isAskedFor = options.raw("timedOut") !== undefined;
  return {
    pattern,
    alerts: output(options, "alerts", defaults.alerts),
    timedOut: {
      report: timedOut.oneOf("report", TIMED_OUT_REPORTS, isAskedFor ? "longest" : "none"),
      topic: output(timedOut, "topic", defaults.timedOut),
    },
    limits: readMatcherLimits(options.inner("limits", MATCHER_LIMIT_NAMES), defaults.limits),
  };
}

/** The limits of matchers that `options` say, or else those of `defaults`. */
export function readMatcherLimits(options: Options, defaults: MatcherLimits): MatcherLimits {
  return {
    maxRunsPerKey: options.count("maxRunsPerKey", defaults.maxRunsPerKey),
    maxNodesPerKey: options.count("maxNodesPerKey", defaults.maxNodesPerKey),
    maxMatchesPerEvent: options.count("maxMatchesPerEvent", defaults.maxMatchesPerEvent),
    maxKeys: options.count("maxKeys", defaults.maxKeys),
    maxStateBytes: options.count("maxStateBytes", defaults.maxStateBytes),
    onLimit: options.oneOf("onLimit", ["quarantine", "fail", "dropOldest"], defaults.onLimit),
  };
}

function plainly(pattern: Pattern, { alerts, timedOut, limits }: PatternDefaults): PatternDefinition {
  return { pattern, alerts, timedOut: { report: "none", topic: timedOut }, limits };
}

function notAPattern(given: unknown, path: readonly string[], notes: Notes): null {
  const remedy = 'Write a pattern made with pattern("name").begin(…), or { pattern, alerts, timedOut, limits }.';
  notes.add("BAD_OPTION", path, `It is ${show(given)}, not a pattern.`, remedy);
  return null;
}
