// One transaction cannot reach into two clusters. All that a service reads and writes goes through one connection, so what is left
// to check is that the addresses of that connection lead to one cluster: a list that was put together from two would
// send each new connection to either of them.

import type { Kafka } from "kafkajs";
import { ConfigError, type SequiturError } from "../../core/errors.ts";
import { explainKafkaError } from "./kafka-error.ts";

/** Asks each of several addresses, and gives those that do not answer, with the reason. @throws {ConfigError} `TWO_CLUSTERS` */
export async function requireOneCluster(
  addresses: readonly string[],
  open: (address: string) => Kafka,
): Promise<ReadonlyMap<string, SequiturError>> {
  const silent = new Map<string, SequiturError>();
  if (addresses.length < 2) return silent;
  const ask = async (address: string): Promise<readonly [string, string | null]> => {
    try {
      return [address, await clusterAt(open(address))];
    } catch (error) {
      silent.set(address, explainKafkaError(error, "connecting", { brokers: address }));
      return [address, null];
    }
  };
  const known = (await Promise.all(addresses.map(ask))).filter(([, cluster]) => cluster !== null);
  if (new Set(known.map(([, cluster]) => cluster)).size < 2) return silent;
  const list = known.map(([address, cluster]) => `${address} is of ${cluster}`).join(", ");
  throw new ConfigError(
    "TWO_CLUSTERS",
    `The brokers belong to different clusters: ${list}. Inputs, outputs and state have to be in one, since what is read and what is written ` +
      "is committed together: name brokers of that cluster only. Copy topics that are elsewhere, for example with MirrorMaker.",
  );
}

async function clusterAt(kafka: Kafka): Promise<string> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).clusterId;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
