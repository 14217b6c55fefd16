// From a definition to what the runtime needs: readers for the inputs, automata and matchers for the patterns.

import type { Automaton } from "../automaton/automaton.ts";
import { compile } from "../automaton/compile.ts";
import { interestOf } from "../automaton/interest.ts";
import { ConfigError, PatternError } from "../core/errors.ts";
import { createConcern } from "../event/concern.ts";
import { createDecoder } from "../event/decode.ts";
import { type Concern, createGlance, type Glance } from "../event/glance.ts";
import { createReader } from "../event/read.ts";
import { anyConcernOf } from "../matching/any-concern.ts";
import { createKeyedMatcher } from "../matching/grouped-matcher.ts";
import type { EngineConfig } from "../runtime/engine.ts";
import type { LaneInput } from "../runtime/partition.ts";
import type { LanePattern } from "../runtime/pattern-row.ts";
import { createPlacement } from "../runtime/placement.ts";
import type { OldForms } from "../runtime/shard/context.ts";
import type { TaskConfig } from "../runtime/task.ts";
import { outputTopics, topicsOf } from "./define.ts";
import type { InputDefinition, PatternDefinition, ServiceDefinition } from "./definition.ts";
import { readForm } from "./pattern-form.ts";

/**
 * What an engine needs to run `service`.
 *
 * @throws {PatternError} if one pattern cannot mean anything sensible; {ConfigError} `BAD_PATTERNS` with the texts of all if several cannot.
 */
export function compose(service: ServiceDefinition): EngineConfig & Pick<OldForms, "revive"> {
  const own = composePatterns(service);
  const config = composeEngine(service, own);
  return {
    ...config,
    revive(forms) {
      const old = forms.map(readForm);
      const revived = old.map((entry) => composeOld(entry, service));
      const isClocked = old.some(({ followsClock }) => followsClock);
      return {
        task: {
          ...config.task,
          ...composeMatching({ ...service, patterns: [...service.patterns, ...old] }, [...own, ...revived]),
          ...(isClocked ? { whenAllIdle: "clock" } : {}),
        },
        outputs: [...new Set(old.flatMap(topicsOf).map(({ name }) => name))],
      };
    },
  };
}

/** How events are judged, and whom they concern. */
function composeMatching(
  service: ServiceDefinition,
  patterns: readonly LanePattern[],
): Pick<TaskConfig, "inputs" | "patterns"> {
  const concern = anyConcernOf(patterns.map(({ interest }) => interest));
  const inputs = service.inputs.map((input) => ({
    ...composeInput(input, service),
    glance: concern === null ? null : composeGlance(input, service, concern),
  }));
  return { inputs, patterns };
}

function composeEngine(service: ServiceDefinition, patterns: readonly LanePattern[]): EngineConfig {
  return {
    task: {
      ...composeMatching(service, patterns),
      lateTopic: service.late.name,
      deadLetterTopic: service.deadLetters.name,
      placement: createPlacement(),
      idleAfterMs: service.idleAfterMs,
      whenAllIdle: service.whenAllIdle,
      maxReorderBytes: service.limits.maxReorderBytes,
      maxDriftMs: service.maxDriftMs,
      maxOutputBytes: service.limits.maxOutputBytes,
    },
    outputs: outputTopics(service),
    stopWithinMs: service.stopWithinMs,
    retryWithinMs: service.retryWithinMs,
    maxQueuedBytes: service.limits.maxQueuedBytes,
    maxUnsentBytes: service.limits.maxUnsentBytes,
  };
}

/** How the records of one input are read, each in full. */
export function composeInput(input: InputDefinition, { limits, patterns }: ServiceDefinition): LaneInput {
  const decode = createDecoder({
    topic: input.name,
    decode: input.decode,
    schema: input.schema,
    isConcerned: input.validate === "all" ? () => true : createConcern(patterns.map(({ pattern }) => pattern.ast)),
    maxRecordBytes: limits.maxRecordBytes,
    maxDepth: limits.maxDepth,
  });
  return {
    topic: input.name,
    outOfOrdernessMs: input.outOfOrdernessMs,
    read: createReader({ decode, key: input.key, time: input.time, maxAheadMs: input.maxAheadMs }),
    glance: null,
    arrival: input.time.from === "arrival",
    onBadRecord: input.onBadRecord,
  };
}

/** Records are told by a glance where neither a function nor a schema has to see their events. */
function composeGlance(input: InputDefinition, { limits }: ServiceDefinition, concern: Concern): Glance | null {
  if (input.decode !== null || input.schema !== null) return null;
  const { maxRecordBytes, maxDepth } = limits;
  return createGlance({
    key: input.key,
    time: input.time,
    maxAheadMs: input.maxAheadMs,
    concern,
    maxRecordBytes,
    maxDepth,
  });
}

function composePatterns(service: ServiceDefinition): readonly LanePattern[] {
  const errors: PatternError[] = [];
  const composed: LanePattern[] = [];
  for (const entry of service.patterns) {
    try {
      composed.push(composePattern(entry, service));
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      errors.push(error);
    }
  }
  const [first, second] = errors;
  if (first === undefined) return composed;
  if (second === undefined) throw first;
  throw new ConfigError("BAD_PATTERNS", errors.map(({ message }) => message).join("\n"), { cause: first });
}

function composePattern(entry: PatternDefinition, service: ServiceDefinition): LanePattern {
  return composeAutomaton(compile(entry.pattern), entry, service);
}

/** A pattern that the service no longer has: nothing begins a run of it. */
function composeOld(entry: PatternDefinition, service: ServiceDefinition): LanePattern {
  return { ...composeAutomaton({ ...compile(entry.pattern), start: [] }, entry, service), drains: true };
}

function composeAutomaton(
  automaton: Automaton,
  { pattern, alerts, timedOut, limits }: PatternDefinition,
  service: ServiceDefinition,
): LanePattern {
  const { selector } = pattern;
  return {
    name: pattern.name,
    version: pattern.version,
    topics: { alerts: alerts.name, timedOut: timedOut.topic.name, deadLetters: service.deadLetters.name },
    selects: selector !== null,
    maxOutputBytes: service.limits.maxOutputBytes,
    interest: interestOf(automaton),
    createMatcher: () =>
      createKeyedMatcher(automaton, { app: service.app, selector, limits, timedOut: timedOut.report }),
  };
}
