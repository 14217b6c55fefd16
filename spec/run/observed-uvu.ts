// Stands in for "uvu" inside the runner's child processes (see tsconfig.json beside this file): uvu itself, with every
// test and hook wrapped, because uvu swallows what its hooks throw and knows neither time limits nor missing `.run()`s.
import { createRequire } from "node:module";
import type { Callback, Test } from "uvu";
import { at, describe, firstLine, log, type SuiteLog, type TestLog, toError } from "./log.ts";
import { settle } from "./settle.ts";

const uvu = createRequire(import.meta.url)("../../node_modules/uvu/dist/index.js") as typeof import("uvu");

type Scope = "before" | "before.each" | "after" | "after.each";

export function suite<T>(title = "", context?: T): Test<T> {
  const real = uvu.suite<T>(title, context);
  const mine: SuiteLog = { title, pending: [], queued: [], skipped: 0, current: undefined };
  log.suites.push(mine);

  const it = (name: string, test: Callback<T>): void => real(name, observedTest(mine, name, false, test));
  const hooked = (scope: Scope, hook: Callback<T>) => observedHook(mine, scope, hook);
  return Object.assign(it, {
    only: (name: string, test: Callback<T>) => real.only(name, observedTest(mine, name, true, test)),
    skip: () => {
      mine.skipped += 1;
    },
    before: Object.assign((hook: Callback<T>) => real.before(hooked("before", hook)), {
      each: (hook: Callback<T>) => real.before.each(hooked("before.each", hook)),
    }),
    after: Object.assign((hook: Callback<T>) => real.after(hooked("after", hook)), {
      each: (hook: Callback<T>) => real.after.each(hooked("after.each", hook)),
    }),
    run: () => {
      mine.queued.push(...mine.pending);
      mine.pending = [];
      real.run();
    },
  });
}

/** uvu's suite without a name, which a file may use or not. */
export const test: Test = suite();

function observedTest<T>(suite: SuiteLog, name: string, only: boolean, test: Callback<T>): Callback<T> {
  const mine: TestLog = { name, only, state: "waiting" };
  suite.pending.push(mine);
  return async (context) => {
    const where = `${suite.title} › ${name}`;
    suite.current = mine;
    at(where);
    try {
      await settle(() => test(context), log.limitMs);
      mine.state = "passed";
    } catch (thrown) {
      mine.state = "failed";
      const error = toError(thrown);
      log.testFailures.push({ where, what: firstLine(error) });
      throw error;
    }
  };
}

function observedHook<T>(suite: SuiteLog, scope: Scope, hook: Callback<T>): Callback<T> {
  return async (context) => {
    const ofTest = scope.endsWith(".each");
    const where = ofTest ? `${suite.title} › ${context.__test__}` : suite.title;
    at(`${where} (${scope} hook)`);
    try {
      await settle(() => hook(context), log.limitMs);
    } catch (thrown) {
      const error = toError(thrown);
      const failures = ofTest ? log.testFailures : log.fileFailures;
      failures.push({ where, what: `its ${scope} hook threw: ${describe(error)}` });
      if (scope === "after.each" && suite.current !== undefined) suite.current.state = "failed";
      throw error;
    }
  };
}
