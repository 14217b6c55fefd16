// Files of lines and logs of records, good and broken, through a whole service: each record becomes what its bytes say.

import { Readable } from "node:stream";
import { gunzipSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { TransportError } from "../../lib/core/errors.ts";
import { createMemoryLog, createNdjsonSource } from "../../lib/service/index.ts";
import { allowMs, note } from "../run/ask.ts";
import { createMeter } from "./heap.ts";
import { damage, damaged, hostileKey, hostileTimestamp, hostileValue, MAX_RECORD_BYTES } from "./hostile.ts";
import { runThrough } from "./run-through.ts";
import { type Sent, verdictsOn } from "./verdict.ts";

allowMs(180_000);

const it = suite("bad input: records");

/** What one item may take, waiting for its turn on a busy machine included. */
const ITEM_MS = 10_000;

const seen = new Map<string, number>();
function count(verdicts: readonly string[]): void {
  for (const line of verdicts) {
    const what = line.split(" ")[1] as string;
    seen.set(what, (seen.get(what) ?? 0) + 1);
  }
}

const meter = createMeter();

const file = fc
  .record({
    lines: fc.array(hostileValue, { maxLength: 12 }),
    end: fc.constantFrom("\n", "\n", "\r\n"),
    last: fc.boolean(),
    mark: fc.constantFrom("", "", "", "\ufeff"),
    packed: fc.oneof({ arbitrary: fc.constant(false), weight: 4 }, fc.constant(true)),
    how: damage,
    chunkBytes: fc.constantFrom(1, 7, 64, 65_536),
  })
  .map(({ lines, end, last, mark, packed, how, chunkBytes }) => {
    const parts = lines.flatMap((line, index) =>
      last && index === lines.length - 1 ? [line] : [line, Buffer.from(end)],
    );
    const plain = Buffer.concat([Buffer.from(mark), ...parts]);
    return { bytes: packed ? damaged(gzipSync(plain), how) : plain, chunkBytes };
  });

it("a file: each line is what its bytes say, however it was cut into chunks; of broken gzip nothing is made up", () =>
  fc.assert(
    fc.asyncProperty(file, async ({ bytes, chunkBytes }) => {
      meter.count();
      const chunks = [];
      for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.subarray(at, at + chunkBytes));
      const stdin = Readable.from(chunks, { objectMode: false });
      const source = createNdjsonSource({
        inputs: [{ topic: "in", path: "-" }],
        maxLineBytes: MAX_RECORD_BYTES,
        stdin,
      });
      const { verdicts, failure } = await runThrough(source, "event");
      const plain = unpacked(bytes);
      if (plain === null) {
        assert.instance(failure, TransportError);
        assert.is((failure as TransportError).code, "BROKEN_GZIP");
        count(["0/0 refused"]);
        return;
      }
      assert.is(failure, null);
      assert.equal(verdicts, verdictsOn(linesOf(plain), "event"));
      count(verdicts);
    }),
    { numRuns: 3_000, timeout: ITEM_MS, includeErrorInReport: true },
  ));

/** What stands in a file; `null` where it is gzip and broken. */
function unpacked(bytes: Buffer): Buffer | null {
  if (!(bytes[0] === 0x1f && bytes[1] === 0x8b)) return bytes;
  try {
    return gunzipSync(bytes);
  } catch {
    return null;
  }
}

/** The lines of a file that are records, from its text with a character for each byte. */
function linesOf(plain: Buffer): readonly Sent[] {
  const parts = plain.toString("latin1").split("\n");
  if (parts.at(-1) === "") parts.pop();
  return parts.flatMap((part, index) => {
    const line = (index === 0 ? part.replace(/^\u00ef\u00bb\u00bf/, "") : part).replace(/\r$/, "");
    if (/^[ \t\r]*$/.test(line)) return [];
    const value = Buffer.from(line, "latin1").subarray(0, MAX_RECORD_BYTES + 1);
    return [{ partition: 0, offset: BigInt(index + 1), timestamp: null, key: null, value }];
  });
}

const logged = fc.array(
  fc.record({
    value: fc.option(hostileValue, { freq: 15 }),
    key: hostileKey,
    timestamp: hostileTimestamp,
    header: fc.constantFrom("trace", "__proto__", "sequitur-code", ""),
  }),
  { maxLength: 16 },
);

it("a log of several partitions, key and time of its records: each is what it says, late or not within its partition", () =>
  fc.assert(
    fc.asyncProperty(logged, async (records) => {
      meter.count();
      const log = createMemoryLog({ partitions: 2 });
      const sent: Sent[] = [];
      for (const { value, key, timestamp, header } of records) {
        const headers = new Map([[header, "x"]]);
        sent.push({ ...log.append("in", { value, key, timestamp, headers }), value, key, timestamp });
      }
      log.end("in");
      const { verdicts, failure } = await runThrough(log.source(), "record");
      assert.is(failure, null);
      assert.equal(verdicts, verdictsOn(sent, "record"));
      count(verdicts);
    }),
    { numRuns: 3_000, timeout: ITEM_MS, includeErrorInReport: true },
  ));

it("every verdict came up, and nothing is held of what went through", () => {
  const kib = Math.round(meter.growthBytes() / 1024);
  note(
    `${meter.items()} files and logs: ${[...seen]
      .sort()
      .map(([what, times]) => `${times} ${what}`)
      .join(", ")}; ${kib} KiB more held`,
  );
  const codes = [
    "event",
    "late",
    "refused",
    "TOO_LARGE",
    "NOT_UTF8",
    "NOT_JSON",
    "TOO_DEEP",
    "NOT_AN_OBJECT",
    "NO_KEY",
    "NO_TIME",
    "ABSURD_TIME",
  ];
  // NO_TIME only comes up where the time is in the event: an embedded log has always a timestamp.
  for (const code of codes) assert.ok((seen.get(code) ?? 0) >= 20, `${code}: ${seen.get(code) ?? 0} times`);
  assert.equal(Object.keys(Object.prototype), []);
});

it.run();
