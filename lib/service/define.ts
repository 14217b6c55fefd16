// From what users write to a definition: every mistake is found before anything runs, and all are told at once.

import { ConfigError, describeProblems, type Problem } from "../core/errors.ts";
import { DEFAULT_LIMITS } from "../matching/teller.ts";
import { stateTopicOf } from "../state/names.ts";
import { reportsAtDeadline } from "./deadline.ts";
import { defineInput } from "./define-input.ts";
import { defineKafka } from "./define-kafka.ts";
import { definePattern, type OutputOption, readMatcherLimits } from "./define-pattern.ts";
import {
  type InputDefinition,
  type InputTopic,
  type OutputTopic,
  type PatternDefinition,
  SERVICE,
  type ServiceDefinition,
  type ServiceLimits,
  type ServiceOptions,
  TOPIC,
  topic,
} from "./definition.ts";
import { isRecord, type Notes, type Options, readOptions, show } from "./options.ts";

const SERVICE_OPTIONS = [
  "app",
  "inputs",
  "patterns",
  "alerts",
  "late",
  "deadLetters",
  "idleAfter",
  "whenAllIdle",
  "maxDrift",
  "retryWithin",
  "stopWithin",
  "limits",
  "release",
  "changedPatterns",
  "kafka",
] as const;

const MIB = 1_048_576;

const LIMITS: ServiceLimits = Object.freeze({
  ...DEFAULT_LIMITS,
  maxRecordBytes: MIB,
  maxDepth: 64,
  maxReorderBytes: 64 * MIB,
  maxQueuedBytes: 2 * MIB,
  maxUnsentBytes: 16 * MIB,
  maxOutputBytes: 900_000,
});

/** What Kafka allows as a name of a topic. */
const NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]+$/;
const MAX_TOPIC_LENGTH = 249;
/** Leaves room for what is added to name topics. */
const MAX_APP_LENGTH = 200;

/**
 * Defines a service: which topics are read, which patterns are matched, where alerts go. Nothing is opened or run; that
 * is for `runService`, or the command `sequitur run` with the file that exports it.
 *
 * @throws {ConfigError} with everything that is wrong, code, place and remedy of each; its own code is that of the first:
 *   `BAD_OPTION`, `UNKNOWN_OPTION`, `BAD_NAME`, `BAD_BROKER`, `DUPLICATE_TOPIC`, `DUPLICATE_PATTERN`, or what a key or time written as an expression can be
 *   refused for. Whether the patterns themselves make sense is looked at when the service starts.
 *
 * @example
 * import { pattern } from "sequitur";
 * import { service, topic } from "sequitur/service";
 *
 * type CardEvent = { type: "charge"; card: string; amount: number; at: number } | { type: "block"; card: string; at: number };
 *
 * const testing = pattern<CardEvent>("card-testing")
 *   .begin("probe").on("charge").where((e) => e.amount.lt(2)).times(3)
 *   .followedBy("cashOut").on("charge").where((e) => e.amount.gt(500))
 *   .within("10m");
 *
 * const definition = service({
 *   app: "card-fraud",
 *   inputs: [topic<CardEvent>("card-events", { key: (e) => e.card, time: (e) => e.at, outOfOrderness: "5s" })],
 *   patterns: [testing],
 *   alerts: topic("card-alerts"),
 * });
 * [definition.alerts.name, definition.late.name]; // => ["card-alerts", "card-fraud-late"]
 */
export function service<const Inputs extends readonly InputTopic[], const Patterns extends readonly unknown[]>(
  options: ServiceOptions<Inputs, Patterns>,
): ServiceDefinition {
  const problems: Problem[] = [];
  const notes: Notes = {
    add: (code, path, message, remedy) => problems.push({ code, severity: "error", path, message, remedy }),
  };
  const read = readOptions(options, [], SERVICE_OPTIONS, notes);
  const definition = define(read, notes);
  const [first] = problems;
  if (first === undefined) return definition;
  throw new ConfigError(first.code, describeProblems(definition.app, problems).replace(/^pattern/, "service"));
}

function define(options: Options, notes: Notes): ServiceDefinition {
  const app = appOf(options, notes);
  const output: OutputOption = (from, name, otherwise) => outputOf(from, name, otherwise, notes);
  const given = options.inner("limits", Object.keys(LIMITS));
  const limits = readLimits(given);
  const alerts = output(options, "alerts", topic(`${app}-alerts`));
  const defaults = { alerts, timedOut: topic(`${app}-timed-out`), limits };
  const patterns = itemsOf(options, "patterns", notes)
    .map((entry, index) => definePattern(entry, [`patterns[${index}]`], defaults, output, notes))
    .filter((entry) => entry !== null);
  const definition: ServiceDefinition = {
    [SERVICE]: true,
    app,
    inputs: Object.freeze(
      itemsOf(options, "inputs", notes).flatMap((entry, index) => inputOf(entry, [`inputs[${index}]`], notes)),
    ),
    patterns: Object.freeze(patterns.map((entry) => Object.freeze(entry))),
    alerts,
    late: output(options, "late", topic(`${app}-late`)),
    deadLetters: output(options, "deadLetters", topic(`${app}-dead-letters`)),
    idleAfterMs: options.durationMs("idleAfter", 30_000, 1),
    whenAllIdle: options.oneOf("whenAllIdle", ["clock", "hold"], patterns.some(reportsAtDeadline) ? "clock" : "hold"),
    maxDriftMs: options.durationMs("maxDrift", 3_600_000, 1),
    retryWithinMs: options.durationMs("retryWithin", 300_000, 0),
    stopWithinMs: options.durationMs("stopWithin", 10_000, 0),
    limits,
    release: options.count("release", 1),
    changedPatterns: changedPatternsOf(options),
    kafka: defineKafka(options, notes),
  };
  checkTogether(definition, notes);
  return Object.freeze(definition);
}

function readLimits(options: Options): ServiceLimits {
  return Object.freeze({
    ...readMatcherLimits(options, LIMITS),
    maxRecordBytes: options.count("maxRecordBytes", LIMITS.maxRecordBytes),
    maxDepth: options.count("maxDepth", LIMITS.maxDepth),
    maxReorderBytes: options.count("maxReorderBytes", LIMITS.maxReorderBytes),
    maxQueuedBytes: options.count("maxQueuedBytes", LIMITS.maxQueuedBytes),
    maxUnsentBytes: options.count("maxUnsentBytes", LIMITS.maxUnsentBytes),
    maxOutputBytes: options.count("maxOutputBytes", LIMITS.maxOutputBytes),
  });
}

function appOf(options: Options, notes: Notes): string {
  const app = options.raw("app");
  if (typeof app === "string" && NAME.test(app) && app.length <= MAX_APP_LENGTH) return app;
  const remedy = `Give the service a name of at most ${MAX_APP_LENGTH} letters, digits, ".", "_" and "-", such as "card-fraud".`;
  notes.add("BAD_NAME", ["app"], `It is ${show(app)}.`, remedy);
  return "service";
}

function itemsOf(options: Options, name: "inputs" | "patterns", notes: Notes): readonly unknown[] {
  const items = options.raw(name);
  if (Array.isArray(items) && items.length > 0) return items;
  const what = Array.isArray(items) ? "an empty list" : show(items);
  const remedy =
    name === "inputs" ? 'Write inputs: [topic("card-events", { key, time })].' : "Write patterns: [yourPattern].";
  notes.add("BAD_OPTION", [name], `It is ${what}.`, remedy);
  return [];
}

function inputOf(entry: unknown, path: readonly string[], notes: Notes): readonly InputDefinition[] {
  if (kindOf(entry) === "input") {
    const input = entry as InputTopic;
    checkName(input.name, path, notes);
    return [Object.freeze(defineInput(input, path, notes))];
  }
  const what = kindOf(entry) === "output" ? "a topic without options, which is one to be written" : show(entry);
  notes.add(
    "BAD_OPTION",
    path,
    `It is ${what}.`,
    'Write topic("card-events", { key: (e) => e.card, time: (e) => e.at }).',
  );
  return [];
}

function outputOf(options: Options, name: string, otherwise: OutputTopic, notes: Notes): OutputTopic {
  const given = options.raw(name);
  if (given === undefined) return otherwise;
  const path = [...options.path, name];
  if (kindOf(given) === "output") {
    checkName((given as OutputTopic).name, path, notes);
    return given as OutputTopic;
  }
  const what = kindOf(given) === "input" ? "a topic with options, which is one to be read" : show(given);
  notes.add("BAD_OPTION", path, `It is ${what}.`, 'Write topic("name"), without options.');
  return otherwise;
}

function kindOf(entry: unknown): "input" | "output" | undefined {
  return typeof entry === "object" && entry !== null && TOPIC in entry
    ? (entry as InputTopic | OutputTopic)[TOPIC]
    : undefined;
}

function checkName(name: unknown, path: readonly string[], notes: Notes): void {
  if (typeof name === "string" && NAME.test(name) && name.length <= MAX_TOPIC_LENGTH) return;
  const remedy = `Name a topic with at most ${MAX_TOPIC_LENGTH} letters, digits, ".", "_" and "-".`;
  notes.add("BAD_NAME", path, `The topic is named ${show(name)}.`, remedy);
}

/** What can only be seen by looking at several parts. */
function checkTogether({ app, inputs, patterns, ...outputs }: ServiceDefinition, notes: Notes): void {
  const read = new Set<string>();
  for (const [index, { name }] of inputs.entries()) {
    if (read.has(name))
      notes.add("DUPLICATE_TOPIC", [`inputs[${index}]`], `"${name}" is read twice.`, "Leave one of them out.");
    read.add(name);
  }
  const written = outputTopics({ app, inputs, patterns, ...outputs });
  const state = stateTopicOf(app);
  if (read.has(state) || written.includes(state))
    notes.add(
      "DUPLICATE_TOPIC",
      [],
      `"${state}" is where the state of the service is kept on Kafka, and it is ${read.has(state) ? "read as an input" : "written as an output"}, too.`,
      "Name another topic, or the service.",
    );
  for (const topic of written) {
    if (!read.has(topic)) continue;
    notes.add(
      "DUPLICATE_TOPIC",
      [],
      `"${topic}" is read and written.`,
      "A service must not read its own output: write to another topic.",
    );
  }
  const names = new Set<string>();
  for (const [index, { pattern }] of patterns.entries()) {
    const path = [`patterns[${index}]`];
    if (names.has(pattern.name))
      notes.add(
        "DUPLICATE_PATTERN",
        path,
        `There are two patterns "${pattern.name}".`,
        "Name each differently: names tell alerts apart.",
      );
    names.add(pattern.name);
  }
}

/** Every topic that a service may write, each once. */
export function outputTopics({ alerts, late, deadLetters, patterns }: ServiceDefinition): readonly string[] {
  return [...new Set([alerts, late, deadLetters, ...patterns.flatMap(topicsOf)].map(({ name }) => name))];
}

/** Those that a pattern may write. */
export function topicsOf({ alerts, timedOut }: PatternDefinition): readonly OutputTopic[] {
  return timedOut.report === "none" || timedOut.report === "count" ? [alerts] : [alerts, timedOut.topic];
}

/** What is to become of old runs, by the name of their pattern: one word for all, or one for some and "drop" for the others. */
function changedPatternsOf(options: Options): ServiceDefinition["changedPatterns"] {
  const choices = ["drop", "drain"] as const;
  const given = options.raw("changedPatterns");
  if (!isRecord(given)) return { named: new Map(), others: options.oneOf("changedPatterns", choices, "drop") };
  const inner = options.inner("changedPatterns", Object.keys(given));
  const named = new Map(Object.keys(given).map((name) => [name, inner.oneOf(name, choices, "drop")]));
  return { named, others: "drop" };
}
