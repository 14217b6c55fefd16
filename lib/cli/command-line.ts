// Reads the command line: which command, which options; says what is unknown and what was probably meant.

import type { CAC, Command } from "cac";
import { ConfigError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { check } from "./check.ts";
import { describeCommands } from "./commands.ts";
import { explain } from "./explain.ts";
import { complain, EXIT, exitCodeOf } from "./failure.ts";
import { init } from "./init.ts";
import { run } from "./run.ts";
import { divertConsole } from "./stdout.ts";
import { test } from "./test.ts";

/** Options as they were read: by name in camel case. */
export type Given = ReadonlyMap<string, unknown>;

/** Does what `argv` (without node and script) says. Resolves with the exit code; complaints are on stderr by then. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const cli = describeCommands();
  try {
    const { args, options } = cli.parse(["node", "sequitur", ...joinValues(argv, cli)], { run: false });
    const command = cli.matchedCommand;
    if (options["version"] && command) cli.outputVersion();
    if (options["help"] || options["version"]) return EXIT.fine;
    const given: Given = new Map(Object.entries(options));
    if (!command) {
      if (args[0] !== undefined) throw unknownCommand(String(args[0]), cli);
      refuseUnknownOptions(null, argv, given, cli);
      cli.outputHelp();
      return EXIT.refused;
    }
    refuseUnknownOptions(command, argv, given, cli);
    refuseSurplus(command, cli.args.slice(command.args.length).concat(options["--"] ?? []));
    const [first, second] = args.map(String);
    divertConsole();
    return await ACTIONS[command.name as CommandName](first || missingArgument(command), second, given, argv);
  } catch (error) {
    complain(error, argv);
    return exitCodeOf(error);
  }
}

type CommandName = "run" | "check" | "explain" | "test" | "init";
type Action = (first: string, second: string | undefined, given: Given, words: readonly string[]) => Promise<number>;

const ACTIONS: Readonly<Record<CommandName, Action>> = {
  run: (file, _, given, words) =>
    run(file, {
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
    }),
  check: (file, _, given) =>
    check(file, { json: flag(given, "json"), strict: flag(given, "strict"), brokers: text(given, "brokers") }),
  explain: (file, name, given) => explain(file, name, { json: flag(given, "json"), dot: flag(given, "dot") }),
  test: (file, name, given) =>
    test(file, name, {
      json: flag(given, "json"),
      strict: flag(given, "strict"),
      runs: text(given, "runs"),
      seed: text(given, "seed"),
      tests: texts(given, "tests"),
      events: text(given, "events"),
    }),
  init: (folder, _, given) => init(folder, { force: flag(given, "force"), from: text(given, "from") }),
};

/** Stands before each value of an option: without it the parser makes a number of "007", and an option of "-". */
const VALUE = "\0";

/** `--input 007` becomes `--input=\0007`, wherever an option takes a value and is given one. */
function joinValues(argv: readonly string[], cli: CAC): string[] {
  const takeValues = new Set(
    cli.commands.flatMap((command) =>
      command.options.filter((option) => option.required).map(({ rawName }) => rawName.split(" ")[0] as string),
    ),
  );
  const joined: string[] = [];
  for (const word of argv) {
    const before = joined.at(-1);
    const isValue = word === "-" || !word.startsWith("-");
    const [, name, value] = /^(--[^=]+)=(.+)$/s.exec(word) ?? [];
    if (isValue && before !== undefined && takeValues.has(before)) joined.splice(-1, 1, `${before}=${VALUE}${word}`);
    else joined.push(name !== undefined && takeValues.has(name) ? `${name}=${VALUE}${value}` : word);
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

/** `command` is `null` where none was named. */
function refuseUnknownOptions(command: Command | null, argv: readonly string[], given: Given, cli: CAC): void {
  const known = [...(command?.options ?? []), ...cli.globalCommand.options];
  const unknown = (name: string): ConfigError =>
    unknownOption(
      command,
      name,
      known.map((one) => one.name),
    );
  const swallowed = argv.find((word) => SWALLOWED.test(word));
  if (swallowed !== undefined) throw unknown(swallowed.replace(/^-+|=.*$/gs, ""));
  for (const [name, value] of given) {
    if (name === "--") continue;
    const option = known.find(({ names }) => names.includes(name));
    if (!option) throw unknown(name);
    if (option.required && [value].flat().some((one) => typeof one === "boolean" || one === VALUE)) {
      throw new ConfigError(
        "OPTION_WITHOUT_VALUE",
        `${dashed(name)} needs a value: ${option.rawName}. See "${usageOf(command)} --help".`,
      );
    }
    if (option.isBoolean && typeof value !== "boolean" && !Array.isArray(value)) {
      throw new ConfigError("OPTION_WITH_VALUE", `${dashed(name)} takes no value, but was given "${String(value)}".`);
    }
  }
}

/** What the parser leaves out without a word, makes objects of, or takes for several options of one letter. */
const SWALLOWED = /^(-[^-=]{2}|--?([^=]*\.|(__proto__|constructor|prototype)(=|$)))/;

function refuseSurplus(command: Command, surplus: readonly unknown[]): void {
  if (surplus.length === 0) return;
  const message = `"sequitur ${command.rawName}" does not know what to do with ${surplus.map((word) => `"${word}"`).join(", ")}.`;
  throw new ConfigError("TOO_MANY_ARGUMENTS", `${message} See "sequitur ${command.name} --help".`);
}

function unknownOption(command: Command | null, name: string, known: readonly string[]): ConfigError {
  const near = nearest(dashed(name), known.map(dashed));
  const remedy = near ? `Did you mean ${near}?` : `See "${usageOf(command)} --help".`;
  return new ConfigError("UNKNOWN_OPTION", `"${usageOf(command)}" has no option ${dashed(name)}. ${remedy}`);
}

function usageOf(command: Command | null): string {
  return command === null ? "sequitur" : `sequitur ${command.name}`;
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
  return value === undefined ? [] : [value].flat().map((one) => String(one).replace(VALUE, ""));
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
