// What is wrong with the inputs of a service, going by the cluster and a sample of their newest records.

import type { Problem } from "../core/errors.ts";
import { keyNotColocated } from "../runtime/placement.ts";
import { formatDuration } from "../time/duration.ts";
import { describePartitioner, type PartitionerGuess, recognisePartitioner } from "../transports/kafka/partitioners.ts";
import type { InputDefinition } from "./definition.ts";
import type { EventSample } from "./preflight-events.ts";
import { problemOf } from "./preflight-problem.ts";

/** An input that could be read. */
export type SampledInput = {
  readonly definition: InputDefinition;
  readonly partitions: number;
  readonly sample: EventSample;
  readonly partitioner: PartitionerGuess;
};

export function guessPartitioner({ recordKeys }: EventSample, partitions: number): PartitionerGuess {
  return recognisePartitioner(recordKeys, partitions);
}

/** Codes: `NO_EVENTS`, `BAD_RECORDS`, `LATE_EVENTS`, `TIMES_IN_SECONDS`, `NO_RECORD_KEYS`, `MIXED_PARTITIONERS`. */
export function judgeInput(input: SampledInput): readonly Problem[] {
  return [badRecords(input), lateEvents(input), timesInSeconds(input), noRecordKeys(input), mixed(input)].filter(
    (problem) => problem !== null,
  );
}

/** Codes: `PARTITION_COUNT`, `KEY_NOT_COLOCATED`, `PARTITIONERS_DIFFER`. */
export function judgeTogether(inputs: readonly SampledInput[]): readonly Problem[] {
  return [partitionCounts(inputs), notColocated(inputs), partitionersDiffer(inputs)].filter(
    (problem) => problem !== null,
  );
}

function partitionCounts(inputs: readonly SampledInput[]): Problem | null {
  if (new Set(inputs.map(({ partitions }) => partitions)).size <= 1) return null;
  const list = inputs.map(({ definition, partitions }) => `"${definition.name}" has ${partitions}`).join(", ");
  return {
    code: "PARTITION_COUNT",
    severity: "error",
    path: [],
    message: `The inputs have different numbers of partitions: ${list}. Events of one key must be in one partition number of all topics.`,
    remedy: "Give the topics the same number of partitions, and write them with the same partitioner.",
  };
}

/** The first key that was met in two partition numbers, and how many there are. */
function notColocated(inputs: readonly SampledInput[]): Problem | null {
  const met = new Map<string, { topic: string; partition: number }>();
  let first: Problem | null = null;
  const split = new Set<string>();
  for (const { definition, sample } of inputs) {
    for (const [encoded, { key, partitions }] of sample.keys) {
      for (const partition of partitions) {
        const place = { topic: definition.name, partition };
        const before = met.get(encoded);
        if (before === undefined) met.set(encoded, place);
        else if (before.partition !== partition) {
          first ??= problemOf(keyNotColocated(key, before, place), []);
          split.add(encoded);
        }
      }
    }
  }
  if (first === null || split.size === 1) return first;
  return { ...first, message: `${first.message} The same is true of ${split.size - 1} more of ${met.size} keys.` };
}

function partitionersDiffer(inputs: readonly SampledInput[]): Problem | null {
  const decided = inputs.filter(({ partitioner }) => partitioner.kind !== "undecided");
  const names = new Set(decided.map(({ partitioner }) => nameOf(partitioner)));
  if (names.size <= 1) return null;
  const list = decided
    .map(({ definition, partitioner }) => `"${definition.name}" by ${nameOf(partitioner)}`)
    .join(", ");
  return {
    code: "PARTITIONERS_DIFFER",
    severity: decided.every(({ partitioner }) => partitioner.kind === "recognised") ? "error" : "warning",
    path: [],
    message: `The record keys of the inputs are placed by different partitioners: ${list}. Events of one key are then in different partition numbers, and are never matched together.`,
    remedy:
      "Write all of them with one partitioner, best murmur2: on librdkafka partitioner=murmur2_random, in kafkajs Partitioners.DefaultPartitioner, in kafka-go Murmur2Balancer.",
  };
}

function nameOf(guess: PartitionerGuess): string {
  return guess.kind === "recognised" ? describePartitioner(guess.partitioner) : "none that is known here";
}

/** Somebody else writes, too. */
function mixed({ definition, partitioner }: SampledInput): Problem | null {
  if (partitioner.kind !== "recognised" || partitioner.strays === 0) return null;
  const { keys, strays } = partitioner;
  return {
    code: "MIXED_PARTITIONERS",
    severity: "warning",
    path: [definition.name],
    message: `Most record keys are placed by ${describePartitioner(partitioner.partitioner)}, but ${strays} of ${keys} are elsewhere.`,
    remedy: "Look for a second producer with another partitioner, or one that chooses partitions itself.",
  };
}

function noRecordKeys({ definition, partitions, sample }: SampledInput): Problem | null {
  const without = sample.records - sample.recordKeys.length;
  if (definition.key.from === "record" || partitions === 1 || without === 0) return null;
  return {
    code: "NO_RECORD_KEYS",
    severity: "warning",
    path: [definition.name],
    message: `${without} of ${sample.records} records have no record key, so most producers put them into any partition; events of one key must be in one.`,
    remedy: "Let producers give each record the key of the event as its record key.",
  };
}

function badRecords({ definition, sample }: SampledInput): Problem | null {
  const { records, events, bad } = sample;
  if (bad.size === 0) return null;
  const reasons = [...bad.values()].map(
    ({ code, count, partition, offset, message }) =>
      `${count} ${code}, the first at offset ${offset} of partition ${partition}: ${message}`,
  );
  const none = events === 0;
  return {
    code: none ? "NO_EVENTS" : "BAD_RECORDS",
    severity: none || definition.onBadRecord === "fail" ? "error" : "warning",
    path: [definition.name],
    message: `${none ? "None" : `${records - events}`} of the newest ${records} records ${none ? "is an event" : "are no events"}: ${reasons.join(" ")}`,
    remedy: none
      ? "Mend decode, schema, key or time of the input, or name another topic."
      : REMEDY_OF_BAD[definition.onBadRecord],
  };
}

const REMEDY_OF_BAD: Readonly<Record<InputDefinition["onBadRecord"], string>> = {
  fail: 'The service would stop at the first of them: mend the producer, or give the input onBadRecord: "deadLetter" or "skip".',
  deadLetter: "They would go to the dead letters. Mend the producer, or the schema.",
  skip: "They would be left out. Mend the producer, or the schema.",
};

function lateEvents({ definition, sample }: SampledInput): Problem | null {
  const { events, late, disorderMs } = sample;
  if (late === 0) return null;
  const share = ((100 * late) / events).toFixed(1);
  const enough = formatDuration(Math.ceil(disorderMs / 1_000) * 1_000);
  return {
    code: "LATE_EVENTS",
    severity: "warning",
    path: [definition.name],
    message: `${late} of ${events} events (${share} %) came later than outOfOrderness allows, which is ${formatDuration(definition.outOfOrdernessMs)}: up to ${formatDuration(disorderMs)} behind a newer one. They would go to the late topic, unmatched.`,
    remedy: `Raise outOfOrderness, at most to ${enough}; every event then waits that long.`,
  };
}

/** March 1973 in milliseconds: a time below it beside records of this century was probably counted in seconds. */
const EARLY_MS = 1e11;
const CENTURY_MS = Date.UTC(2000);

function timesInSeconds({ definition, sample }: SampledInput): Problem | null {
  const { newest, stamped } = sample;
  const isOdd = newest !== null && newest > 0 && newest < EARLY_MS && stamped !== null && stamped > CENTURY_MS;
  if (!isOdd || definition.time.from !== "event") return null;
  return {
    code: "TIMES_IN_SECONDS",
    severity: "warning",
    path: [definition.name],
    message: `The newest event is of ${new Date(newest).toISOString()}, but its record of ${new Date(stamped).toISOString()}: its time seems to be in seconds.`,
    remedy: "Give the input timeOf: (event) => event.time * 1000, with the field's own name.",
  };
}
