// Flink's recorded answers as cases of ours: a pattern, events, and what Flink said. The two formats (flink/README.md)
// are read by random-vectors.ts and test-vectors.ts; from here on nothing knows which file a case came from.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import type { FlinkCase } from "./case.ts";
import { type RandomVector, toRandomCase } from "./random-vectors.ts";
import { type TestVector, toTestCase } from "./test-vectors.ts";

/** Reads a file of either format, gzipped or not. */
export function readCases(path: string): readonly FlinkCase[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  const file = basename(path).replace(/\.jsonl(\.gz)?$/, "");
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line, index) => {
    const vector = JSON.parse(line) as RandomVector | TestVector;
    const found = "seq" in vector ? toRandomCase(vector) : toTestCase(vector);
    return { ...found, file, line: index + 1, title: found.title ?? `${file} ${index + 1}` };
  });
}
