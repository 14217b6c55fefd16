// Flink's recorded answers as cases of ours: a pattern, events, and what Flink said. The two formats (flink/README.md)
// are read by random-vectors.ts and test-vectors.ts; from here on nothing knows which file a case came from.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import type { CaseOfLine, FlinkCase } from "./case.ts";
import { type RandomVector, toRandomCase } from "./random-vectors.ts";
import { type TestVector, toTestCase } from "./test-vectors.ts";

/** A file that cannot be read, or is no file of vectors; the message says which, where and why. */
export class BadVectors extends Error {}

const GZIP = [0x1f, 0x8b];

/** Reads a file of either format, gzipped or not. @throws {BadVectors} */
export function readCases(path: string): readonly FlinkCase[] {
  const file = basename(path).replace(/\.jsonl(\.gz)?$/, "");
  const cases = readText(path)
    .split("\n")
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== "")
    .map(({ line, number }) => {
      const found = readLine(line, `${path}, line ${number}`);
      return { ...found, file, line: number, title: found.title ?? `${file} ${number}` };
    });
  if (cases.length === 0) throw new BadVectors(`${path} has no vectors in it.`);
  return cases;
}

function readText(path: string): string {
  try {
    const bytes = readFileSync(path);
    const isGzipped = GZIP.every((byte, index) => bytes[index] === byte);
    return (isGzipped ? gunzipSync(bytes) : bytes).toString("utf8");
  } catch (error) {
    throw new BadVectors(`${path} cannot be read: ${messageOf(error)}.`);
  }
}

function readLine(line: string, where: string): CaseOfLine {
  try {
    const vector = JSON.parse(line) as object | null;
    if (typeof vector === "object" && vector !== null) {
      if ("seq" in vector && "ev" in vector && "res" in vector) return toRandomCase(vector as RandomVector);
      if ("pattern" in vector && "steps" in vector) return toTestCase(vector as TestVector);
    }
  } catch (error) {
    throw new BadVectors(`${where} cannot be read: ${messageOf(error)}.`);
  }
  throw new BadVectors(`${where} is no vector of either format: it has neither seq, ev and res nor pattern and steps.`);
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, "");
}
