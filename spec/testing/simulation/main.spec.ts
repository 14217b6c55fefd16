// npm run simulate as a command: what it prints and how it exits.
import { spawn } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allowMs } from "../../run/ask.ts";

const it = suite("npm run simulate");
allowMs(120_000);

type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** `isInterrupted`: once it says something, as somebody at the keyboard does it. */
function simulate(words: readonly string[], isInterrupted = false): Promise<Ran> {
  const { NODE_V8_COVERAGE: _, ...env } = process.env;
  const args = ["--conditions=sequitur-source", "--import", "tsx", "spec/testing/simulation/main.ts", ...words];
  const child = spawn(process.execPath, args, { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    said.stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    said.stderr += chunk.toString();
  });
  if (isInterrupted) child.stderr.once("data", () => process.kill(-(child.pid as number), "SIGINT"));
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code, ...said }));
  });
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
  const { code, stdout } = await simulate(["--seeds", "1..1000000", "--workers", "1"], true);
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
