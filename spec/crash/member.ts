// A process of the service, as seen from the one that hurts it.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { endLater, until } from "../transports/kafka/kit.ts";
import type { Order, Witness } from "./hook.ts";
import type { Command, ProcessPlan } from "./process.ts";
import { readWitness } from "./witness.ts";

export type LogLine = { readonly at: number; readonly level: string; readonly message: string } & Readonly<
  Record<string, unknown>
>;

export type Member = {
  readonly name: string;
  readonly isAlive: () => boolean;
  /** Whether it has ended without having been killed, and not well. */
  readonly hasFailed: () => boolean;
  /** Resolves when it has ended, with its exit code; `null`: it was killed. */
  readonly ended: Promise<number | null>;
  readonly kill: (signal: "SIGKILL" | "SIGSTOP" | "SIGCONT" | "SIGTERM") => void;
  /** Asks it to end, once it can hear that, and waits until it has. @throws {Error} if it does not end well. */
  readonly stop: () => Promise<void>;
  /** Carried out at the next occasion. */
  readonly order: (order: Order) => void;
  /** What was ordered at the point of this name is not to happen any more. */
  readonly callOff: (point: string) => void;
  /** How much CPU it has used so far. */
  readonly cpuMs: () => Promise<number>;
  readonly lines: () => readonly LogLine[];
  /** What it has said to Kafka so far. */
  readonly witness: () => Witness;
  /** The shards that the group gave it last. */
  readonly shards: () => readonly number[];
};

const SCRIPT = fileURLToPath(new URL("./process.ts", import.meta.url));

/** Killed by `endAll`, if it has not ended by then. */
export function startMember(name: string, plan: ProcessPlan): Member {
  const words = ["--conditions=sequitur-source", "--import", "tsx", SCRIPT, JSON.stringify(plan)];
  const child = spawn(process.execPath, words, { stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (bytes: Buffer) => {
    said += bytes.toString();
  });
  child.stdin.on("error", () => undefined); // it died meanwhile
  let isAlive = true;
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  child.once("exit", () => {
    isAlive = false;
  });
  endLater(() => {
    child.kill("SIGKILL");
    return ended;
  });
  const lines = (): readonly LogLine[] => linesIn(said);
  const command = (each: Command): void => void child.stdin.write(`${JSON.stringify(each)}\n`);
  return {
    name,
    isAlive: () => isAlive,
    hasFailed: () => child.exitCode !== null && child.exitCode !== 0,
    ended,
    kill: (signal) => child.kill(signal),
    stop: async () => {
      await until(`${name} is there`, () => said !== "" || !isAlive);
      child.kill("SIGTERM");
      const code = await ended;
      if (code !== 0) throw new Error(`${name} ended with ${code}: ${JSON.stringify(lines().slice(-5))}`);
    },
    order: (order) => command({ kind: "order", order }),
    callOff: (point) => command({ kind: "callOff", point }),
    cpuMs: async () => {
      const told = cpuIn(lines()).length;
      command({ kind: "cpu" });
      await until(`${name} says how much CPU it used`, () => cpuIn(lines()).length > told);
      return cpuIn(lines()).at(-1) ?? 0;
    },
    lines,
    witness: () => readWitness(plan.witness),
    shards: () => shardsIn(lines()),
  };
}

function linesIn(said: string): readonly LogLine[] {
  const whole = said.slice(0, said.lastIndexOf("\n") + 1).split("\n");
  return whole.filter((line) => line !== "").map((line) => JSON.parse(line) as LogLine);
}

function shardsIn(lines: readonly LogLine[]): readonly number[] {
  const joined = lines.findLast(({ message }) => message === "joined the group");
  return (joined?.["shards"] ?? []) as readonly number[];
}

function cpuIn(lines: readonly LogLine[]): readonly number[] {
  return lines.filter(({ message }) => message === "cpu").map((line) => line["ms"] as number);
}
