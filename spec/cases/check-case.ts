// One case against everything that can be asked: see the list in README.md, "What is done with a case".

import * as assert from "uvu/assert";
import { compile } from "../../lib/automaton/compile.ts";
import { PatternError, type Problem } from "../../lib/core/errors.ts";
import { type CheckOptions, checkPattern } from "../../lib/pattern/checks/checks.ts";
import { DEFAULT_PATTERN_LIMITS } from "../../lib/pattern/limits.ts";
import type { Pattern } from "../../lib/pattern/pattern.ts";
import { fromJSON, patternFrom } from "../../lib/pattern/pattern-value.ts";
import type { Case, Complaint, Stream } from "./case.ts";
import { toAst } from "./to-ast.ts";
import { toBuilder } from "./to-builder.ts";
import { byDefinition, byMatcher, expected, inProcess, rowsOf } from "./ways.ts";

/** @throws {Error} an assertion that fails, if anything says something else than the case. */
export function checkCase(each: Case): void {
  const pattern = patternOf(each);
  checkProblems(each, pattern);
  if (each.refused !== null) return;
  const automaton = compile(pattern, checkOptions(each));
  const forms = [pattern, ...otherForms(each, pattern)];
  for (const form of forms) assert.equal(form.ast, pattern.ast, "the pattern, said in another way");
  const compiled = forms.map((form) => compile(form, checkOptions(each)));
  for (const stream of each.streams) {
    const answers = [
      ...compiled.map((one) => byMatcher(one, each, stream, false)),
      byMatcher(automaton, each, stream, true),
      inProcess(pattern, each, stream),
    ];
    for (const { matches, timedOut, notices } of answers) {
      const shown = { matches, timedOut: stream.timedOut === null ? [] : timedOut, notices };
      assert.equal(shown, expected(stream), stream.place);
    }
    for (const { ids } of answers) assert.equal(ids, answers[0]?.ids, `${stream.place}: ids`);
    assert.is(new Set(answers[0]?.ids).size, answers[0]?.ids.length, `${stream.place}: an id is given twice`);
    for (const { stats } of answers) checkCounts(stats, stream);
    checkDefinition(pattern, each, stream);
  }
}

function patternOf({ pattern }: Case): Pattern {
  return "json" in pattern ? fromJSON(pattern.json) : toBuilder(pattern.words);
}

/** The same pattern, read without the builder and come back from JSON; what has a `filter` has no JSON form. */
function otherForms({ pattern }: Case, built: Pattern): readonly Pattern[] {
  if ("json" in pattern) return [fromJSON(JSON.parse(JSON.stringify(built)))];
  const read = patternFrom(toAst(pattern.words));
  if (pattern.words.some(({ kind }) => kind === "filter")) {
    assert.throws(() => built.toJSON(), /function/);
    return [read];
  }
  return [read, fromJSON(JSON.parse(JSON.stringify(built.toJSON())))];
}

function checkCounts(stats: Readonly<Record<string, unknown>>, { counts, place }: Stream): void {
  for (const [name, count] of counts) assert.is(stats[name], count, `${place}: ${name}`);
}

function checkDefinition({ ast }: Pattern, each: Case, stream: Stream): void {
  if (each.options.limits.size > 0) return;
  for (const key of new Set(stream.events.map((event) => event.key))) {
    if (key === null) continue;
    const { matches, timedOut } = byDefinition(ast, each, stream, key);
    assert.equal(matches, rowsOf(stream.matches, stream, key), `${stream.place}: by definition`);
    if (stream.timedOut === null) continue;
    assert.equal(timedOut, rowsOf(stream.timedOut, stream, key), `${stream.place}: timed out by definition`);
  }
}

// Patterns that are refused.

function checkProblems(each: Case, pattern: Pattern): void {
  const problems = problemsOf(each, pattern);
  const errors = problems.filter(({ severity }) => severity === "error");
  assert.equal(errors.map(toComplaint), each.refused ?? [], "the reasons to refuse it");
  const isMeant = ({ code }: Complaint): boolean => each.warned?.some((one) => one.code === code) ?? false;
  const warnings = problems.filter(({ severity }) => severity === "warning").map(toComplaint);
  // Most small patterns are without a time bound, and most cases are not about that.
  const told = warnings.filter((warning) => warning.code !== "NO_TIME_BOUND" || isMeant(warning));
  if (each.warned !== null) assert.equal(told, each.warned, "what its author is told");
  for (const { message, remedy } of problems) assert.ok(message.length > 10 && remedy.length > 10, message);
  if ("words" in each.pattern && pattern.problems.length === 0) {
    assert.equal(checkPattern(toAst(each.pattern.words), checkOptions(each)), problems, "the same without the builder");
  }
}

/** What compiling it says. */
function problemsOf(each: Case, pattern: Pattern): readonly Problem[] {
  try {
    compile(pattern, checkOptions(each));
    return [...pattern.problems, ...checkPattern(pattern.ast, checkOptions(each))];
  } catch (error) {
    assert.instance(error, PatternError);
    return (error as PatternError).problems;
  }
}

function toComplaint({ code, path }: Problem): Complaint {
  // Signs that cannot be seen are escaped, and an empty name is "".
  const names = path.map((name) => (name === "" ? '""' : JSON.stringify(name).slice(1, -1)));
  return { code, at: names.length === 0 ? "the pattern" : names.join(" > ") };
}

function checkOptions({ options }: Case): CheckOptions {
  const limits = Object.fromEntries([...options.limits].filter(([name]) => name in DEFAULT_PATTERN_LIMITS));
  return { requireBound: options.requireBound, limits };
}
