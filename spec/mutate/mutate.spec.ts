// Mutants of code: where they are, how they end, and npm run mutate as a command.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs } from "../run/ask.ts";
import { openFolder } from "../run/bundle.ts";
import { type ExecuteOptions, execute, FROM_SOURCE, type Result } from "../run/execute.ts";
import { changedText, type Mutant, mutantsOf, sampleOf, show } from "./mutants.ts";
import { writeProgram } from "./program.ts";
import { openTrial } from "./trial.ts";
import { trySpecs } from "./try-specs.ts";

allowMs(120_000);

const it = suite("npm run mutate");
const folder = openFolder("mutate");
it.after(() => folder.remove());

const HEAP = "lib/time/heap.ts";
const SPEC = "spec/fixtures/mutate/heap.spec.ts";

const TEXT = readFileSync(HEAP, "utf8");

/** Something else where the file has `before`; without it, at its beginning. */
function planted(after: string, before = ""): Mutant {
  const from = TEXT.indexOf(before);
  return { file: HEAP, line: 1, column: 1, kind: "Planted", from, to: from + before.length, before, after };
}

it("finds each mutant where an editor would, and changes nothing else", async () => {
  const all = await mutantsOf([HEAP, "lib/time/instant.ts"]);
  assert.ok(all.length > 20);
  for (const mutant of all.filter(({ file }) => file === HEAP)) {
    const line = TEXT.split("\n")[mutant.line - 1] ?? "";
    assert.ok(line.slice(mutant.column - 1).startsWith(mutant.before.split("\n")[0] ?? ""), show(mutant));
    const changed = changedText(mutant);
    assert.is(changed.length, TEXT.length - mutant.before.length + mutant.after.length);
    assert.not.equal(changed, TEXT);
  }
});

it("draws the same for the same seed, and all if there are no more", async () => {
  const all = await mutantsOf([HEAP]);
  assert.equal(sampleOf(all, 5, 1), sampleOf(all, 5, 1));
  assert.not.equal(sampleOf(all, 5, 1), sampleOf(all, 5, 2));
  assert.is(new Set(sampleOf(all, 5, 3)).size, 5);
  assert.equal(sampleOf(all, 1_000, 1), all);
});

it("tells what is noticed from what is not", async () => {
  const trial = await openTrial({ name: "time", specs: [SPEC] }, folder.path);
  assert.type(trial, "function");
  if (typeof trial === "string") return;
  assert.is((await trial(planted("hole * 3", "2 * hole"))).kind, "held");
  assert.equal(await trial(planted("", "heap[hole] = entry;")), { kind: "failed", at: "a heap › gives the least" });
  assert.equal(await trial(planted("throw new Error();")), { kind: "failed", at: SPEC });
  assert.equal(await trial(planted("(((")), { kind: "no code" });
});

it("does not wait for what never ends", async () => {
  const program = join(folder.path, "endless.mjs");
  await writeProgram([SPEC], planted("for (;;);"), program);
  assert.equal(await trySpecs(program, new Map(), 500), { kind: "stuck", at: SPEC });
});

function mutate(words: readonly string[], options: ExecuteOptions = {}): Promise<Result> {
  const all = [...FROM_SOURCE, "spec/mutate/main.ts", ...words];
  return execute(process.execPath, all, { withinMs: 110_000, env: { NODE_V8_COVERAGE: undefined }, ...options });
}

it("tries a sample and says how many were noticed", async () => {
  const { code, stdout } = await mutate(["--room", "time", "--sample", "2", "--workers", "1"]);
  assert.is(code, 0);
  assert.match(
    stdout,
    /\ntime: 2 of \d+ mutants, seed 1: \d of 2 noticed \(\d+\.0 %\), 0 of them because nothing went on\n$/,
  );
});

it("ends when it is interrupted", async () => {
  assert.is((await mutate(["--room", "time", "--workers", "1"], { interruptAt: /./ })).code, 130);
});

it("says what it takes", async () => {
  const [help, nothing, nowhere] = await Promise.all([
    mutate(["--help"]),
    mutate([]),
    mutate(["--room", "time", "--at", "heap.ts:1"]),
  ]);
  assert.is(help.code, 0);
  assert.ok(help.stdout.startsWith("npm run mutate -- --room time|matching|state|runtime"));
  assert.is(nothing.code, 2);
  assert.ok(nothing.stderr.startsWith("--room takes time, matching, state, runtime"));
  assert.is(nowhere.code, 2);
  assert.is(nowhere.stderr, "The room time has no mutant at heap.ts:1.\n");
});

it.run();
