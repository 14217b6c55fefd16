// The errors of the whole project. The class says who must act, the code names the mistake for programs,
// the message says what happened, where, and what to do.
//
//     PatternError     the author of a pattern    mend the pattern; all problems are listed at once
//     ConfigError      the operator               mend an option, a file, an environment variable
//     TransportError   nobody yet                 trying again may help: `retriable` says so
//     LimitError       the operator               bound the pattern, or raise the limit that the message names
//     CheckpointError  the operator               saved state does not fit: refuse, never guess
//     invariant        us                         a bug in sequitur

/**
 * One thing that is wrong with a pattern, or that its author should know.
 *
 * @example
 * import type { Problem } from "sequitur";
 *
 * const problem: Problem = {
 *   code: "DUPLICATE_STEP",
 *   severity: "error",
 *   path: ["probe"],
 *   message: "The name is used twice.",
 *   remedy: "Give one of them another name.",
 * };
 * problem.severity; // => "error"
 */
export type Problem<Code extends string = string> = {
  /** Names the kind of problem for programs, such as `DUPLICATE_STEP`. */
  readonly code: Code;
  /** `error` refuses the pattern, `warning` does not. */
  readonly severity: "error" | "warning";
  /** The step, absence or group it concerns: names from the outside in, such as `["retry", "probe"]`; empty for the pattern as a whole. */
  readonly path: readonly string[];
  /** What is wrong, in one sentence. */
  readonly message: string;
  /** What to do about it, in one sentence. */
  readonly remedy: string;
};

/**
 * Base of every error that sequitur throws on purpose.
 *
 * @example
 * import { parseDuration, SequiturError } from "sequitur";
 *
 * let code = "";
 * try {
 *   parseDuration("10 parsecs" as "10m", "within");
 * } catch (error) {
 *   code = error instanceof SequiturError ? error.code : "";
 * }
 * code; // => "BAD_DURATION"
 */
export abstract class SequiturError extends Error {
  abstract override readonly name: string;
  /** Names the kind of mistake for programs. Codes never change their meaning. */
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * A pattern that cannot mean anything sensible. Carries every problem, not just the first.
 *
 * @example
 * import { compile, PatternError, pattern } from "sequitur";
 *
 * let codes: readonly string[] = [];
 * try {
 *   compile(pattern<{ id: string }>("wrong").begin("a").times(0).next("b").maxGap(0));
 * } catch (error) {
 *   codes = error instanceof PatternError ? error.problems.map(({ code }) => code) : [];
 * }
 * codes; // => ["BAD_DURATION", "BAD_COUNT", "NO_TIME_BOUND"]
 */
export class PatternError extends SequiturError {
  override readonly name = "PatternError";
  readonly pattern: string;
  readonly problems: readonly Problem[];
  constructor(pattern: string, problems: readonly Problem[]) {
    super(
      problems.find(({ severity }) => severity === "error")?.code ?? "PATTERN",
      describeProblems(pattern, problems),
    );
    this.pattern = pattern;
    this.problems = problems;
  }
}

/**
 * A setting, option, file or argument that cannot be used.
 *
 * @example
 * import { ConfigError, parseDuration } from "sequitur";
 *
 * let message = "";
 * try {
 *   parseDuration("soon" as "10m", "within");
 * } catch (error) {
 *   message = error instanceof ConfigError ? error.message : "";
 * }
 * message.includes("within"); // => true
 */
export class ConfigError extends SequiturError {
  override readonly name = "ConfigError";
}

/**
 * The outside world failed: a file, a broker, a pipe.
 *
 * @example
 * import { TransportError } from "sequitur";
 *
 * const error = new TransportError("SINK_FAILED", "Could not write alerts.ndjson: the disk is full.", { retriable: true });
 * error.retriable; // => true
 */
export class TransportError extends SequiturError {
  override readonly name = "TransportError";
  /** Whether the same call may succeed later. */
  readonly retriable: boolean;
  constructor(code: string, message: string, options: ErrorOptions & { readonly retriable: boolean }) {
    super(code, message, options);
    this.retriable = options.retriable;
  }
}

/**
 * A limit was passed whose policy is to fail, or of which nobody wanted to be told.
 *
 * @example
 * import { createMatcher, LimitError, pattern } from "sequitur";
 *
 * const pair = pattern<{ type: string }>("pair").begin("one").followedBy("two").where((e) => e.type.eq("end"));
 * const matcher = createMatcher(pair, { limits: { maxRunsPerKey: 1, onLimit: "fail" } });
 * matcher.push({ type: "a" });
 * let code = "";
 * try {
 *   matcher.push({ type: "b" });
 * } catch (error) {
 *   code = error instanceof LimitError ? error.code : "";
 * }
 * code; // => "LIMIT_REACHED"
 */
export class LimitError extends SequiturError {
  override readonly name = "LimitError";
}

/**
 * Saved state that does not belong to this pattern, version or configuration.
 *
 * @example
 * import { CheckpointError, createMatcher, pattern } from "sequitur";
 *
 * const state = createMatcher(pattern<{ id: string }>("one").begin("a"), {}).save();
 * let code = "";
 * try {
 *   createMatcher(pattern<{ id: string }>("two").begin("a").next("b"), {}).restore(state);
 * } catch (error) {
 *   code = error instanceof CheckpointError ? error.code : "";
 * }
 * code; // => "OTHER_PATTERN"
 */
export class CheckpointError extends SequiturError {
  override readonly name = "CheckpointError";
}

/** Says every problem of a pattern in one text, one paragraph each, errors first. */
export function describeProblems(pattern: string, problems: readonly Problem[]): string {
  const ordered = [...problems].sort((a, b) => Number(a.severity === "warning") - Number(b.severity === "warning"));
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const lines = ordered.map((problem) => {
    const place = problem.path.length > 0 ? ` at "${problem.path.join(" > ")}"` : "";
    return `  ${problem.severity} ${problem.code}${place}: ${problem.message} ${problem.remedy}`.trimEnd();
  });
  return `pattern "${pattern}" has ${count}\n${lines.join("\n")}`;
}

/**
 * Checks what must hold if sequitur itself is right.
 *
 * @throws {Error} saying that this is a bug in sequitur, with `claim`.
 */
export function invariant(holds: boolean, claim: string): asserts holds {
  if (!holds)
    throw new Error(
      `This is a bug in sequitur: ${claim} does not hold. Please report it with the pattern and the events.`,
    );
}

/** The end of an exhaustive `switch`: adding a kind without handling it stops the build at the call. */
export function unreachable(value: never): never {
  throw new Error(
    `This is a bug in sequitur: ${JSON.stringify(value)} was not expected. Please report it with the pattern and the events.`,
  );
}
