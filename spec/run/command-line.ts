// What the commands among the specs have in common: a line that makes no sense is told why and how it is meant, and nothing is run.
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
 * Reads a line of words: `make` gets the values of `options`, and words that are none if it `takesNames`, and says what is wanted. Or
 * what to say instead: the usage, if `--help` is among the words; with what is wrong with them, which `make` may throw, before it.
 */
export function readWords<Options extends OptionsOfLine, Command extends object>(
  usage: string,
  words: readonly string[],
  options: Options,
  make: (values: Values<Options>, names: readonly string[]) => Command,
  takesNames = false,
): Command | string {
  try {
    const known = { ...options, help: { type: "boolean", short: "h" } } as const;
    const { values, positionals } = parseArgs({ args: [...words], options: known, allowPositionals: takesNames });
    return "help" in values ? usage : make(values as Values<Options>, positionals);
  } catch (error) {
    return `${(error as Error).message}\n\n${usage}`;
  }
}

/** @throws {Error} saying which option wants a whole number, and from where to where. */
export function wholeNumber(name: string, text: string, from = 1, to: number = Number.MAX_SAFE_INTEGER): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= from && number <= to) return number;
  const end = to === Number.MAX_SAFE_INTEGER ? "up" : `to ${to}`;
  throw new Error(`--${name} takes a whole number from ${from} ${end}, not "${text}".`);
}

/** The first and the last of `--seeds A..B`; of `--seeds A` both are A. @throws {Error} saying what the option takes. */
export function seedRange(text: string): { readonly from: number; readonly to: number } {
  const [, first, last = first] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  if (first === undefined || Number(last) < Number(first))
    throw new Error("--seeds takes a number, or two as in 1..1000.");
  return { from: Number(first), to: Number(last) };
}
