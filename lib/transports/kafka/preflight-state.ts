// Whether the state of a service can be kept: its topic and the settings of it, reading, writing, transactions and deleting, and that
// all brokers named are of one cluster. Nothing is changed: what is tried names a partition that no topic has, or a producer
// that is none, and brokers look at permissions first.

import type { Kafka } from "kafkajs";
import type { SequiturError } from "../../core/errors.ts";
import { stateTopicOf, writerIdOf } from "../../state/names.ts";
import type { StateBroker } from "./kafkajs-parts.ts";
import { requireOneCluster } from "./one-cluster.ts";
import type { Answer, Asking } from "./preflight-asking.ts";
import { askTo, NO_PARTITION, tryToCreate, tryToWrite } from "./preflight-topics.ts";
import { lacksBrokers, newStateTopics, pictureOf, type StateTopicPicture, settingsIn } from "./state-topic.ts";

/** Which state is asked for. */
export type StateQuestion = {
  readonly app: string;
  /** How many shards the service will have; `null`: that is not known, since the inputs are not. */
  readonly shards: number | null;
  /** Makes a client that asks one address only. */
  readonly knock: (address: string) => Kafka;
};

export type StatePicture = {
  readonly topic: string;
  readonly shards: number | null;
  /** `null`: it is missing, and the service may create it. */
  readonly described: Answer<StateTopicPicture | null>;
  /** What else of the topic was refused. */
  readonly refused: readonly SequiturError[];
  /** What was refused that is not of the topic: transactions, brokers of several clusters. */
  readonly elsewhere: readonly SequiturError[];
  /** Brokers that are named and do not answer, where others do. */
  readonly silent: ReadonlyMap<string, SequiturError>;
};

export async function askState(asking: Asking, question: StateQuestion): Promise<StatePicture> {
  const { app, shards } = question;
  const topic = stateTopicOf(app);
  const ofTopic = await askTopic(asking, topic, shards);
  const transactions = await tryTransactions(asking, question, topic);
  const named = await askNamed(asking, question);
  const silent = named.kind === "known" ? named.value : new Map<string, SequiturError>();
  return { topic, shards, ...ofTopic, elsewhere: errorsIn([transactions, named]), silent };
}

async function askTopic(
  asking: Asking,
  topic: string,
  shards: number | null,
): Promise<Pick<StatePicture, "described" | "refused">> {
  const { admin, ask } = asking;
  const seen = await ask(`describing topic "${topic}"`, { topic }, () => pictureOf(admin, topic));
  if (seen.kind === "refused") {
    const isMissing = seen.error.code === "MISSING_TOPIC";
    return { described: isMissing ? await tryToMake(asking, topic, shards) : seen, refused: [] };
  }
  const settings = await ask(`checking the settings of topic "${topic}"`, { topic }, () => settingsIn(admin, topic));
  const tried = [await tryToRead(asking, topic), await tryToWrite(asking, topic), await tryToDelete(asking, topic)];
  const described: StatePicture["described"] =
    settings.kind === "refused" ? settings : { kind: "known", value: { ...seen.value, settings: settings.value } };
  return { described, refused: errorsIn(tried) };
}

function errorsIn(answers: readonly Answer<unknown>[]): readonly SequiturError[] {
  return answers.flatMap((each) => (each.kind === "refused" ? [each.error] : []));
}

function askNamed(
  { ask, definition }: Asking,
  { knock }: StateQuestion,
): Promise<Answer<ReadonlyMap<string, SequiturError>>> {
  return ask("asking each broker for its cluster", {}, () => requireOneCluster(definition.brokers, knock));
}

async function tryToMake(asking: Asking, topic: string, shards: number | null): Promise<Answer<null>> {
  const { admin, ask, definition } = asking;
  const wanted = await ask(`describing topic "${topic}"`, { topic }, async () => {
    const { brokers } = await admin.describeCluster();
    return newStateTopics({ topic, shards: shards ?? 1 }, definition, brokers.length);
  });
  if (wanted.kind === "refused") return wanted;
  const [first, fewer] = wanted.value;
  const tried = await tryToCreate(asking, topic, first);
  const isTooMany = tried.kind === "refused" && lacksBrokers(tried.error);
  return isTooMany && fewer !== null ? tryToCreate(asking, topic, fewer) : tried;
}

function tryToRead(asking: Asking, topic: string): Promise<Answer<null>> {
  const place = { partition: NO_PARTITION, fetchOffset: "0", maxBytes: 1 };
  return askTo(asking, "reading", topic, (broker) =>
    broker.fetch({ maxWaitTime: 1, minBytes: 0, maxBytes: 1, topics: [{ topic, partitions: [place] }] }),
  );
}

function tryToDelete(asking: Asking, topic: string): Promise<Answer<null>> {
  const request = { topics: [{ topic, partitions: [{ partition: NO_PARTITION, offset: "0" }] }] };
  return askTo(asking, "deleting old records of", topic, (broker) =>
    (broker as unknown as StateBroker).deleteRecords(request),
  );
}

const NO_PRODUCER = { producerId: "-1", producerEpoch: -1 };
const TRANSACTIONS = 1;
/** Who may not write is told so; who may is told that there is no such producer, or, of a topic that is still to be made, no such topic. */
const PERMITTED: ReadonlySet<unknown> = new Set([
  "INVALID_PRODUCER_ID_MAPPING",
  "INVALID_PRODUCER_EPOCH",
  "PRODUCER_FENCED",
  "UNKNOWN_TOPIC_OR_PARTITION",
  "TOPIC_AUTHORIZATION_FAILED", // the topic is asked for by itself
]);

/** Whether the writers of all shards may have transactions; the first that may not. */
async function tryTransactions(
  { cluster, ask }: Asking,
  { app, shards }: StateQuestion,
  topic: string,
): Promise<Answer<null>> {
  for (let shard = 0; shard < (shards ?? 1); shard += 1) {
    const transactionalId = writerIdOf(app, shard);
    const answer = await ask<null>(
      `writing with the transactional id "${transactionalId}"`,
      { transactionalId },
      async () => {
        const coordinator = { groupId: transactionalId, coordinatorType: TRANSACTIONS };
        const broker = (await cluster.findGroupCoordinator(coordinator)) as unknown as StateBroker;
        await expecting(PERMITTED, () =>
          broker.addPartitionsToTxn({ transactionalId, ...NO_PRODUCER, topics: [{ topic, partitions: [0] }] }),
        );
        return null;
      },
    );
    if (answer.kind === "refused") return answer;
  }
  return { kind: "known", value: null };
}

async function expecting(types: ReadonlySet<unknown>, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!types.has((error as { readonly type?: unknown }).type)) throw error;
  }
}
