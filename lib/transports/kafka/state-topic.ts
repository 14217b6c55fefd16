// The topic that holds the state of a service: one partition for each shard, written in transactions, cut off at its beginning by
// the service itself. Whatever else removes records from it would take state away, so a topic that allows it is refused.
//
//     setting                            wanted    else
//     cleanup.policy                     delete    compaction drops blocks; with it alone nothing can be trimmed
//     retention.ms, retention.bytes      -1        what is needed expires
//     unclean.leader.election.enable     false     a copy that lags behind may take over, and what it lacks is gone
//     copies, min.insync.replicas        2 or more one machine that breaks takes state with it
//     max.message.bytes                  1 MB      checkpoints do not fit
//
// A cluster of one broker has no second copy to give: there it is allowed, with a warning. As many copies as min.insync.replicas keep
// everything, but nothing can be committed while one of them is away: allowed, with a warning, too.

import type { Admin } from "kafkajs";
import { ConfigError } from "../../core/errors.ts";
import type { Log } from "../../runtime/ports.ts";
import type { Asker } from "./asker.ts";
import type { KafkaDefinition } from "./options.ts";
import { isMissing, type NewTopic, type Topics } from "./topics.ts";

export type StateTopic = { readonly topic: string; readonly shards: number };

type Parts = {
  readonly asker: Asker;
  readonly topics: Topics;
  readonly definition: KafkaDefinition;
  readonly log: Log;
};

/** The most that one send carries (900 KB), and what Kafka adds to each of its records. */
const BATCH_BYTES = 1_000_000;
/** What brokers have as their default. */
const NEW_BATCH_BYTES = 1_048_588;
/** Brokers delete whole segments only: with the default of a gigabyte, a small state would never be trimmed. */
const SEGMENT_BYTES = 67_108_864;
const COPIES = 3;

/**
 * Makes the topic if it is missing, and makes sure that it keeps what is written to it.
 *
 * @throws {ConfigError} `MISSING_TOPIC`, `SHARD_COUNT`, `STATE_TOPIC_COMPACTED`, `STATE_TOPIC_EXPIRES`, `STATE_TOPIC_UNCLEAN`,
 *   `STATE_TOPIC_COPIES`, `STATE_TOPIC_BATCHES`; the message has all that is wrong, the code is that of the first
 */
export async function ensureStateTopic({ topic, shards }: StateTopic, parts: Parts): Promise<void> {
  const { asker, topics, definition, log } = parts;
  const brokers = await asker.ask("describing the cluster", topic, async (admin) => {
    const described = await admin.describeCluster();
    return described.brokers.length;
  });
  const counts = await topics.counts([topic]);
  const isNew = !counts.has(topic);
  if (isNew) await make(newStateTopics({ topic, shards }, definition, brokers), topics);
  const picture = await describe(asker, topic, isNew ? isMissing : undefined);
  const problems = [...problemsOf({ topic, shards }, picture, brokers)];
  const [first] = problems;
  if (first !== undefined)
    throw new ConfigError(first.code, problems.map(({ message }) => message).join("\n"), { cause: picture });
  if (picture.copies === 1)
    log("warn", "the cluster has one broker, so there is one copy of the state: for trying out", { topic });
  const noSpare = noSpareIn(topic, picture);
  if (noSpare !== null) log("warn", noSpare.message, { topic, remedy: noSpare.remedy });
}

async function make([wanted, fewer]: ReturnType<typeof newStateTopics>, topics: Topics): Promise<void> {
  try {
    await topics.create(wanted);
  } catch (error) {
    if (fewer === null || !lacksBrokers(error)) throw error;
    await topics.create(fewer);
  }
}

/**
 * What it is made with, and with what if the cluster has too few brokers for that; `null`: it is to be made so or not at all.
 * How many live at the moment does not say how many there are: brokers give copies to those that are away, too.
 *
 * @throws {ConfigError} `MISSING_TOPIC` if it is not to be made
 */
export function newStateTopics(
  question: StateTopic,
  { createTopics, brokers }: KafkaDefinition,
  living: number,
): readonly [wanted: NewTopic, fewer: NewTopic | null] {
  if (createTopics === null) throw missing(newStateTopic(question, living === 1 ? 1 : COPIES), brokers);
  const given = createTopics.replicationFactor;
  if (given !== null) return [newStateTopic(question, Math.max(given, Math.min(living, 2))), null];
  return [newStateTopic(question, COPIES), living < COPIES ? newStateTopic(question, living) : null];
}

function newStateTopic({ topic, shards }: StateTopic, copies: number): NewTopic {
  const settings = new Map([
    ["cleanup.policy", "delete"],
    ["retention.ms", "-1"],
    ["retention.bytes", "-1"],
    ["unclean.leader.election.enable", "false"],
    ["min.insync.replicas", String(Math.min(copies, 2))],
    ["max.message.bytes", String(NEW_BATCH_BYTES)],
    ["segment.bytes", String(SEGMENT_BYTES)],
  ]);
  return { topic, partitions: shards, replicationFactor: copies, settings };
}

/** Of a topic that was to be made with more copies than there are brokers. */
export function lacksBrokers(error: unknown): boolean {
  if (!(error instanceof ConfigError) || error.code !== "TOPIC_REFUSED") return false;
  return (error.cause as { readonly type?: unknown } | undefined)?.type === "INVALID_REPLICATION_FACTOR";
}

function missing(
  { topic, partitions, replicationFactor, settings }: NewTopic,
  brokers: readonly string[],
): ConfigError {
  const server = `--bootstrap-server ${brokers.join(",")}`;
  const config = [...settings].map(([name, value]) => `--config ${name}=${value}`).join(" ");
  return new ConfigError(
    "MISSING_TOPIC",
    `There is no topic "${topic}", where the state of the service is kept, and createTopics is false. Create it: ` +
      `kafka-topics.sh --create --topic ${topic} --partitions ${partitions} --replication-factor ${replicationFactor} ${config} ${server}`,
  );
}

export type StateTopicPicture = {
  readonly partitions: number;
  /** Of the partition that has the fewest. */
  readonly copies: number;
  /** How many partitions have fewer copies in sync than copies. */
  readonly lagging: number;
  readonly settings: ReadonlyMap<string, string>;
};

/** How kafkajs numbers topics among what has settings. */
const TOPIC_RESOURCE = 2;
const NAMES = [
  "cleanup.policy",
  "retention.ms",
  "retention.bytes",
  "unclean.leader.election.enable",
  "min.insync.replicas",
  "max.message.bytes",
];

async function describe(
  asker: Asker,
  topic: string,
  mayChange?: (error: unknown) => boolean,
): Promise<StateTopicPicture> {
  const ask = <T>(doing: string, question: (admin: Admin) => Promise<T>): Promise<T> =>
    asker.askUntilSettled(doing, topic, question, mayChange);
  const picture = await ask(`describing topic "${topic}"`, (admin) => pictureOf(admin, topic));
  const settings = await ask(`checking the settings of topic "${topic}"`, (admin) => settingsIn(admin, topic));
  return { ...picture, settings };
}

export async function pictureOf(admin: Admin, topic: string): Promise<Omit<StateTopicPicture, "settings">> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const partitions = topics.find(({ name }) => name === topic)?.partitions ?? [];
  return {
    partitions: partitions.length,
    copies: Math.min(...partitions.map(({ replicas }) => replicas.length)),
    lagging: partitions.filter(({ isr, replicas }) => isr.length < replicas.length).length,
  };
}

export async function settingsIn(admin: Admin, topic: string): Promise<ReadonlyMap<string, string>> {
  const { resources } = await admin.describeConfigs({
    resources: [{ type: TOPIC_RESOURCE, name: topic, configNames: NAMES }],
    includeSynonyms: false,
  });
  const entries = resources.flatMap(({ configEntries }) => configEntries);
  return new Map(entries.map(({ configName, configValue }) => [configName, configValue]));
}

type Refusal = { readonly code: string; readonly message: string };

/** What would lose state, each with its remedy; the worst first. `brokers`: how many there are. */
export function* problemsOf(
  { topic, shards }: StateTopic,
  picture: StateTopicPicture,
  brokers: number,
): Generator<Refusal> {
  const { partitions, copies, settings } = picture;
  const state = `Topic "${topic}", where the state of the service is kept,`;
  const set = (change: string): string =>
    `Set it: kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config ${change} --bootstrap-server …`;
  const settingOf = (name: string): string => settings.get(name) ?? "unknown";
  const numberOf = (name: string): number => Number(settings.get(name) ?? Number.NaN);

  if (partitions !== shards) {
    const message = `${state} has ${partitions} partitions, and the service has ${shards} shards: they have to be as many. Set shards to ${partitions}, or begin with new state under another app name.`;
    yield { code: "SHARD_COUNT", message };
  }
  if (settingOf("cleanup.policy") !== "delete") {
    const message = `${state} has cleanup.policy=${settingOf("cleanup.policy")}: compaction would remove parts of the state. If the topic is the service's own and was always so, begin with a new one. ${set("cleanup.policy=delete")}`;
    yield { code: "STATE_TOPIC_COMPACTED", message };
  }
  if (settingOf("retention.ms") !== "-1" || settingOf("retention.bytes") !== "-1") {
    const [ms, bytes] = [settingOf("retention.ms"), settingOf("retention.bytes")];
    const message = `${state} has retention.ms=${ms} and retention.bytes=${bytes}: state that is still needed would expire; the service deletes by itself what it no longer needs. ${set("retention.ms=-1,retention.bytes=-1")}`;
    yield { code: "STATE_TOPIC_EXPIRES", message };
  }
  if (settingOf("unclean.leader.election.enable") !== "false") {
    const message = `${state} has unclean.leader.election.enable=${settingOf("unclean.leader.election.enable")}: a copy that lags behind could take over, and committed state would be gone. ${set("unclean.leader.election.enable=false")}`;
    yield { code: "STATE_TOPIC_UNCLEAN", message };
  }
  if (copies < 2 && brokers > 1) {
    const message = `${state} has ${copies} copy on ${brokers} brokers: if that disk breaks, the state is gone. Add copies with kafka-reassign-partitions.sh, two at least, better three.`;
    yield { code: "STATE_TOPIC_COPIES", message };
  } else if (copies > 1 && !(numberOf("min.insync.replicas") >= 2)) {
    const message = `${state} has ${copies} copies and min.insync.replicas=${settingOf("min.insync.replicas")}: what one broker alone has confirmed is gone if it breaks. ${set("min.insync.replicas=2")}`;
    yield { code: "STATE_TOPIC_COPIES", message };
  }
  if (!(numberOf("max.message.bytes") >= BATCH_BYTES)) {
    const message = `${state} has max.message.bytes=${settingOf("max.message.bytes")}: checkpoints would not fit. ${set(`max.message.bytes=${NEW_BATCH_BYTES}`)}`;
    yield { code: "STATE_TOPIC_BATCHES", message };
  }
}

/** That every copy is needed to commit, and what to do; `null`: one may be away, or there is but one. */
export function noSpareIn(
  topic: string,
  { copies, settings }: StateTopicPicture,
): { readonly message: string; readonly remedy: string } | null {
  const needed = Number(settings.get("min.insync.replicas") ?? Number.NaN);
  if (copies < 2 || !(needed >= copies)) return null;
  return {
    message: `Topic "${topic}", where the state of the service is kept, has ${copies} copies and min.insync.replicas=${needed}: while any one of their brokers is away, nothing can be committed.`,
    remedy:
      "Give each of its partitions one copy more with kafka-reassign-partitions.sh; a cluster of two brokers needs a third one for that.",
  };
}
