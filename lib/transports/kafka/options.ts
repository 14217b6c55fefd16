// How a service speaks to Kafka: what users write (`KafkaOptions`), and the same with every default filled in
// (`KafkaDefinition`). Types only, so that a service file can be read without a client of Kafka.

import type { Guarantee } from "../../runtime/shard/outlet.ts";
import type { Duration } from "../../time/duration.ts";

/**
 * A password, a token, a key or a certificate, or where it stands. `{ env }` and `{ file }` are read when a connection is made, not
 * before; a newline at the end of a file does not belong to the secret. A plain text is the secret itself: for tests.
 *
 * @example
 * import type { Secret } from "sequitur/service";
 *
 * const password: Secret = { file: "/run/secrets/kafka-password" };
 * password.file; // => "/run/secrets/kafka-password"
 */
export type Secret = string | { readonly env: string } | { readonly file: string };

/**
 * How connections are encrypted, and who the two sides are.
 *
 * @example
 * import type { KafkaTlsOptions } from "sequitur/service";
 *
 * const tls: KafkaTlsOptions = { ca: { file: "/etc/kafka/ca.pem" } };
 * Object.keys(tls); // => ["ca"]
 */
export type KafkaTlsOptions = {
  /** Certificates, in PEM, of those who may sign for a broker. Default: those that Node.js trusts. */
  readonly ca?: Secret;
  /** The certificate, in PEM, by which brokers know this client. Goes with `key`. Default: none. */
  readonly cert?: Secret;
  /** The private key of `cert`, in PEM. */
  readonly key?: Secret;
  /** What `key` is encrypted with. Default: it is not. */
  readonly passphrase?: Secret;
  /** The name that must stand in the certificates of the brokers. Default: the host of each address. */
  readonly serverName?: string;
};

/**
 * Who this client is, by SASL. `"plain"` sends the password as it is, so it is allowed over TLS only.
 *
 * @example
 * import type { KafkaSaslOptions } from "sequitur/service";
 *
 * const sasl: KafkaSaslOptions = { mechanism: "scram-sha-512", username: "fraud", password: { env: "KAFKA_PASSWORD" } };
 * sasl.mechanism; // => "scram-sha-512"
 */
export type KafkaSaslOptions =
  | {
      readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
      readonly username: Secret;
      readonly password: Secret;
    }
  | {
      readonly mechanism: "oauthbearer";
      /** A token, or a function that gets one; asked for each connection, since tokens end. */
      readonly token: Secret | (() => Promise<string>);
    };

/**
 * How a service speaks to Kafka. Everything has a default but the brokers, which may also come from the environment or from
 * `sequitur run --brokers`.
 *
 * @example
 * import type { KafkaOptions } from "sequitur/service";
 *
 * const kafka: KafkaOptions = {
 *   brokers: ["kafka-1.example.com:9093", "kafka-2.example.com:9093"],
 *   tls: { ca: { file: "/etc/kafka/ca.pem" } },
 *   sasl: { mechanism: "scram-sha-512", username: "fraud", password: { env: "KAFKA_PASSWORD" } },
 *   startFrom: "earliest",
 * };
 * kafka.brokers?.length; // => 2
 */
export type KafkaOptions = {
  /** Where to find the cluster: `"host:port,host:port"` or a list. One that answers is enough; two or three outlive the loss of one. */
  readonly brokers?: string | readonly string[];
  /** The name of this client in logs and quotas of brokers. Default: the name of the service. */
  readonly clientId?: string;
  /** The consumer group that shares the partitions. Default: the name of the service. */
  readonly groupId?: string;
  /** Default: on, unless every broker is on this machine. `false` is allowed elsewhere, with a warning. */
  readonly tls?: boolean | KafkaTlsOptions;
  /** Default: none; then brokers know the client by its certificate or not at all. */
  readonly sasl?: KafkaSaslOptions;
  /** Where a partition is begun of which neither the saved state nor the group has a position yet. Default `"latest"`: with what comes from now on. */
  readonly startFrom?: "latest" | "earliest";
  /** What to do when records were deleted before they were read: stop, or go on behind them. Default `"fail"`. */
  readonly onDataLoss?: "fail" | "continue";
  /** What holds for alerts whatever fails. Default `"exactly-once"`. */
  readonly guarantee?: Guarantee;
  /**
   * How often what was found becomes visible, together with what is needed to go on from there. Default `"100ms"`. A longer time costs the
   * brokers less. With `"at-least-once"` alerts do not wait for it; state and positions are saved every five seconds, or as seldom as this says.
   */
  readonly commitEvery?: Duration;
  /**
   * Into how many shards the partitions are bundled: the most processes that can share the work, each with a transaction of its own. At most
   * as many as an input has partitions, and fixed for the life of the saved state. Default: as many as partitions, at most 8.
   */
  readonly shards?: number;
  /**
   * Whether topics that are missing are created, and how. Default `true`: outputs with what the cluster has as its defaults; the topic of the
   * state with 3 copies, or as many as the cluster has brokers. `replicationFactor` is for both, `partitions` for outputs.
   */
  readonly createTopics?: boolean | { readonly partitions?: number; readonly replicationFactor?: number };
  /** Whether kafkajs runs with the repairs of this package. Default `true`. Without them it may deliver records of aborted transactions. */
  readonly patches?: boolean;
  /** How long a start waits for a first broker to answer before it fails. Default `"30s"`: a cluster that is restarted is back by then. */
  readonly connectWithin?: Duration;
  /** How long opening one connection may take, TLS included. Default `"5s"`. */
  readonly connectionTimeout?: Duration;
  /** How long a broker may take to answer a request. Default `"30s"`. */
  readonly requestTimeout?: Duration;
  /** How long the group waits for a sign of life before it gives the partitions of this process to others. Default `"30s"`. Brokers set bounds, by default 6 s to 30 min. */
  readonly sessionTimeout?: Duration;
  /** How long the group waits for this process when partitions are shared out anew. Default `"60s"`. */
  readonly rebalanceTimeout?: Duration;
};

/** A secret that does not show itself: as text, as JSON and in `console.log` it says where it stands, or nothing. */
export interface HiddenSecret {
  /** Where it stands, in words: `the file "/run/secrets/kafka-password"`. */
  readonly place: string;
  /** The option as it was given. For `readSecret` only. */
  reveal(): Secret;
  toString(): string;
  toJSON(): string;
}

/** How connections are encrypted; `null` where Node.js decides. */
export type KafkaTls = {
  readonly ca: HiddenSecret | null;
  readonly cert: HiddenSecret | null;
  readonly key: HiddenSecret | null;
  readonly passphrase: HiddenSecret | null;
  readonly serverName: string | null;
};

/** Who this client is. */
export type KafkaSasl =
  | {
      readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
      readonly username: HiddenSecret;
      readonly password: HiddenSecret;
    }
  | { readonly mechanism: "oauthbearer"; readonly token: HiddenSecret | (() => Promise<string>) };

/** `KafkaOptions` as checked, frozen data, every default filled in. Secrets are not read yet. */
export type KafkaDefinition = {
  /** `host:port` each, at least one; IPv6 addresses in brackets. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly groupId: string;
  /** `null`: connections are not encrypted. */
  readonly tls: KafkaTls | null;
  readonly sasl: KafkaSasl | null;
  readonly startFrom: "latest" | "earliest";
  readonly onDataLoss: "fail" | "continue";
  readonly guarantee: Guarantee;
  readonly commitEveryMs: number;
  /** `null`: as many as partitions, within reason. */
  readonly shards: number | null;
  /** `null`: missing topics are an error. Numbers that are `null` are left to the cluster. */
  readonly createTopics: { readonly partitions: number | null; readonly replicationFactor: number | null } | null;
  readonly patches: boolean;
  readonly connectWithinMs: number;
  readonly connectionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
};

/** What somebody has said of a `KafkaDefinition`, checked; what nobody has said is not there. */
export type KafkaSettings = Partial<KafkaDefinition>;
