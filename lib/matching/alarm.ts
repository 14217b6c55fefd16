// What is thrown when a matcher has something to tell and nobody listens.

import { LimitError, PatternError } from "../core/errors.ts";
import type { FunctionFailed, LimitReached } from "./matcher.ts";

/** The error that stands for a notice. */
export function alarm(notice: LimitReached | FunctionFailed): Error {
  if (notice.kind === "limitReached") {
    return new LimitError(
      "LIMIT_REACHED",
      `Pattern "${notice.pattern}" passed ${notice.limit} = ${notice.max} for key ${JSON.stringify(String(notice.key))}: ${notice.count} ${WHAT[notice.action]}. ` +
        "Bound it with within, a skip strategy or stricter conditions, raise the limit, or pass onNotice to go on.",
    );
  }
  const { where, step, message } = notice;
  return new PatternError(notice.pattern, [
    {
      code: where === "filter" ? "FILTER_FAILED" : "SELECT_FAILED",
      severity: "error",
      path: step === "" ? [] : [step],
      message: `The function given to ${where} threw "${message}" at an event with the time ${notice.at}.`,
      remedy: "Make it handle such events, or pass onNotice to be told and go on.",
    },
  ]);
}

const WHAT: Readonly<Record<LimitReached["action"], string>> = {
  quarantined: "runs were dropped",
  droppedOldest: "runs were dropped, the oldest first",
  matchesNotBuilt: "matches were not built",
};
