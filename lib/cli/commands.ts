// The commands with their options, as the help shows them.

import { type CAC, type Command, cac } from "cac";
import { versionOfPackage } from "../service/version.ts";
import { MAX_FRUITLESS } from "./processes.ts";
import { describeCheck, describeReset, describeRun, describeStatus } from "./service-words.ts";

/** All commands with their options, and the help on them. */
export function describeCommands(): CAC {
  const cli = cac("sequitur");
  describeRun(
    cli.command("run <service>", "Run a service: on Kafka, on files, on standard input, or on its demo events"),
  )
    .example("  $ sequitur run service.ts")
    .example("  $ sequitur run service.ts --brokers localhost:9092 --processes 2")
    .example("  $ sequitur run service.ts --input events.ndjson.gz --output alerts.ndjson --late late.ndjson")
    .example("  $ zcat events.ndjson.gz | sequitur run service.ts --input - --json | jq .");
  describeCheck(cli.command("check <service>", "List everything that is wrong with a service and its patterns"))
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
  describeStatus(
    cli.command("status <service>", "Say how the saved state of a service stands on Kafka, and who runs it"),
  )
    .example("  $ sequitur status service.ts --brokers localhost:9092")
    .example("  $ sequitur status service.ts --json | jq '.shards[].checkpoint'");
  describeReset(cli.command("reset <service>", "Forget the saved state of a service on Kafka")).example(
    "  $ sequitur reset service.ts --brokers localhost:9092",
  );
  describeBuild(cli);
  return withHelp(cli);
}

/** What the parser says of itself, in our words. */
export function withHelp(cli: CAC): CAC {
  return cli.help((sections) => helpOf(sections, cli.matchedCommand)).version(versionOfPackage());
}

function describeBuild(cli: CAC): void {
  cli
    .command("build <service>", "Make one file of a service, for machines that have Node and nothing else")
    .option("--out <path>", "The file to write, and its source map beside it; dist/<name>.mjs if nothing is said")
    .option("--minify", "Smaller by a third, and harder to read")
    .option("--external <package>", "Leave a package out, to be installed where the file runs; may be repeated")
    .option("--no-check", "Neither load the service nor try the file; for a machine that lacks what they need")
    .option("--json", "Print what was made as JSON")
    .option("--verbose", "Show stacks of errors")
    .example("  $ sequitur build service.ts --out dist/service.mjs")
    .example("  $ node --enable-source-maps dist/service.mjs --brokers localhost:9092");
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
  const about = command ? [{ body: `${command.description}.\n${ABOUT.get(nameOf(command)) ?? ""}`.trim() }] : [];
  const others = rest.map(({ body, ...section }) => ({ ...section, body: withoutItself(body, command) }));
  return [...head, ...about, ...others, { title: "Exit codes", body: exitCodesOf(command) }].map(tidied);
}

/** What a built file does without a name of a command is `run`. */
function nameOf({ name }: Command): string {
  return name === "" ? "run" : name;
}

/** The list of commands, without the one that has no name. */
function withoutItself(body: string, command: Command | undefined): string {
  const lines = body.split("\n");
  return command?.name === "" ? lines.filter((line) => line.trim() !== command.description).join("\n") : body;
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
  [
    "status",
    `For each shard: who wrote it last, its last checkpoint and how old that is, what its log holds, how far the inputs were read and
how far time has come there. Who is in the group. It takes nothing over and writes nothing, so it may be asked at any time; what
it shows is as old as the last checkpoint.
With --whole all of the state is read and its checksums are looked at, which takes as long as a restart does.`,
  ],
  [
    "reset",
    `The topic of the state is deleted: open runs, positions and counts are forgotten, and the service begins anew where the consumer
group stands. What is lost is shown first, and the name of the app has to be typed, or --yes given. Not while a process of the
service is running.`,
  ],
  [
    "build",
    `The file holds the service, its packages, kafkajs with its repairs, and the commands that work on one service: node service.mjs
takes the options of sequitur run, node service.mjs check, status and reset those of theirs. It needs no node_modules.
The service is loaded and checked first, and the file tried afterwards: what it reads from the environment while it is loaded has
to be set here, too.
Packages with parts that are not JavaScript have to stay outside, with --external.`,
  ],
  ["init", "Nothing is installed, and nothing is overwritten unless --force says so; then it says what was."],
]);

/** Those with which a command can end; without one, those of all. */
function exitCodesOf(command: Command | undefined): string {
  if (command?.name === "check") return EXIT_CODES_OF_CHECK;
  if (command?.name === "test") return EXIT_CODES_OF_TEST;
  if (command?.name === "status") return EXIT_CODES_OF_STATUS;
  if (command?.name === "reset") return EXIT_CODES_OF_RESET;
  return command === undefined || nameOf(command) === "run" ? EXIT_CODES : EXIT_CODES_OF_OTHERS;
}

const EXIT_CODES_OF_CHECK = `  0    nothing is wrong, or there are warnings only, and no --strict
  1    the check itself failed
  2    something is wrong, such as a cluster out of reach; or it is a wrong option or file`;

const EXIT_CODES_OF_STATUS = `  0    it is said, be it that there is no state
  1    what is there is damaged, or not ours: a service could not go on from it
  2    a wrong option, file or setting
  3    Kafka was out of reach`;

const EXIT_CODES_OF_RESET = `  0    the state is gone, or there was none
  1    it failed on the way: ask status what is there
  2    refused: the service is running, nobody confirmed, or a wrong option, file or setting; nothing was deleted
  3    Kafka was out of reach
  130  it was called off; nothing was deleted`;

const EXIT_CODES_OF_TEST = `  0    no check failed; changes may go unnoticed, or something may not be known, unless it is --strict
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
