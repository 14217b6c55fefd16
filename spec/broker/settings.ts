// What a node is told: it is broker and controller, quick to start and small. Whatever a cluster of several holds, up to three of them hold.

/** Properties of a broker, as Kafka's documentation names them. */
export type Settings = Readonly<Record<string, string>>;

export type Ports = { readonly broker: number; readonly controller: number };

export type Node = { readonly id: number; readonly ports: Ports };

export const HOST = "127.0.0.1";

const MOST_COPIES = 3;

/** The settings of one of `nodes`, which has no secured listeners. */
export function brokerSettings(dataFolder: string, { id, ports }: Node, nodes: readonly Node[]): Settings {
  return {
    "process.roles": "broker,controller",
    "node.id": String(id),
    "controller.quorum.voters": nodes.map((node) => `${node.id}@${HOST}:${node.ports.controller}`).join(","),
    "controller.listener.names": "CONTROLLER",
    listeners: `PLAINTEXT://${HOST}:${ports.broker},CONTROLLER://${HOST}:${ports.controller}`,
    "advertised.listeners": `PLAINTEXT://${HOST}:${ports.broker}`,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": dataFolder,
    ...replication(Math.min(nodes.length, MOST_COPIES)),
    ...CHARACTER,
  };
}

/** What is acknowledged outlives any node. */
function replication(copies: number): Settings {
  const inSync = String(Math.min(copies, 2));
  return {
    "default.replication.factor": String(copies),
    "offsets.topic.replication.factor": String(copies),
    "transaction.state.log.replication.factor": String(copies),
    "share.coordinator.state.topic.replication.factor": String(copies),
    "min.insync.replicas": inSync,
    "transaction.state.log.min.isr": inSync,
    "share.coordinator.state.topic.min.isr": inSync,
  };
}

const CHARACTER: Settings = {
  // A mistyped topic is a mistake to see, not a topic to make.
  "auto.create.topics.enable": "false",
  // Internal topics appear at first use: each partition more makes that slower.
  "offsets.topic.num.partitions": "4",
  "transaction.state.log.num.partitions": "4",
  "share.coordinator.state.topic.num.partitions": "1",
  "group.initial.rebalance.delay.ms": "0",
  "group.min.session.timeout.ms": "1000",
  "num.network.threads": "2",
  "num.io.threads": "4",
  "background.threads": "2",
  "log.segment.bytes": String(128 * 1024 * 1024),
  // These two are allocated in full.
  "offsets.topic.segment.bytes": String(16 * 1024 * 1024),
  "transaction.state.log.segment.bytes": String(16 * 1024 * 1024),
  "log.cleaner.dedupe.buffer.size": String(16 * 1024 * 1024),
  "log.cleaner.backoff.ms": "1000",
  // After a kill the controller, which is the same process, waits for the session of its own former life to end.
  "broker.heartbeat.interval.ms": "300",
  "broker.session.timeout.ms": "2000",
  // A controller that died is replaced about as soon as others miss it, and leaders go home soon after their node is back.
  "controller.quorum.fetch.timeout.ms": "1500",
  "controller.quorum.election.timeout.ms": "500",
  "controller.quorum.election.backoff.max.ms": "300",
  "leader.imbalance.check.interval.seconds": "1",
  // All nodes stop together: nobody is there to hand partitions over to.
  "controlled.shutdown.enable": "false",
};

/** `settings` as a properties file. */
export function propertiesText(settings: Settings): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value.replaceAll("\\", "\\\\")}\n`);
  return lines.join("");
}
