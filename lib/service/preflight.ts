// The test before a deployment: does the cluster have what a service needs, may the service use it, and do the records that
// stand there become events? Nothing is changed on the cluster.
//
//     connect ─▶ ask topics, group ─▶ read the newest records ─▶ decode, schema, key, time as in the service ─▶ one list of problems

import { type Problem, SequiturError } from "../core/errors.ts";
import type { Log } from "../runtime/ports.ts";
import { stateTopicOf } from "../state/names.ts";
import type { Clock } from "../time/clock.ts";
import { connect, describeConnection, knock } from "../transports/kafka/connection.ts";
import { loadKafkajs } from "../transports/kafka/kafkajs.ts";
import type { KafkaDefinition } from "../transports/kafka/options.ts";
import { describePartitioner } from "../transports/kafka/partitioners.ts";
import { askCluster, type ClusterPicture, type OutputPicture } from "../transports/kafka/preflight.ts";
import type { Answer } from "../transports/kafka/preflight-asking.ts";
import { lookAtState } from "../transports/kafka/state-look.ts";
import { isMissing } from "../transports/kafka/topics.ts";
import { composeInput } from "./compose.ts";
import { outputTopics } from "./define.ts";
import type { ServiceDefinition } from "./definition.ts";
import { type BadSample, examine } from "./preflight-events.ts";
import { guessPartitioner, judgeInput, judgeTogether, type SampledInput } from "./preflight-inputs.ts";
import { notesOf } from "./preflight-notes.ts";
import { judgeGroup, judgeOutput } from "./preflight-outputs.ts";
import { problemOf } from "./preflight-problem.ts";
import { judgeSaved } from "./preflight-saved.ts";
import { judgeState } from "./preflight-state.ts";

/** What was found. Plain data, as `--json` prints it. */
export type PreflightReport = {
  /** As `host:port,host:port`. */
  readonly brokers: string;
  /** Brokers, TLS, user; no secrets. */
  readonly connection: string;
  readonly problems: readonly Problem[];
  readonly inputs: readonly InputReport[];
  readonly outputs: readonly OutputReport[];
  readonly group: GroupReport | null;
  /** The topic of the state; `null`: nothing was seen. */
  readonly state: StateReport | null;
  /** What is worth knowing and wrong in no way. */
  readonly notes: readonly string[];
};

/** An input that could be read, by its newest records. */
export type InputReport = {
  readonly topic: string;
  readonly partitions: number;
  readonly records: number;
  readonly events: number;
  readonly bad: readonly BadSample[];
  /** Different ones. */
  readonly keys: number;
  /** As ISO 8601. */
  readonly oldest: string | null;
  readonly newest: string | null;
  readonly late: number;
  readonly disorderMs: number;
  /** In words; `null`: it cannot be told. */
  readonly partitioner: string | null;
};

export type OutputReport = {
  readonly topic: string;
  readonly state: "found" | "to be created" | "refused";
  readonly partitions: number | null;
};

export type StateReport = OutputReport & {
  /** Of the service; `null`: its inputs do not say. */
  readonly shards: number | null;
};

export type GroupReport = {
  readonly name: string;
  readonly members: number;
  /** Partitions that have a position; `null`: it could not be asked for those of all inputs. */
  readonly positions: number | null;
  /** Records behind the end, in those; `null`: it is not known where all inputs end. */
  readonly behind: number | null;
};

/** Who runs a check waits for it: brokers that need longer to answer count as away. */
const CONNECT_WITHIN_MS = 5_000;
const SAMPLE = { records: 1_000, withinMs: 10_000 };

export type PreflightParts = { readonly log: Log; readonly clock: Clock };

/** Tests `service` against the cluster of `kafka`. Takes a few seconds, 20 at most unless requests time out. */
export async function preflight(
  service: ServiceDefinition,
  kafka: KafkaDefinition,
  { log, clock }: PreflightParts,
): Promise<PreflightReport> {
  const where = { brokers: kafka.brokers.join(","), connection: describeConnection(kafka) };
  try {
    const kafkajs = loadKafkajs({ patched: kafka.patches, log });
    const quick = { ...kafka, connectWithinMs: Math.min(kafka.connectWithinMs, CONNECT_WITHIN_MS) };
    const client = await connect(quick, { kafkajs, log, clock });
    const topics = { inputs: service.inputs.map(({ name }) => name), outputs: outputTopics(service) };
    const state = { app: service.app, knock: knock(kafka, { kafkajs, log, clock }) };
    const picture = await askCluster(client, kafka, { ...topics, state, sample: SAMPLE }, clock);
    const judged = judge(service, kafka, picture, clock.now());
    if (!hasReadableState(picture)) return { ...where, ...judged };
    const topic = stateTopicOf(service.app);
    const look = lookAtState({ topic, definition: kafka, kafka: async () => client, clock, log });
    const saved = await judgeSaved(service, look).finally(() => look.close());
    return { ...where, ...judged, problems: [...judged.problems, ...saved] };
  } catch (error) {
    if (!(error instanceof SequiturError)) throw error;
    return { ...where, problems: [problemOf(error, [])], ...NOTHING_SEEN };
  }
}

/** Whether there is one, and nothing of it was refused. */
function hasReadableState({ state }: ClusterPicture): boolean {
  return state?.described.kind === "known" && state.described.value !== null && state.refused.length === 0;
}

const NOTHING_SEEN = { inputs: [], outputs: [], group: null, state: null, notes: [] };

/** What a picture of the cluster means for `service`, at the time `readAt`. */
export function judge(
  service: ServiceDefinition,
  kafka: KafkaDefinition,
  picture: ClusterPicture,
  readAt: number,
): Omit<PreflightReport, "brokers" | "connection"> {
  const problems: Problem[] = [];
  const sampled: SampledInput[] = [];
  for (const [index, definition] of service.inputs.entries()) {
    const input = picture.inputs[index];
    const failed = input?.described.kind === "refused" ? input.described : input?.sample;
    if (failed?.kind === "refused") problems.push(problemOf(failed.error, [definition.name]));
    if (input?.described.kind !== "known" || input.sample?.kind !== "known") continue;
    const { partitions } = input.described.value;
    try {
      const sample = examine(composeInput(definition, service), input.sample.value, readAt);
      sampled.push({ definition, partitions, sample, partitioner: guessPartitioner(sample, partitions) });
    } catch (error) {
      if (!(error instanceof SequiturError)) throw error;
      problems.push(problemOf(error, [definition.name]));
    }
  }
  problems.push(
    ...sampled.flatMap(judgeInput),
    ...judgeTogether(sampled),
    ...picture.outputs.flatMap((output) => judgeOutput(output, picture.brokers, service.limits.maxOutputBytes)),
    ...judgeGroup(picture, kafka),
    ...judgeState(picture, kafka),
  );
  const group = reportGroup(picture);
  return {
    problems,
    inputs: sampled.map(reportInput),
    outputs: picture.outputs.map(reportOutput),
    group,
    state: picture.state === null ? null : { ...reportOutput(picture.state), shards: picture.state.shards },
    notes: notesOf(sampled, kafka, picture, group),
  };
}

function reportInput({ definition, partitions, sample, partitioner }: SampledInput): InputReport {
  const { records, events, late, disorderMs, bad, keys, oldest, newest } = sample;
  return {
    topic: definition.name,
    partitions,
    records,
    events,
    bad: [...bad.values()],
    keys: keys.size,
    oldest: oldest === null ? null : new Date(oldest).toISOString(),
    newest: newest === null ? null : new Date(newest).toISOString(),
    late,
    disorderMs,
    partitioner: partitioner.kind === "recognised" ? describePartitioner(partitioner.partitioner) : null,
  };
}

function reportOutput({
  topic,
  described,
}: Pick<OutputPicture, "topic"> & {
  readonly described: Answer<{ readonly partitions: number } | null>;
}): OutputReport {
  if (described.kind === "refused") return { topic, state: "refused", partitions: null };
  if (described.value === null) return { topic, state: "to be created", partitions: null };
  return { topic, state: "found", partitions: described.value.partitions };
}

function reportGroup({ group, inputs }: ClusterPicture): GroupReport | null {
  if (group.kind === "refused") return null;
  const { name, members, positions } = group.value;
  const found = inputs.filter(({ described }) => described.kind === "known");
  const isAsked = inputs.every(({ described }) => described.kind === "known" || isMissing(described.error));
  if (!isAsked) return { name, members, positions: null, behind: null };
  const known = [...positions.values()].flatMap((each) => [...each.values()]).filter((position) => position !== null);
  let behind = 0n;
  for (const { topic, sample } of found) {
    if (sample?.kind !== "known") return { name, members, positions: known.length, behind: null };
    for (const { partition, end } of sample.value) {
      const position = positions.get(topic)?.get(partition) ?? null;
      if (position !== null && position < end) behind += end - position;
    }
  }
  return { name, members, positions: known.length, behind: Number(behind) };
}
