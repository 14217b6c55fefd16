// kafkajs, tamed.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Batch } from "kafkajs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../../lib/core/errors.ts";
import { kafkajsIn } from "../../../lib/transports/kafka/installed.ts";
import { loadKafkajs, loadPatched, recordsOf } from "../../../lib/transports/kafka/kafkajs.ts";

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

it("refuses another version, and one whose files were changed", () => {
  const scratch = mkdtempSync(join(tmpdir(), "sequitur-kafkajs-"));
  try {
    cpSync(dirname(require.resolve("kafkajs/package.json")), scratch, { recursive: true });
    const file = join(scratch, "src/protocol/recordBatch/record/v0/decoder.js");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("offset,\n    key", "offset: '1',\n    key"));
    assert.is(
      codeOf(() => loadPatched(kafkajsIn(scratch))),
      "PATCHES_FAILED it is not so that it reads records as kafkajs does",
    );
    rmSync(file);
    assert.match(
      codeOf(() => loadPatched(kafkajsIn(scratch))),
      /^PATCHES_FAILED Error: ENOENT/,
    );
    writeFileSync(join(scratch, "package.json"), '{ "version": "2.3.0" }');
    assert.match(
      codeOf(() => loadPatched(kafkajsIn(scratch))),
      /^OTHER_KAFKAJS kafkajs 2\.3\.0 is installed in .* made for 2\.2\.4/,
    );
  } finally {
    rmSync(scratch, { recursive: true });
  }
});

/** Code and reason of the ConfigError that `act` throws. */
function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigError)
      return `${error.code} ${error.message.replace(/^The patches do not work with .*?: (.*?)\. Its files.*/s, "$1")}`;
    throw error;
  }
  return "nothing thrown";
}

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
