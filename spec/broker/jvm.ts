// The process of a broker. It ends with the process that started it, however that dies: a watchdog, a shell of a few
// hundred kilobytes, waits on a pipe whose other end only the owner holds, and the kernel closes that end.
//
//     owner ──starts──► java kafka.Kafka
//       └────pipe─────► sh: "done" was said: end.  End of file: kill java, remove its temporary folder
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError } from "../../lib/core/errors.ts";
import { findJava } from "./java.ts";

export type Jvm = {
  readonly pid: number;
  /** Sends a signal and waits for the end; after `withinMs` the process is killed. */
  readonly end: (signal: "SIGTERM" | "SIGKILL", withinMs?: number) => Promise<void>;
  /** Whether it still runs. */
  readonly isAlive: () => boolean;
};

export type JvmOptions = {
  readonly classpath: string;
  readonly settingsFile: string;
  readonly logFile: string;
  /** Most memory of the Java heap, in megabytes. */
  readonly heapMb: number;
  /** Compiles for a long life instead of a quick start. */
  readonly optimize: boolean;
  /** Removed by the watchdog if the owner dies. */
  readonly temporaryFolder: string | null;
  readonly startWithinMs: number;
};

const POLL_MS = 20;
const READY = "Kafka Server started";
const LOG_LINES = 20;
const LINE_CHARS = 300;
const STOP_WITHIN_MS = 20_000;

/**
 * Starts a broker and waits until it serves.
 *
 * @throws {ConfigError} `BROKER_DIED`, `BROKER_NOT_READY`, with the last lines of its log
 */
export async function startJvm(options: JvmOptions): Promise<Jvm> {
  const log = openSync(options.logFile, "a+");
  try {
    const isReady = watchLog(log, READY);
    const child = launch(options, log);
    const jvm = jvmOf(child, watchOver(child, options.temporaryFolder));
    const deadline = performance.now() + options.startWithinMs;
    while (!isReady()) {
      if (!jvm.isAlive()) throw startError("BROKER_DIED", "ended while it was starting", options);
      if (performance.now() > deadline) {
        await jvm.end("SIGKILL");
        throw startError("BROKER_NOT_READY", `was not ready within ${options.startWithinMs} ms`, options);
      }
      await sleep(POLL_MS);
    }
    return jvm;
  } finally {
    closeSync(log);
  }
}

/** Whether `words` have been written to the log since this was called. */
function watchLog(log: number, words: string): () => boolean {
  let position = fstatSync(log).size;
  let unseen = "";
  const bytes = Buffer.allocUnsafe(64 * 1024);
  return () => {
    for (let count = 1; count > 0; position += count) {
      count = readSync(log, bytes, 0, bytes.length, position);
      unseen = unseen.slice(-words.length) + bytes.toString("latin1", 0, count);
      if (unseen.includes(words)) return true;
    }
    return false;
  };
}

function launch({ classpath, settingsFile, heapMb, optimize }: JvmOptions, log: number): ChildProcess {
  const memory = [`-Xmx${heapMb}m`, "-XX:+UseSerialGC", ...(optimize ? [] : ["-XX:TieredStopAtLevel=1"])];
  const logging = ["logFile=System.out", "showDateTime=true", "dateTimeFormat=HH:mm:ss.SSS"];
  const words = logging.map((word) => `-Dorg.slf4j.simpleLogger.${word}`);
  // In a group of its own: an interrupt from the terminal is the owner's to answer.
  const child = spawn(findJava(), [...memory, ...words, "-cp", classpath, "kafka.Kafka", settingsFile], {
    stdio: ["ignore", log, log],
    detached: true,
  });
  child.on("error", () => {}); // Shows as a process that is not alive.
  child.unref();
  return child;
}

const WATCHDOG = `read -r word && exit
kill -9 "$1"
n=0; while kill -0 "$1" 2>/dev/null && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
[ -z "$2" ] || rm -rf -- "$2"`;

/** Starts the watchdog; the returned function calls it off. */
function watchOver(child: ChildProcess, temporaryFolder: string | null): () => void {
  if (child.pid === undefined) return () => {};
  const words = ["-c", WATCHDOG, "watchdog", String(child.pid), temporaryFolder ?? ""];
  const watchdog = spawn("/bin/sh", words, { stdio: ["pipe", "ignore", "ignore"], detached: true });
  watchdog.unref();
  (watchdog.stdin as unknown as { unref(): void }).unref();
  watchdog.stdin.on("error", () => {}); // It may have been killed: then nobody watches.
  return () => watchdog.stdin.end("done\n");
}

function jvmOf(child: ChildProcess, callOff: () => void): Jvm {
  const isAlive = (): boolean => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  child.once("exit", callOff);
  return {
    pid: child.pid ?? -1,
    isAlive,
    async end(signal, withinMs = STOP_WITHIN_MS) {
      if (!isAlive()) return;
      child.ref();
      const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      const timer = setTimeout(() => child.kill("SIGKILL"), withinMs);
      child.kill(signal);
      await ended;
      clearTimeout(timer);
    },
  };
}

function startError(code: string, what: string, { logFile }: JvmOptions): ConfigError {
  return new ConfigError(code, `The broker ${what}. The end of its log:\n${logTail(logFile)}`);
}

/** The last lines of a broker's log, those that hold `what`. */
export function logTail(logFile: string, what = /./): string {
  const lines = readFileSync(logFile, "utf8").split("\n");
  const cut = (line: string): string => (line.length > LINE_CHARS ? `${line.slice(0, LINE_CHARS)}…` : line);
  return lines
    .filter((line) => what.test(line))
    .slice(-LOG_LINES)
    .map(cut)
    .join("\n");
}
