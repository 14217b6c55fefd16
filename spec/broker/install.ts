// Gets Kafka from Maven Central into .cache/broker, once for each version:
//
//     .cache/broker/4.4.0-<hash of what goes in>/jars        the classpath
//                                               /template    a formatted data folder, without identity
//
// The folder appears by a rename when it is whole. The template saves a JVM at each start: without the checkpoint that
// Kafka's own formatting writes, a broker comes up with transaction.version=0, not with the features of its release.
import { execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve as resolvePath } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ConfigError } from "../../lib/core/errors.ts";
import { findJava } from "./java.ts";
import { withLock } from "./lock.ts";
import { brokerSettings, type Node, propertiesText } from "./settings.ts";
import { USERS } from "./users.ts";

/** The newest, and the last of the line before. */
export const KAFKA_VERSIONS = ["4.4.0", "3.9.2"] as const;
export type KafkaVersion = (typeof KAFKA_VERSIONS)[number];
export const DEFAULT_VERSION: KafkaVersion = "4.4.0";

/** `SEQUITUR_BROKER_CACHE` names another folder, such as one that a build server keeps. */
export const CACHE = resolvePath(
  process.env["SEQUITUR_BROKER_CACHE"] ?? fileURLToPath(new URL("../../.cache/broker", import.meta.url)),
);
const POM = fileURLToPath(new URL("pom.xml", import.meta.url));

export type Installation = {
  readonly version: KafkaVersion;
  readonly folder: string;
  /** For `java -cp`. */
  readonly classpath: string;
};

/** Told how far an installation is; each line replaces the one before. */
export type Progress = (line: string) => void;

/** What is installed of `version`, or null. */
export function installed(version: KafkaVersion): Installation | null {
  const folder = folderOf(version);
  return existsSync(folder) ? { version, folder, classpath: join(folder, "jars", "*") } : null;
}

/**
 * Installs `version` unless it is there: about 45 MB, five seconds where Maven has the jars. Processes take turns.
 *
 * @throws {ConfigError} `NO_MAVEN`, `KAFKA_NOT_FETCHED`, `NO_JAVA`, `OLD_JAVA`, `KAFKA_NOT_FORMATTED`
 */
export async function install(version: KafkaVersion, progress: Progress = () => {}): Promise<Installation> {
  const java = findJava();
  const there = installed(version);
  if (there !== null) return there;
  mkdirSync(CACHE, { recursive: true });
  progress(`Kafka ${version}: getting its jars from Maven Central`);
  await withLock(join(CACHE, "lock"), async () => {
    if (installed(version) !== null) return;
    const draft = mkdtempSync(join(CACHE, "draft-"));
    try {
      await fetchJars(version, join(draft, "jars"), progress);
      progress(`Kafka ${version}: formatting`);
      format(java, draft);
      renameSync(draft, folderOf(version));
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  });
  progress(`Kafka ${version}: installed`);
  return installed(version) as Installation;
}

/** Gives a new data folder the features of the release, and an identity of its own in its cluster. */
export function formatData(
  { folder }: Installation,
  dataFolder: string,
  { clusterId, nodeId }: { readonly clusterId: string; readonly nodeId: number },
): void {
  cpSync(join(folder, "template"), dataFolder, { recursive: true });
  const lines = ["version=1", `cluster.id=${clusterId}`, `node.id=${nodeId}`, `directory.id=${kafkaId()}`, ""];
  writeFileSync(join(dataFolder, "meta.properties"), lines.join("\n"));
}

function folderOf(version: KafkaVersion): string {
  const parts = createHash("sha256").update(readFileSync(POM)).update(JSON.stringify(USERS));
  return join(CACHE, `${version}-${parts.digest("hex").slice(0, 8)}`);
}

function fetchJars(version: KafkaVersion, folder: string, progress: Progress): Promise<void> {
  const words = ["-B", "-Dstyle.color=never", "-f", POM, `-Dkafka.version=${version}`, "dependency:copy-dependencies"];
  const maven = spawn("mvn", [...words, "-DincludeScope=runtime", `-DoutputDirectory=${folder}`], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  let files = 0;
  for (const stream of [maven.stdout, maven.stderr]) {
    createInterface(stream).on("line", (line) => {
      said.push(line);
      const jar = /^Downloaded from \S+: \S*\/([^/]+\.jar) /.exec(line.trim())?.[1];
      if (jar === undefined) return;
      files += 1;
      progress(`Kafka ${version}: ${files} files from Maven Central, last ${jar}`);
    });
  }
  return new Promise((resolve, reject) => {
    maven.once("error", () => reject(new ConfigError("NO_MAVEN", NO_MAVEN)));
    maven.once("close", (code) => {
      if (code === 0) return resolve();
      const reason = said.filter((line) => line.includes("ERROR")).slice(0, 3);
      reject(
        new ConfigError(
          "KAFKA_NOT_FETCHED",
          `Maven could not get the jars of Kafka ${version}. Check that it reaches Maven Central, then start again. It said:\n${reason.join("\n")}`,
        ),
      );
    });
  });
}

const NO_MAVEN =
  "The jars of Kafka come from Maven Central, once, and Maven did not start. Install Maven and put `mvn` on the PATH.";

/** What is formatted is the same for all nodes. */
const FORMATTED: Node = { id: 1, ports: { broker: 9092, controller: 9093 } };

function format(java: string, draft: string): void {
  const data = join(draft, "template");
  const file = join(draft, "format.properties");
  mkdirSync(data);
  writeFileSync(file, propertiesText(brokerSettings(data, FORMATTED, [FORMATTED])));
  const scram = USERS.flatMap(({ username, password }) =>
    ["SCRAM-SHA-256", "SCRAM-SHA-512"].flatMap((name) => ["-S", `${name}=[name=${username},password=${password}]`]),
  );
  const words = ["format", "-t", kafkaId(), "-c", file, ...scram];
  try {
    execFileSync(
      java,
      ["-XX:TieredStopAtLevel=1", "-cp", join(draft, "jars", "*"), "kafka.tools.StorageTool", ...words],
      { stdio: "pipe" },
    );
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer };
    throw new ConfigError(
      "KAFKA_NOT_FORMATTED",
      `Kafka's storage tool failed. Delete ${dirname(draft)} and start again. It said:\n${stdout ?? ""}${stderr ?? ""}`,
      { cause: error },
    );
  }
  rmSync(join(data, "meta.properties"));
  rmSync(file);
}

/** 16 random bytes the way Kafka writes them. */
export function kafkaId(): string {
  // Kafka refuses an id that begins with a dash.
  return `A${randomBytes(16).toString("base64url").slice(1, 22)}`;
}
