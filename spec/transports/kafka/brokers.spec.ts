// Addresses of brokers: what is one, what is none, and that IPv6 gets past kafkajs.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  fromStandIn,
  isLoopback,
  joinAddress,
  readBrokers,
  splitAddress,
  toStandIn,
  withAddresses,
} from "../../../lib/transports/kafka/brokers.ts";

const it = suite("brokers");

function read(given: string | readonly string[]): {
  readonly brokers: readonly string[];
  readonly wrong: readonly string[];
} {
  const wrong: string[] = [];
  const brokers = readBrokers(given, ({ message, remedy }) => wrong.push(`${message} ${remedy}`));
  return { brokers, wrong };
}

const host = fc.oneof(
  fc.domain(),
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom("localhost", "kafka_1", "b-1.x.kafka.eu-1.example.com"),
);
const address = fc.tuple(host, fc.integer({ min: 1, max: 65_535 })).map(([name, port]) => joinAddress(name, port));

it("reads lists as texts and as lists, in their order", () => {
  fc.assert(
    fc.property(fc.uniqueArray(address, { minLength: 1, selector: (each) => each.toLowerCase() }), (addresses) => {
      assert.equal(read(addresses), { brokers: addresses, wrong: [] });
      assert.equal(read(addresses.join(" , ")), { brokers: addresses, wrong: [] });
    }),
  );
});

it("takes an address apart and puts it together again", () => {
  fc.assert(
    fc.property(host, fc.integer({ min: 1, max: 65_535 }), (name, port) => {
      assert.equal(splitAddress(joinAddress(name, port)), { host: name, port });
    }),
  );
});

it("gives kafkajs, which cuts addresses at the first colon, a name without one, and finds the host again", () => {
  fc.assert(
    fc.property(host, fc.integer({ min: 1, max: 65_535 }), (name, port) => {
      const [first = "", second, third] = toStandIn(joinAddress(name, port)).split(":");
      assert.equal([fromStandIn(first), second, third], [name, String(port), undefined]);
      const text = `Connection error: connect ECONNREFUSED ${first}:${port}`;
      assert.is(withAddresses(text), `Connection error: connect ECONNREFUSED ${joinAddress(name, port)}`);
    }),
  );
});

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["kafka", /"kafka" has no port\. Write host:port/],
  ["", /One of the addresses is empty/],
  ["a:1,,b:2", /One of the addresses is empty/],
  ["a:1,", /One of the addresses is empty/],
  [",a:1, ,", /One of the addresses is empty/],
  ["SASL_SSL://kafka:9093", /begins with SASL_SSL:\/\/\. Write "kafka:9093"; whether TLS and SASL are used/],
  ["http://kafka:9093", /begins with http:/],
  ["a:9092 b:9092", /has a blank in it\. Put commas between addresses/],
  ["a:0", /port of "a:0" is not between 1 and 65535/],
  ["a:65536", /not between 1 and 65535/],
  ["a:port", /has no port/],
  [":9092", /has no host/],
  ["-a:9092", /has no host that could be one/],
  ["a..b:9092", /has no host/],
  ["::1:9092", /IPv6 address without brackets/],
  ["::1", /IPv6 address without brackets/],
  ["[::1]", /has no port/],
  ["[::g]:9092", /has no host/],
  ["[127.0.0.1]:9092", /has no host/],
  ["a:1,B:2,A:1", /"A:1" stands there twice\. Leave one of them out/],
  ["user:hunter2@host:9092", /^One of the addresses has an @ in it\. Who you are is said by sasl\./],
];

it("says what is wrong with an address, and keeps the others", () => {
  for (const [given, message] of REFUSED) {
    const { wrong } = read(given);
    assert.is(wrong.length, 1, given);
    assert.match(wrong[0] ?? "", message);
  }
  assert.equal(read("a:1,nonsense,b:2").brokers, ["a:1", "b:2"]);
  assert.equal(read([]), { brokers: [], wrong: [] });
});

it("knows which addresses do not leave this machine", () => {
  for (const near of [
    "localhost:1",
    "LOCALHOST:1",
    "kafka.localhost:1",
    "127.0.0.1:1",
    "127.1.2.3:1",
    "[::1]:1",
    "[::ffff:127.0.0.1]:1",
  ])
    assert.ok(isLoopback(near), near);
  for (const far of [
    "kafka:1",
    "128.0.0.1:1",
    "10.0.0.1:1",
    "[::2]:1",
    "[fe80::1]:1",
    "127.0.0.1.example.com:1",
    "localhost.example.com:1",
  ])
    assert.not.ok(isLoopback(far), far);
});

it.run();
