// What the words of the command line have done.

import { build } from "./build.ts";
import { check } from "./check.ts";
import { describeCommands } from "./commands.ts";
import { explain } from "./explain.ts";
import { init } from "./init.ts";
import { loadModule } from "./load.ts";
import { reset } from "./reset.ts";
import { run } from "./run.ts";
import { checkCommandOf, resetCommandOf, runCommandOf, statusCommandOf } from "./service-words.ts";
import { status } from "./status.ts";
import { loadSubject } from "./subject.ts";
import { test } from "./test.ts";
import { type Action, flag, runWords, text, texts } from "./words.ts";

/** Does what `words` (without node and script) say. Resolves with the exit code; complaints are on standard error by then. */
export function runCommandLine(words: readonly string[]): Promise<number> {
  return runWords(words, describeCommands(), ACTIONS);
}

const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ["run", ([file = ""], given, words) => run(() => loadModule(file), runCommandOf(given, words))],
  ["check", async ([file = ""], given) => check(await loadSubject(file), checkCommandOf(given))],
  [
    "explain",
    ([file = "", name], given) => explain(file, name, { json: flag(given, "json"), dot: flag(given, "dot") }),
  ],
  [
    "test",
    ([file = "", name], given) =>
      test(file, name, {
        json: flag(given, "json"),
        strict: flag(given, "strict"),
        runs: text(given, "runs"),
        seed: text(given, "seed"),
        tests: texts(given, "tests"),
        events: text(given, "events"),
      }),
  ],
  ["init", ([folder = ""], given) => init(folder, { force: flag(given, "force"), from: text(given, "from") })],
  ["status", async ([file = ""], given) => status(await loadModule(file), statusCommandOf(given))],
  ["reset", async ([file = ""], given) => reset(await loadModule(file), resetCommandOf(given))],
  [
    "build",
    ([file = ""], given) =>
      build(file, {
        out: text(given, "out"),
        external: texts(given, "external"),
        minify: flag(given, "minify"),
        check: flag(given, "check"),
        json: flag(given, "json"),
      }),
  ],
]);
