// The commands with their options, as the help shows them.

import { readFileSync } from "node:fs";
import { type CAC, type Command, cac } from "cac";
import { MAX_FRUITLESS } from "./processes.ts";

/** All commands with their options, and the help on them. */
export function describeCommands(): CAC {
  const cli = cac("sequitur");
  cli
    .command("run <service>", "Run a service: on Kafka, on files, on standard input, or on its demo events")
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
    .option("--http-token-file <path>", "The file with the token that /metrics asks for")
    .example("  $ sequitur run service.ts")
    .example("  $ sequitur run service.ts --brokers localhost:9092 --processes 2")
    .example("  $ sequitur run service.ts --input events.ndjson.gz --output alerts.ndjson --late late.ndjson")
    .example("  $ zcat events.ndjson.gz | sequitur run service.ts --input - --json | jq .");
  cli
    .command("check <service>", "List everything that is wrong with a service and its patterns")
    .option("--brokers <host:port,…>", "Also test the cluster: connection, topics, permissions, and the newest records")
    .option("--strict", "Warnings count as errors")
    .option("--json", "Print the problems as JSON")
    .option("--verbose", "Show stacks of errors")
    .example("  $ sequitur check service.ts")
    .example("  $ sequitur check service.ts --brokers localhost:9092")
    .example("  $ sequitur check pattern.json --strict");
  cli
    .command("explain <file> [pattern]", "Say what patterns mean, how they are matched, and what bounds their state")
    .option("--dot", "Print the automaton for Graphviz")
    .option("--json", "Print everything as JSON")
    .option("--verbose", "Show stacks of errors")
    .example("  $ sequitur explain service.ts card-testing")
    .example("  $ sequitur explain pattern.json --dot | dot -Tsvg > pattern.svg");
  describeTest(cli);
  cli
    .command("init <folder>", "Make a project with a pattern, its test, and a service that runs at once")
    .option("--from <path>", "Depend on a packed tarball or a folder instead of the registry")
    .option("--force", "Write into a folder that is not empty, over files of the same name")
    .option("--verbose", "Show stacks of errors")
    .example("  $ sequitur init my-rules");
  return cli.help((sections) => helpOf(sections, cli.matchedCommand)).version(versionOf());
}

function describeTest(cli: CAC): void {
  cli
    .command(
      "test <file> [pattern]",
      "Test patterns: can they match, does every part count, what do their tests overlook",
    )
    .option("--tests <path>", "A file with tests of the patterns; may be repeated")
    .option(
      "--events <path>",
      "A file of JSON lines with events to use, too; for patterns whose conditions are functions",
    )
    .option("--runs <n>", "Random streams for each check; 200 if nothing is said")
    .option("--seed <n>", "Other streams for another seed, the same for the same; 1 if nothing is said")
    .option("--strict", "Changes that no test notices, and what is not known, count as failed")
    .option("--json", "Print everything as JSON")
    .option("--verbose", "Show stacks of errors")
    .example("  $ sequitur test service.ts")
    .example("  $ sequitur test service.ts card-testing --tests pattern.tests.ts --strict")
    .example("  $ sequitur test pattern.json --runs 100000 --seed 7");
}

type Section = { title?: string; body: string };

/** What the parser says about a command, with what it does and how it ends. */
function helpOf([name, usage, ...rest]: readonly Section[], command: Command | undefined): Section[] {
  const head = [name, usage].filter((section) => section !== undefined);
  const about = command ? [{ body: `${command.description}.\n${ABOUT.get(command.name) ?? ""}`.trim() }] : [];
  return [...head, ...about, ...rest, { title: "Exit codes", body: exitCodesOf(command) }].map(tidied);
}

const ABOUT: ReadonlyMap<string, string> = new Map([
  [
    "run",
    `It runs on Kafka with --brokers, or where the file says kafka: { brokers }, or SEQUITUR_KAFKA_BROKERS is set. Alerts,
late events and dead letters go to topics then, and it runs until it is stopped.
Else it runs on files with --input, or on the demo events of the service: the file exports, beside the service, a
function feed(log, { signal }) that appends them with log.append(topic, { key, value }). Alerts go to standard output
as they come; files that are written are emptied first.
Progress, log and summary go to standard error. Ctrl-C and SIGTERM finish what was read, within the stopWithin of the
service; a second one leaves at once.
With --processes this process does no work: it starts n that do, passes on what they print behind their numbers,
starts those again that die, with growing pauses, and stops them all with itself.
Metrics and health are served with --http-port, or where SEQUITUR_HTTP_PORT is set; SEQUITUR_HTTP_HOST and
SEQUITUR_HTTP_TOKEN stand for the other two.`,
  ],
  [
    "check",
    `Types are not checked here: a mistyped field or tag is found by the editor and by tsc.
A pattern may also come as JSON, as its toJSON() gives it.
With --brokers it looks at the cluster as the service would use it, and changes nothing there: no group is joined, no position
committed, no topic created, no record written. TLS and SASL come from the service file or from SEQUITUR_KAFKA_…. The newest
records of the inputs, 1,000 of each, are read as the service would read them.`,
  ],
  ["explain", "A pattern may also come as JSON, as its toJSON() gives it."],
  [
    "test",
    `Without a word of what a pattern is for, it is tried whether it can match and be missed, and on many streams made from its
conditions, whether a plain matcher finds the same, and whether it keeps the laws of all patterns, such as: saved and restored
anywhere, in any order of arrival. Small changes are made to the pattern, one at a time: a bound in or out, a condition or step
left out, another link, count or window. Each should make a difference.
What it is for is said by tests: export patternTest(myPattern, (each) => …), with patternTest from sequitur/testing, from the
service file or one given with --tests. The function gets a pattern and throws if that finds the wrong thing. It is run with the
pattern, and then with each changed one: a change that makes a difference and that the test does not notice is told with
events that show it. Streams are made with the package fast-check, which the project needs.`,
  ],
  ["init", "Nothing is installed, and nothing is overwritten unless --force says so; then it says what was."],
]);

/** Those with which a command can end; without one, those of all. */
function exitCodesOf(command: Command | undefined): string {
  if (command?.name === "check") return EXIT_CODES_OF_CHECK;
  if (command?.name === "test") return EXIT_CODES_OF_TEST;
  return command === undefined || command.name === "run" ? EXIT_CODES : EXIT_CODES_OF_OTHERS;
}

const EXIT_CODES_OF_CHECK = `  0    nothing is wrong, or there are warnings only, and no --strict
  1    the check itself failed
  2    something is wrong, such as a cluster out of reach; or it is a wrong option or file`;

const EXIT_CODES_OF_TEST = `  0    no check failed
  1    a check failed; with --strict also: a change goes unnoticed, or something is not known
  2    a wrong option, file or pattern; nothing was tested
  130  it was stopped before all was tested`;

const EXIT_CODES_OF_OTHERS = `  0    it is done
  1    it failed after it had begun
  2    a wrong option, file, folder or pattern; nothing was done`;

const EXIT_CODES = `  0    all went well, or it was stopped
  1    the work failed after it had begun, or no record of a topic could be used
  2    a wrong option, file, setting, topic or pattern; nothing was done, and trying again would not help
  3    Kafka was out of reach for too long; the same command may succeed later
  4    with --processes: one of them died ${MAX_FRUITLESS} times in a row, soon after each start
  130  it was told to stop twice`;

/** Without the blanks that the parser leaves at the ends of lines. */
function tidied({ title, body }: Section): Section {
  const tidy = body.replaceAll(/[ ]+$/gm, "");
  return title === undefined ? { body: tidy } : { title, body: tidy };
}

/** The version of the running package. */
function versionOf(): string {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return version;
}
