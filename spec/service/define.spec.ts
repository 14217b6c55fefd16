// A service is checked as a whole: every mistake has a code, a place and a remedy, and all are told at once.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { ConfigError } from "../../lib/core/errors.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import { outputTopics, service } from "../../lib/service/define.ts";
import { type ServiceDefinition, topic } from "../../lib/service/definition.ts";

const it = suite("define");

type Login = { readonly type: "failed" | "ok"; readonly user: string; readonly at: number };

const guessing = pattern<Login>("guessing").begin("tries").on("failed").times(3).within("1m");
const silence = pattern<Login>("silence").begin("ok").on("ok").notFollowedBy("more").on("failed").within("1m");
const logins = topic<Login>("logins", { key: (e) => e.user, time: (e) => e.at });
const valid = { app: "security", inputs: [logins], patterns: [guessing] };

/** Gives `service` what its types would refuse. */
const define = (options: object): ServiceDefinition => (service as (options: object) => ServiceDefinition)(options);

it("has a default for everything but app, inputs and patterns", () => {
  const definition = define({ ...valid, inputs: [topic<Login>("logins", {})] });
  const { inputs, patterns, limits, alerts, late, deadLetters, ...rest } = definition;
  assert.equal(
    [alerts.name, late.name, deadLetters.name],
    ["security-alerts", "security-late", "security-dead-letters"],
  );
  assert.equal(
    { ...rest },
    { ...rest, app: "security", idleAfterMs: 30_000, whenAllIdle: "hold", stopWithinMs: 10_000 },
  );
  assert.equal(inputs, [
    {
      name: "logins",
      key: { from: "record" },
      time: { from: "record" },
      reading: {},
      outOfOrdernessMs: 0,
      maxAheadMs: 3_600_000,
      schema: null,
      validate: "all",
      decode: null,
      onBadRecord: "deadLetter",
    },
  ]);
  assert.equal(
    patterns.map((entry) => [entry.pattern.name, entry.alerts.name, entry.timedOut.report, entry.timedOut.topic.name]),
    [["guessing", "security-alerts", "none", "security-timed-out"]],
  );
  assert.equal(limits, {
    maxRunsPerKey: 10_000,
    maxNodesPerKey: 100_000,
    maxMatchesPerEvent: 1_000,
    maxKeys: 10_000_000,
    maxStateBytes: 1_073_741_824,
    onLimit: "quarantine",
    maxRecordBytes: 1_048_576,
    maxDepth: 64,
    maxReorderBytes: 67_108_864,
    maxQueuedBytes: 2_097_152,
    maxUnsentBytes: 16_777_216,
    maxOutputBytes: 900_000,
  });
});

it("takes every option", () => {
  const schema = z.object({ type: z.enum(["failed", "ok"]), user: z.string(), at: z.number() });
  const input = topic("logins", {
    keyOf: (e: Login) => e.user,
    timeOf: (e: Login) => e.at,
    outOfOrderness: "5s",
    schema,
    validate: "concerned",
    decode: (bytes) => JSON.parse(String(bytes)),
    maxAhead: "10m",
    onBadRecord: "skip",
  });
  const definition = service({
    app: "security",
    inputs: [input],
    patterns: [
      {
        pattern: guessing,
        alerts: topic("a"),
        timedOut: { report: "all", topic: topic("t") },
        limits: { maxRunsPerKey: 7 },
      },
    ],
    alerts: topic("b"),
    late: topic("c"),
    deadLetters: topic("d"),
    idleAfter: "1m",
    whenAllIdle: "hold",
    stopWithin: 500,
    limits: { maxNodesPerKey: 8, maxDepth: 9, onLimit: "dropOldest" },
    release: 3,
  });
  const [read] = definition.inputs;
  assert.equal(
    [read?.outOfOrdernessMs, read?.maxAheadMs, read?.validate, read?.onBadRecord],
    [5_000, 600_000, "concerned", "skip"],
  );
  assert.equal([read?.key.from, read?.time.from, read?.schema === schema], ["event", "event", true]);
  const [matched] = definition.patterns;
  assert.equal([matched?.alerts.name, matched?.timedOut.report, matched?.timedOut.topic.name], ["a", "all", "t"]);
  assert.equal(matched?.limits, {
    maxRunsPerKey: 7,
    maxNodesPerKey: 8,
    maxMatchesPerEvent: 1_000,
    maxKeys: 10_000_000,
    maxStateBytes: 1_073_741_824,
    onLimit: "dropOldest",
  });
  assert.equal(outputTopics(definition), ["b", "c", "d", "a", "t"]);
  assert.equal(
    [
      definition.idleAfterMs,
      definition.whenAllIdle,
      definition.stopWithinMs,
      definition.limits.maxDepth,
      definition.release,
    ],
    [60_000, "hold", 500, 9, 3],
  );
});

it("is frozen", () => {
  const definition = define(valid);
  for (const each of [
    definition,
    definition.inputs,
    definition.inputs[0],
    definition.patterns,
    definition.patterns[0],
    definition.limits,
  ]) {
    assert.ok(Object.isFrozen(each));
  }
});

it("asking for time-outs without saying which asks for the longest", () => {
  assert.is(
    define({ ...valid, patterns: [{ pattern: guessing, timedOut: {} }] }).patterns[0]?.timedOut.report,
    "longest",
  );
});

it("follows the clock only if a pattern has something to report at a deadline", () => {
  const of = (...patterns: readonly object[]): string => define({ ...valid, patterns }).whenAllIdle;
  const greedy = pattern<Login>("greedy").begin("a").on("failed").oneOrMore().greedy().within("1m");
  const optional = pattern<Login>("optional")
    .begin("a")
    .on("ok")
    .notFollowedBy("n")
    .on("failed")
    .followedBy("b")
    .on("ok")
    .optional()
    .within("1m");
  const forAWhile = pattern<Login>("for").begin("a").on("ok").notFollowedBy("n").on("failed").for("1m");
  const inside = pattern<Login>("inside")
    .begin("a")
    .on("ok")
    .notFollowedBy("n")
    .on("failed")
    .followedBy("b")
    .on("ok")
    .within("1m");
  assert.equal(
    [guessing, inside].map((each) => of(each)),
    ["hold", "hold"],
  );
  assert.equal(
    [silence, greedy, optional, forAWhile].map((each) => of(each)),
    ["clock", "clock", "clock", "clock"],
  );
  assert.is(of({ pattern: guessing, timedOut: { report: "count" } }), "clock");
  assert.is(of(guessing, silence), "clock");
});

type Case = readonly [title: string, options: object, code: string, said: RegExp];

const input = (options: object): object => ({ ...valid, inputs: [topic("logins", options as never)] });

const cases: readonly Case[] = [
  ["no app", { ...valid, app: undefined }, "BAD_NAME", /at "app": It is missing/],
  ["an app that cannot be part of a topic's name", { ...valid, app: "card fraud" }, "BAD_NAME", /"card fraud"/],
  ["an app called ..", { ...valid, app: ".." }, "BAD_NAME", /"\.\."/],
  ["an app that is too long", { ...valid, app: "x".repeat(201) }, "BAD_NAME", /at most 200/],
  [
    "an option that is not known",
    { ...valid, pattrns: [] },
    "UNKNOWN_OPTION",
    /at "pattrns".*Did you mean "patterns"\?.*idleAfter/,
  ],
  [
    "another transport",
    { ...valid, pulsar: {} },
    "UNKNOWN_OPTION",
    /at "pulsar": There is no such option\. The options here are app, inputs/,
  ],
  ["__proto__ as an option", JSON.parse('{"__proto__":1}'), "UNKNOWN_OPTION", /__proto__/],
  ["no inputs", { ...valid, inputs: [] }, "BAD_OPTION", /at "inputs": It is an empty list.*topic\(/],
  ["inputs that are no list", { ...valid, inputs: logins }, "BAD_OPTION", /at "inputs": It is an object/],
  [
    "a topic without options as input",
    { ...valid, inputs: [topic("logins")] },
    "BAD_OPTION",
    /inputs\[0\].*without options/,
  ],
  ["a name as input", { ...valid, inputs: ["logins"] }, "BAD_OPTION", /inputs\[0\]": It is "logins"/],
  ["a topic that is read twice", { ...valid, inputs: [logins, logins] }, "DUPLICATE_TOPIC", /"logins" is read twice/],
  ["a topic that is read and written", { ...valid, late: topic("logins") }, "DUPLICATE_TOPIC", /read and written/],
  [
    "an output where state is kept",
    { ...valid, app: "doors", late: topic("doors-state") },
    "DUPLICATE_TOPIC",
    /"doors-state" is where the state .* written as an output.*Name another topic/,
  ],
  ["a release that is no number", { ...valid, release: "v2" }, "BAD_OPTION", /at "release": It is "v2"/],
  ["a release before the first", { ...valid, release: 0 }, "BAD_OPTION", /at "release": .*whole number from 1/],
  [
    "a topic's name that is none",
    { ...valid, alerts: topic("a/b") },
    "BAD_NAME",
    /at "alerts": The topic is named "a\/b"/,
  ],
  ["an input's name that is too long", { ...valid, inputs: [topic("x".repeat(250), {})] }, "BAD_NAME", /at most 249/],
  [
    "a topic to be read as output",
    { ...valid, alerts: logins },
    "BAD_OPTION",
    /at "alerts": It is a topic with options/,
  ],
  ["a name as output", { ...valid, alerts: "x" }, "BAD_OPTION", /at "alerts": It is "x".*topic\("name"\)/],
  ["a list as output", { ...valid, alerts: ["x"] }, "BAD_OPTION", /at "alerts": It is a list/],
  ["no patterns", { ...valid, patterns: undefined }, "BAD_OPTION", /at "patterns": It is missing/],
  [
    "what is no pattern",
    { ...valid, patterns: [() => guessing] },
    "BAD_OPTION",
    /patterns\[0\]": It is a function, not a pattern/,
  ],
  [
    "options without pattern",
    { ...valid, patterns: [{ alerts: topic("x") }] },
    "BAD_OPTION",
    /patterns\[0\] > pattern": It is missing/,
  ],
  [
    "two patterns of one name",
    { ...valid, patterns: [guessing, { pattern: guessing }] },
    "DUPLICATE_PATTERN",
    /patterns\[1\]": There are two patterns "guessing"/,
  ],
  [
    "a report that is none",
    { ...valid, patterns: [{ pattern: guessing, timedOut: { report: "some" } }] },
    "BAD_OPTION",
    /timedOut > report": It is "some".*"none", "count", "longest" or "all"/,
  ],
  [
    "time-outs that are no options",
    { ...valid, patterns: [{ pattern: guessing, timedOut: "all" }] },
    "BAD_OPTION",
    /timedOut": It is "all", not an object/,
  ],
  [
    "a limit that is not known",
    { ...valid, limits: { maxRunPerKey: 1 } },
    "UNKNOWN_OPTION",
    /limits > maxRunPerKey.*"maxRunsPerKey"/,
  ],
  [
    "a limit of nothing",
    { ...valid, limits: { maxDepth: 0 } },
    "BAD_OPTION",
    /limits > maxDepth": It is 0\. Write a whole number from 1/,
  ],
  ["a policy that is none", { ...valid, limits: { onLimit: "ignore" } }, "BAD_OPTION", /limits > onLimit/],
  ["a duration that is none", { ...valid, idleAfter: "soon" }, "BAD_OPTION", /at "idleAfter": It is "soon".*"30s"/],
  ["a duration that is too short", { ...valid, idleAfter: 0 }, "BAD_OPTION", /at least 1 ms/],
  ["what all idle lanes cannot do", { ...valid, whenAllIdle: "sleep" }, "BAD_OPTION", /"clock" or "hold"/],
  [
    "disorder that is negative",
    input({ outOfOrderness: "-1s" }),
    "BAD_OPTION",
    /inputs\[0\] > outOfOrderness": It is "-1s"/,
  ],
  [
    "disorder of times of arrival",
    input({ time: "arrival", outOfOrderness: "1s" }),
    "BAD_OPTION",
    /never out of order/,
  ],
  ["an input's option that is not known", input({ keyof: 1 }), "UNKNOWN_OPTION", /inputs\[0\] > keyof.*"keyOf"/],
  [
    "a key that is no function",
    input({ key: "user" }),
    "BAD_OPTION",
    /inputs\[0\] > key": It is "user"\. Write key: \(e\) => e\.card/,
  ],
  ["a key of nothing", input({ key: () => [] }), "BAD_OPTION", /inputs\[0\] > key/],
  [
    "a key that uses the event as a value",
    input({ key: (e: { user: string }) => `${e.user}` }),
    "EXPRESSION_AS_VALUE",
    /inputs\[0\] > key/,
  ],
  [
    "a key that throws",
    input({ key: () => (undefined as unknown as { x: unknown }).x }),
    "BAD_OPTION",
    /inputs\[0\] > key": It threw/,
  ],
  [
    "key beside keyOf",
    input({ key: (e: { user: string }) => e.user, keyOf: () => 1 }),
    "BAD_OPTION",
    /keyOf": It stands beside key/,
  ],
  ["a keyOf that is no function", input({ keyOf: 1 }), "BAD_OPTION", /inputs\[0\] > key/],
  [
    "a time that is no function",
    input({ time: "at" }),
    "BAD_OPTION",
    /inputs\[0\] > time": It is "at"\. Write time:.*"arrival"/,
  ],
  ["time beside timeOf", input({ time: "record", timeOf: () => 1 }), "BAD_OPTION", /timeOf": It stands beside time/],
  [
    "a schema that is none",
    input({ schema: (e: unknown) => e }),
    "BAD_OPTION",
    /schema": It is a function without "~standard"/,
  ],
  ["a schema of null", input({ schema: null }), "BAD_OPTION", /schema": It is null/],
  ["validate that is none", input({ validate: "some" }), "BAD_OPTION", /"all" or "concerned"/],
  ["decode that is no function", input({ decode: "avro" }), "BAD_OPTION", /decode": It is "avro"\. Write a function/],
  ["onBadRecord that is none", input({ onBadRecord: "drop" }), "BAD_OPTION", /"deadLetter", "fail" or "skip"/],
  [
    "options that are none",
    { ...valid, inputs: [topic("logins", 5 as never)] },
    "BAD_OPTION",
    /inputs\[0\]": It is 5, not an object with options/,
  ],
];

for (const [title, options, code, said] of cases) {
  it(`refuses ${title}`, () => {
    assert.throws(
      () => define(options),
      (error: unknown) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, new RegExp(`error ${code}( at|:)`));
        assert.match(error.message, said);
        return true;
      },
    );
  });
}

it("tells a mistake in the limits once, though patterns take them over", () => {
  assert.throws(() => define({ ...valid, limits: { maxRunsPerKey: "10" } }), 'service "security" has 1 problem\n');
});

it("survives a key that throws what has no text, and an asynchronous one that fails later", async () => {
  const strange = () => {
    throw Object.create(null);
  };
  assert.throws(() => define(input({ key: strange })), "It threw: something that has no text.");
  const late = async (e: Login) => e.user;
  assert.throws(() => define(input({ key: late, time: late })), /"inputs\[0\] > key".*Take async out of it/);
  await new Promise((resolve) => setImmediate(resolve)); // an unhandled rejection would end the process here
});

it("tells all mistakes at once, by the code of the first", () => {
  const options = {
    app: "fraud",
    inputs: [topic("x", { key: 1, time: 2, maxAhead: "?" } as never)],
    patterns: [1],
    alert: 1,
    idleAfter: {},
  };
  assert.throws(
    () => define(options),
    (error: unknown) => {
      assert.ok(error instanceof ConfigError && error.code === "UNKNOWN_OPTION");
      assert.match(error.message, /^service "fraud" has 6 problems\n/);
      assert.is(error.message.split("\n").length, 7);
      return true;
    },
  );
  assert.throws(() => define(5 as never), /It is 5, not an object with options/);
});

it.run();
