// What is wrong with the output topics and the group of a service.

import type { Problem } from "../core/errors.ts";
import { ASSIGNER_NAME } from "../transports/kafka/assigner.ts";
import type { KafkaDefinition } from "../transports/kafka/options.ts";
import type { ClusterPicture, OutputPicture } from "../transports/kafka/preflight.ts";
import type { TopicPicture } from "../transports/kafka/preflight-topics.ts";
import { problemOf } from "./preflight-problem.ts";

/** Codes: those of Kafka's errors, `COMPACTED_TOPIC`, `TOPIC_TAKES_LESS`, `SINGLE_COPY`. */
export function judgeOutput(output: OutputPicture, brokers: number, maxOutputBytes: number): readonly Problem[] {
  const { described, topic, writable } = output;
  if (described.kind === "refused") return [problemOf(described.error, [topic])];
  const refused = writable?.kind === "refused" ? [problemOf(writable.error, [topic])] : [];
  return described.value === null
    ? refused
    : [...refused, ...judgeTopic(topic, described.value, brokers, maxOutputBytes)];
}

function judgeTopic(
  topic: string,
  { copies, settings: asked }: TopicPicture,
  brokers: number,
  maxOutputBytes: number,
): Problem[] {
  const found: Problem[] = [];
  const settings = asked.kind === "known" ? asked.value : null;
  const warn = (code: string, message: string, remedy: string): void => {
    found.push({ code, severity: "warning", path: [topic], message, remedy });
  };
  if (settings?.cleanupPolicy.includes("compact") === true)
    warn(
      "COMPACTED_TOPIC",
      `Its cleanup.policy is ${settings.cleanupPolicy}: of each key only the last record is kept, and records without a key are refused.`,
      "Set cleanup.policy=delete.",
    );
  if (settings !== null && settings.maxMessageBytes < maxOutputBytes)
    warn(
      "TOPIC_TAKES_LESS",
      `It takes records of ${settings.maxMessageBytes} bytes at most (max.message.bytes), but the service may write ${maxOutputBytes} (limits.maxOutputBytes).`,
      "Raise the one, or lower the other.",
    );
  if (copies === 1 && brokers > 1)
    warn(
      "SINGLE_COPY",
      `Only one of ${brokers} brokers has it: what was written is gone if its disk is.`,
      "Raise its replication factor.",
    );
  return found;
}

/** Codes: those of Kafka's errors, `OTHER_GROUP_PROTOCOL`, `DATA_LOST`. */
export function judgeGroup({ group, inputs, state }: ClusterPicture, definition: KafkaDefinition): readonly Problem[] {
  if (group.kind === "refused") return [problemOf(group.error, [])];
  const { name, members, protocol, positions } = group.value;
  // Where it stands is said by the state, where there is one; the group shows it.
  const isSaved = state?.described.kind === "known" && state.described.value !== null;
  const found: Problem[] = [];
  if (members > 0 && protocol !== "" && protocol !== ASSIGNER_NAME)
    found.push({
      code: "OTHER_GROUP_PROTOCOL",
      severity: "error",
      path: [],
      message: `Group "${name}" is in use by another program, which shares partitions by "${protocol}"; this service could not join it.`,
      remedy: "Choose another groupId, or stop that program.",
    });
  for (const { topic, sample } of inputs) {
    if (sample?.kind !== "known") continue;
    for (const { partition, start, end } of sample.value) {
      const position = positions.get(topic)?.get(partition) ?? null;
      if (position === null || (position >= start && position <= end)) continue;
      found.push({
        code: "DATA_LOST",
        severity: definition.onDataLoss === "fail" ? "error" : "warning",
        path: [topic],
        message: `Group "${name}" stands at offset ${position} of partition ${partition}, but the log goes from ${start} to ${end}: ${position < start ? "records were deleted before they were read" : "the topic was made anew"}.`,
        remedy:
          definition.onDataLoss === "fail"
            ? `${isSaved ? "Set" : "Set the positions of the group, or set"} onDataLoss: "continue" to go on with what is there.`
            : "The service would go on with the first record that is there.",
      });
      break;
    }
  }
  return found;
}
