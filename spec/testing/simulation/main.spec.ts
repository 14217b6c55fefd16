// npm run simulate as a command: what it prints and how it exits.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs } from "../../run/ask.ts";
import { type ExecuteOptions, execute, FROM_SOURCE, type Result } from "../../run/execute.ts";

const it = suite("npm run simulate");
allowMs(120_000);

function simulate(words: readonly string[], options: ExecuteOptions = {}): Promise<Result> {
  const all = [...FROM_SOURCE, "spec/testing/simulation/main.ts", ...words];
  return execute(process.execPath, all, { withinMs: 110_000, env: { NODE_V8_COVERAGE: undefined }, ...options });
}

it("plays worlds and says what came up", async () => {
  const { code, stdout } = await simulate(["--seeds", "1..3", "--workers", "1"]);
  assert.is(code, 0);
  assert.match(stdout, /^\d+ × a shard was taken over from its beginning$/m);
  assert.match(stdout, /\n3 worlds in \d+ s, 0 failed\n$/);
});

it("plays the story at the end of a path", async () => {
  const { code, stdout } = await simulate(["--seeds", "1", "--path", "0"]);
  assert.is(code, 0);
  assert.is(stdout, "Nothing fails.\n");
});

it("ends when it is interrupted, and says how far it came", async () => {
  const { code, stdout } = await simulate(["--seeds", "1..1000000", "--workers", "1"], { interruptAt: /./ });
  assert.is(code, 130);
  assert.match(stdout, /\n?\d+ worlds in \d+ s, 0 failed, interrupted\n$/);
});

it("says what it takes", async () => {
  const [help, nothing, two] = await Promise.all([
    simulate(["--help"]),
    simulate([]),
    simulate(["--seeds", "1..2", "--path", "0"]),
  ]);
  assert.is(help.code, 0);
  assert.ok(help.stdout.startsWith("npm run simulate -- --seeds A..B"));
  assert.is(nothing.code, 2);
  assert.ok(nothing.stderr.startsWith("--seeds takes a number"));
  assert.is(two.code, 2);
  assert.ok(two.stderr.startsWith("--path takes one seed."));
});

it.run();
