// Whole services on the embedded log, with real patterns: every kind of record and outcome ends where it should, exactly
// counted, and nothing a user's function does stops the service.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { z } from "zod";
import { ConfigError, LimitError, PatternError } from "../../lib/core/errors.ts";
import { pattern } from "../../lib/pattern/builder/builder.ts";
import type { ExprOf } from "../../lib/pattern/builder/expression-types.ts";
import {
  createMemoryLog,
  type MemoryLog,
  runService,
  type ServiceDefinition,
  type StandardSchema,
  type Summary,
  service,
  topic,
} from "../../lib/service/index.ts";

const it = suite("run");

type E = { readonly type: "a" | "b" | "c"; readonly k: string; readonly t: number; readonly n?: number };

const at = { key: (e: ExprOf<E>) => e.k, time: (e: ExprOf<E>) => e.t } as const;
const events = topic<E>("events", at);
const pair = pattern<E>("pair").begin("x").on("a").followedBy("y").on("b").within("1s");

async function run(
  definition: ServiceDefinition,
  values: readonly unknown[],
  partitions = 1,
): Promise<{ summary: Summary; log: MemoryLog }> {
  const log = createMemoryLog({ partitions });
  log.createTopic("events");
  for (const value of values) {
    const key = (value as { k?: string } | null)?.k;
    log.append("events", { value, ...(typeof key === "string" ? { key } : {}) });
  }
  log.end("events");
  const summary = await runService(definition, { source: log.source(), sink: log.sink() }).done;
  return { summary, log };
}

const read = (log: MemoryLog, name: string): readonly Record<string, unknown>[] =>
  log.topics().includes(name)
    ? log.readAll(name).map(({ value }) => JSON.parse(new TextDecoder().decode(value ?? undefined)))
    : [];

const headersOf = (log: MemoryLog, name: string, header: string): readonly (string | undefined)[] =>
  log.topics().includes(name) ? log.readAll(name).map(({ headers }) => headers.get(header)) : [];

const e = (type: E["type"], t: number, k = "k1", n = 0): E => ({ type, k, t, n });

it("alerts of each pattern go to their topic", async () => {
  const other = pattern<E>("other")
    .begin("x")
    .on("c")
    .select((m) => m.x.t);
  const definition = service({
    app: "app",
    inputs: [events],
    patterns: [pair, { pattern: other, alerts: topic("special") }],
  });
  const { log, summary } = await run(definition, [e("a", 1), e("b", 2), e("c", 3), e("a", 4, "k2"), e("b", 5, "k2")]);
  assert.equal(
    read(log, "app-alerts").map(({ pattern: name, key }) => [name, key]),
    [
      ["pair", "k1"],
      ["pair", "k2"],
    ],
  );
  assert.equal(
    read(log, "special").map(({ value }) => value),
    [3],
  );
  assert.equal(
    log.readAll("app-alerts").map(({ key }) => new TextDecoder().decode(key ?? undefined)),
    ["k1", "k2"],
  );
  assert.equal(
    summary.metrics.patterns.map(({ alerts }) => alerts),
    [2, 1],
  );
});

it("runs that time out go to their topic, if asked for", async () => {
  const definition = service({
    app: "app",
    inputs: [events],
    patterns: [{ pattern: pair, timedOut: { report: "all" } }],
  });
  const { log, summary } = await run(definition, [e("a", 1), e("a", 5_000), e("b", 5_001)]);
  assert.equal(
    read(log, "app-timed-out").map(({ kind, at }) => [kind, at]),
    [["timedOut", "1970-01-01T00:00:01.001Z"]],
  );
  assert.equal([summary.metrics.sent.timedOut, summary.metrics.sent.alerts], [1, 1]);
});

it("a filter that throws is reported once an event and counts as false; the service goes on", async () => {
  const broken = pattern<E>("broken")
    .begin("x")
    .on("a")
    .filter((event) => {
      if (event.n === 1) throw new Error("not this one");
      return true;
    })
    .select((m) => m.x.n);
  const { log, summary } = await run(service({ app: "app", inputs: [events], patterns: [broken] }), [
    e("a", 1, "k1", 1),
    e("a", 2, "k1", 2),
  ]);
  assert.equal(
    read(log, "app-alerts").map(({ value }) => value),
    [2],
  );
  const [report, ...more] = read(log, "app-dead-letters");
  assert.equal(
    [report?.["kind"], report?.["where"], report?.["step"], report?.["message"], more.length],
    ["functionFailed", "filter", "x", "not this one", 0],
  );
  assert.match(String(report?.["stack"]), /run\.spec\.ts/);
  assert.equal([summary.metrics.patterns[0]?.failures, summary.metrics.topics[0]?.onTime], [1, 2]);
});

it("a select that throws, or gives what has no JSON form, is reported; the service goes on", async () => {
  const broken = pattern<E>("broken")
    .begin("x")
    .on("a")
    .select((m) => {
      if (m.x.n === 1) throw new Error("no value");
      const cycle: { self?: unknown; n?: number | undefined } = { n: m.x.n };
      if (m.x.n === 2) cycle.self = cycle;
      return cycle;
    });
  const { log } = await run(
    service({ app: "app", inputs: [events], patterns: [broken] }),
    [1, 2, 3].map((n) => e("a", n, "k1", n)),
  );
  assert.equal(
    read(log, "app-alerts").map(({ value }) => value),
    [{ n: 3 }],
  );
  assert.equal(
    read(log, "app-dead-letters").map(({ where }) => where),
    ["select", "select"],
  );
});

it("a key that passes a limit is reported to the dead letters, and starts afresh", async () => {
  const definition = service({ app: "app", inputs: [events], patterns: [pair], limits: { maxRunsPerKey: 2 } });
  const { log, summary } = await run(definition, [1, 2, 3, 4].map((t) => e("a", t)).concat(e("b", 5)));
  assert.equal(
    read(log, "app-dead-letters").map(({ kind, limit, action, count }) => [kind, limit, action, count]),
    [["limitReached", "maxRunsPerKey", "quarantined", 3]],
  );
  assert.is(read(log, "app-alerts").length, 1);
  assert.is(summary.metrics.patterns[0]?.dropped, 3);
});

it("matches that were not built are told among the alerts", async () => {
  const many = pattern<E>("many").begin("x").on("a").followedByAny("y").on("b");
  const definition = service({ app: "app", inputs: [events], patterns: [many], limits: { maxMatchesPerEvent: 2 } });
  const { log, summary } = await run(definition, [1, 2, 3, 4, 5].map((t) => e("a", t)).concat(e("b", 6)));
  assert.equal(
    read(log, "app-alerts")
      .map(({ kind }) => kind)
      .sort(),
    ["limitReached", "match", "match"],
  );
  assert.equal([summary.metrics.sent.alerts, summary.metrics.sent.notices], [2, 1]);
});

it("a limit whose policy is to fail ends the service", async () => {
  const definition = service({
    app: "app",
    inputs: [events],
    patterns: [{ pattern: pair, limits: { maxRunsPerKey: 1, onLimit: "fail" } }],
  });
  const error = await run(definition, [e("a", 1), e("a", 2)]).catch((reason: unknown) => reason);
  assert.ok(error instanceof LimitError, String(error));
});

it("every way a record can be bad ends in the dead letters with its bytes and code; in = on time + late + dead", async () => {
  const schema = z.object({
    type: z.enum(["a", "b", "c"]),
    k: z.string().nullish(),
    t: z.number().nullish(),
    deep: z.any().optional(),
  });
  const definition = service({
    app: "app",
    inputs: [topic<E>("events", { ...at, schema: schema as unknown as StandardSchema<E> })],
    patterns: [pair],
    limits: { maxRecordBytes: 200, maxDepth: 3 },
  });
  const bad: readonly (readonly [code: string, value: unknown])[] = [
    ["NOT_UTF8", Uint8Array.of(0x22, 0xff, 0x22)],
    ["NOT_JSON", "{"],
    ["NOT_AN_OBJECT", "[]"],
    ["NOT_AN_OBJECT", null],
    ["SCHEMA", { type: "z", k: "k1", t: 3 }],
    ["TOO_LARGE", { type: "a", k: "k1", t: 3, deep: "x".repeat(200) }],
    ["TOO_DEEP", { type: "a", k: "k1", t: 3, deep: [[[]]] }],
    ["NO_TIME", { type: "a", k: "k1" }],
    ["ABSURD_TIME", { type: "a", k: "k1", t: 9e15 }],
    ["NO_KEY", { type: "a", t: 3 }],
    ["NO_KEY", { type: "a", k: null, t: 3 }],
  ];
  const { log, summary } = await run(definition, [e("a", 5), ...bad.map(([, value]) => value), e("a", 1), e("b", 6)]);
  assert.equal(
    headersOf(log, "app-dead-letters", "sequitur-code"),
    bad.map(([code]) => code),
  );
  assert.equal(
    headersOf(log, "app-dead-letters", "sequitur-offset"),
    bad.map((_, index) => String(index + 1)),
  );
  assert.equal(log.readAll("app-dead-letters")[0]?.value, Uint8Array.of(0x22, 0xff, 0x22));
  const [counts] = summary.metrics.topics;
  assert.equal(
    { ...counts },
    { topic: "events", records: 14, onTime: 2, late: 1, deadLettered: 11, skipped: 0, waiting: 0 },
  );
  assert.is(read(log, "app-alerts").length, 1);
});

it("a decode function reads other formats; what it refuses is a dead letter", async () => {
  const decode = (bytes: Uint8Array): E => {
    const [type, t] = new TextDecoder().decode(bytes).split(":");
    if (t === undefined) throw new Error("no colon");
    return e(type as "a", Number(t));
  };
  const definition = service({
    app: "app",
    inputs: [topic<E>("events", { ...at, decode })],
    patterns: [pair],
  });
  const { log } = await run(definition, ["a:1", "?", "b:2"]);
  assert.is(read(log, "app-alerts").length, 1);
  assert.equal(headersOf(log, "app-dead-letters", "sequitur-code"), ["DECODE_FAILED"]);
});

it("validate: concerned leaves events alone that no pattern can take", async () => {
  const schema = z.object({ type: z.enum(["a", "b"]), k: z.string(), t: z.number() });
  const inputOf = (validate: "all" | "concerned") => topic<E>("events", { ...at, schema, validate });
  for (const [validate, dead] of [
    ["all", 1],
    ["concerned", 0],
  ] as const) {
    const { summary } = await run(service({ app: "app", inputs: [inputOf(validate)], patterns: [pair] }), [
      e("a", 1),
      e("c", 2),
      e("b", 3),
    ]);
    assert.equal([summary.metrics.topics[0]?.deadLettered, summary.metrics.sent.alerts], [dead, 1]);
  }
});

it("an asynchronous schema ends the service with a message that names the topic", async () => {
  const schema = z.object({ type: z.string() }).refine(async () => true);
  const definition = service({
    app: "app",
    inputs: [topic<E>("events", { ...at, schema: schema as unknown as StandardSchema<E> })],
    patterns: [pair],
  });
  const error = await run(definition, [e("a", 1)]).catch((reason: unknown) => reason);
  assert.ok(
    error instanceof ConfigError && error.code === "ASYNC_SCHEMA" && error.message.includes('"events"'),
    String(error),
  );
});

it("broken patterns stop a service before it starts: one with its own error, several all at once", () => {
  const wrong = (name: string) => pattern<E>(name).begin("x").on("a").notFollowedBy("y").on("b");
  const log = createMemoryLog();
  const start = (...patterns: ReturnType<typeof wrong>[]) =>
    runService(service({ app: "app", inputs: [events], patterns }), {
      source: log.source(),
      sink: log.sink(),
    });
  assert.throws(
    () => start(wrong("one")),
    (error: unknown) => error instanceof PatternError && error.pattern === "one",
  );
  assert.throws(
    () => start(wrong("one"), wrong("two")),
    (error: unknown) =>
      error instanceof ConfigError && error.code === "BAD_PATTERNS" && /"one"[\s\S]*"two"/.test(error.message),
  );
});

it("keys spread over partitions are matched where they are, and the watermark of each partition counts", async () => {
  const keys = Array.from({ length: 50 }, (_, n) => `key-${n}`);
  const values = keys.flatMap((k, n) => [e("a", n, k), e("b", n + 500, k)]);
  const { metrics } = (await run(service({ app: "app", inputs: [events], patterns: [pair] }), values, 4)).summary;
  assert.ok(metrics.sent.late > 0);
  assert.is(metrics.sent.late + (metrics.topics[0]?.onTime ?? 0), 100);
  assert.equal(
    metrics.lanes.map(({ partition }) => partition),
    [0, 1, 2, 3],
  );
  const generous = topic<E>("events", { ...at, outOfOrderness: "1s" });
  const all = await run(service({ app: "app", inputs: [generous], patterns: [pair] }), values, 4);
  assert.equal(
    read(all.log, "app-alerts")
      .map(({ key }) => key)
      .sort(),
    [...keys].sort(),
  );
});

it("a signal stops it, even one that was given before", async () => {
  const definition = service({ app: "app", inputs: [events], patterns: [pair] });
  for (const before of [true, false]) {
    const log = createMemoryLog({ partitions: 1 });
    log.createTopic("events");
    const abort = new AbortController();
    if (before) abort.abort();
    const running = runService(definition, { source: log.source(), sink: log.sink(), signal: abort.signal });
    log.append("events", { key: "k1", value: e("a", 1) });
    setTimeout(() => abort.abort(), 5);
    const { reason, complete } = await running.done;
    assert.equal([reason, complete], ["stopped", true]);
  }
});

it("a deadline fires though no event comes any more and some partitions never had one", async () => {
  const silence = pattern<E>("silence").begin("x").on("a").notFollowedBy("y").on("b").within("1s");
  const definition = service({ app: "app", inputs: [events], patterns: [silence], idleAfter: 20 });
  const log = createMemoryLog({ partitions: 4 });
  log.createTopic("events");
  log.append("events", { key: "k1", value: e("a", Date.now() - 2_000) });
  const running = runService(definition, { source: log.source(), sink: log.sink() });
  const until = Date.now() + 5_000;
  while (running.metrics().sent.alerts === 0 && Date.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 5));
  assert.is((await running.stop()).metrics.sent.alerts, 1);
});

it("several topics are matched in order of time; one that is silent is waited for", async () => {
  const orders = topic<E>("orders", at);
  const payments = topic<E>("payments", at);
  const paid = pattern<E>("paid").begin("x").on("a").followedBy("y").on("b");
  const log = createMemoryLog({ partitions: 2 });
  for (const name of ["orders", "payments"]) log.createTopic(name);
  for (let n = 0; n < 20; n += 1) {
    log.append("payments", { key: `k${n}`, value: e("b", 10 * n + 5, `k${n}`) });
    log.append("orders", { key: `k${n}`, value: e("a", 10 * n, `k${n}`) });
  }
  for (const name of ["orders", "payments"]) log.end(name);
  const definition = service({ app: "app", inputs: [orders, payments], patterns: [paid] });
  const { metrics } = await runService(definition, { source: log.source({ maxBatchRecords: 3 }), sink: log.sink() })
    .done;
  assert.equal([metrics.sent.alerts, metrics.sent.late], [20, 0]);
});

it.run();
