// Errors of the outside world as entries of a list of problems.

import type { Problem, SequiturError } from "../core/errors.ts";

/** The first sentence says what is wrong, the others what to do. */
export function problemOf({ code, message }: SequiturError, path: readonly string[]): Problem {
  const end = /[^.]\.\s+(?=[A-Z])/.exec(message);
  const at = end === null ? message.length : end.index + 2;
  return { code, severity: "error", path, message: message.slice(0, at), remedy: message.slice(at).trim() };
}
