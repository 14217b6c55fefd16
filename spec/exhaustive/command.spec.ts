// npm run exhaustive as a command: what it prints, how it exits, and that it finds a bug that stands in the matcher.

import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs } from "../run/ask.ts";

const it = suite("npm run exhaustive");

allowMs(120_000);

const PLANT = "./spec/fixtures/exhaustive/plant.mjs";
const INTERRUPT = "./spec/fixtures/exhaustive/interrupt.mjs";

type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** With a module loaded before it. What runs with a bug planted in its matcher is not counted as code of the project. */
function exhaustive(words: readonly string[], loaded?: typeof PLANT | typeof INTERRUPT): Ran {
  const before = loaded === undefined ? [] : ["--import", loaded];
  const { NODE_V8_COVERAGE: folder, ...env } = process.env;
  const isCounted = loaded !== PLANT && folder !== undefined;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--conditions=sequitur-source", ...before, "--import", "tsx", "spec/exhaustive/main.ts", ...words],
    {
      encoding: "utf8",
      env: isCounted ? { ...env, NODE_V8_COVERAGE: folder } : env,
      timeout: 110_000,
    },
  );
  return { code: status, stdout, stderr };
}

it("counts what it has tried, and exits with 0 if all agree", () => {
  const { code, stdout } = exhaustive(["--operators", "1", "--length", "3", "--skips"]);
  assert.is(code, 0);
  assert.match(
    stdout,
    /^217 patterns, [\d,]+ pairs with a stream, [\d,]+ events matched, \d+:\d\d\nNo disagreement\.\n$/,
  );
});

it("tries the same sample for the same seed", () => {
  const tallyOf = (...words: readonly string[]): string => {
    const { code, stdout } = exhaustive(["--operators", "3", "--length", "2", ...words]);
    assert.is(code, 0, stdout);
    return stdout.replace(/, \d+:\d\d\n/, "\n");
  };
  assert.is(tallyOf("--sample", "30", "--seed", "5"), tallyOf("--sample", "30", "--seed", "5"));
  assert.is.not(tallyOf("--sample", "30", "--seed", "5"), tallyOf("--sample", "30", "--seed", "6"));
});

it("stops at the first disagreement, shows the smallest case of its kind with both answers, and exits with 1", () => {
  const { code, stdout } = exhaustive(["--operators", "1", "--length", "4"], PLANT);
  assert.is(code, 1);
  assert.is(
    stdout.split("\n").slice(1).join("\n"),
    `matcher and enumerator differ on   a , A:a   on   aaaa
the smallest case of this kind:
    pattern      a , A:a
    events       a@1 a@2 a@3
    matcher      {a1 A2@2} {a1 A3@3} {a2 A3@3}
    enumerator   {a1 A2@2} {a2 A3@3}
`,
  );
});

it("ends at Ctrl-C: says what it has tried, and exits with 130", () => {
  const { code, stdout, stderr } = exhaustive(["--operators", "4", "--length", "8", "--skips"], INTERRUPT);
  assert.is(stderr, "");
  assert.is(code, 130);
  assert.match(
    stdout,
    /^[1-9][\d,]* patterns, [\d,]+ pairs with a stream, [\d,]+ events matched, \d+:\d\d\nInterrupted; no disagreement so far\.\n$/,
  );
});

it("tells how it is used, and exits with 0", () => {
  const { code, stdout, stderr } = exhaustive(["--help"]);
  assert.is(code, 0);
  assert.is(stderr, "");
  for (const word of ["operators", "length", "sample", "seed", "skips", "core", "every-stream"]) {
    assert.match(stdout, `--${word}`);
  }
});

const SENSELESS: readonly (readonly [words: readonly string[], why: string])[] = [
  [["--operators", "9"], '--operators takes a whole number from 0 to 6, not "9".'],
  [["--length", "0"], '--length takes a whole number from 1 to 10, not "0".'],
  [["--sample", "some"], '--sample takes a whole number from 1 to 10000000, not "some".'],
  [["--seed", "1.5"], '--seed takes a whole number from 0 to 2147483647, not "1.5".'],
  [["--depth", "3"], "Unknown option '--depth'"],
  [["three"], "Unexpected argument 'three'"],
];

for (const [words, why] of SENSELESS) {
  it(`exits with 2 and says how it is used: ${words.join(" ")}`, () => {
    const { code, stdout, stderr } = exhaustive(words);
    assert.is(code, 2);
    assert.is(stdout, "");
    assert.ok(stderr.startsWith(why), stderr);
    assert.match(stderr, "npm run exhaustive -- [--operators 3]");
  });
}

it.run();
