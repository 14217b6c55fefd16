// Every line of the log is one line of JSON, whatever the fields hold, and shows no secret.

import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../lib/core/errors.ts";
import { createJsonLog, type JsonLogOptions } from "../../lib/service/index.ts";
import { LOG_LEVELS } from "../../lib/service/logging.ts";

const it = suite("logging");

const clock = { now: () => Date.UTC(2026, 2, 2, 9, 5), after: () => () => {}, breathe: async () => {} };

/** A log, and the lines it wrote, as they are. */
async function logTo(options: Partial<JsonLogOptions> = {}) {
  const lines: string[] = [];
  const log = await createJsonLog({
    app: "doors",
    instance: "a",
    clock,
    write: (line) => lines.push(line),
    ...options,
  });
  return { log, lines };
}

const parse = (line: string | undefined): Record<string, unknown> => JSON.parse(line ?? "") as Record<string, unknown>;

it("a line says when, how bad, who, and what", async () => {
  const { log, lines } = await logTo();
  log("info", "service is running");
  assert.is(
    lines.join(),
    '{"level":"info","time":"2026-03-02T09:05:00.000Z","app":"doors","instance":"a","msg":"service is running"}\n',
  );
});

it("leaves out what is below its level", async () => {
  for (const level of LOG_LEVELS) {
    const { log, lines } = await logTo({ level });
    for (const each of LOG_LEVELS) log(each, each);
    assert.equal(
      lines.map((line) => parse(line)["level"]),
      LOG_LEVELS.slice(LOG_LEVELS.indexOf(level)),
    );
  }
});

it("names host and process, unless told another name", async () => {
  const { log, lines } = await logTo({ instance: undefined as unknown as string });
  log("warn", "x");
  assert.match(String(parse(lines[0])["instance"]), new RegExp(`^.+:${process.pid}$`));
});

it("bigints are text, errors have their code, bytes their number, and times are times", async () => {
  const { log, lines } = await logTo();
  const cause = new ConfigError("MISSING_TOPIC", "there is none");
  log("error", "x", {
    position: 9_007_199_254_740_993n,
    offsets: [1n, 2],
    error: Object.assign(new Error("failed", { cause }), { stack: "at secret place" }),
    value: new Uint8Array(7),
    watermark: Number.NEGATIVE_INFINITY,
    at: new Date(0),
    never: new Date(Number.NaN),
    topics: new Map([["a", new Set([1])]]),
    act: () => "source text",
    nothing: null,
    missing: undefined,
  });
  const { level: _, time: __, app: ___, instance: ____, msg: _____, ...fields } = parse(lines[0]);
  assert.equal(fields, {
    position: "9007199254740993",
    offsets: ["1", 2],
    error: {
      name: "Error",
      message: "failed",
      cause: { name: "ConfigError", code: "MISSING_TOPIC", message: "there is none" },
    },
    value: "7 bytes",
    watermark: "-Infinity",
    at: "1970-01-01T00:00:00.000Z",
    never: "no date",
    topics: { a: [1] },
    act: "a function",
    nothing: null,
  });
});

it("shows no secret that is named as one, however deep", async () => {
  const { log, lines } = await logTo();
  const secrets = {
    password: "hunter2",
    saslPassphrase: "hunter2",
    token: { env: "hunter2" },
    clientSecret: ["hunter2"],
  };
  log("info", "connecting", {
    ...secrets,
    kafka: { ...secrets, brokers: "a:1" },
    headers: { Authorization: "hunter2" },
  });
  assert.not.match(lines.join(), /hunter2/);
  assert.match(lines.join(), /"brokers":"a:1"/);
  assert.match(lines.join(), /"password":"\[not shown\]"/);
});

it("has no room for events: texts, lists and depth are cut", async () => {
  const { log, lines } = await logTo();
  const deep = { a: { b: { c: { d: { e: 1 } } } } };
  const wide = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`f${n}`, n]));
  log("info", "x", {
    text: "x".repeat(1e6),
    list: Array.from({ length: 1e5 }, () => "y"),
    deep,
    wide,
    lists: [[[[[1]]]]],
  });
  assert.ok((lines[0] ?? "").length < 4_000, `${lines[0]?.length}`);
  assert.equal(parse(lines[0])["deep"], { a: { b: { c: "…" } } });
  assert.equal(parse(lines[0])["lists"], [[["1 items"]]]);
});

it("keeps the names that each line has", async () => {
  const { log, lines } = await logTo();
  log("info", "x", { app: "another", msg: "m", time: 1, level: "l", instance: "i" });
  const line = parse(lines[0]);
  assert.equal(
    [line["app"], line["msg"], line["app_"], line["msg_"], line["time_"], line["level_"], line["instance_"]],
    ["doors", "x", "another", "m", 1, "l", "i"],
  );
});

it("survives what throws when it is looked at", async () => {
  const { log, lines } = await logTo();
  log("info", "x", {
    bad: {
      get trap() {
        throw new Error("do not touch");
      },
    },
  });
  assert.is(parse(lines[0])["unreadable"], "do not touch");
});

it("whatever is logged, a line is one JSON object with the same head", async () => {
  const { log, lines } = await logTo({ level: "debug" });
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...LOG_LEVELS),
      fc.string(),
      fc.dictionary(fc.string(), anything),
      (level, text, fields) => {
        lines.length = 0;
        log(level, text, fields);
        assert.is(lines.length, 1);
        assert.is(lines[0]?.indexOf("\n"), (lines[0] ?? "").length - 1);
        const { level: said, app, msg } = parse(lines[0]);
        assert.equal([said, app, msg], [level, "doors", text]);
      },
    ),
    { numRuns: 1_000 },
  );
});

it.run();
