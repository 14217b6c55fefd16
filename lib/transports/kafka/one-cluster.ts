// One transaction cannot reach into two clusters. All that a service reads and writes goes through one connection, so what is left
// to check is that the addresses of that connection lead to one cluster: a list that was put together from two would
// send each new connection to either of them.

import type { Kafka } from "kafkajs";
import { ConfigError } from "../../core/errors.ts";

/** Asks each of the addresses that answer. @throws {ConfigError} `TWO_CLUSTERS` */
export async function requireOneCluster(addresses: readonly string[], open: (address: string) => Kafka): Promise<void> {
  if (addresses.length < 2) return;
  const asked = await Promise.all(addresses.map(async (address) => [address, await clusterAt(open(address))] as const));
  const known = asked.filter(([, cluster]) => cluster !== null);
  if (new Set(known.map(([, cluster]) => cluster)).size < 2) return;
  const list = known.map(([address, cluster]) => `${address} is of ${cluster}`).join(", ");
  throw new ConfigError(
    "TWO_CLUSTERS",
    `The brokers belong to different clusters: ${list}. Inputs, outputs and state have to be in one, since what is read and what is written ` +
      "is committed together: name brokers of that cluster only. Copy topics that are elsewhere, for example with MirrorMaker.",
  );
}

/** The id of the cluster; `null`: nobody answers there at the moment, which is for others to say. */
async function clusterAt(kafka: Kafka): Promise<string | null> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).clusterId;
  } catch {
    return null;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
