// Small changes to code, one at a time: a comparison turned round, a block left out, a text emptied. Which there are, Stryker's
// instrumenter knows; what it makes of the files besides is not used.
import { readFileSync } from "node:fs";
import { Instrumenter } from "@stryker-mutator/instrumenter";
import fc from "fast-check";

export type Mutant = {
  /** Path in the project. */
  readonly file: string;
  /** From 1 on, as editors count. */
  readonly line: number;
  readonly column: number;
  /** What kind of change it is, in Stryker's words. */
  readonly kind: string;
  /** What of the text of the file is replaced. */
  readonly from: number;
  readonly to: number;
  readonly before: string;
  readonly after: string;
};

/** Every mutant of the files, in their order. Cost: a few milliseconds for each kilobyte. */
export async function mutantsOf(files: readonly string[]): Promise<readonly Mutant[]> {
  const texts = new Map(files.map((name) => [name, readFileSync(name, "utf8")]));
  const given = [...texts].map(([name, content]) => ({ name, content, mutate: true }));
  const { mutants } = await new Instrumenter(SILENT).instrument(given, {
    plugins: null,
    ignorers: [],
    excludedMutations: [],
  });
  return mutants.map(({ fileName: file, location: { start, end }, mutatorName: kind, replacement: after }) => {
    const text = texts.get(file) ?? "";
    const [from, to] = [offsetOf(text, start), offsetOf(text, end)];
    const before = text.slice(from, to);
    return { file, line: start.line + 1, column: start.column + 1, kind, from, to, before, after };
  });
}

/** So many of them, in the order in which they were given; the same ones for the same seed. */
export function sampleOf(mutants: readonly Mutant[], size: number, seed: number): readonly Mutant[] {
  const wanted = Math.min(size, mutants.length);
  const subset = fc.subarray([...mutants], { minLength: wanted, maxLength: wanted });
  return fc.sample(subset, { seed, numRuns: 1 })[0] ?? [];
}

/** The text of its file with the change in it. */
export function changedText({ file, from, to, after }: Mutant): string {
  const text = readFileSync(file, "utf8");
  return `${text.slice(0, from)}${after}${text.slice(to)}`;
}

const LONGEST = 90;

/** Where and what, in two lines. */
export function show({ file, line, column, kind, before, after }: Mutant): string {
  return `${file}:${line}:${column}  ${kind}\n    ${short(before)}  →  ${short(after)}`;
}

function short(code: string): string {
  const line = code.replace(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

type Position = { readonly line: number; readonly column: number };

function offsetOf(text: string, { line, column }: Position): number {
  let start = 0;
  for (let n = 0; n < line; n += 1) start = text.indexOf("\n", start) + 1;
  return start + column;
}

const no = (): boolean => false;
const nothing = (): void => undefined;
const SILENT = {
  ...{ isTraceEnabled: no, isDebugEnabled: no, isInfoEnabled: no, isWarnEnabled: no, isErrorEnabled: no },
  ...{ isFatalEnabled: no, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing },
  fatal: nothing,
};
