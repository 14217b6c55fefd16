// Asks the matcher of Apache Flink about every time line of patterns/README.md, and writes down what it answers in
// answers.json. Needs Java 17 and Maven:
//
//     node --conditions=sequitur-source --import tsx spec/documents/flink/ask.ts

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { claimsOf } from "../timelines.ts";
import { questionOf, RECORDED } from "./questions.ts";

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const claims = claimsOf(readFileSync("patterns/README.md", "utf8"));
const asked = claims.flatMap((claim) => {
  const question = questionOf(claim);
  return question === null ? [] : [{ claim, question }];
});

const folder = mkdtempSync(join(tmpdir(), "ask-flink-"));
run("mvn", [
  "-q",
  "-f",
  here("./pom.xml"),
  "dependency:build-classpath",
  `-Dmdep.outputFile=${join(folder, "classpath")}`,
]);
const classpath = readFileSync(join(folder, "classpath"), "utf8").trim();
rmSync(folder, { recursive: true });
// A loop over a group that may take nothing fills any memory.
const output = run(
  "java",
  ["-Xmx256m", "-cp", classpath, here("./AskFlink.java")],
  asked.map(({ question }) => `${JSON.stringify(question)}\n`).join(""),
);

const answers: Record<string, Record<string, string>> = {};
for (const [index, line] of output.trim().split("\n").entries()) {
  const { pattern, stream } = asked[index]?.claim ?? { pattern: "", stream: "" };
  const { found, refused } = JSON.parse(line) as { readonly found?: string; readonly refused?: string };
  answers[pattern] = { ...answers[pattern], [stream]: found ?? refused ?? "" };
}
writeFileSync(RECORDED, `${JSON.stringify(answers, null, 2)}\n`);
console.log(`${asked.length} of ${claims.length} time lines asked`);

function run(command: string, given: readonly string[], input = ""): string {
  const { stdout, stderr, status, error } = spawnSync(command, given, { input, encoding: "utf8" });
  if (status !== 0) throw error ?? new Error(`${command} has failed:\n${stderr}`);
  return stdout;
}
