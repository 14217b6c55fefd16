// The options of the commands that work on one service: as the help shows them, and as they were given. `sequitur` names a file before
// them; a file that `sequitur build` made is the service itself.

import type { Command } from "cac";
import type { CheckCommand } from "./check.ts";
import type { ResetCommand } from "./reset.ts";
import type { RunCommand } from "./run.ts";
import type { StatusCommand } from "./status.ts";
import { flag, type Given, text, texts } from "./words.ts";

export function describeRun(command: Command): Command {
  return command
    .option("--brokers <host:port,…>", "Read from and write to Kafka; overrides what the file says of brokers")
    .option("--processes <n>", "On Kafka: share the partitions among n processes, and start those again that die")
    .option(
      "--input <[topic=]path>",
      "Read events from a file of JSON lines, .gz too, or - for standard input; may be repeated",
    )
    .option("--demo", "Run on the demo events of the service, even if it says where Kafka is")
    .option("--output <path>", "Write alerts as JSON lines to a file, or - for standard output")
    .option("--late <path>", "Write events that came too late to a file")
    .option("--dead-letters <path>", "Write broken records to a file")
    .option("--json", "Print alerts as JSON lines, and the summary as JSON")
    .option("--quiet", "No progress and no summary, only alerts and errors")
    .option("--verbose", "Log what happens inside, and show stacks of errors")
    .option("--log <text|json>", "The form of the log; JSON is usual on Kafka away from a terminal")
    .option("--log-level <level>", "From what on the log is written: debug, info, warn or error")
    .option("--http-port <port>", "Serve /metrics, /healthz and /readyz, on 127.0.0.1; 0 for any port that is free")
    .option("--http-host <address>", "Serve them on another address of this machine; needs a token")
    .option("--http-token-file <path>", "The file with the token that /metrics asks for");
}

export function runCommandOf(given: Given, words: readonly string[]): RunCommand {
  return {
    inputs: texts(given, "input"),
    output: text(given, "output"),
    late: text(given, "late"),
    deadLetters: text(given, "deadLetters"),
    json: flag(given, "json"),
    quiet: flag(given, "quiet"),
    verbose: flag(given, "verbose"),
    brokers: text(given, "brokers"),
    processes: text(given, "processes"),
    demo: flag(given, "demo"),
    log: text(given, "log"),
    logLevel: text(given, "logLevel"),
    httpPort: text(given, "httpPort"),
    httpHost: text(given, "httpHost"),
    httpTokenFile: text(given, "httpTokenFile"),
    words,
  };
}

export function describeCheck(command: Command): Command {
  return command
    .option("--brokers <host:port,…>", "Also test the cluster: connection, topics, permissions, and the newest records")
    .option("--strict", "Warnings count as errors")
    .option("--json", "Print the problems as JSON")
    .option("--verbose", "Show stacks of errors");
}

export function checkCommandOf(given: Given): CheckCommand {
  return { json: flag(given, "json"), strict: flag(given, "strict"), brokers: text(given, "brokers") };
}

export function describeStatus(command: Command): Command {
  return command
    .option("--brokers <host:port,…>", "Where Kafka is; overrides what the file says of brokers")
    .option("--whole", "Read all of the state, as a restart would, and not only its end")
    .option("--json", "Print it as JSON")
    .option("--verbose", "Show stacks of errors");
}

export function statusCommandOf(given: Given): StatusCommand {
  return { brokers: text(given, "brokers"), whole: flag(given, "whole"), json: flag(given, "json") };
}

export function describeReset(command: Command): Command {
  return command
    .option("--brokers <host:port,…>", "Where Kafka is; overrides what the file says of brokers")
    .option("--yes", "Do not ask")
    .option("--json", "Print what was done as JSON")
    .option("--verbose", "Show stacks of errors");
}

export function resetCommandOf(given: Given): ResetCommand {
  return { brokers: text(given, "brokers"), yes: flag(given, "yes"), json: flag(given, "json") };
}
