// Errors of kafkajs, made by kafkajs: how it wraps them, and what is made of each error that the protocol has. What real brokers
// and ports provoke is in `connection.spec.ts` and `secured.spec.ts`.

import { createRequire } from "node:module";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError, type SequiturError, TransportError } from "../../../lib/core/errors.ts";
import type { KafkaPlace } from "../../../lib/transports/kafka/kafka-codes.ts";
import { explainKafkaError, placeIn } from "../../../lib/transports/kafka/kafka-error.ts";
import { remembered } from "../../../lib/transports/kafka/secrets.ts";

const it = suite("kafka error");
const require = createRequire(import.meta.url);

type Make = new (error: unknown, options?: object) => Error;
const errors = require("kafkajs/src/errors") as Readonly<Record<string, Make>>;
const protocol = require("kafkajs/src/protocol/error") as {
  readonly createErrorFromCode: (code: number) => Error;
  readonly errorCodes: readonly { readonly type: string; readonly code: number; readonly retriable: boolean }[];
};

const WHERE: KafkaPlace = { brokers: "a:9092,b:9092", topic: "cards", group: "fraud" };

function make(name: string, error: unknown, options?: object): Error {
  const Kind = errors[name] as Make;
  return new Kind(error, options);
}

function explain(error: unknown, doing = 'reading topic "cards"', where: KafkaPlace = WHERE): SequiturError {
  return explainKafkaError(error, doing, where);
}

/** Class, code, and whether trying again may help, in short. */
function kindOf(error: SequiturError): string {
  if (error instanceof ConfigError) return error.code;
  assert.instance(error, TransportError);
  return `${error.code} ${(error as TransportError).retriable ? "again" : "never"}`;
}

it("finds what counts however deep kafkajs has wrapped it", () => {
  const refused = make("KafkaJSConnectionError", "Connection error: connect ECONNREFUSED", {
    broker: "a:9092",
    code: "ECONNREFUSED",
  });
  const retried = make("KafkaJSNumberOfRetriesExceeded", refused, { retryCount: 5, retryTime: 300 });
  const final = make("KafkaJSNonRetriableError", retried, { cause: retried });
  const several = make("KafkaJSAggregateError", "Topic creation errors", [final] as object);
  for (const error of [refused, retried, final, several, new Error("mine", { cause: several })]) {
    const explained = explain(error);
    assert.is(kindOf(explained), "BROKERS_UNREACHABLE again");
    assert.is(
      explained.message,
      'Could not reach a broker of the cluster (reading topic "cards"): nothing listens at a:9092. Check the address, that the broker runs, and that nothing on the way blocks the port.',
    );
    assert.is(explained.cause, refused);
  }
});

it("names the topic of a request, or all of them if it may be any", () => {
  const { brokers } = WHERE;
  const gone = protocol.createErrorFromCode(3);
  const said = (topics: readonly string[]): string =>
    explainKafkaError(gone, ...placeIn(topics, "committing positions", { brokers })).message;
  assert.match(said(["cards"]), /^Topic "cards" does not exist at a:9092,b:9092.*\(committing positions\)/);
  assert.match(said(["cards", "logins"]), /^A topic does not exist.*\(committing positions in "cards", "logins"\)/);
});

it("leaves our own errors as they are, and ends where causes go in a ring", () => {
  const ours = new ConfigError("BAD_TOKEN", "The token is none.");
  assert.is(explain(make("KafkaJSNonRetriableError", ours, { cause: ours })), ours);
  const one = new Error("one");
  const two = new Error("two", { cause: one });
  one.cause = two;
  assert.is(kindOf(explain(one)), "KAFKA_FAILED again");
});

it("says what an unknown error said, without secrets", () => {
  remembered("open-sesame");
  const explained = explain(new TypeError("no token open-sesame."));
  assert.is(explained.message, 'Kafka failed (reading topic "cards", brokers a:9092,b:9092): no token [secret]');
  assert.is(kindOf(explained), "KAFKA_FAILED again");
  assert.is(kindOf(explain("text")), "KAFKA_FAILED again");
  assert.match(explain("text").message, /: text$/);
  assert.is(kindOf(explain(make("KafkaJSNonRetriableError", "no"))), "KAFKA_FAILED never");
});

/** What each error of the protocol becomes; those that are not listed cannot be mended by anyone and become `KAFKA_FAILED never`. */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  "OFFSET_OUT_OF_RANGE never": ["OFFSET_OUT_OF_RANGE"],
  "KAFKA_FAILED again": [
    "CORRUPT_MESSAGE",
    "FETCH_SESSION_ID_NOT_FOUND",
    "INVALID_FETCH_SESSION_EPOCH",
    "FENCED_LEADER_EPOCH",
    "UNKNOWN_LEADER_EPOCH",
    "PREFERRED_LEADER_NOT_AVAILABLE",
    "ELIGIBLE_LEADERS_NOT_AVAILABLE",
    "ELECTION_NOT_NEEDED",
  ],
  MISSING_TOPIC: ["UNKNOWN_TOPIC_OR_PARTITION"],
  "CLUSTER_NOT_READY again": [
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
  ],
  MESSAGE_TOO_LARGE: ["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE"],
  BAD_TOPIC_NAME: ["INVALID_TOPIC_EXCEPTION"],
  "NOT_ENOUGH_REPLICAS again": ["NOT_ENOUGH_REPLICAS", "NOT_ENOUGH_REPLICAS_AFTER_APPEND"],
  "GROUP_CHANGED again": ["ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID", "REBALANCE_IN_PROGRESS", "MEMBER_ID_REQUIRED"],
  OTHER_GROUP_PROTOCOL: ["INCONSISTENT_GROUP_PROTOCOL"],
  BAD_GROUP: ["INVALID_GROUP_ID"],
  SESSION_TIMEOUT_REFUSED: ["INVALID_SESSION_TIMEOUT"],
  NOT_AUTHORIZED: [
    "TOPIC_AUTHORIZATION_FAILED",
    "GROUP_AUTHORIZATION_FAILED",
    "CLUSTER_AUTHORIZATION_FAILED",
    "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
  ],
  RECORD_REFUSED: ["INVALID_TIMESTAMP", "INVALID_RECORD"],
  SASL_MECHANISM_REFUSED: ["UNSUPPORTED_SASL_MECHANISM"],
  SASL_NOT_EXPECTED: ["ILLEGAL_SASL_STATE"],
  BROKER_VERSION: ["UNSUPPORTED_VERSION"],
  TOPIC_REFUSED: [
    "INVALID_PARTITIONS",
    "INVALID_REPLICATION_FACTOR",
    "INVALID_REPLICA_ASSIGNMENT",
    "INVALID_CONFIG",
    "POLICY_VIOLATION",
  ],
  "PRODUCER_LOST again": [
    "OUT_OF_ORDER_SEQUENCE_NUMBER",
    "INVALID_TXN_STATE",
    "INVALID_PRODUCER_ID_MAPPING",
    "UNKNOWN_PRODUCER_ID",
  ],
  TRANSACTION_TIMEOUT_REFUSED: ["INVALID_TRANSACTION_TIMEOUT"],
  "PRODUCER_FENCED never": ["INVALID_PRODUCER_EPOCH", "TRANSACTION_COORDINATOR_FENCED"],
  AUTHENTICATION_FAILED: ["SASL_AUTHENTICATION_FAILED"],
  GROUP_FULL: ["GROUP_MAX_SIZE_REACHED"],
};

it("has an answer for each error of the protocol that a service can meet", () => {
  const answers = new Map<string, string[]>();
  for (const { type, code } of protocol.errorCodes) {
    const kind = kindOf(explain(protocol.createErrorFromCode(code)));
    answers.set(kind, [...(answers.get(kind) ?? []), type]);
  }
  answers.delete("KAFKA_FAILED never");
  assert.equal(Object.fromEntries(answers), ANSWERS);
});

it("knows some errors that are younger than kafkajs, by their numbers", () => {
  const kinds = [89, 90, 100, 103, 120, 121].map((code) => kindOf(explain(protocol.createErrorFromCode(code))));
  assert.equal(kinds, [
    "CLUSTER_NOT_READY again",
    "PRODUCER_FENCED never",
    "MISSING_TOPIC",
    "MISSING_TOPIC",
    "PRODUCER_LOST again",
    "KAFKA_FAILED never",
  ]);
  assert.match(explain(protocol.createErrorFromCode(121)).message, /Unknown error code 121/);
});

it("knows the errors of which kafkajs keeps the text only, and its own time-outs", () => {
  const joining = [16, 22, 25, 27].map((code) =>
    kindOf(explain(make("KafkaJSError", protocol.createErrorFromCode(code)))),
  );
  assert.equal(joining, [
    "CLUSTER_NOT_READY again",
    "GROUP_CHANGED again",
    "GROUP_CHANGED again",
    "GROUP_CHANGED again",
  ]);
  assert.is(kindOf(explain(make("KafkaJSError", "something else"))), "KAFKA_FAILED again");
  for (const name of ["KafkaJSLockTimeout", "KafkaJSTimeout", "KafkaJSRequestTimeoutError"])
    assert.is(kindOf(explain(make(name, "Timeout while acquiring lock"))), "BROKER_SILENT again");
});

it("finds the error of a partition in what kafkajs says of all", () => {
  const partitions = [{ partition: 3, offset: "7", error: protocol.createErrorFromCode(29) }];
  const DeleteRecords = errors["KafkaJSDeleteTopicRecordsError"] as Make;
  const explained = explain(new DeleteRecords({ partitions }), 'deleting records of topic "cards"');
  assert.match(explained.message, /--operation Delete --topic cards$/);
});

it("says which permission is missing, and for what", () => {
  const said = (code: number, doing: string, where: KafkaPlace = WHERE): string | undefined =>
    / {1}--operation.*$/.exec(explain(protocol.createErrorFromCode(code), doing, where).message)?.[0];
  assert.is(said(29, 'reading topic "cards"'), " --operation Read --topic cards");
  assert.is(said(29, 'writing topic "cards"'), " --operation Write --topic cards");
  assert.is(said(29, "asking how many partitions there are"), " --operation Describe --topic cards");
  assert.is(said(29, "reading", { brokers: "a:1" }), " --operation Read --topic …");
  assert.is(said(30, "joining the group"), " --operation Read --group fraud");
  assert.is(said(31, 'creating topic "cards"'), " --operation Create --cluster");
  assert.is(said(31, 'writing topic "cards"'), " --operation Write --topic cards");
  assert.is(said(31, "writing", { brokers: "a:1" }), " --operation IdempotentWrite --cluster");
  assert.is(
    said(53, "sending", { brokers: "a:1", transactionalId: "fraud.1" }),
    " --operation Write --transactional-id fraud.1",
  );
});

it("takes the topic that the error names rather than that of the caller", () => {
  const error = protocol.createErrorFromCode(3);
  const Create = errors["KafkaJSCreateTopicError"] as Make;
  assert.match(explain(new Create(error, "late" as never)).message, /^Topic "late" does not exist at a:9092,b:9092/);
  assert.match(explain(error, "reading", { brokers: "a:1" }).message, /^A topic does not exist/);
});

it("tells a refused login from a connection that was lost in the middle of one", () => {
  const login = (said: string): SequiturError => explain(make("KafkaJSSASLAuthenticationError", said), "connecting");
  const wrong = login("SASL PLAIN authentication failed: Authentication failed: Invalid username or password");
  assert.is(kindOf(wrong), "AUTHENTICATION_FAILED");
  assert.match(
    wrong.message,
    /refused who we say we are \(connecting\): Authentication failed: Invalid username or password\. Check the user name/,
  );
  assert.is(kindOf(login("SASL SCRAM-SHA-512 mechanism is not supported by the server")), "SASL_MECHANISM_REFUSED");
  for (const lost of [
    "Closed connection",
    "Connection error: read ECONNRESET",
    "Request SaslAuthenticate(key: 36, version: 1) timed out",
    "Not connected",
  ])
    assert.is(kindOf(login(`SASL SCRAM SHA512 authentication failed: ${lost}`)), "BROKERS_UNREACHABLE again", lost);
  const { message } = login("SASL SCRAM SHA512 authentication failed: Closed connection");
  assert.match(message, /^Could not reach Kafka .*: the connection was closed by a:9092,b:9092\. It may be restarting/);
});

it("one broker that is away is not all of Kafka, unless it is the only one that is known", () => {
  const refused = make("KafkaJSConnectionError", "Connection error", { broker: "a:9092", code: "ECONNREFUSED" });
  const said = (brokers: string): string => explainKafkaError(refused, "connecting", { brokers }).message;
  assert.match(
    said("a:9092,b:9092"),
    /^Could not reach a broker of the cluster \(connecting\): nothing listens at a:9092/,
  );
  assert.match(said("a:9092"), /^Could not reach Kafka \(connecting\): nothing listens at a:9092/);
});

it("says when an address came from the cluster and not from its user", () => {
  const lost = (broker: string): string =>
    explain(make("KafkaJSConnectionError", "Connection error: getaddrinfo ENOTFOUND", { broker, code: "ENOTFOUND" }))
      .message;
  assert.match(lost("a:9092"), /no name service knows a:9092\. Check the name of the host\.$/);
  assert.match(
    lost("kafka-internal:9092"),
    /not one of yours \(a:9092,b:9092\): the cluster gave it .* mend advertised\.listeners/,
  );
});

it("explains what no broker of ours does: a certificate of tomorrow, and a TLS that is not ours", () => {
  const lost = (code: string, said: string): SequiturError =>
    explain(make("KafkaJSConnectionError", `Connection error: ${said}`, { broker: "a:9092", code }), "connecting");
  assert.is(kindOf(lost("CERT_NOT_YET_VALID", "certificate is not yet valid")), "CERTIFICATE_NOT_YET_VALID");
  const other = (reason: string): string =>
    lost("ERR_TLS_CERT_ALTNAME_INVALID", `Hostname/IP does not match certificate's altnames: ${reason}`).message;
  for (const [reason, said] of [
    ["Host: a. is not in the cert's altnames: DNS:b, DNS:c", "it is for DNS:b, DNS:c, not for a (connecting)."],
    ["IP: 10.0.0.1 is not in the cert's list: ", "it is for no address, not for 10.0.0.1 (connecting)."],
    ["Host: a. is not cert's CN: b", "it is for b, not for a (connecting)."],
    ["Cert does not contain a DNS name", "Cert does not contain a DNS name (connecting)."],
  ] as const)
    assert.match(other(reason), `The certificate of broker a:9092 belongs to another name: ${said} Use the name`);
  assert.match(
    lost("SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate in certificate chain").message,
    "is not signed by anyone trusted here: self-signed certificate in certificate chain (connecting). Give",
  );
  const old = lost(
    "EPROTO",
    "write EPROTO 80:error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version:x.c:1:",
  );
  assert.is(
    `${kindOf(old)}: ${old.message}`,
    "TLS_REFUSED: Broker a:9092 and this client could not agree on TLS (connecting): tlsv1 alert protocol version. TLS 1.2 or newer is needed on both sides.",
  );
  assert.match(
    lost("ERR_SSL_UNEXPECTED", "unexpected").message,
    /\(connecting\): Connection error: unexpected\. TLS 1\.2/,
  );
  assert.match(
    lost("EMFILE", "too many open files").message,
    /of the cluster \(connecting\): a:9092: too many open files\. Check the address/,
  );
});

it("says what may be behind a coordinator that is not found", () => {
  const error = make("KafkaJSGroupCoordinatorNotFound", "Failed to find group coordinator");
  assert.is(kindOf(explain(error)), "CLUSTER_NOT_READY again");
  assert.match(explain(error).message, /coordinates group "fraud".*the operation Read on group "fraud"/);
  assert.match(explain(error, "joining", { brokers: "a:1" }).message, /coordinates the group \(joining\)/);
});

it("names the codec and the topic of records that it cannot read", () => {
  const error = explain(make("KafkaJSNotImplemented", "Snappy compression not implemented"));
  assert.is(kindOf(error), "CODEC_MISSING never");
  assert.match(error.message, /^Records of topic "cards" are compressed with snappy/);
  assert.is(kindOf(explain(make("KafkaJSNotImplemented", "No such thing"))), "KAFKA_FAILED never");
});

it.run();
