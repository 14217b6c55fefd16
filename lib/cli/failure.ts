// What people and scripts are told when a command cannot do its work, and with which exit code.

import { ConfigError } from "../core/errors.ts";
import { saidBy, stackOf } from "../event/bad-record.ts";

/** Exit codes of the command. */
export const EXIT: ExitCodes = { fine: 0, failed: 1, refused: 2, outside: 3, gaveUp: 4, killed: 130 };

export type ExitCodes = {
  /** All went well. */
  readonly fine: 0;
  /** The work began and failed. */
  readonly failed: 1;
  /** A wrong option, file, setting or pattern: nothing was done. */
  readonly refused: 2;
  /** The outside world failed, such as brokers that are away: the same command may succeed later. */
  readonly outside: 3;
  /** With `--processes`: one of them died again and again. */
  readonly gaveUp: 4;
  /** A second Ctrl-C. */
  readonly killed: 130;
};

export type FailureStyle = { readonly verbose: boolean; readonly json: boolean };

/** The exit code for an error. `hasBegun`: after something was done, so that it is no refusal any more. */
export function exitCodeOf(error: unknown, hasBegun = false): number {
  if (!(error instanceof Error)) return EXIT.failed;
  if ((error as { readonly retriable?: unknown }).retriable === true && error.name === "TransportError")
    return EXIT.outside;
  return AT_FAULT.has(error.name) && !hasBegun ? EXIT.refused : EXIT.failed;
}

/** The exit code of a process that has nothing left to wait for, though an await of a module has not settled. */
const NEVER_SETTLED = 13;

/** Why a process ends with `code` before its work is done. */
export function endedEarly(code: number): Error {
  return code === NEVER_SETTLED
    ? new ConfigError(
        "NEVER_LOADED",
        "the file never finished loading: an await at the top level of a file waits for something that cannot come. Mend it; nothing was run.",
      )
    : new ConfigError(
        "PROCESS_ENDED",
        `the code of the file ended the process itself, with process.exit(${code}), before the work was done. Throw an error instead: then what was begun is finished.`,
      );
}

/** Writes to standard error what went wrong, as the words of the command line want it. */
export function complain(error: unknown, words: readonly string[]): void {
  const style = { verbose: words.includes("--verbose"), json: words.includes("--json") };
  process.stderr.write(describeFailure(error, style));
}

/** One paragraph, or with `json` one line of JSON. With `verbose` the stacks follow. */
export function describeFailure(error: unknown, { verbose, json }: FailureStyle): string {
  if (json) return `${JSON.stringify({ error: toJson(error) })}\n`;
  const stack = verbose ? `\n${stacksOf(error).join("\ncaused by ")}` : "";
  return `sequitur: ${messageOf(error)}${stack}\n`;
}

// Names, not classes: a user's project may bring its own copy of this package.
const AT_FAULT: ReadonlySet<string> = new Set(["ConfigError", "PatternError", "CheckpointError"]);
const OURS: ReadonlySet<string> = new Set([...AT_FAULT, "TransportError", "LimitError"]);

/** Whether it has a name and message to show. Anything can be thrown, and have anything for a name. */
function isError(error: unknown): error is Error {
  return error instanceof Error && typeof error.name === "string" && typeof error.message === "string";
}

function messageOf(error: unknown): string {
  if (!isError(error))
    return `something was thrown that is no Error: ${saidBy(error)}. Run again with --verbose and look at what your code throws.`;
  if (OURS.has(error.name)) return error.message;
  const more = error.message.includes("bug in sequitur") ? "" : " Run again with --verbose to see where it comes from.";
  const said = /[.!?]$/.test(error.message) || more === "" ? error.message : `${error.message}.`;
  return `${error.name}: ${said}${more}`;
}

function stacksOf(error: unknown): string[] {
  if (!isError(error)) return [];
  return [stackOf(error) || error.message, ...stacksOf(error.cause)];
}

function toJson(error: unknown): unknown {
  if (!isError(error)) return { name: "unknown", message: saidBy(error) };
  const { code, problems } = error as { code?: unknown; problems?: unknown };
  return { name: error.name, code, message: error.message, problems };
}
