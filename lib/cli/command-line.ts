// Reads the command line: which command, which options; says what is unknown and what was probably meant.

import { readFileSync } from "node:fs";
import { type CAC, type Command, cac } from "cac";
import { ConfigError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { check } from "./check.ts";
import { explain } from "./explain.ts";
import { describeFailure, EXIT, exitCodeOf } from "./failure.ts";
import { init } from "./init.ts";
import { run } from "./run.ts";

/** Options as they were read: by name in camel case. */
export type Given = ReadonlyMap<string, unknown>;

/** Does what `argv` (without node and script) says. Resolves with the exit code; complaints are on stderr by then. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const cli = describeCommands();
  try {
    const { args, options } = cli.parse(["node", "sequitur", ...joinValues(argv, cli)], { run: false });
    if (options["help"] || options["version"]) return EXIT.fine;
    const command = cli.matchedCommand;
    if (!command) {
      if (args[0] !== undefined) throw unknownCommand(String(args[0]), cli);
      cli.outputHelp();
      return EXIT.refused;
    }
    const given: Given = new Map(Object.entries(options));
    refuseUnknown(command, given, cli);
    const [first, second] = args.map(String);
    return await ACTIONS[command.name as CommandName](first ?? missingArgument(command), second, given);
  } catch (error) {
    process.stderr.write(
      describeFailure(error, { verbose: argv.includes("--verbose"), json: argv.includes("--json") }),
    );
    return exitCodeOf(error);
  }
}

type CommandName = "run" | "check" | "explain" | "init";
type Action = (first: string, second: string | undefined, given: Given) => Promise<number>;

const ACTIONS: Readonly<Record<CommandName, Action>> = {
  run: (file, _, given) =>
    run(file, {
      inputs: texts(given, "input"),
      output: text(given, "output"),
      late: text(given, "late"),
      deadLetters: text(given, "deadLetters"),
      json: flag(given, "json"),
      quiet: flag(given, "quiet"),
      verbose: flag(given, "verbose"),
    }),
  check: (file, _, given) => check(file, { json: flag(given, "json"), strict: flag(given, "strict") }),
  explain: (file, name, given) => explain(file, name, { json: flag(given, "json"), dot: flag(given, "dot") }),
  init: (folder, _, given) => init(folder, { force: flag(given, "force"), from: text(given, "from") }),
};

function describeCommands(): CAC {
  const cli = cac("sequitur");
  cli
    .command("run <service>", "Run a service: on its demo events, on files, or on standard input")
    .option(
      "--input <[topic=]path>",
      "Read events from a file of JSON lines, .gz too, or - for standard input; may be repeated",
    )
    .option("--output <path>", "Write alerts to a file as JSON lines; - is standard output")
    .option("--late <path>", "Write events that came too late to a file")
    .option("--dead-letters <path>", "Write broken records to a file")
    .option("--json", "Print alerts as JSON lines, and the summary as JSON")
    .option("--quiet", "No progress and no summary, only alerts and errors")
    .option("--verbose", "Log what happens inside, and show stacks of errors")
    .example("  $ sequitur run service.ts")
    .example("  $ sequitur run service.ts --input events.ndjson.gz --output alerts.ndjson --late late.ndjson")
    .example("  $ zcat events.ndjson.gz | sequitur run service.ts --input - --json | jq .");
  cli
    .command("check <service>", "List everything that is wrong with a service and its patterns")
    .option("--strict", "Warnings count as errors")
    .option("--json", "Print the problems as JSON")
    .option("--verbose", "Show stacks of errors")
    .example("  $ sequitur check service.ts")
    .example("  $ sequitur check pattern.json --strict");
  cli
    .command("explain <file> [pattern]", "Say what patterns mean, how they are matched, and what bounds their state")
    .option("--dot", "Print the automaton for Graphviz")
    .option("--json", "Print everything as JSON")
    .option("--verbose", "Show stacks of errors")
    .example("  $ sequitur explain service.ts card-testing")
    .example("  $ sequitur explain pattern.json --dot | dot -Tsvg > pattern.svg");
  cli
    .command("init <folder>", "Make a project with a pattern, its test, and a service that runs at once")
    .option("--from <path>", "Depend on a packed tarball or a folder instead of the registry")
    .option("--force", "Write into a folder that is not empty, over files of the same name")
    .option("--verbose", "Show stacks of errors")
    .example("  $ sequitur init my-rules");
  return cli
    .help((sections) => [...sections.map(tidied), { title: "Exit codes", body: EXIT_CODES }])
    .version(versionOf());
}

const EXIT_CODES = `  0    all went well, or it was stopped with Ctrl-C
  1    the work failed after it had begun
  2    a wrong option, file, setting or pattern; nothing was done
  130  it was told to stop twice`;

function tidied(section: { title?: string; body: string }): { title?: string; body: string } {
  const body = section.body.replaceAll(/[ ]+$/gm, "");
  return section.title === undefined ? { body } : { title: section.title, body };
}

/** The version of the running package. */
export function versionOf(): string {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return version;
}

/** `--input -` becomes `--input=-`: the parser takes a lone dash for an option. */
function joinValues(argv: readonly string[], cli: CAC): string[] {
  const takeValues = new Set(
    cli.commands.flatMap((command) =>
      command.options.filter((option) => option.required).map(({ rawName }) => rawName.split(" ")[0]),
    ),
  );
  const joined: string[] = [];
  for (const word of argv) {
    const before = joined.at(-1);
    if (word === "-" && before !== undefined && takeValues.has(before)) joined.splice(-1, 1, `${before}=-`);
    else joined.push(word);
  }
  return joined;
}

function unknownCommand(word: string, cli: CAC): ConfigError {
  const names = cli.commands.map((command) => command.name);
  const near = nearest(word, names);
  const isFile = /\.(m?[jt]s|json)$/.test(word);
  const remedy = near
    ? `Did you mean "sequitur ${near}"?`
    : isFile
      ? `Did you mean "sequitur run ${word}"?`
      : `There are: ${names.join(", ")}.`;
  return new ConfigError("UNKNOWN_COMMAND", `there is no command "${word}". ${remedy} See "sequitur --help".`);
}

function refuseUnknown(command: Command, given: Given, cli: CAC): void {
  const known = [...command.options, ...cli.globalCommand.options];
  for (const [name, value] of given) {
    if (name === "--") continue;
    const option = known.find(({ names }) => names.includes(name));
    if (!option)
      throw unknownOption(
        command,
        name,
        known.map((one) => one.name),
      );
    if (option.required && [value].flat().some((one) => typeof one === "boolean")) {
      throw new ConfigError(
        "OPTION_WITHOUT_VALUE",
        `${dashed(name)} needs a value: ${option.rawName}. See "sequitur ${command.name} --help".`,
      );
    }
    if (option.isBoolean && typeof value !== "boolean" && !Array.isArray(value)) {
      throw new ConfigError("OPTION_WITH_VALUE", `${dashed(name)} takes no value, but was given "${String(value)}".`);
    }
  }
  const surplus = cli.args.slice(command.args.length);
  if (surplus.length === 0) return;
  const message = `"sequitur ${command.rawName}" does not know what to do with ${surplus.map((word) => `"${word}"`).join(", ")}.`;
  throw new ConfigError("TOO_MANY_ARGUMENTS", `${message} See "sequitur ${command.name} --help".`);
}

function unknownOption(command: Command, name: string, known: readonly string[]): ConfigError {
  const near = nearest(dashed(name), known.map(dashed));
  const remedy = near ? `Did you mean ${near}?` : `See "sequitur ${command.name} --help".`;
  return new ConfigError("UNKNOWN_OPTION", `"sequitur ${command.name}" has no option ${dashed(name)}. ${remedy}`);
}

function missingArgument(command: Command): never {
  const [argument] = command.args;
  throw new ConfigError(
    "MISSING_ARGUMENT",
    `"sequitur ${command.name}" needs a ${argument?.value}: sequitur ${command.rawName}. See "sequitur ${command.name} --help".`,
  );
}

function dashed(name: string): string {
  const kebab = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return kebab.length === 1 ? `-${kebab}` : `--${kebab}`;
}

function texts(given: Given, name: string): readonly string[] {
  const value = given.get(name);
  return value === undefined ? [] : [value].flat().map(String);
}

function text(given: Given, name: string): string | null {
  const all = texts(given, name);
  if (all.length > 1)
    throw new ConfigError(
      "OPTION_TWICE",
      `${dashed(name)} was given ${all.length} times (${all.join(", ")}): give it once.`,
    );
  return all[0] ?? null;
}

function flag(given: Given, name: string): boolean {
  return [given.get(name)].flat().includes(true);
}
