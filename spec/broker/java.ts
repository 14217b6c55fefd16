// Where Java is. A broker needs the runtime; the Java clients of the specs are compiled, which needs the JDK.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ConfigError } from "../../lib/core/errors.ts";

/** What both versions of Kafka need. */
const LEAST_MAJOR = 17;

let found: string | undefined;

/**
 * The path of `java`: of `JAVA_HOME` if that is set, else the one of the PATH. Asks it for its version, once a process.
 *
 * @throws {ConfigError} `NO_JAVA`, `OLD_JAVA`
 */
export function findJava(env: NodeJS.ProcessEnv = process.env): string {
  if (env === process.env && found !== undefined) return found;
  const java = toolPath("java", env);
  const asked = spawnSync(java, ["-version"], { encoding: "utf8", env });
  const version = /version "(?:1\.)?(\d+)[^"]*"/.exec(`${asked.stderr}${asked.stdout}`);
  if (asked.status !== 0 || version === null) {
    throw new ConfigError(
      "NO_JAVA",
      `Kafka and the other engines of the benches run on Java, and "${java}" did not answer. Install Java ${LEAST_MAJOR} or newer, put it on the PATH, or let JAVA_HOME name its folder.`,
    );
  }
  if (Number(version[1]) < LEAST_MAJOR) {
    throw new ConfigError(
      "OLD_JAVA",
      `"${java}" is Java ${version[1]}; Kafka needs ${LEAST_MAJOR} or newer. Let JAVA_HOME name the folder of a newer one.`,
    );
  }
  if (env === process.env) found = java;
  return java;
}

/** The path of a program that comes with Java: `keytool` with any, `javac` with the JDK only. */
export function toolPath(name: "java" | "javac" | "keytool", env: NodeJS.ProcessEnv = process.env): string {
  const home = env["JAVA_HOME"];
  return home === undefined || home === "" ? name : join(home, "bin", name);
}
