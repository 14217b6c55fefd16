// kafkajs, tamed.
import { createRequire } from "node:module";
import type { Batch } from "kafkajs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadKafkajs, recordsOf } from "../../../lib/transports/kafka/kafkajs.ts";

const it = suite("patches");
const require = createRequire(import.meta.url);
const lines: string[] = [];
const log = (level: string, message: string): unknown => lines.push(`${level} ${message}`);

it("loads a patched kafkajs once, and leaves the one of everybody else as it is", () => {
  const patched = loadKafkajs({ patched: true, log });
  const stock = require("kafkajs") as typeof patched;
  assert.is(loadKafkajs({ patched: true, log }), patched);
  assert.is.not(patched.Kafka, stock.Kafka);
  assert.equal(Object.keys(patched), Object.keys(stock));
  assert.is(loadKafkajs({ patched: false, log }), stock);
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /^warn kafkajs runs without patches/);
});

it("makes records of stock messages", () => {
  const messages = [
    {
      offset: "9007199254740993",
      timestamp: "5",
      key: Buffer.from("k"),
      value: null,
      headers: { a: ["1", Buffer.from("2")], b: Buffer.from("é"), c: undefined },
    },
    { offset: "9007199254740994", timestamp: "-1", key: null, value: Buffer.from("v") },
  ];
  const records = recordsOf({ messages } as unknown as Batch);
  assert.equal(records, [
    {
      offset: 9007199254740993n,
      timestamp: 5,
      key: Buffer.from("k"),
      value: null,
      headers: new Map([
        ["a", "2"],
        ["b", "é"],
        ["c", ""],
      ]),
    },
    { offset: 9007199254740994n, timestamp: null, key: null, value: Buffer.from("v"), headers: new Map() },
  ]);
});

it.run();
