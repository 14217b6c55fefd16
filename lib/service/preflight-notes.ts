// What is worth knowing of a cluster and wrong in no way. What could not be asked for is no news: nothing is concluded from it.

import type { KafkaDefinition } from "../transports/kafka/options.ts";
import { describePartitioner } from "../transports/kafka/partitioners.ts";
import type { ClusterPicture } from "../transports/kafka/preflight.ts";
import type { GroupReport } from "./preflight.ts";
import type { SampledInput } from "./preflight-inputs.ts";

export function notesOf(
  sampled: readonly SampledInput[],
  kafka: KafkaDefinition,
  picture: ClusterPicture,
  group: GroupReport | null,
): readonly string[] {
  return [
    ...ofInputs(sampled),
    ...ofBeginning(picture, kafka, group),
    ...ofSettings(picture),
    ...ofSilent(picture),
    ...ofLagging(picture),
  ];
}

function ofInputs(sampled: readonly SampledInput[]): readonly string[] {
  const notes = sampled
    .filter(({ sample }) => sample.records === 0)
    .map(({ definition }) => `"${definition.name}" is empty: its keys, times and schema could not be tried`);
  const partitioners = new Set(
    sampled.map(({ partitioner }) => (partitioner.kind === "recognised" ? partitioner.partitioner : null)),
  );
  const [only] = partitioners;
  if (partitioners.size === 1 && only != null && only !== "murmur2")
    notes.push(
      `record keys are placed by ${describePartitioner(only)}, alerts by murmur2: an alert may be in another partition number than the events of its key`,
    );
  return notes;
}

function ofBeginning(
  { state }: ClusterPicture,
  { startFrom }: KafkaDefinition,
  group: GroupReport | null,
): readonly string[] {
  if (state?.described.kind === "known" && state.described.value !== null)
    return [`there is saved state in "${state.topic}": it would go on where that says`];
  const isWithoutState = state?.described.kind !== "refused" || NO_STATE.has(state.described.error.code);
  if (group === null || group.positions === null || !isWithoutState) return [];
  return group.positions === 0
    ? [`group "${group.name}" has no positions: it would begin with the ${startFrom} records`]
    : [`there is no saved state: it would begin where group "${group.name}" stands, with no open runs`];
}

/** Said of a topic that is not there. */
const NO_STATE: ReadonlySet<string> = new Set(["MISSING_TOPIC", "TOPIC_REFUSED"]);

function ofSettings({ outputs }: ClusterPicture): readonly string[] {
  const [hidden, unasked]: [string[], string[]] = [[], []];
  for (const { topic, described } of outputs) {
    const settings = described.kind === "known" ? described.value?.settings : undefined;
    if (settings?.kind === "refused" && settings.error.code !== "NOT_AUTHORIZED")
      unasked.push(
        `the settings of "${topic}" could not be asked for, so they were not checked: ${settings.error.message}`,
      );
    else if (settings?.kind === "refused" || settings?.value === null) hidden.push(`"${topic}"`);
  }
  const list = hidden.join(", ");
  return hidden.length === 0
    ? unasked
    : [`the settings of ${list} may not be seen by this client, so they were not checked`, ...unasked];
}

function ofSilent({ state }: ClusterPicture): readonly string[] {
  return [...(state?.silent ?? [])].map(([address, { message }]) => `broker ${address} does not answer: ${message}`);
}

function ofLagging({ brokers, inputs, outputs, state }: ClusterPicture): readonly string[] {
  const lagging = [...inputs, ...outputs, ...(state === null ? [] : [state])].flatMap(({ topic, described }) => {
    const found = described.kind === "known" ? described.value : null;
    return found === null || found.lagging === 0
      ? []
      : [`"${topic}" (${found.lagging} of ${found.partitions} partitions)`];
  });
  if (lagging.length === 0) return [];
  const many = `${brokers} ${brokers === 1 ? "broker" : "brokers"} of the cluster can be seen`;
  return [`${many}, and fewer copies are in sync than there are of ${lagging.join(", ")}`];
}
