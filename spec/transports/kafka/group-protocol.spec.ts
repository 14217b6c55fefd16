// The layout agrees with kafkajs' own; strangers' bytes are a verdict, never an error.

import fc from "fast-check";
import { AssignerProtocol } from "kafkajs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  decodeClaims,
  decodeSubscription,
  encodeAssignment,
  encodeClaims,
  encodeSubscription,
} from "../../../lib/transports/kafka/group-protocol.ts";

const { MemberAssignment, MemberMetadata } = AssignerProtocol;
const RUNS = { numRuns: 1_000 };
const it = suite("group protocol");

// kafkajs loses a topic of the name __proto__ on its way in, whoever wrote the bytes.
const topicName = fc.stringMatching(/^[a-z0-9._-]{1,20}$/).filter((name) => name !== "__proto__");
const topicNames = fc.uniqueArray(topicName, { maxLength: 5 });
const lanes = fc.array(fc.nat(1_000), { maxLength: 8 });

it("subscriptions are what kafkajs reads and writes", () => {
  fc.assert(
    fc.property(topicNames, fc.uint8Array({ maxLength: 40 }), (topics, userData) => {
      const bytes = encodeSubscription({ topics, userData });
      assert.equal(MemberMetadata.decode(bytes), { version: 0, topics, userData: Buffer.from(userData) });
      const theirs = MemberMetadata.encode({ version: 3, topics, userData: Buffer.from(userData) });
      assert.equal(decodeSubscription(theirs), { topics, userData: Buffer.from(userData) });
    }),
    RUNS,
  );
});

it("assignments are what kafkajs reads", () => {
  fc.assert(
    fc.property(topicNames, lanes, (topics, partitions) => {
      const read = MemberAssignment.decode(encodeAssignment(new Map(topics.map((topic) => [topic, partitions]))));
      const sorted = (entries: (readonly [string, number[]])[]) => entries.sort(([a], [b]) => (a < b ? -1 : 1));
      assert.equal(
        sorted(Object.entries(read?.assignment ?? {})),
        sorted(topics.map((topic) => [topic, partitions] as const)),
      );
    }),
    RUNS,
  );
});

it("a subscription that ends early is none, and one with more behind it is one", () => {
  const bytes = encodeSubscription({ topics: ["cards", "logins"], userData: Buffer.from("{}") });
  for (let length = 0; length < bytes.length; length += 1)
    assert.is(decodeSubscription(bytes.subarray(0, length)), null);
  const later = Buffer.concat([bytes, Buffer.from("fields of a later version")]);
  assert.equal(decodeSubscription(later)?.topics, ["cards", "logins"]);
  const without = Buffer.concat([bytes.subarray(0, -6), Buffer.from([255, 255, 255, 255])]);
  assert.is(decodeSubscription(without)?.userData.length, 0);
});

it("no bytes throw, and none keep it busy", () => {
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    // A believable start, then lengths that lie: negative ones would lead back to where they stand.
    fc.uint8Array({ maxLength: 60 }).map((rest) => Uint8Array.of(0, 0, 127, 255, 255, 255, 255, 254, ...rest)),
  );
  fc.assert(
    fc.property(hostile, (bytes) => {
      decodeSubscription(Buffer.from(bytes));
      decodeClaims(bytes);
    }),
    RUNS,
  );
});

it("claims come back, with equal bytes whatever their order", () => {
  fc.assert(
    fc.property(fc.string(), lanes, fc.nat(64), (instance, owned, shards) => {
      const bytes = encodeClaims({ instance, owned, shards });
      const sorted = [...new Set(owned)].sort((a, b) => a - b);
      assert.equal(decodeClaims(bytes), { instance, owned: sorted, shards });
      assert.equal(encodeClaims({ instance, owned: [...owned, ...owned].reverse(), shards }), bytes);
    }),
    RUNS,
  );
});

it("claims of a later release are read as far as they are known", () => {
  const later = { v: 2, instance: "a", owned: [1], shards: 3, standby: [2] };
  assert.equal(decodeClaims(Buffer.from(JSON.stringify(later))), { instance: "a", owned: [1], shards: 3 });
});

it("what no member of ours says is no claim", () => {
  const texts = [
    "",
    "null",
    "[]",
    "{",
    "7",
    '{"v":0,"instance":"a","owned":[],"shards":1}',
    '{"v":1,"instance":7,"owned":[],"shards":1}',
    '{"v":1,"instance":"a","owned":{},"shards":1}',
    '{"v":1,"instance":"a","owned":[-1],"shards":1}',
    '{"v":1,"instance":"a","owned":[0.5],"shards":1}',
    '{"v":1,"instance":"a","owned":["0"],"shards":1}',
    '{"v":1,"instance":"a","owned":[0]}',
    '{"v":1,"instance":"a","owned":[0],"shards":"8"}',
    '{"v":1,"instance":"a","owned":[0],"shards":-8}',
    '{"instance":"a","owned":[],"shards":1}',
  ];
  for (const text of texts) assert.is(decodeClaims(Buffer.from(text)), null, text);
  assert.is(decodeClaims(Uint8Array.of(0xff, 0xfe)), null);
});

it.run();
