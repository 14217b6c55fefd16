import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { SequiturError } from "../../lib/core/errors.ts";
import type { OutputRecord } from "../../lib/runtime/ports.ts";
import { systemClock } from "../../lib/time/clock.ts";
import { createNdjsonSink, openOutput, toLine } from "../../lib/transports/ndjson/index.ts";
import { note } from "../run/ask.ts";

const it = suite("ndjson sink");
const folder = mkdtempSync(join(tmpdir(), "sequitur-sink-"));
it.after(() => rmSync(folder, { recursive: true }));

function record(value: string | Uint8Array, more: Partial<OutputRecord> = {}): OutputRecord {
  return {
    topic: "alerts",
    key: null,
    value: typeof value === "string" ? Buffer.from(value) : value,
    headers: new Map(),
    timestamp: 0,
    ...more,
  };
}

const line = (of: OutputRecord, wrap = false): string => Buffer.from(toLine(of, wrap)).toString();

async function codeOf(act: () => Promise<unknown>): Promise<SequiturError> {
  return act().then(
    () => assert.unreachable("an error was expected") as never,
    (error: SequiturError) => error,
  );
}

it("writes one line of JSON as it is and several lines on one", () => {
  assert.is(line(record('{"a": 1}')), '{"a": 1}\n');
  assert.is(line(record('{\r\n  "a": 1\n}')), '{   "a": 1 }\n');
});

it("wraps what would break the lines, and what is asked to be wrapped", () => {
  const headers = new Map([
    ["sequitur-code", "NOT_JSON"],
    ["__proto__", "x"],
  ]);
  assert.equal(JSON.parse(line(record("{a\nb", { headers, key: Buffer.from("4711") }))), {
    topic: "alerts",
    key: "4711",
    timestamp: "1970-01-01T00:00:00.000Z",
    headers: JSON.parse('{"sequitur-code":"NOT_JSON","__proto__":"x"}'),
    value: "{a\nb",
  });
  const binary = JSON.parse(line(record(Uint8Array.of(0xff, 0x00), { key: Uint8Array.of(0xfe) }), true));
  assert.equal(binary.value, { base64: "/wA=" });
  assert.equal(binary.key, { base64: "/g==" });
  assert.is(JSON.parse(line(record(""))).value, "");
});

it("whatever the bytes are: one line, and the value can be had back", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json({ maxDepth: 2 }).map((json) => Buffer.from(json)),
        fc.string().map((text) => Buffer.from(text)),
      ),
      fc.boolean(),
      (value, wrap) => {
        const written = line(record(value), wrap);
        assert.is(written.indexOf("\n"), written.length - 1);
        if (!wrap && Buffer.from(written.slice(0, -1)).equals(value)) return;
        const found = JSON.parse(written).value;
        assert.ok(Buffer.from(typeof found === "string" ? found : Buffer.from(found.base64, "base64")).equals(value));
      },
    ),
    { numRuns: 1_000 },
  );
});

it("writes topics to their files in order, empties files first, and shares files", async () => {
  const [one, two] = [join(folder, "one.ndjson"), join(folder, "two.ndjson")] as const;
  const outputs = new Map([
    ["a", one],
    ["b", two],
    ["c", one],
  ]);
  for (const round of [1, 2]) {
    const sink = createNdjsonSink({ outputs, wrapped: new Set(["b"]) });
    await sink.open(["a", "b", "c"]);
    await sink.send([
      record(`"a${round}"`, { topic: "a" }),
      record('"b"', { topic: "b" }),
      record('"c"', { topic: "c" }),
    ]);
    await sink.send([record('"again"', { topic: "a" })]);
    await sink.close();
    assert.is(readFileSync(one, "utf8"), `"a${round}"\n"c"\n"again"\n`);
    assert.is(JSON.parse(readFileSync(two, "utf8")).value, '"b"');
  }
});

it("writes to standard output", async () => {
  const stdout = new PassThrough();
  const sink = createNdjsonSink({ outputs: new Map([["alerts", "-"]]), stdout });
  await sink.open(["alerts"]);
  await sink.send([record("1"), record("2")]);
  await sink.close();
  assert.is(String(stdout.read()), "1\n2\n");
  assert.is(stdout.writableEnded, false);
});

it("refuses topics without output, folders that are not there, and names that promise gzip", async () => {
  const sink = createNdjsonSink({ outputs: new Map([["alerts", "-"]]) });
  const missing = await codeOf(() => sink.open(["late"]));
  assert.is(missing.code, "MISSING_OUTPUT");
  assert.match(missing.message, /"late" \(given: "alerts"\)/);
  assert.match((await codeOf(() => createNdjsonSink({ outputs: new Map() }).open(["late"]))).message, /given: none/);
  assert.is((await codeOf(() => sink.send([record("1")]))).code, "OUTPUT_NOT_OPEN");
  const nowhere = await codeOf(() => openOutput(join(folder, "no", "where.ndjson")));
  assert.is(nowhere.code, "OUTPUT_NOT_WRITABLE");
  assert.match(nowhere.message, /where\.ndjson cannot be written: ENOENT.*folder that exists/);
  assert.is((await codeOf(() => openOutput(join(folder, "x.ndjson.gz")))).code, "OUTPUT_IS_PACKED");
});

it("tells a pipe that was closed by its reader from a failure", async () => {
  const child = spawn("true", { stdio: ["pipe", "ignore", "ignore"] });
  await new Promise((resolve) => child.once("exit", resolve));
  const output = await openOutput("-", child.stdin);
  const closed = await codeOf(() => output.write("x".repeat(1_000_000)));
  assert.is(closed.code, "OUTPUT_CLOSED");
  assert.is((await codeOf(() => output.write("more"))).code, "OUTPUT_CLOSED");
  const broken = new PassThrough({ write: (_, __, done) => done(new Error("no space left")) });
  const failing = await openOutput("-", broken);
  const failed = await codeOf(() => failing.write("x"));
  assert.is(failed.code, "WRITE_FAILED");
  assert.match(failed.message, /writing to standard output failed: no space left/);
  await systemClock.breathe();
  const later = await codeOf(() => failing.write("y"));
  assert.match(later.message, /no space left/, "what comes after the failure is told of the failure");
});

it("tells of a disk that is full", async () => {
  if (!existsSync("/dev/full")) return note("there is no /dev/full here");
  const sink = createNdjsonSink({ outputs: new Map([["alerts", "/dev/full"]]) });
  await sink.open(["alerts"]);
  const full = await codeOf(() => sink.send([record("1")]));
  await sink.close();
  assert.is(full.code, "WRITE_FAILED");
  assert.match(full.message, /writing to \/dev\/full failed: ENOSPC.*Check the disk/);
});

it.run();
