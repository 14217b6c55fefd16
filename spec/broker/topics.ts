// Topics and permissions of a spec's broker, made through its listener without security, which may do everything.
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import type { AclResourceTypes, Admin, Kafka } from "kafkajs";
import { unreachable } from "../../lib/core/errors.ts";

const kafkajs = createRequire(import.meta.url)("kafkajs") as typeof import("kafkajs");

/** Creates a topic and waits until it has leaders. `config` as Kafka's documentation names it. */
export async function createTopic(
  broker: { readonly address: string },
  topic: string,
  partitions: number,
  config: Readonly<Record<string, string>> = {},
): Promise<void> {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await asAdmin(broker, (admin) =>
    admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions, configEntries }] }),
  );
}

/** A name for a topic or a group that nobody else uses on brokers that are shared. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomUUID().slice(0, 8)}`;
}

export type Grant = {
  /** Whom: see users.ts. */
  readonly username: string;
  readonly on: "topic" | "group" | "transactionalId" | "cluster";
  /** The name of what it is about; with `isPrefix` the beginning of it. */
  readonly name: string;
  readonly isPrefix?: boolean;
  readonly operations: readonly (keyof typeof import("kafkajs").AclOperationTypes)[];
};

/** Permits something to a user of a secured broker, who may do nothing that nobody granted. */
export async function grant(
  broker: { readonly address: string },
  { username, on, name, ...how }: Grant,
): Promise<void> {
  const { AclPermissionTypes, AclOperationTypes, ResourcePatternTypes } = kafkajs;
  const acl = how.operations.map((operation) => ({
    resourceType: resourceType(on),
    resourceName: on === "cluster" ? "kafka-cluster" : name,
    resourcePatternType: how.isPrefix === true ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
    principal: `User:${username}`,
    host: "*",
    operation: AclOperationTypes[operation],
    permissionType: AclPermissionTypes.ALLOW,
  }));
  await asAdmin(broker, (admin) => admin.createAcls({ acl }));
}

function resourceType(on: Grant["on"]): AclResourceTypes {
  const { AclResourceTypes } = kafkajs;
  switch (on) {
    case "topic":
      return AclResourceTypes.TOPIC;
    case "group":
      return AclResourceTypes.GROUP;
    case "transactionalId":
      return AclResourceTypes.TRANSACTIONAL_ID;
    case "cluster":
      return AclResourceTypes.CLUSTER;
    default:
      return unreachable(on);
  }
}

/** How long a cluster may take to settle: right after a start it moves the coordinators of groups and the leaders of partitions. */
const SETTLED_WITHIN_MS = 20_000;

/** Does `work` with an admin client of kafkajs, again if it fails with what kafkajs itself calls worth another try. */
export async function asAdmin<T>(
  { address }: { readonly address: string },
  work: (admin: Admin, kafka: Kafka) => Promise<T>,
): Promise<T> {
  const kafka = new kafkajs.Kafka({
    brokers: address.split(","),
    clientId: "spec",
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 20, multiplier: 1.5, maxRetryTime: 500, retries: 12 },
  });
  const admin = kafka.admin();
  await admin.connect();
  const giveUpAt = Date.now() + SETTLED_WITHIN_MS;
  try {
    for (;;) {
      try {
        return await work(admin, kafka);
      } catch (error) {
        if ((error as { readonly retriable?: unknown }).retriable !== true || Date.now() > giveUpAt) throw error;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  } finally {
    await admin.disconnect();
  }
}
