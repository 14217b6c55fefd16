import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { withChecks } from "./checks.ts";
import type { Example } from "./extract.ts";
import type { Outcome } from "./run-examples.ts";

/** What is wrong with each example, `file:line: …`; an example without an entry is right. */
export type Problems = ReadonlyMap<Example, readonly string[]>;

const PROGRAM = fileURLToPath(new URL("run-examples.ts", import.meta.url));
const TSC = resolve("node_modules/typescript/bin/tsc");

/** Type-checks all `examples` at once with the project's own options, then runs those to be run. */
export async function tryExamples(examples: readonly Example[], limitMs: number): Promise<Problems> {
  mkdirSync(".cache", { recursive: true });
  const folder = mkdtempSync(resolve(".cache/examples-")); // Inside the project, so that "sequitur" means this project.
  const problems = new Map<Example, string[]>();
  const add = (example: Example, line: number, problem: string): void => {
    const where = `${example.file}:${example.line + Math.max(line - 1, 0)}`;
    problems.set(example, [...(problems.get(example) ?? []), `${where}: ${problem}`]);
  };
  try {
    typeCheck(folder, examples, add);
    const runnable = examples.filter(({ use }) => use === "run");
    await runAll(join(folder, "run"), runnable, limitMs, add);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return problems;
}

type Add = (example: Example, line: number, problem: string) => void;

function typeCheck(folder: string, examples: readonly Example[], add: Add): void {
  // An example may declare what it does not go on to use.
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
  const config = { extends: "../../tsconfig.json", compilerOptions, include: ["./*.ts"], exclude: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  for (const [index, { code }] of examples.entries())
    writeFileSync(join(folder, nameOf(index)), `${code}\nexport {};\n`);
  const ran = spawnSync(process.execPath, [TSC, "--noEmit", "--pretty", "false", "-p", folder], { encoding: "utf8" });
  for (const hit of ran.stdout.matchAll(/example-(\d+)\.ts\((\d+),\d+\): error (.*(?:\n {2}.*)*)/g)) {
    const example = examples[Number(hit[1])];
    if (example !== undefined) add(example, Number(hit[2]), `does not type-check: ${hit[3]}`);
  }
}

async function runAll(folder: string, examples: readonly Example[], limitMs: number, add: Add): Promise<void> {
  mkdirSync(folder);
  const byFile = new Map<string, Example>();
  examples.forEach((example, index) => {
    try {
      const file = join(folder, nameOf(index));
      writeFileSync(file, `${withChecks(example.code)}\nexport {};\n`);
      byFile.set(file, example);
    } catch (error) {
      add(example, 1, (error as Error).message);
    }
  });
  const { outcomes, output } = await runProgram([...byFile.keys()], limitMs);
  for (const [file, example] of byFile) {
    const outcome = outcomes.get(file);
    if (outcome === undefined) add(example, 1, "did not run, because an example before it ended the process");
    else if (outcome.problem !== undefined) add(example, outcome.line ?? 0, outcome.problem);
  }
  if ([...outcomes.values()].some(({ problem }) => problem !== undefined)) console.log(output);
}

function runProgram(
  files: readonly string[],
  limitMs: number,
): Promise<{ outcomes: Map<string, Outcome>; output: string }> {
  const args = ["--conditions=sequitur-source", "--import", import.meta.resolve("tsx"), PROGRAM, ...files];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe", "ipc"], timeout: limitMs });
  const outcomes = new Map<string, Outcome>();
  let output = "";
  child.on("message", (outcome: Outcome) => outcomes.set(outcome.file, outcome));
  child.stdout?.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    output += chunk;
  });
  return new Promise((done) => child.on("close", () => done({ outcomes, output })));
}

function nameOf(index: number): string {
  return `example-${index}.ts`;
}
