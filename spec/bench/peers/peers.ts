// The engines that npm run bench:peers compares with: their artifacts from Maven Central, and our programs around them, compiled
// once into .cache/bench; they talk to nobody but the command.
//
//     .cache/bench/<engine>-<hash of what goes in>/jars        the classpath
//                                                 /classes     our programs

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ConfigError } from "../../../lib/core/errors.ts";
import { findJava, toolPath } from "../../broker/java.ts";
import type { Entrant } from "../turns.ts";
import { OPEN_KEYS, workloadOf } from "../workloads.ts";

type Peer = {
  readonly name: "flink" | "esper" | "siddhi";
  readonly main: string;
  /** Of whole families of workloads: why it does not run them, and why its matches are others. */
  readonly missesOut: readonly Reason[];
  readonly differsBecause: readonly Reason[];
};
type Reason = readonly [workloads: RegExp, why: string];

const UNLIMITED: Reason = [/^W8/, "it has no limit of matches per event"];
const UNWRITTEN: Reason = [/^W12/, "the pattern was not written for it"];
const LONGEST: Reason = [/^W4-/, "finds one match for each A, with the longest list of B"];

const PEERS: readonly Peer[] = [
  {
    name: "flink",
    main: "FlinkPeer",
    missesOut: [
      UNLIMITED,
      UNWRITTEN,
      [/^W4-\d{4,}/, "with 5,000 open runs one event takes it half a second; more were not tried"],
    ],
    differsBecause: [],
  },
  { name: "esper", main: "EsperPeer", missesOut: [UNLIMITED, UNWRITTEN], differsBecause: [LONGEST] },
  {
    name: "siddhi",
    main: "SiddhiPeer",
    missesOut: [UNLIMITED, UNWRITTEN],
    differsBecause: [
      LONGEST,
      [/^W(3|9|10)/, "its every in the middle of a sequence finds more than all combinations within the time"],
      [/^W5/, "its timers fire on threads of their own"],
      [/^W6/, "the event that ends one match may begin the next"],
    ],
  },
];

const CACHE = fileURLToPath(new URL("../../../.cache/bench", import.meta.url));
const POM = fileURLToPath(new URL("pom.xml", import.meta.url));
const SOURCES = fileURLToPath(new URL("java/", import.meta.url));
const OPENED = ["java.util", "java.lang", "java.time"].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`);
const FLAGS = ["-Xms2g", "-Xmx6g", "-XX:+UseParallelGC", "-Dfile.encoding=UTF-8", ...OPENED];

/**
 * The peers, installed unless they are: some 150 MB, a minute where Maven has to fetch them.
 *
 * @throws {ConfigError} `NO_JAVA`, `OLD_JAVA`, `NO_JDK`, `NO_MAVEN`, `PEERS_NOT_FETCHED`
 */
export async function peers(progress: (line: string) => void): Promise<readonly Entrant[]> {
  const java = findJava();
  mkdirSync(CACHE, { recursive: true });
  const entrants: Entrant[] = [];
  for (const peer of PEERS) {
    const folder = await install(peer, progress);
    const classpath = [join(folder, "classes"), join(folder, "jars", "*")].join(delimiter);
    entrants.push({
      name: peer.name,
      program: (workload, atMost) => {
        const stream = workload === OPEN_KEYS.name ? OPEN_KEYS.stream : workloadOf(workload)?.stream;
        return {
          path: java,
          words: [...FLAGS, "-cp", classpath, "Bench", peer.main, workload, `${stream}`, `${atMost}`],
        };
      },
      missesOut: (workload) => reasonFor(workload, peer.missesOut),
      differsBecause: (workload) => reasonFor(workload, peer.differsBecause),
    });
  }
  return entrants;
}

function reasonFor(workload: string, reasons: readonly Reason[]): string | null {
  return reasons.find(([workloads]) => workloads.test(workload))?.[1] ?? null;
}

async function install({ name }: Peer, progress: (line: string) => void): Promise<string> {
  const sources = readdirSync(SOURCES).filter(
    (file) => !/^(Flink|Esper|Siddhi)/.test(file) || file.toLowerCase().startsWith(name),
  );
  const hash = createHash("sha256").update(readFileSync(POM));
  for (const source of sources) hash.update(readFileSync(join(SOURCES, source)));
  const folder = join(CACHE, `${name}-${hash.digest("hex").slice(0, 8)}`);
  if (existsSync(folder)) return folder;
  const draft = mkdtempSync(join(CACHE, "draft-"));
  try {
    progress(`${name}: getting its jars from Maven Central`);
    await fetchJars(name, join(draft, "jars"));
    progress(`${name}: compiling the program around it`);
    await compileJava(join(draft, "jars", "*"), sources, join(draft, "classes"));
    if (!existsSync(folder)) renameSync(draft, folder);
    return folder;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

async function fetchJars(profile: string, folder: string): Promise<void> {
  const goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${folder}`];
  try {
    await promisify(execFile)("mvn", ["-B", "-q", "-Dstyle.color=never", "-f", POM, `-P${profile}`, ...goal]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      throw new ConfigError(
        "NO_MAVEN",
        "The other engines come from Maven Central, and Maven did not start. Install Maven and put `mvn` on the PATH, or leave them out: npm run bench.",
      );
    }
    const said = `${(error as { readonly stdout?: string }).stdout}`
      .split("\n")
      .filter((line) => line.includes("ERROR"));
    throw new ConfigError(
      "PEERS_NOT_FETCHED",
      `Maven could not get the jars of ${profile}. Check that it reaches Maven Central, then start again. It said:\n${said.slice(0, 3).join("\n")}`,
    );
  }
}

async function compileJava(classpath: string, sources: readonly string[], folder: string): Promise<void> {
  const files = sources.map((source) => join(SOURCES, source));
  try {
    await promisify(execFile)(toolPath("javac"), ["-nowarn", "-cp", classpath, "-d", folder, ...files]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new ConfigError(
      "NO_JDK",
      "The programs around the other engines are compiled, and there is no javac. Install a JDK, not only a runtime.",
    );
  }
}
