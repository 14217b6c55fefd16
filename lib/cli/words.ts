// From words to a command and its options: says what is unknown, missing or too much, and what was probably meant.

import type { CAC, Command } from "cac";
import { ConfigError, invariant } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import { complain, EXIT, exitCodeOf } from "./failure.ts";
import { divertConsole } from "./stdout.ts";

/** Options as they were read: by name in camel case. */
export type Given = ReadonlyMap<string, unknown>;

/** Does the work of a command. Resolves with the exit code. `words`: all there were, without node and script. */
export type Action = (args: readonly string[], given: Given, words: readonly string[]) => Promise<number>;

/**
 * Has the action of the command that `words` name done; the one that needs no name has the name "". Resolves with the exit code;
 * complaints are on standard error by then.
 */
export async function runWords(
  words: readonly string[],
  cli: CAC,
  actions: ReadonlyMap<string, Action>,
): Promise<number> {
  try {
    const { args, options } = cli.parse(["node", cli.name, ...joinValues(words, cli)], { run: false });
    const command = cli.matchedCommand;
    if (options["version"] && command) cli.outputVersion();
    if (options["help"] || options["version"]) return EXIT.fine;
    const given: Given = new Map(Object.entries(options));
    if (!command) {
      if (args[0] !== undefined) throw unknownCommand(String(args[0]), cli);
      refuseUnknownOptions(null, words, given, cli);
      cli.outputHelp();
      return EXIT.refused;
    }
    refuseUnknownOptions(command, words, given, cli);
    refuseSurplus(command, cli.args.slice(command.args.length).concat(options["--"] ?? []), cli);
    if (command.args[0]?.required && !args[0]) missingArgument(command, cli);
    divertConsole();
    const action = actions.get(command.name);
    invariant(action !== undefined, `that the command "${command.name}" does something`);
    return await action(args.map(String), given, words);
  } catch (error) {
    complain(error, words);
    return exitCodeOf(error);
  }
}

/** Stands before each value of an option: without it the parser makes a number of "007", and an option of "-". */
const VALUE = "\0";

/** `--input 007` becomes `--input=\0007`, wherever an option takes a value and is given one. */
function joinValues(words: readonly string[], cli: CAC): string[] {
  const takeValues = new Set(
    cli.commands.flatMap((command) =>
      command.options.filter((option) => option.required).map(({ rawName }) => rawName.split(" ")[0] as string),
    ),
  );
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1);
    const isValue = /^(?:$|-$|-\d|[^-])/.test(word); // no option is a number
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
function refuseUnknownOptions(command: Command | null, words: readonly string[], given: Given, cli: CAC): void {
  const known = [...(command?.options ?? []), ...cli.globalCommand.options];
  const unknown = (name: string): ConfigError =>
    unknownOption(
      command,
      name,
      known.map((one) => one.name),
      cli,
    );
  const swallowed = words.find((word) => SWALLOWED.test(word));
  if (swallowed !== undefined) throw unknown(swallowed.replace(/^-+|=.*$/gs, ""));
  for (const [name, value] of given) {
    if (name === "--") continue;
    const option = known.find(({ names }) => names.includes(name));
    if (!option) throw unknown(name);
    if (option.required && [value].flat().some((one) => typeof one === "boolean" || one === VALUE)) {
      throw new ConfigError(
        "OPTION_WITHOUT_VALUE",
        `${dashed(name)} needs a value: ${option.rawName}. See "${usageOf(command, cli)} --help".`,
      );
    }
    if (option.isBoolean && typeof value !== "boolean" && !Array.isArray(value)) {
      throw new ConfigError("OPTION_WITH_VALUE", `${dashed(name)} takes no value, but was given "${String(value)}".`);
    }
  }
}

/** What the parser leaves out without a word, makes objects of, or takes for several options of one letter. */
const SWALLOWED = /^(-[^-=]{2}|--?([^=]*\.|(__proto__|constructor|prototype)(=|$)))/;

function refuseSurplus(command: Command, surplus: readonly unknown[], cli: CAC): void {
  if (surplus.length === 0) return;
  const message = `"${`${cli.name} ${command.rawName}`.trimEnd()}" does not know what to do with ${surplus.map((word) => `"${word}"`).join(", ")}.`;
  throw new ConfigError("TOO_MANY_ARGUMENTS", `${message} See "${usageOf(command, cli)} --help".`);
}

function unknownOption(command: Command | null, name: string, known: readonly string[], cli: CAC): ConfigError {
  const near = nearest(dashed(name), known.map(dashed));
  const remedy = near ? `Did you mean ${near}?` : `See "${usageOf(command, cli)} --help".`;
  return new ConfigError("UNKNOWN_OPTION", `"${usageOf(command, cli)}" has no option ${dashed(name)}. ${remedy}`);
}

function usageOf(command: Command | null, { name }: CAC): string {
  return command === null ? name : `${name} ${command.name}`.trimEnd();
}

function missingArgument(command: Command, cli: CAC): never {
  const [argument] = command.args;
  throw new ConfigError(
    "MISSING_ARGUMENT",
    `"${usageOf(command, cli)}" needs a ${argument?.value}: ${cli.name} ${command.rawName}. See "${usageOf(command, cli)} --help".`,
  );
}

function dashed(name: string): string {
  const kebab = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return kebab.length === 1 ? `-${kebab}` : `--${kebab}`;
}

/** What was given for an option, each time. */
export function texts(given: Given, name: string): readonly string[] {
  const value = given.get(name);
  return value === undefined ? [] : [value].flat().map((one) => String(one).replace(VALUE, ""));
}

/** What was given for an option; `null`: nothing. @throws {ConfigError} `OPTION_TWICE` */
export function text(given: Given, name: string): string | null {
  const all = texts(given, name);
  if (all.length > 1)
    throw new ConfigError(
      "OPTION_TWICE",
      `${dashed(name)} was given ${all.length} times (${all.join(", ")}): give it once.`,
    );
  return all[0] ?? null;
}

/** Whether an option without a value was given. */
export function flag(given: Given, name: string): boolean {
  return [given.get(name)].flat().includes(true);
}
