// Runs a program of specs in a process of its own, until something fails, nothing goes on any more, or all have held.
import { fork } from "node:child_process";
import type { Said } from "./first-failure.ts";

/** How long each file and each test of a program took, in milliseconds, by name. */
export type Pace = ReadonlyMap<string, number>;

export type Ending =
  | { readonly kind: "held"; readonly pace: Pace }
  /** A test that fails, or a process that ends. */
  | { readonly kind: "failed"; readonly at: string }
  | { readonly kind: "stuck"; readonly at: string };

/** A test may take so much longer than it took with nothing changed: the machine may have other work. */
const TIMES_LONGER = 10;
const LONGER_MS = 8_000;
const FIRST_TIME_MS = 300_000;
const HEAP_MB = 1_024;

const running = new Set<() => void>();

/** @param known how long everything took without a change; `null`: nobody knows yet */
export function trySpecs(program: string, known: Pace | null, longerMs = LONGER_MS): Promise<Ending> {
  const { NODE_V8_COVERAGE: _, ...rest } = process.env;
  const child = fork(program, {
    execArgv: [`--max-old-space-size=${HEAP_MB}`],
    env: { ...rest, CI: "true" },
    stdio: "ignore",
  });
  const kill = (): void => void child.kill("SIGKILL");
  running.add(kill);
  const pace = new Map<string, number>();
  let [file, at, since] = ["", "its start", performance.now()];
  let isStuck = false;
  let timer: NodeJS.Timeout | undefined;
  const watch = (): void => {
    clearTimeout(timer);
    const limitMs = known === null ? FIRST_TIME_MS : longerMs + TIMES_LONGER * (known.get(at) ?? 0);
    timer = setTimeout(() => {
      isStuck = true;
      kill();
    }, limitMs);
  };
  const ends = (): void => {
    const ms = performance.now() - since;
    for (const name of new Set([file, at])) pace.set(name, (pace.get(name) ?? 0) + ms);
  };
  child.on("message", (said: Said) => {
    if ("fails" in said) {
      at = said.fails;
      return;
    }
    ends();
    if ("loads" in said) file = said.loads;
    [at, since] = ["loads" in said ? file : said.begins, performance.now()];
    watch();
  });
  watch();
  return new Promise((resolve) => {
    child.on("close", (code) => {
      clearTimeout(timer);
      running.delete(kill);
      ends();
      resolve(code === 0 ? { kind: "held", pace } : { kind: isStuck ? "stuck" : "failed", at });
    });
  });
}

/** Ends all programs that run. */
export function endTries(): void {
  for (const kill of running) kill();
}
