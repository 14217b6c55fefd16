// A service that keeps its state in Kafka, in this process or in one of its own, for specs on a real broker.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Log } from "../../../lib/runtime/ports.ts";
import type { Guarantee } from "../../../lib/runtime/shard/outlet.ts";
import type { ServiceDefinition } from "../../../lib/service/definition.ts";
import { runShards } from "../../../lib/service/run-shards.ts";
import { systemClock } from "../../../lib/time/clock.ts";
import { createKafkaShards } from "../../../lib/transports/kafka/index.ts";
import { type Death, formatDeath } from "./dies-at.ts";
import { definitionOf, endLater, type LogLine, type OnKafka, type OnKafkaOptions } from "./kit.ts";

let started = 0;

/** Runs `service` by shards on the broker at `address`. Whoever calls it stops it, or has `endAll` do so. */
export function runShardsOnKafka(
  service: ServiceDefinition,
  address: string,
  { instance, guarantee = "exactly-once", ...options }: OnKafkaOptions & { readonly guarantee?: Guarantee } = {},
  tell: Log = () => undefined,
): OnKafka {
  started += 1;
  const lines: LogLine[] = [];
  const log: Log = (level, message, fields = {}) => {
    lines.push({ level, message, fields });
    tell(level, message, fields);
  };
  const definition = definitionOf(service.app, address, options);
  const parts = {
    app: service.app,
    instance: instance ?? `spec-${process.pid}-${started}`,
    clock: systemClock,
    log,
    retryWithinMs: service.retryWithinMs,
  };
  const { commitEveryMs, onDataLoss } = definition;
  const running = runShards(service, {
    ...parts,
    ...createKafkaShards(definition, parts),
    release: 1,
    shards: null,
    guarantee,
    commitEveryMs,
    onDataLoss,
  });
  running.done.catch(() => undefined); // who stops it is told
  endLater(() => running.stop());
  return { running, lines };
}

export type ShardProcess = {
  readonly pid: number;
  /** What it wrote so far, a line of JSON for each line of its log. */
  readonly said: () => string;
  /** Resolves when it has ended, with its exit code; `null`: it was killed. */
  readonly ended: Promise<number | null>;
  readonly kill: (signal: "SIGKILL" | "SIGSTOP" | "SIGCONT" | "SIGTERM") => void;
};

/** The service under load, `app`, by shards in a process of its own. Killed by `endAll`, if it does not die before. */
export function startShardProcess(address: string, app: string, sessionMs: number, death?: Death): ShardProcess {
  const script = fileURLToPath(new URL("./shard-process.ts", import.meta.url));
  const more = death === undefined ? [] : [formatDeath(death)];
  const words = ["--conditions=sequitur-source", "--import", "tsx", script, address, app, String(sessionMs), ...more];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (bytes: Buffer) => {
    said += bytes.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  endLater(() => {
    child.kill("SIGKILL");
    return ended;
  });
  return { pid: child.pid as number, said: () => said, ended, kill: (signal) => child.kill(signal) };
}
