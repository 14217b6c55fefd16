// What becomes of a transaction when the process, the broker or the connection breaks in the middle of it. What is visible is judged by
// Kafka's own console consumer.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { ConfigError, TransportError } from "../../../lib/core/errors.ts";
import { startBroker } from "../../broker/broker.ts";
import { consoleConsume } from "../../broker/console-consume.ts";
import { requireBroker } from "../../broker/require-broker.ts";
import { note } from "../../run/ask.ts";
import { type Fault, faultySockets } from "./faulty-sockets.ts";
import { endAll, endLater, nameFor } from "./kit.ts";
import { untilSettled } from "./settled.ts";
import { commitOf, failureOf, outputTo, readUntil, stateOf, writerOf } from "./state-kit.ts";

const broker = await requireBroker({ restarts: true });
const it = broker.suite("state log, when something breaks");
it.after.each(endAll);

async function valuesIn(topic: string): Promise<readonly (string | null)[]> {
  return (await consoleConsume(broker, topic)).map(({ value }) => value);
}

it("nothing of a process that was killed in a transaction is ever seen, and the next one need not wait for it", async () => {
  const app = nameFor("killed");
  const script = fileURLToPath(new URL("./holds-open.ts", import.meta.url));
  const words = ["--conditions=sequitur-source", "--import", "tsx", script, broker.address, app];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  endLater(() => child.kill("SIGKILL"));
  await once(child.stdout, "data");
  const { state } = stateOf(app, broker.address);
  await state.open(1, [`${app}-alerts`]);
  // It is open and hides what stands behind it: the last committed block, its marker.
  assert.equal(await state.bounds(0), { start: 0n, end: 2n });
  child.kill("SIGKILL");
  await once(child, "exit");
  const since = Date.now();
  const writer = await writerOf(state, 0);
  const tookMs = Date.now() - since;
  await commitOf(writer, [outputTo(`${app}-alerts`, "after")], ["after"]);
  assert.equal((await readUntil(state, 0, 0n, "after")).blocks, ["before", "after"]);
  assert.equal(await valuesIn(`${app}-alerts`), ["before", "after"]);
  assert.ok(tookMs < 4_000, `${tookMs} ms: the time-out of a transaction is 4 s here`);
  note(`taken over ${tookMs} ms after the kill`);
});

it("a commit whose answer or request is lost is reported as unknown, and read after taking over it is known", async () => {
  for (const lost of ["answer", "request"] as const) {
    const app = nameFor(`commit-${lost}`);
    const { socketFactory, lose, lost: losses } = faultySockets();
    const { state } = stateOf(app, broker.address, { socketFactory });
    await state.open(1, [`${app}-alerts`]);
    const writer = await writerOf(state, 0);
    await commitOf(writer, [outputTo(`${app}-alerts`, "one")], ["one"]);
    lose({ api: "endTxn", lost });
    const error = await failureOf(commitOf(writer, [outputTo(`${app}-alerts`, "two")], ["two"]));
    assert.instance(error, TransportError);
    assert.equal([error.code, (error as TransportError).retriable, losses()], ["COMMIT_UNKNOWN", true, 1]);
    assert.match(error.message, /^Whether a transaction of shard 0 was committed is not known: /);
    assert.match((await failureOf(writer.begin())).message, /none after an error/);
    await commitOf(await writerOf(state, 0), [], ["nonce"]);
    const { blocks } = await readUntil(state, 0, 0n, "nonce");
    const wasCommitted = lost === "answer";
    assert.equal(blocks, wasCommitted ? ["one", "two", "nonce"] : ["one", "nonce"]);
    assert.equal(await valuesIn(`${app}-alerts`), wasCommitted ? ["one", "two"] : ["one"]);
  }
});

it("what is lost on the way to a commit is sent again by itself, once", async () => {
  const app = nameFor("resent");
  const { socketFactory, lose, lost } = faultySockets();
  const { state } = stateOf(app, broker.address, { socketFactory });
  await state.open(1, [`${app}-alerts`]);
  const writer = await writerOf(state, 0);
  const faults: readonly Fault[] = [
    { api: "produce", lost: "answer" },
    { api: "produce", lost: "request" },
    { api: "addPartitionsToTxn", lost: "answer" },
    { api: "addPartitionsToTxn", lost: "request" },
  ];
  for (const [n, fault] of faults.entries()) {
    lose(fault);
    await commitOf(writer, [outputTo(`${app}-alerts`, `alert ${n}`)], [`block ${n}`]);
    assert.is(lost(), n + 1);
  }
  const { blocks } = await readUntil(state, 0, 0n, "block 3");
  assert.equal(blocks, ["block 0", "block 1", "block 2", "block 3"]);
  assert.equal(await valuesIn(`${app}-alerts`), ["alert 0", "alert 1", "alert 2", "alert 3"]);
});

it("a shard is taken over though the answer to that is lost", async () => {
  const app = nameFor("takeover");
  const { socketFactory, lose, lost } = faultySockets();
  const { state } = stateOf(app, broker.address, { socketFactory });
  await state.open(1, []);
  lose({ api: "initProducerId", lost: "answer" });
  await commitOf(await writerOf(state, 0), [], ["one"]);
  assert.is(lost(), 1);
  assert.equal((await readUntil(state, 0, 0n, "one")).blocks, ["one"]);
});

it("a broker that is killed in a transaction has it again when it is back", async () => {
  const app = nameFor("broker-killed");
  const { state } = stateOf(app, broker.address, { sessionTimeoutMs: 30_000 });
  await state.open(1, [`${app}-alerts`]);
  const writer = await writerOf(state, 0);
  await commitOf(writer, [outputTo(`${app}-alerts`, "one")], ["one"]);
  const transaction = await writer.begin();
  await transaction.send({ outputs: [outputTo(`${app}-alerts`, "two")], blocks: [Buffer.from("two")] });
  await broker.kill();
  const reading = readUntil(state, 0, 0n, "nonce"); // begins while nobody is there
  await broker.restart();
  const outcome = await transaction.commit().then(
    () => "committed",
    (error: { readonly code: string }) => error.code,
  );
  await commitOf(await writerOf(state, 0), [outputTo(`${app}-alerts`, "three")], ["nonce"]);
  const { blocks } = await reading;
  assert.ok(["committed", "COMMIT_UNKNOWN"].includes(outcome), outcome);
  const isIn = blocks.includes("two");
  if (outcome === "committed") assert.ok(isIn);
  assert.equal(blocks, isIn ? ["one", "two", "nonce"] : ["one", "nonce"]);
  assert.equal(await valuesIn(`${app}-alerts`), isIn ? ["one", "two", "three"] : ["one", "three"]);
  note(`the commit behind a restart: ${outcome}, in fact ${isIn ? "committed" : "not"}`);
});

it("what a broker that was killed behind a commit forgot to end, ends with the next commit, of the same producer or of the one after", async () => {
  const app = nameFor("forgotten");
  const { state } = stateOf(app, broker.address, { sessionTimeoutMs: 30_000 });
  const [alerts, late] = [`${app}-alerts`, `${app}-late`];
  await state.open(1, [alerts, late]);
  const written: string[] = [];
  let isOther = false;
  for (let round = 0; round < 4; round += 1) {
    const writer = await writerOf(state, 0);
    await commitOf(writer, [], [`begin ${round}`]);
    const value = `round ${round}`;
    const transaction = await writer.begin();
    await transaction.send({ outputs: [outputTo(alerts, value), outputTo(late, value)], blocks: [Buffer.from(value)] });
    await transaction.commit();
    await broker.kill();
    written.push(value);
    await broker.restart();
    isOther = !isOther;
    await commitOf(isOther ? await writerOf(state, 0) : writer, [], [`end ${round}`]);
    await untilSettled(broker, [alerts, late], 5_000);
  }
  assert.equal(await valuesIn(alerts), written);
  assert.equal(await valuesIn(late), written);
});

it("state that is damaged on a disk is refused, whichever byte it is", async () => {
  const app = nameFor("damaged");
  const { state } = stateOf(app, broker.address);
  await state.open(1, []);
  const writer = await writerOf(state, 0);
  await commitOf(writer, [], ["one", "two"]);
  await commitOf(writer, [], ["three"]);
  const file = openSync(join(dirname(broker.logFile), "data", `${app}-state-0`, `${"0".repeat(20)}.log`), "r+");
  endLater(() => closeSync(file));
  const bytes = Buffer.alloc(1_000);
  const length = readSync(file, bytes, 0, bytes.length, 0);
  let [damages, refused] = [0, 0];
  for (let at = 0; at < length; at += BATCH_LENGTH_AT + bytes.readInt32BE(at + BATCH_LENGTH_AT - 4)) {
    const end = at + BATCH_LENGTH_AT + bytes.readInt32BE(at + BATCH_LENGTH_AT - 4);
    for (let index = at + CHECKSUM_AT; index < end; index += 1) {
      damages += 1;
      writeSync(file, Buffer.of((bytes[index] ?? 0) ^ (1 << (index % 8))), 0, 1, index);
      const outcome = await readUntil(state, 0, 0n, "three").then(
        ({ blocks }) => blocks.join(),
        ({ code, message }: { readonly code: string; readonly message: string }) => `${code} ${message}`,
      );
      if (outcome.startsWith("DAMAGED_STATE")) refused += 1;
      // A broker that takes the end of a batch for another leaves it out: what is before it is read as it is.
      else assert.is(outcome, "one,two,three", `byte ${index - at} of the batch at ${at}`);
      writeSync(file, bytes, index, 1, index);
    }
  }
  assert.equal((await readUntil(state, 0, 0n, "three")).blocks, ["one", "two", "three"]);
  assert.ok(refused > 0.9 * damages);
  note(`${refused} of ${damages} damages refused, the others were not in what was read`);
});

/** Behind offset and length of a batch: its length counts from here. */
const BATCH_LENGTH_AT = 12;
/** Before it stand the parts that the checksum is not of, and that brokers go by. */
const CHECKSUM_AT = 17;

it("addresses of two clusters are refused, and named; one that is away is not", async () => {
  const other = await startBroker();
  endLater(() => other.stop());
  const open = (addresses: string): Promise<Error & { readonly code?: string }> =>
    failureOf(stateOf(nameFor("two"), addresses).state.open(1, []));
  const error = await open(`${broker.address},${other.address}`);
  assert.equal([error.code, error instanceof ConfigError], ["TWO_CLUSTERS", true]);
  assert.match(error.message, `${broker.address} is of `);
  assert.match(error.message, `${other.address} is of `);
  await other.kill();
  assert.match((await open(`${broker.address},${other.address}`)).message, "it did not fail");
});

it.run();
