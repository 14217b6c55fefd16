// What the commands among the specs have in common: a line that makes no sense is told why, and then nothing is run.
import { type ParseArgsConfig, parseArgs } from "node:util";

/** Runs a command: `command` is what was read of its line, or what to say instead; `usage` itself was asked for. Sets the exit code. */
export async function runCommand<Command extends object>(
  usage: string,
  command: Command | string,
  run: (command: Command) => Promise<number>,
): Promise<void> {
  if (typeof command === "string") {
    (command === usage ? console.log : console.error)(command);
    process.exitCode = command === usage ? 0 : 2;
  } else {
    process.exitCode = await run(command);
  }
}

type OptionsOfLine = NonNullable<ParseArgsConfig["options"]>;

/** What `parseArgs` makes of a line that has these options. */
type Values<Options extends OptionsOfLine> = ReturnType<typeof parseArgs<{ options: Options }>>["values"];

/**
 * Reads a line of words: `make` gets the values of `options` and says what is wanted. Or what to say instead: the usage, if
 * `--help` is among the words, or what is wrong with them, which `make` may throw.
 */
export function readWords<Options extends OptionsOfLine, Command extends object>(
  usage: string,
  words: readonly string[],
  options: Options,
  make: (values: Values<Options>) => Command,
): Command | string {
  try {
    const known = { ...options, help: { type: "boolean" } } as const;
    const { values } = parseArgs({ args: [...words], options: known });
    return "help" in values ? usage : make(values as Values<Options>);
  } catch (error) {
    return (error as Error).message;
  }
}

/** @throws {Error} saying which option wants a whole number. */
export function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new Error(`--${name} takes a whole number from 1 up, not "${text}".`);
}

/** The first and the last of `--seeds A..B`; of `--seeds A` both are A. @throws {Error} saying what the option takes. */
export function seedRange(text: string): { readonly from: number; readonly to: number } {
  const [, first, last = first] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  if (first === undefined || Number(last) < Number(first))
    throw new Error("--seeds takes a number, or two as in 1..1000.");
  return { from: Number(first), to: Number(last) };
}
