// Specs that need a broker: skipped, and said so, where none can run; failed in CI; run against one that is there.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";

const it = suite("requireBroker");
const scratch = mkdtempSync(join(tmpdir(), "sequitur-require-"));
it.after(() => rmSync(scratch, { recursive: true, force: true }));

it("skips with the reason where Java is too old, and fails in CI", () => {
  const env = { JAVA_HOME: oldJava(), SEQUITUR_TEST_BROKERS: "" };
  const elsewhere = runFixture({ ...env, CI: "" });
  assert.match(elsewhere.stdout, /skipped: .* is Java 11; Kafka needs 17 or newer/);
  assert.match(elsewhere.stdout, /\b0 passed, 0 failed, 2 skipped\b/);
  assert.not.match(elsewhere.stdout, /before (any|own)/);
  assert.is(elsewhere.status, 0);
  const inCi = runFixture({ ...env, CI: "true" });
  assert.match(inCi.stdout, /CI must not skip the specs that need a broker: .* is Java 11/);
  assert.is(inCi.status, 1);
});

it("takes the brokers of SEQUITUR_TEST_BROKERS, and does not kill them", () => {
  const { stdout, status } = runFixture({ SEQUITUR_TEST_BROKERS: "127.0.0.1:1", CI: "" });
  assert.match(stdout, /skipped: SEQUITUR_TEST_BROKERS names brokers that are not ours to kill/);
  assert.match(stdout, /\b1 passed, 0 failed, 1 skipped\b/);
  assert.is(status, 0);
});

it.run();

function runFixture(env: Readonly<Record<string, string>>): {
  readonly stdout: string;
  readonly status: number | null;
} {
  const words = [
    "--conditions=sequitur-source",
    "--import",
    "tsx",
    "spec/run.ts",
    "spec/fixtures/broker/needs-broker.ts",
  ];
  return spawnSync(process.execPath, words, { encoding: "utf8", env: { ...process.env, ...env } });
}

function oldJava(): string {
  const java = join(scratch, "bin", "java");
  mkdirSync(join(scratch, "bin"));
  writeFileSync(java, "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");
  chmodSync(java, 0o755);
  return scratch;
}
