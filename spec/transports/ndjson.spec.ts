import { createReadStream, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { SequiturError } from "../../lib/core/errors.ts";
import type { InputBatch, SourceHandler } from "../../lib/runtime/ports.ts";
import { systemClock } from "../../lib/time/clock.ts";
import { createLineSplitter, type Line } from "../../lib/transports/ndjson/lines.ts";
import { createNdjsonSource, type NdjsonSource, type NdjsonSourceOptions } from "../../lib/transports/ndjson/source.ts";
import { note } from "../run/ask.ts";

const it = suite("ndjson source");
const folder = mkdtempSync(join(tmpdir(), "sequitur-ndjson-"));
it.after(() => rmSync(folder, { recursive: true }));

const text = (bytes: Uint8Array | null): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes ?? new Uint8Array());

type Told = { readonly batches: InputBatch[]; readonly ended: string[]; readonly failure: SequiturError | null };

/** Reads all that `options` say and returns what was told. */
async function readAll(
  options: NdjsonSourceOptions,
  onBatch: (batch: InputBatch, source: NdjsonSource) => void = () => {},
): Promise<Told & { readonly source: NdjsonSource }> {
  const source = createNdjsonSource(options);
  const topics = [...new Set(options.inputs.map(({ topic }) => topic))];
  const batches: InputBatch[] = [];
  const ended: string[] = [];
  const failure = await new Promise<SequiturError | null>((resolve, reject) => {
    const handler: SourceHandler = {
      onAssigned: () => {},
      onBatch: (batch) => {
        batches.push(batch);
        onBatch(batch, source);
      },
      onEnd: ({ topic }) => {
        ended.push(topic);
        if (ended.length === topics.length) resolve(null);
      },
      onFailure: (error) => resolve(error as SequiturError),
    };
    source.start(topics, handler).catch(reject);
  });
  await source.stop();
  return { batches, ended, failure, source };
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const lines = (told: Told, topic = "t"): string[] =>
  told.batches
    .filter((batch) => batch.topic === topic)
    .flatMap((batch) => batch.records.map((record) => `${record.offset} ${text(record.value)}`));

async function refusal(options: NdjsonSourceOptions): Promise<SequiturError> {
  return readAll(options).then(
    () => assert.unreachable("a refusal was expected") as never,
    (error: SequiturError) => error,
  );
}

/** What lines are, said without chunks: the oracle of the splitter. */
function linesOf(whole: string): string[] {
  const parts = whole.replace(/^\uFEFF/, "").split("\n");
  if (parts.at(-1) === "") parts.pop();
  return parts.map((line) => line.replace(/\r$/, ""));
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const places = [0, ...at.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((to, index) => bytes.subarray(places[index], to));
}

const texts = fc
  .array(fc.constantFrom("a", "é", "🚀", "\uFEFF", "\n", "\r", "\r\n", " ", "{}", "xxxxxxxxxx"))
  .map((parts) => parts.join(""));

it("any chunking of the same bytes gives the same lines: those of the whole text", () => {
  void fc.assert(
    fc.property(texts, fc.array(fc.nat()), (whole, at) => {
      const splitter = createLineSplitter(1_000);
      const found = cut(new TextEncoder().encode(whole), at).flatMap((chunk) => [...splitter.push(chunk)]);
      found.push(...splitter.finish());
      const expected = linesOf(whole);
      if (whole === "\uFEFF") expected.push(""); // the oracle sees no line in a mark alone
      assert.equal(
        found.map(({ bytes }) => text(bytes)),
        expected,
      );
      assert.equal(
        found.map(({ number }) => number),
        expected.map((_, index) => index + 1),
      );
    }),
    { numRuns: 2_000 },
  );
});

it("any chunking cuts long lines at the same place and tells how long they are", () => {
  const run = (chunks: readonly Uint8Array[], maxLineBytes: number): Line[] => {
    const splitter = createLineSplitter(maxLineBytes);
    return [...chunks.flatMap((chunk) => [...splitter.push(chunk)]), ...splitter.finish()].map((line) => ({
      ...line,
      bytes: line.bytes.slice(),
    }));
  };
  void fc.assert(
    fc.property(texts, fc.array(fc.nat()), fc.integer({ min: 1, max: 12 }), (whole, at, maxLineBytes) => {
      const bytes = new TextEncoder().encode(whole);
      const found = run(cut(bytes, at), maxLineBytes);
      assert.equal(found, run([bytes], maxLineBytes));
      const whole1000 = run([bytes], 1_000);
      found.forEach((line, index) => {
        const full = whole1000[index]?.bytes ?? new Uint8Array();
        assert.is(line.lengthBytes, full.length);
        assert.equal(line.bytes, full.subarray(0, maxLineBytes + 1));
      });
    }),
    { numRuns: 2_000 },
  );
});

it("keeps no more of an endless line than the limit", () => {
  const splitter = createLineSplitter(100);
  const chunk = new Uint8Array(1_000_000).fill(0x78);
  for (let at = 0; at < 50; at++) assert.equal(splitter.push(chunk), []);
  const [line] = splitter.finish();
  assert.is(line?.lengthBytes, 50_000_000);
  assert.is(line?.bytes.length, 101);
  assert.is(
    line?.bytes.buffer.byteLength === 1_000_000 ||
      line?.bytes.buffer.byteLength === 101 ||
      line?.bytes.buffer.byteLength === 104,
    true,
  );
});

it("reads a file: line numbers are offsets, blank lines are none, CR LF and a missing end do not matter", async () => {
  const path = file("events.ndjson", '\uFEFF{"a":1}\r\n\n{"a":2}\n  \t\r\n{"a":3}');
  const told = await readAll({ inputs: [{ topic: "t", path }] });
  assert.equal(lines(told), ['1 {"a":1}', '3 {"a":2}', '5 {"a":3}']);
  assert.equal(told.ended, ["t"]);
  assert.equal(told.source.stats(), { records: 3, blankLines: 2, longLines: 0, readBytes: 33, totalBytes: 33 });
  assert.is(told.source.placeOf("t", 3n), `${path}:3`);
  const [record] = told.batches[0]?.records ?? [];
  assert.is(record?.timestamp, null);
  assert.is(record?.key, null);
});

it("reads an empty file as no records", async () => {
  for (const path of [file("empty.ndjson", ""), file("blank.ndjson", "\n\n"), file("empty.ndjson.gz", gzipSync(""))]) {
    const told = await readAll({ inputs: [{ topic: "t", path }] });
    assert.equal(lines(told), [], path);
    assert.equal(told.ended, ["t"], path);
  }
});

it("knows gzip by its name and by its first bytes, in files and in standard input, in several members", async () => {
  const packed = Buffer.concat([gzipSync("1\n2"), gzipSync("2\n3\n")]);
  const places = [file("packed.ndjson.gz", packed), file("packed.ndjson", packed)];
  for (const path of places)
    assert.equal(lines(await readAll({ inputs: [{ topic: "t", path }] })), ["1 1", "2 22", "3 3"]);
  for (const chunkBytes of [1, 7, 64]) {
    const stdin = createReadStream(places[0] ?? "", { highWaterMark: chunkBytes });
    assert.equal(lines(await readAll({ inputs: [{ topic: "t", path: "-" }], stdin })), ["1 1", "2 22", "3 3"]);
  }
});

it("reads several topics at once, and several files of a topic as if they were one", async () => {
  const inputs = [
    { topic: "a", path: file("a1.ndjson", "1\n2") },
    { topic: "b", path: file("b.ndjson", "x\n") },
    { topic: "a", path: file("a2.ndjson", "\n3\n") },
  ];
  const told = await readAll({ inputs });
  assert.equal(lines(told, "a"), ["1 1", "2 2", "4 3"]);
  assert.equal(lines(told, "b"), ["1 x"]);
  assert.is(told.source.placeOf("a", 2n), `${inputs[0]?.path}:2`);
  assert.is(told.source.placeOf("a", 4n), `${inputs[2]?.path}:2`);
});

it("hands over a line that is too long as one byte more than the limit, and goes on", async () => {
  const path = file("long.ndjson", `1\n${"x".repeat(300_000)}\n2\n`);
  const told = await readAll({ inputs: [{ topic: "t", path }], maxLineBytes: 50 });
  assert.equal(lines(told), ["1 1", `2 ${"x".repeat(51)}`, "3 2"]);
  assert.is(told.source.stats().longLines, 1);
});

it("hands over batches of bounded size, and says that a live pipe is caught up but never a file", async () => {
  const content = Array.from({ length: 5_000 }, (_, index) => `${index}\n`).join("");
  const fromFile = await readAll({
    inputs: [{ topic: "t", path: file("many.ndjson", content) }],
    maxBatchRecords: 100,
  });
  assert.is(Math.max(...fromFile.batches.map((batch) => batch.records.length)), 100);
  assert.is(lines(fromFile).length, 5_000);
  assert.is(
    fromFile.batches.some((batch) => batch.caughtUp),
    false,
  );
  const pipe = new PassThrough();
  const told = await readAll({ inputs: [{ topic: "t", path: "-" }], stdin: pipe.end("1\n") });
  assert.is(told.batches.at(-1)?.caughtUp, true);
});

it("stops reading while paused, and reads on after resume", async () => {
  let pulled = 0;
  const stdin = Readable.from(
    (function* () {
      for (let chunk = 0; chunk < 200; chunk++) {
        pulled++;
        yield Buffer.from(`${chunk}\n`.repeat(1_000));
      }
    })(),
    { objectMode: false },
  );
  let pulledWhilePaused = Number.NaN;
  let paused = false;
  const told = await readAll(
    { inputs: [{ topic: "t", path: "-" }], stdin, maxBatchRecords: 10_000 },
    (batch, source) => {
      if (paused) return;
      paused = true;
      source.pause(batch);
      void turns(50).then(() => {
        pulledWhilePaused = pulled;
        source.resume(batch);
      });
    },
  );
  assert.ok(pulledWhilePaused < 40, `${pulledWhilePaused} chunks were pulled while paused`);
  assert.is(lines(told).length, 200_000);
});

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await systemClock.breathe();
}

it("stops in the middle, also while paused or while a pipe is silent", async () => {
  const pipe = new PassThrough();
  pipe.write("1\n");
  const source = createNdjsonSource({
    inputs: [
      { topic: "t", path: "-" },
      { topic: "u", path: file("stop.ndjson", "x\n".repeat(100_000)) },
    ],
    stdin: pipe,
    maxBatchRecords: 1,
  });
  let batches = 0;
  const handler: SourceHandler = {
    onAssigned: () => {},
    onBatch: (batch) => {
      batches++;
      if (batch.topic === "u") source.pause(batch);
    },
    onEnd: () => assert.unreachable("nothing ended"),
    onFailure: (error) => {
      throw error;
    },
  };
  await source.start(["t", "u"], handler);
  while (batches < 2) await turns(1);
  await source.stop();
  const before = batches;
  source.resume({ topic: "u", partition: 0 });
  await turns(5);
  assert.is(batches, before);
});

it("says which file is not there and which was meant", async () => {
  file("right-name.ndjson", "");
  const near = await refusal({ inputs: [{ topic: "t", path: join(folder, "right-nmae.ndjson") }] });
  assert.is(near.code, "INPUT_NOT_FOUND");
  assert.match(
    near.message,
    /topic "t" cannot be read from .*right-nmae\.ndjson: there is no such file\. Did you mean .*right-name\.ndjson\?/,
  );
  const far = await refusal({ inputs: [{ topic: "t", path: "nowhere/at-all.ndjson" }] });
  assert.match(far.message, /Relative paths start at \//);
});

it("says what the system says of a file that cannot be opened", async () => {
  const path = join(folder, "loop.ndjson");
  symlinkSync(path, path);
  const error = await refusal({ inputs: [{ topic: "t", path }] });
  assert.is(error.code, "INPUT_NOT_READABLE");
  assert.match(
    error.message,
    /topic "t" cannot be read from .*loop\.ndjson: ELOOP.*Give a file that this user may read/,
  );
});

it("refuses a folder and names a file in it", async () => {
  const path = join(folder, "inner");
  mkdirSync(path);
  assert.match(
    (await refusal({ inputs: [{ topic: "t", path }] })).message,
    /it is a folder\. Give a file with one JSON event a line/,
  );
  writeFileSync(join(path, "b.jsonl.gz"), "");
  const error = await refusal({ inputs: [{ topic: "t", path }] });
  assert.is(error.code, "INPUT_IS_FOLDER");
  assert.match(error.message, /such as .*inner\/b\.jsonl\.gz/);
});

it("refuses topics without input and standard input for two topics", async () => {
  const source = createNdjsonSource({ inputs: [{ topic: "a", path: "-" }] });
  const missing = await source.partitionCount("b").catch((error: SequiturError) => error);
  assert.is((missing as SequiturError).code, "MISSING_TOPIC");
  assert.match((missing as SequiturError).message, /"b" \(given: "a"\)\. Add --input b=file\.ndjson/);
  const none = await createNdjsonSource({ inputs: [] })
    .partitionCount("b")
    .catch((error: SequiturError) => error);
  assert.match((none as SequiturError).message, /"b" \(given: none\)/);
  const twice = await refusal({ inputs: ["a", "b"].map((topic) => ({ topic, path: "-" })) });
  assert.is(twice.code, "STDIN_TWICE");
});

it("says after which line gzip data broke, having handed over the lines before", async () => {
  const content = Array.from(
    { length: 50_000 },
    (_, index) => `{"number":${index},"odd":${(index * 7919) % 104_729}}\n`,
  ).join("");
  const packed = gzipSync(content);
  const short = await readAll({
    inputs: [{ topic: "t", path: file("short.ndjson.gz", packed.subarray(0, packed.length - 2_000)) }],
  });
  assert.is(short.failure?.code, "BROKEN_GZIP");
  assert.match(
    short.failure?.message ?? "",
    new RegExp(`short\\.ndjson\\.gz ends too early after line ${lines(short).length} .*gzip -t`),
  );
  assert.ok(lines(short).length > 1_000);
  assert.equal(short.ended, []);
  const notPacked = await readAll({ inputs: [{ topic: "t", path: file("text.ndjson.gz", "{}\n") }] });
  assert.match(notPacked.failure?.message ?? "", /text\.ndjson\.gz is broken after line 0 \(incorrect header check\)/);
});

it("says when reading fails in the middle, packed or not", async () => {
  for (const [content, line] of [
    ["1\n2\n", 2],
    [gzipSync("1\n2\n").subarray(0, 10), 0],
  ] as const) {
    const stdin = new Readable({ read() {} });
    stdin.push(content);
    void turns(20).then(() => stdin.destroy(new Error("the disk is gone")));
    const told = await readAll({ inputs: [{ topic: "t", path: "-" }], stdin });
    assert.is(told.failure?.code, "READ_FAILED");
    assert.match(
      told.failure?.message ?? "",
      new RegExp(`reading standard input failed after line ${line}: the disk is gone`),
    );
  }
});

it("reads standard input that gives text", async () => {
  const stdin = new PassThrough({ encoding: "utf8" });
  const told = await readAll({ inputs: [{ topic: "t", path: "-" }], stdin: stdin.end("é\n2\n") });
  assert.equal(lines(told), ["1 é", "2 2"]);
  assert.is(told.source.stats().readBytes, 5);
});

it("knows no size of what is no file on a disk", async () => {
  if (!existsSync("/dev/null")) return note("there is no /dev/null here");
  const told = await readAll({ inputs: [{ topic: "t", path: "/dev/null" }] });
  assert.is(told.source.stats().totalBytes, null);
  assert.equal(told.ended, ["t"]);
});

it("opens all of its inputs or none", async () => {
  const inputs = [
    { topic: "t", path: file("there.ndjson", "1\n") },
    { topic: "t", path: join(folder, "gone.ndjson") },
  ];
  // An input left open would be a handle that leaks, which the runner sees.
  assert.is((await refusal({ inputs })).code, "INPUT_NOT_FOUND");
});

it("can be asked and stopped before it was started", async () => {
  const source = createNdjsonSource({ inputs: [{ topic: "t", path: "-" }] });
  assert.is(source.placeOf("t", 7n), "t:7");
  await source.stop();
});

it.run();
