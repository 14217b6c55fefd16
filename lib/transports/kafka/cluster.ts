// The requests of kafkajs that are not part of its consumer, producer and admin client.

import type { Cluster, Kafka } from "kafkajs";
import { invariant } from "../../core/errors.ts";

/** Connections of its own to the cluster of `kafka`. kafkajs shows them to assigners only; a consumer that never runs joins no group. */
export function clusterOf(kafka: Kafka): Cluster {
  const found: Cluster[] = [];
  kafka.consumer({
    groupId: "never-joined",
    allowAutoTopicCreation: false,
    partitionAssigners: [
      ({ cluster }) => {
        found.push(cluster);
        return {
          name: "none",
          version: 0,
          assign: async () => [],
          protocol: () => ({ name: "none", metadata: Buffer.alloc(0) }),
        };
      },
    ],
  });
  const [cluster] = found;
  invariant(cluster !== undefined, "a consumer of kafkajs makes its assigners at once");
  return cluster;
}
