// What Flink is asked about the time lines of the documents, and what it has answered.

import { readFileSync } from "node:fs";
import { BUILD_CODES } from "../../../lib/pattern/builder/build-codes.ts";
import { type Claim, readStream } from "../timelines.ts";
import { readPattern } from "../words.ts";

/** A question as AskFlink.java reads it. */
export type Question = {
  readonly pattern: object;
  readonly events: readonly object[];
  readonly until: number | null;
  readonly timedOut: boolean;
};

/** What Flink found, by pattern and stream: both as they are written in the document. */
export type Answers = { readonly [pattern: string]: { readonly [stream: string]: string } };

export const RECORDED = new URL("./answers.json", import.meta.url);

/** What was recorded. */
export function recordedAnswers(): Answers {
  return JSON.parse(readFileSync(RECORDED, "utf8")) as Answers;
}

/** What Flink can be asked about a time line; `null` if its pattern has words for which Flink has no call. */
export function questionOf({ pattern, stream, found }: Claim): Question | null {
  if (BUILD_CODES.some((code) => found.includes(code))) return null;
  const { pattern: read, asksForTimedOut } = readPattern(pattern);
  const { ast } = read;
  const isSayable =
    ast.oncePerMs === null &&
    !("orElse" in ast.skip && ast.skip.orElse === "next") &&
    !JSON.stringify(ast).includes('"opaque"');
  return isSayable ? { pattern: ast, ...readStream(stream), timedOut: asksForTimedOut } : null;
}

/** Whether what Flink found is what is `found` here: the order of matches apart, but not how often each is there. */
export function isSameForFlink(answer: string, found: string): boolean {
  return inAnyOrder(answer) === inAnyOrder(found);
}

function inAnyOrder(found: string): string {
  const parts = found.split("; timed out ").map((part) => (part.match(/\{[^}]*\}(@\d+)?/g) ?? [part]).sort().join(" "));
  return parts.join("; ");
}
