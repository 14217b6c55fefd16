// What an operator sees of the log of kafkajs: once what matters, how often it came, and no secrets.

import { createRequire } from "node:module";
import type { LogEntry } from "kafkajs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { systemClock } from "../../../lib/time/clock.ts";
import { createKafkaLog } from "../../../lib/transports/kafka/kafka-log.ts";
import { remembered } from "../../../lib/transports/kafka/secrets.ts";

const it = suite("kafka log");
const { logLevel } = createRequire(import.meta.url)("kafkajs") as typeof import("kafkajs");

type Line = readonly [level: string, message: string, fields: Readonly<Record<string, unknown>>];

function start(): {
  write(level: keyof typeof logLevel, message: unknown, extra?: object): void;
  wait(ms: number): void;
  lines: Line[];
} {
  const lines: Line[] = [];
  let nowMs = 0;
  const clock = { ...systemClock, now: () => nowMs };
  const log = createKafkaLog((level, message, fields = {}) => lines.push([level, message, fields]), clock);
  return {
    lines,
    wait: (ms) => {
      nowMs += ms;
    },
    write: (level, message, extra = {}) =>
      log({
        namespace: "Connection",
        level: logLevel[level],
        label: level,
        log: { timestamp: "", logger: "kafkajs", message, ...extra },
      } as LogEntry),
  };
}

it("makes warnings of errors, and of the rest what an operator need not see by default", () => {
  const { write, lines } = start();
  write("ERROR", "Connection error: connect ECONNREFUSED 10.0.0.1:9092", { broker: "10.0.0.1:9092", clientId: "a" });
  write("WARN", "Could not create topics", { error: "Policy says no", retryCount: 1 });
  write("INFO", "Consumer has joined the group", { groupId: "g", memberId: "m" });
  write("DEBUG", "Connecting");
  assert.equal(lines, [
    [
      "warn",
      "kafkajs: Connection error: connect ECONNREFUSED 10.0.0.1:9092",
      { part: "Connection", broker: "10.0.0.1:9092" },
    ],
    ["info", "kafkajs: Could not create topics: Policy says no", { part: "Connection", retryCount: 1 }],
    ["debug", "kafkajs: Consumer has joined the group", { part: "Connection", groupId: "g", memberId: "m" }],
    ["debug", "kafkajs: Connecting", { part: "Connection" }],
  ]);
});

it("keeps the normal course of groups and transactions out of sight, whatever kafkajs calls it", () => {
  const { write, lines } = start();
  const request = "Response Heartbeat(key: 12, version: 3)";
  for (const error of [
    "The producer attempted to update a transaction while another concurrent operation on the same transaction was ongoing",
    "The group is rebalancing, so a rejoin is needed",
    "This is not the correct coordinator for this group",
    "The coordinator is not aware of this member",
    "Specified group generation id is not valid",
    "This server is not the leader for that topic-partition",
    "This server does not host this topic-partition",
  ])
    write("ERROR", request, { error });
  write("ERROR", "Response CreateTopics(key: 19, version: 3)", { error: "Topic creation errors" });
  write("WARN", "KafkaJS v2.0.0 switched default partitioner. To retain the same partitioning");
  write("WARN", "Limiting retries for the idempotent producer may invalidate EoS guarantees");
  write("ERROR", "Crash: KafkaJSConnectionError: Closed connection", { stack: "…" });
  assert.equal(new Set(lines.map(([level]) => level)), new Set(["debug"]));
});

it("counts a line that comes again within ten seconds, and within twice as long if it goes on", () => {
  const { write, wait, lines } = start();
  const fail = (broker: string): void => write("ERROR", "Connection timeout", { broker });
  for (let index = 0; index < 50; index += 1) {
    fail("a:1");
    wait(190);
  }
  fail("b:1");
  assert.equal(
    lines.map(([, , { broker, repeated }]) => [broker, repeated]),
    [
      ["a:1", undefined],
      ["b:1", undefined],
    ],
  );
  wait(500);
  fail("a:1");
  fail("a:1");
  wait(10_000);
  fail("b:1");
  fail("a:1");
  assert.equal(
    lines.slice(2).map(([, , { broker, repeated }]) => [broker, repeated]),
    [
      ["a:1", 49],
      ["b:1", undefined],
    ],
  );
  wait(10_000);
  fail("a:1");
  wait(60_000);
  fail("a:1");
  wait(10_000);
  fail("a:1");
  assert.equal(
    lines.slice(4).map(([, , { repeated }]) => repeated),
    [2, undefined, undefined],
  );
});

it("remembers a bounded number of lines", () => {
  const { write, lines } = start();
  for (let index = 0; index < 1_000; index += 1) write("ERROR", `error ${index}`);
  write("ERROR", "error 0");
  write("ERROR", "error 999");
  assert.is(lines.length, 1_001);
});

it("passes on neither secrets nor what it does not know, and shows addresses as they are", () => {
  const { write, lines } = start();
  remembered("open-sesame");
  write("ERROR", new Error("login with open-sesame failed at ip6.--1.invalid:9092"), {
    broker: "ip6.--1.invalid:9092",
    groupId: "open-sesame",
    payload: { data: "open-sesame" },
    stack: "at open-sesame",
    error: 7,
  });
  assert.equal(lines, [
    [
      "warn",
      "kafkajs: login with [secret] failed at [::1]:9092",
      { part: "Connection", broker: "[::1]:9092", groupId: "[secret]" },
    ],
  ]);
});

it.run();
