// What a cluster says about the topics and the group of a service, asked without changing anything: no group is joined, no
// position committed, no topic made, no record written. Each question gets its own answer, so that all that is wrong is known at once.

import type { Kafka } from "kafkajs";
import { type SequiturError, TransportError } from "../../core/errors.ts";
import { shardsFor } from "../../runtime/shard/shard-count.ts";
import type { Clock } from "../../time/clock.ts";
import { clusterOf } from "./cluster.ts";
import { explainKafkaError } from "./kafka-error.ts";
import type { KafkaDefinition } from "./options.ts";
import type { Answer, Asking } from "./preflight-asking.ts";
import { askGroup, type GroupPicture } from "./preflight-group.ts";
import { type PartitionSample, type SampleLimits, sampleTopic } from "./preflight-sample.ts";
import { askState, type StatePicture, type StateQuestion } from "./preflight-state.ts";
import { describeTopic, type TopicPicture, tryToCreate, tryToWrite } from "./preflight-topics.ts";
import { type Backoff, patiently } from "./retry.ts";

export type InputPicture = {
  readonly topic: string;
  readonly described: Answer<TopicPicture>;
  /** Its newest records, one sample for each partition; `null`: it could not be described, so it was not read. */
  readonly sample: Answer<readonly PartitionSample[]> | null;
};

export type OutputPicture = {
  readonly topic: string;
  /** `null`: it is missing, and the service may create it. */
  readonly described: Answer<TopicPicture | null>;
  /** Whether it may be written; `null`: there is nothing to try it on. */
  readonly writable: Answer<null> | null;
};

export type ClusterPicture = {
  /** How many brokers the cluster has. */
  readonly brokers: number;
  /** In the order of the questions, as are `outputs`. */
  readonly inputs: readonly InputPicture[];
  readonly outputs: readonly OutputPicture[];
  readonly group: Answer<GroupPicture>;
  /** `null`: it was not asked for. */
  readonly state: StatePicture | null;
};

export type PreflightQuestions = {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly sample: SampleLimits;
  readonly state?: Omit<StateQuestion, "shards">;
};

/** Asks the cluster that `kafka` is connected to. Takes as long as the sample may, and a few requests for each topic. @throws {SequiturError} if the cluster itself does not answer. */
export async function askCluster(
  kafka: Kafka,
  definition: KafkaDefinition,
  questions: PreflightQuestions,
  clock: Clock,
): Promise<ClusterPicture> {
  const brokers = definition.brokers.join(",");
  const admin = kafka.admin();
  const cluster = clusterOf(kafka);
  try {
    await admin.connect();
    await cluster.connect();
    const asking: Asking = {
      admin,
      cluster,
      clock,
      definition,
      ask: asker(definition, clock),
    };
    const inputs = await askInputs(asking, questions);
    const found = inputs.filter(({ described }) => described.kind === "known").map(({ topic }) => topic);
    return {
      brokers: (await admin.describeCluster()).brokers.length,
      inputs,
      outputs: await inTurn(questions.outputs, (topic) => askOutput(asking, topic)),
      group: await askGroup(asking, found),
      state:
        questions.state === undefined
          ? null
          : await askState(asking, { ...questions.state, shards: shardsIn(inputs, definition) }),
    };
  } catch (error) {
    throw explainKafkaError(error, "describing the cluster", { brokers });
  } finally {
    await Promise.allSettled([admin.disconnect(), cluster.disconnect()]);
  }
}

/** As many as the service will have; `null`: its inputs do not say, or not alike. */
function shardsIn(inputs: readonly InputPicture[], { shards }: KafkaDefinition): number | null {
  const counts = new Set(
    inputs.map(({ described }) => (described.kind === "known" ? described.value.partitions : null)),
  );
  const [count] = counts;
  return counts.size !== 1 || count == null || count < (shards ?? 1) ? null : shardsFor(count, shards);
}

/** A cluster that has just started moves leaders and coordinators about: all questions together wait so long for it. */
const SETTLED_WITHIN_MS = 5_000;
const SETTLING: Backoff = { firstMs: 100, mostMs: 1_000 };

function asker({ brokers, clientId }: KafkaDefinition, clock: Clock): Asking["ask"] {
  const until = clock.now() + SETTLED_WITHIN_MS;
  return async (doing, where, work) => {
    const attempt = async (): Promise<Awaited<ReturnType<typeof work>>> => {
      try {
        return await work();
      } catch (error) {
        throw explainKafkaError(error, doing, { brokers: brokers.join(","), ...where });
      }
    };
    try {
      const value = await patiently(attempt, {
        clock,
        backoff: SETTLING,
        id: clientId,
        withinMs: until - clock.now(),
        isRetriable: (error) => error instanceof TransportError && error.code === "CLUSTER_NOT_READY",
        onRetry: () => undefined,
        isOver: () => false,
      });
      return { kind: "known", value };
    } catch (error) {
      return { kind: "refused", error: error as SequiturError };
    }
  };
}

async function askInputs(asking: Asking, { inputs, sample }: PreflightQuestions): Promise<readonly InputPicture[]> {
  const until = asking.clock.now() + sample.withinMs;
  return inTurn(inputs, async (topic): Promise<InputPicture> => {
    const described = await describeTopic(asking, topic);
    if (described.kind === "refused") return { topic, described, sample: null };
    const read = await asking.ask(`reading topic "${topic}"`, { topic }, () =>
      sampleTopic(asking, topic, described.value.partitions, { records: sample.records, until }),
    );
    return { topic, described, sample: read };
  });
}

async function askOutput(asking: Asking, topic: string): Promise<OutputPicture> {
  const described = await describeTopic(asking, topic);
  if (described.kind === "known") return { topic, described, writable: await tryToWrite(asking, topic) };
  if (described.error.code !== "MISSING_TOPIC" || asking.definition.createTopics === null)
    return { topic, described, writable: null };
  const created = await tryToCreate(asking, topic, asking.definition.createTopics);
  return { topic, described: created.kind === "known" ? { kind: "known", value: null } : created, writable: null };
}

/** One after the other: a check must not be a burst of requests. */
async function inTurn<T, R>(list: readonly T[], work: (each: T) => Promise<R>): Promise<readonly R[]> {
  const done: R[] = [];
  for (const each of list) done.push(await work(each));
  return done;
}
