// Runs Kafka's Java clients, and our small programs around them.
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ConfigError } from "../../lib/core/errors.ts";
import { CACHE, type Installation } from "./install.ts";
import { findJava, toolPath } from "./java.ts";

const SOURCES = fileURLToPath(new URL("java/", import.meta.url));

export type JavaRun = {
  readonly installation: Installation;
  readonly main: string;
  /** Whether `main` is one of spec/broker/java, which is compiled when it is first needed. */
  readonly isOurs?: boolean;
  readonly words?: readonly string[];
  readonly input?: Iterable<string> | AsyncIterable<string>;
  /** Called with each piece of the standard output. */
  readonly onOutput?: (bytes: Buffer) => void;
  /** Asks the program to end, once it is settled. */
  readonly stopWhen?: Promise<unknown>;
  /** Past this the program is killed, which is no failure of it: `code` is null then. */
  readonly withinMs: number;
};

/** Runs a program to its end. */
export async function runJava(run: JavaRun): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const { installation, main, isOurs = false, words = [], input, onOutput, withinMs } = run;
  const flags = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m", "-Dfile.encoding=UTF-8"];
  const quiet = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn";
  const ours = isOurs ? [await compiled(installation)] : [];
  const classpath = [...ours, installation.classpath].join(delimiter);
  const child = spawn(findJava(), [...flags, quiet, "-cp", classpath, main, ...words], {
    stdio: ["pipe", "pipe", "pipe"],
    timeout: withinMs,
    killSignal: "SIGKILL",
  });
  let stderr = "";
  child.stdout.on("data", (bytes: Buffer) => onOutput?.(bytes));
  child.stderr.on("data", (bytes: Buffer) => {
    stderr = (stderr + bytes.toString()).slice(-20_000);
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code));
  });
  const stop = (): boolean => child.kill("SIGTERM");
  void run.stopWhen?.then(stop, stop);
  child.stdin.on("error", () => {}); // It ended before it read everything: its exit code says why.
  await feed(child.stdin, input ?? []);
  return { code: await closed, stderr };
}

const CHUNK_CHARS = 256 * 1024;
/** What comes slowly is not kept back for long. */
const CHUNK_MS = 20;

async function feed(stream: NodeJS.WritableStream, input: Iterable<string> | AsyncIterable<string>): Promise<void> {
  let chunk = "";
  let writtenAt = performance.now();
  for await (const line of input) {
    chunk += `${line}\n`;
    if (chunk.length < CHUNK_CHARS && performance.now() - writtenAt < CHUNK_MS) continue;
    writtenAt = performance.now();
    if (!stream.write(chunk)) await drained(stream);
    chunk = "";
    if (!stream.writable) return;
  }
  stream.end(chunk);
}

function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      stream.off("drain", go).off("close", go);
      resolve();
    };
    stream.on("drain", go).on("close", go);
  });
}

/**
 * The folder of our Java programs, compiled against the jars of `installation` if they are not yet: a second or two.
 *
 * @throws {ConfigError} `NO_JDK`
 */
export async function compiled({ folder, classpath }: Installation): Promise<string> {
  const files = readdirSync(SOURCES).map((name) => join(SOURCES, name));
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  const classes = join(folder, `classes-${hash.digest("hex").slice(0, 8)}`);
  if (existsSync(classes)) return classes;
  const draft = mkdtempSync(join(CACHE, "draft-"));
  try {
    await promisify(execFile)(toolPath("javac"), ["-nowarn", "-cp", classpath, "-d", draft, ...files]);
    renameSync(draft, classes);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (existsSync(classes)) return classes; // Another process was quicker.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new ConfigError(
      "NO_JDK",
      "The Java clients of the specs are compiled, and there is no javac. Install a JDK, not only a runtime.",
    );
  }
  return classes;
}
