// The matcher is what the definition says, for every pattern of three operators on every stream of a few events. In a
// file of its own, beside exhaustive.spec.ts, so that both cores have something to do.

import { suite } from "uvu";
import { allowMs } from "../run/ask.ts";
import { agreesOn, SIX_EVENTS } from "./agrees.ts";
import { type Subject, subjects } from "./subjects.ts";

const it = suite("exhaustive search, three operators");

allowMs(600_000);

/** Those without a window, or those with one. */
function* having(isTimed: boolean, patterns: Iterable<Subject>): Generator<Subject> {
  for (const { windows, alphabet } of patterns) {
    const some = windows.filter(({ withinMs }) => (withinMs !== null) === isTimed);
    if (some.length > 0) yield { windows: some, alphabet };
  }
}

const THREE = { operators: 3, rare: false } as const;

it("agrees on patterns of three operators without a window", () => {
  agreesOn("3 operators", having(false, subjects(THREE)), SIX_EVENTS);
});

// What begins at an event is over three units later: after the fourth event, what began with the first is decided.
it("agrees on patterns of three operators in a window", () => {
  agreesOn("3 operators, window, 4 events", having(true, subjects(THREE)), { ...SIX_EVENTS, length: 4 });
});

it.run();
