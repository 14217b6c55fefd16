// The disk of the broker is full: it dies of it, in the middle of everything. With more room it is started again, on the same data.
// The disk is a file system in memory, so that it can be full without the machine's being so; mounting it needs root.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Broker } from "../../broker/broker.ts";
import { javaProduce } from "../../broker/java-produce.ts";
import { createTopic } from "../../broker/topics.ts";
import { endLater, until } from "../../transports/kafka/kit.ts";
import { openField } from "../field.ts";
import { finished, type Outcome, type Scenario, type Trial } from "../scenario.ts";

const FIRST_MB = 48;
const MORE_MB = 160;
const FILLING = { value: "x".repeat(100_000), partition: 0 };
const AT_MOST = 20_000;

export const diskFull: Scenario = {
  name: "disk-full",
  what: "the disk of the broker is full, and then larger (needs root, to mount a small one)",
  async run({ broker: open, seed, isShort, tell, signal }: Trial): Promise<Outcome> {
    const disk = await mountDisk(FIRST_MB);
    const broker = await open({ dataFolder: disk });
    const field = await openField(broker, "full", { seed, connection: { sessionTimeoutMs: 6_000 } });
    await createTopic(broker, "filling", 1);
    field.write();
    for (let n = 0; n < 2; n += 1) field.start();
    const rounds = isShort ? 1 : 3;
    let died = 0;
    for (; died < rounds && !signal.aborted; died += 1) {
      await field.untilShared(2);
      await fill(broker);
      await run("mount", ["-o", `remount,size=${FIRST_MB + MORE_MB * (died + 1)}m`, disk]);
      await broker.restart();
      tell(`the disk was full ${died + 1} of ${rounds} times`);
    }
    await field.untilShared(2);
    return finished(field, () => `the broker died ${died} times of a full disk`);
  },
};

const run = promisify(execFile);

/** A disk of so many megabytes; gone with the trial. */
async function mountDisk(sizeMb: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "sequitur-disk-"));
  try {
    await run("mount", ["-t", "tmpfs", "-o", `size=${sizeMb}m`, "tmpfs", folder]);
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw new Error(`This scenario needs a small disk, and none can be mounted here: ${(error as Error).message}`);
  }
  const remove = (): void => {
    if (!existsSync(folder)) return;
    execFileSync("umount", ["-l", folder]);
    rmSync(folder, { recursive: true });
  };
  endLater(remove);
  process.once("exit", remove);
  return folder;
}

/** Writes until the broker has died of it. */
async function fill(broker: Broker): Promise<void> {
  const died = until("the broker died", () => broker.pid() === null);
  function* records() {
    for (let n = 0; n < AT_MOST && broker.pid() !== null; n += 1) yield FILLING;
  }
  const settings = { "delivery.timeout.ms": "10000", "request.timeout.ms": "5000", "linger.ms": "0" };
  javaProduce(broker, "filling", records(), { settings, stopWhen: died }).catch(() => undefined); // it cannot end well
  await died;
}
