// What each error of the Kafka protocol means for a service, by the name that the protocol gives it.

import { ConfigError, type SequiturError, TransportError } from "../../core/errors.ts";

/** Where something was tried. */
export type KafkaPlace = {
  /** As `host:port,host:port`. */
  readonly brokers: string;
  readonly topic?: string;
  readonly group?: string;
  /** The `transactional.id` of a producer. */
  readonly transactionalId?: string;
};

type Refusal = { readonly doing: string; readonly where: KafkaPlace; readonly text: string; readonly cause: unknown };
type Explain = (refusal: Refusal) => SequiturError;

/** For the operator to mend. */
function config(code: string, say: (refusal: Refusal) => string): Explain {
  return (refusal) => new ConfigError(code, say(refusal), { cause: refusal.cause });
}

/** For another try, or for nobody. */
function transport(code: string, retriable: boolean, say: (refusal: Refusal) => string): Explain {
  return (refusal) => new TransportError(code, say(refusal), { cause: refusal.cause, retriable });
}

const topicOf = ({ where }: Refusal): string => (where.topic === undefined ? "the topic" : `topic "${where.topic}"`);
const groupOf = ({ where }: Refusal): string => (where.group === undefined ? "the group" : `group "${where.group}"`);

/** What brokers call the permission for what was tried. */
function operationOf(doing: string): string {
  const [first = ""] = doing.split(" ");
  if (first === "reading") return "Read";
  if (first === "writing" || first === "sending") return "Write";
  if (first === "creating") return "Create";
  if (first === "deleting") return "Delete";
  if (first === "checking") return "DescribeConfigs";
  return "Describe";
}

type Permission = { readonly operation: string; readonly on: string; readonly option: string };

const notAuthorized = (permission: (refusal: Refusal) => Permission): Explain =>
  config("NOT_AUTHORIZED", (refusal) => {
    const { operation, on, option } = permission(refusal);
    const grant = `kafka-acls --bootstrap-server … --add --allow-principal User:… --operation ${operation} ${option}`;
    return `The brokers do not permit it (${refusal.doing}): the operation ${operation} on ${on} is missing. Let an administrator add it: ${grant}`;
  });

const onTopic = (refusal: Refusal): Permission => ({
  operation: operationOf(refusal.doing),
  on: topicOf(refusal),
  option: `--topic ${refusal.where.topic ?? "…"}`,
});

/** Whoever may write to some topic may write idempotently; brokers before 2.8 want that to be granted apart. */
const onCluster = (refusal: Refusal): Permission => {
  const operation = operationOf(refusal.doing);
  const on = { on: "the cluster", option: "--cluster" };
  if (operation !== "Write") return { operation, ...on };
  const before = { operation: "IdempotentWrite", ...on };
  if (refusal.where.topic === undefined) return before;
  const onIt = onTopic(refusal);
  return { ...onIt, on: `${onIt.on} (before Kafka 2.8 also ${before.operation} on ${before.on})` };
};

const topicRefused = config("TOPIC_REFUSED", (refusal) => {
  const remedy =
    "Set createTopics: { partitions, replicationFactor } to what the cluster allows, or create it beforehand.";
  return `The brokers did not create ${topicOf(refusal)} (${refusal.doing}): ${refusal.text}. ${remedy}`;
});

const tooLarge = config(
  "MESSAGE_TOO_LARGE",
  (refusal) =>
    `The brokers found the records too large for ${topicOf(refusal)} (${refusal.doing}): ${refusal.text}. Raise max.message.bytes of the topic, or let alerts select less.`,
);

const fenced = transport(
  "PRODUCER_FENCED",
  false,
  ({ doing, text }) =>
    `Another process has taken over this one's place as a writer, or its transaction took too long (${doing}): ${text}.`,
);

const producerLost = transport(
  "PRODUCER_LOST",
  true,
  ({ doing, text }) =>
    `The brokers no longer follow this producer (${doing}): ${text}. A new one takes its place; nothing needs to be done.`,
);

const missing = config("MISSING_TOPIC", (refusal) => {
  const name = refusal.where.topic === undefined ? "A topic" : `Topic "${refusal.where.topic}"`;
  return `${name} does not exist at ${refusal.where.brokers}, or may not be seen by this client (${refusal.doing}). Create it, or mend its name or the permissions.`;
});

const notReady = transport(
  "CLUSTER_NOT_READY",
  true,
  ({ doing, where, text }) =>
    `The cluster at ${where.brokers} is not ready for it yet (${doing}): ${text}. Trying again usually helps.`,
);

const groupChanged = transport(
  "GROUP_CHANGED",
  true,
  (refusal) =>
    `The partitions of ${groupOf(refusal)} are being shared out anew (${refusal.doing}): ${refusal.text}. This process joins again; nothing needs to be done.`,
);

const recordRefused = config(
  "RECORD_REFUSED",
  (refusal) =>
    `The brokers refused a record for ${topicOf(refusal)} (${refusal.doing}): ${refusal.text}. Look at the settings of the topic: message.timestamp.type and its bounds, and cleanup.policy, which must not be compact alone.`,
);

const brokerVersion = config(
  "BROKER_VERSION",
  ({ doing, where, text }) =>
    `The brokers at ${where.brokers} do not know a request that is needed (${doing}): ${text}. Kafka 2.1 or newer is needed.`,
);

const replicas = transport(
  "NOT_ENOUGH_REPLICAS",
  true,
  (refusal) =>
    `Fewer copies of ${topicOf(refusal)} are in sync than its min.insync.replicas asks for (${refusal.doing}). Start the brokers that are down, or lower it.`,
);

export const PROTOCOL_ERRORS: ReadonlyMap<string, Explain> = new Map<string, Explain>([
  ["TOPIC_AUTHORIZATION_FAILED", notAuthorized(onTopic)],
  [
    "GROUP_AUTHORIZATION_FAILED",
    notAuthorized((refusal) => ({
      operation: "Read",
      on: groupOf(refusal),
      option: `--group ${refusal.where.group ?? "…"}`,
    })),
  ],
  [
    "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
    notAuthorized(({ where: { transactionalId = "…" } }) => ({
      operation: "Write",
      on: `the transactional id "${transactionalId}"`,
      option: `--transactional-id ${transactionalId}`,
    })),
  ],
  ["CLUSTER_AUTHORIZATION_FAILED", notAuthorized(onCluster)],
  ["UNKNOWN_TOPIC_OR_PARTITION", missing],
  ["UNKNOWN_TOPIC_ID", missing],
  [
    "INVALID_TOPIC_EXCEPTION",
    config(
      "BAD_TOPIC_NAME",
      (refusal) => `The brokers do not accept the name of ${topicOf(refusal)} (${refusal.doing}). Name it differently.`,
    ),
  ],
  ["MESSAGE_TOO_LARGE", tooLarge],
  ["RECORD_LIST_TOO_LARGE", tooLarge],
  [
    "SASL_AUTHENTICATION_FAILED",
    config(
      "AUTHENTICATION_FAILED",
      ({ doing, where, text }) =>
        `The brokers at ${where.brokers} refused who we say we are (${doing}): ${text}. Check the user name, the password or token, and the mechanism of sasl.`,
    ),
  ],
  [
    "UNSUPPORTED_SASL_MECHANISM",
    config(
      "SASL_MECHANISM_REFUSED",
      ({ doing, where, text }) =>
        `The brokers at ${where.brokers} do not know this mechanism of SASL (${doing}): ${text}. Use one that they have enabled.`,
    ),
  ],
  [
    "ILLEGAL_SASL_STATE",
    config(
      "SASL_NOT_EXPECTED",
      ({ doing, where }) =>
        `The port at ${where.brokers} does not ask for SASL (${doing}). Use the port that does, or leave sasl out.`,
    ),
  ],
  [
    "INVALID_SESSION_TIMEOUT",
    config(
      "SESSION_TIMEOUT_REFUSED",
      ({ doing }) =>
        `The brokers do not allow this sessionTimeout (${doing}). Choose one between their group.min.session.timeout.ms and group.max.session.timeout.ms, by default 6s and 30m.`,
    ),
  ],
  [
    "INVALID_GROUP_ID",
    config(
      "BAD_GROUP",
      (refusal) =>
        `The brokers do not accept the name of ${groupOf(refusal)} (${refusal.doing}). Choose another groupId.`,
    ),
  ],
  [
    "INCONSISTENT_GROUP_PROTOCOL",
    config(
      "OTHER_GROUP_PROTOCOL",
      (refusal) =>
        `Other programs that are not this service use ${groupOf(refusal)} (${refusal.doing}). Choose another groupId, or stop them.`,
    ),
  ],
  [
    "GROUP_MAX_SIZE_REACHED",
    config(
      "GROUP_FULL",
      (refusal) =>
        `${groupOf(refusal)} has as many members as group.max.size allows (${refusal.doing}). Start fewer processes, or raise it.`,
    ),
  ],
  ["REBALANCE_IN_PROGRESS", groupChanged],
  ["ILLEGAL_GENERATION", groupChanged],
  ["UNKNOWN_MEMBER_ID", groupChanged],
  ["MEMBER_ID_REQUIRED", groupChanged],
  ["INVALID_PARTITIONS", topicRefused],
  ["INVALID_REPLICATION_FACTOR", topicRefused],
  ["INVALID_REPLICA_ASSIGNMENT", topicRefused],
  ["INVALID_CONFIG", topicRefused],
  ["POLICY_VIOLATION", topicRefused],
  ["INVALID_TIMESTAMP", recordRefused],
  ["INVALID_RECORD", recordRefused],
  ["UNSUPPORTED_VERSION", brokerVersion],
  ["INVALID_PRODUCER_EPOCH", fenced],
  ["PRODUCER_FENCED", fenced],
  ["TRANSACTION_COORDINATOR_FENCED", fenced],
  ["INVALID_PRODUCER_ID_MAPPING", producerLost],
  ["UNKNOWN_PRODUCER_ID", producerLost],
  ["INVALID_TXN_STATE", producerLost],
  ["OUT_OF_ORDER_SEQUENCE_NUMBER", producerLost],
  ["TRANSACTION_ABORTABLE", producerLost],
  [
    "INVALID_TRANSACTION_TIMEOUT",
    config(
      "TRANSACTION_TIMEOUT_REFUSED",
      ({ doing }) =>
        `The brokers allow only shorter transactions than this service needs (${doing}). Raise their transaction.max.timeout.ms to 10000 or more.`,
    ),
  ],
  [
    "OFFSET_OUT_OF_RANGE",
    transport(
      "OFFSET_OUT_OF_RANGE",
      false,
      (refusal) =>
        `A position lies outside of what ${topicOf(refusal)} still holds (${refusal.doing}). Records were deleted before they were read, or the topic was created anew.`,
    ),
  ],
  ["NOT_ENOUGH_REPLICAS", replicas],
  ["NOT_ENOUGH_REPLICAS_AFTER_APPEND", replicas],
  ...[
    "LEADER_NOT_AVAILABLE",
    "NOT_LEADER_FOR_PARTITION",
    "REQUEST_TIMED_OUT",
    "BROKER_NOT_AVAILABLE",
    "REPLICA_NOT_AVAILABLE",
    "NETWORK_EXCEPTION",
    "GROUP_LOAD_IN_PROGRESS",
    "GROUP_COORDINATOR_NOT_AVAILABLE",
    "NOT_COORDINATOR_FOR_GROUP",
    "NOT_CONTROLLER",
    "CONCURRENT_TRANSACTIONS",
    "KAFKA_STORAGE_ERROR",
    "LISTENER_NOT_FOUND",
    "OFFSET_NOT_AVAILABLE",
    "UNSTABLE_OFFSET_COMMIT",
    "THROTTLING_QUOTA_EXCEEDED",
  ].map((type): [string, Explain] => [type, notReady]),
]);

/** Errors that are younger than kafkajs: it gives them all the number -99, and the real one in its text. */
const YOUNGER: ReadonlyMap<string, string> = new Map([
  ["89", "THROTTLING_QUOTA_EXCEEDED"],
  ["90", "PRODUCER_FENCED"],
  ["100", "UNKNOWN_TOPIC_ID"],
  ["103", "UNKNOWN_TOPIC_ID"],
  ["120", "TRANSACTION_ABORTABLE"],
]);

/** The name of the error that kafkajs only has a number for; empty if it is not one that we know. */
export function typeOfNumber(text: string): string {
  return YOUNGER.get(/(\d+)$/.exec(text)?.[1] ?? "") ?? "";
}

/** Errors of which kafkajs keeps the text only, when it joins a group. */
const JOINING: readonly (readonly [text: string, type: string])[] = [
  ["This is not the correct coordinator for this group", "NOT_COORDINATOR_FOR_GROUP"],
  ["The group is rebalancing", "REBALANCE_IN_PROGRESS"],
  ["Specified group generation id is not valid", "ILLEGAL_GENERATION"],
  ["The coordinator is not aware of this member", "UNKNOWN_MEMBER_ID"],
];

/** The name of the error that kafkajs only has a text for; empty if it is not one that we know. */
export function typeOfText(text: string): string {
  return JOINING.find(([known]) => text.startsWith(known))?.[1] ?? "";
}
