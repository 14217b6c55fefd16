// What the broker is told: one node that is broker and controller, quick to start and small, nothing replicated.

/** Properties of a broker, as Kafka's documentation names them. */
export type Settings = Readonly<Record<string, string>>;

export type Ports = { readonly broker: number; readonly controller: number };

export const HOST = "127.0.0.1";

/** The settings of a node that has no secured listeners. */
export function brokerSettings(dataFolder: string, ports: Ports): Settings {
  return {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": `1@${HOST}:${ports.controller}`,
    "controller.listener.names": "CONTROLLER",
    listeners: `PLAINTEXT://${HOST}:${ports.broker},CONTROLLER://${HOST}:${ports.controller}`,
    "advertised.listeners": `PLAINTEXT://${HOST}:${ports.broker}`,
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": dataFolder,
    ...CHARACTER,
  };
}

const CHARACTER: Settings = {
  // A mistyped topic is a mistake to see, not a topic to make.
  "auto.create.topics.enable": "false",
  "default.replication.factor": "1",
  "offsets.topic.replication.factor": "1",
  "transaction.state.log.replication.factor": "1",
  "transaction.state.log.min.isr": "1",
  "share.coordinator.state.topic.replication.factor": "1",
  "share.coordinator.state.topic.min.isr": "1",
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
  // Nobody is there to hand partitions over to.
  "controlled.shutdown.enable": "false",
};

/** `settings` as a properties file. */
export function propertiesText(settings: Settings): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value.replaceAll("\\", "\\\\")}\n`);
  return lines.join("");
}
