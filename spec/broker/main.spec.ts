// npm run broker, and the life of a broker's process: it ends when asked to, and with its owner; whoever lacks
// something is told what.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { ConfigError } from "../../lib/core/errors.ts";
import { type ExecuteOptions, execute, FROM_SOURCE, type Result } from "../run/execute.ts";
import { startBroker } from "./broker.ts";
import { findJava } from "./java.ts";
import { isFree } from "./ports.ts";
import { brokerSuite } from "./require-broker.ts";

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "sequitur-broker-spec-"));
const it = await brokerSuite("npm run broker");

it.after(() => rmSync(scratch, { recursive: true, force: true }));

it("runs until it is interrupted, and keeps its data where it was told to", async () => {
  const data = join(scratch, "kept");
  const first = await runBroker(["--port", "0", "--data", data], "SIGINT");
  assert.is(first.code, 0, first.stderr);
  assert.match(first.stdout, /^Kafka 4\.4\.0 on 127\.0\.0\.1:\d+, until Ctrl-C\n[\s\S]*\nStopped\. Its data are in /);
  const second = await runBroker(["--port", "0", "--data", data], "SIGTERM");
  assert.is(addressIn(second.stdout), addressIn(first.stdout));
  await refuses("OLDER_KAFKA", () => startBroker({ version: "3.9.2", dataFolder: data }));
});

it("leaves the data of a broker that runs alone", async () => {
  const dataFolder = join(scratch, "in-use");
  const broker = await startBroker({ dataFolder });
  const settings = readFileSync(join(dataFolder, "server.properties"), "utf8");
  await refuses("FOLDER_IN_USE", () => startBroker({ dataFolder, port: 0 }));
  assert.is(readFileSync(join(dataFolder, "server.properties"), "utf8"), settings);
  await broker.stop();
});

it("takes the broker along when it is killed", async () => {
  const { stdout } = await runBroker(["--port", "0"], "SIGKILL");
  const port = Number(addressIn(stdout)?.split(":")[1]);
  const folder = dirname(/ log +(\S+)/.exec(stdout)?.[1] ?? "");
  const deadline = performance.now() + 15_000;
  while ((existsSync(folder) || !(await isFree(port))) && performance.now() < deadline) await sleep(50);
  assert.ok(await isFree(port), "the broker still listens");
  assert.not.ok(existsSync(folder), "its folder is left behind");
});

it("explains itself, and refuses what it cannot mean", async () => {
  assert.match((await runMain(["--help"])).stdout, /^npm run broker -- \[--version/);
  for (const words of [
    ["--version", "2.0"],
    ["--port", "x"],
    ["--port", "65536"],
    ["--brokers", "0"],
    ["--set", "x"],
    ["--prt", "1"],
    ["x"],
  ]) {
    const { code, stderr } = await runMain(words);
    assert.is(code, 2);
    assert.match(stderr, words.at(-1) ?? "");
  }
});

it("says what is missing", async () => {
  const old = fakeJava("echo 'openjdk version \"11.0.2\" 2019-01-15' >&2");
  assert.throws(() => findJava({ JAVA_HOME: old }), refusal("OLD_JAVA", /Java 11/));
  assert.throws(() => findJava({ PATH: "" }), refusal("NO_JAVA", /Install Java 17/));
  const PATH = join(old, "bin");
  const cache = join(scratch, "cache");
  const { code, stderr } = await runMain(["--install"], { env: { SEQUITUR_BROKER_CACHE: cache, PATH, JAVA_HOME: "" } });
  assert.is(code, 1);
  assert.match(stderr, /OLD_JAVA: /);
  const java = fakeJava("echo 'openjdk version \"17.0.1\"' >&2");
  const env = { SEQUITUR_BROKER_CACHE: cache, PATH: join(java, "bin"), JAVA_HOME: "" };
  assert.match((await runMain(["--install"], { env })).stderr, /NO_MAVEN: [\s\S]*Install Maven/);
  fakeProgram(join(java, "bin"), "mvn", "echo '[ERROR] no such host'; exit 1");
  assert.match((await runMain(["--install"], { env })).stderr, /KAFKA_NOT_FETCHED: [\s\S]*no such host/);
});

it("says why it does not start", async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  await refuses("PORT_TAKEN", () => startBroker({ port }), new RegExp(`Port ${port} .* is taken`));
  server.close();
  const settings = { "num.io.threads": "many" };
  await refuses("BROKER_DIED", () => startBroker({ settings }), /many for configuration num\.io\.threads/);
  await refuses("BROKER_NOT_READY", () => startBroker({ startWithinMs: 50 }), /within 50 ms/);
});

it.run();

/** Runs the command until it serves, then sends it `signal`. */
function runBroker(words: readonly string[], signal: NodeJS.Signals): Promise<Result> {
  let sent = false;
  return runMain(words, {
    onOutput({ stdout }, child) {
      if (!sent && stdout.includes("  log ")) sent = child.kill(signal);
    },
  });
}

function runMain(words: readonly string[], options: ExecuteOptions = {}): Promise<Result> {
  return execute(process.execPath, [...FROM_SOURCE, MAIN, ...words], options);
}

function addressIn(stdout: string): string | undefined {
  return / on (\S+),/.exec(stdout)?.[1];
}

/** A Java home of its own whose `java` is a shell script. */
function fakeJava(script: string): string {
  const home = mkdtempSync(join(scratch, "java-"));
  mkdirSync(join(home, "bin"));
  fakeProgram(join(home, "bin"), "java", script);
  return home;
}

function fakeProgram(folder: string, name: string, script: string): void {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

async function refuses(code: string, work: () => Promise<unknown>, message = /./): Promise<void> {
  const thrown = await work().then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(refusal(code, message)(thrown), String(thrown));
}

function refusal(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof ConfigError && error.code === code && message.test(error.message);
}
