// What a cluster of one broker cannot show: copies.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { problemsOf, type StateTopicPicture } from "../../../lib/transports/kafka/state-topic.ts";

const it = suite("state topic");

const SAFE: Readonly<Record<string, string>> = {
  "cleanup.policy": "delete",
  "retention.ms": "-1",
  "retention.bytes": "-1",
  "unclean.leader.election.enable": "false",
  "min.insync.replicas": "2",
  "max.message.bytes": "1048588",
};

function codesOf(copies: number, brokers: number, changed: Readonly<Record<string, string | undefined>> = {}) {
  const entries = Object.entries({ ...SAFE, ...changed }).filter(([, value]) => value !== undefined);
  const picture: StateTopicPicture = { partitions: 4, copies, settings: new Map(entries as [string, string][]) };
  return [...problemsOf({ topic: "app-state", shards: 4 }, picture, brokers)].map(({ code }) => code);
}

it("two copies at least, each of which confirms, where there is more than one broker", () => {
  assert.equal(codesOf(3, 3), []);
  assert.equal(codesOf(2, 2), []);
  assert.equal(codesOf(3, 3, { "min.insync.replicas": "1" }), ["STATE_TOPIC_COPIES"]);
  assert.equal(codesOf(1, 3, { "min.insync.replicas": "1" }), ["STATE_TOPIC_COPIES"]);
  assert.equal(codesOf(1, 1, { "min.insync.replicas": "1" }), []);
  // Of three copies, as before two of the brokers went.
  assert.equal(codesOf(3, 1, { "min.insync.replicas": "1" }), ["STATE_TOPIC_COPIES"]);
});

it("what a broker does not say is not taken for good", () => {
  for (const name of Object.keys(SAFE)) assert.is(codesOf(3, 3, { [name]: undefined }).length, 1, name);
});

it.run();
