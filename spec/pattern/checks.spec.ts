import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { describeProblems } from "../../lib/core/errors.ts";
import type { PatternAst } from "../../lib/pattern/ast.ts";
import { type CheckOptions, checkPattern } from "../../lib/pattern/checks/checks.ts";
import { PROBLEM_CODES, type ProblemCode } from "../../lib/pattern/checks/problem-codes.ts";
import type { Condition } from "../../lib/pattern/expression/expression.ts";
import { DEFAULT_PATTERN_LIMITS } from "../../lib/pattern/limits.ts";
import { astArbitrary } from "./arbitraries.ts";
import {
  and,
  begin,
  followedBy,
  group,
  is,
  next,
  notFollowedBy,
  oneOrMore,
  pattern,
  taken,
  times,
} from "./ast-builders.ts";
import { CONDITIONS_CASES } from "./check-cases/conditions.ts";
import { ELEMENTS_CASES } from "./check-cases/elements.ts";
import { LIMITS_CASES } from "./check-cases/limits.ts";
import { QUANTIFIERS_CASES } from "./check-cases/quantifiers.ts";
import { REPORT_CASES } from "./check-cases/report.ts";
import { SENSE_CASES } from "./check-cases/sense.ts";
import { WORDS_CASES } from "./check-cases/words.ts";

const it = suite("pattern/checks");

const CASES = [
  ...LIMITS_CASES,
  ...WORDS_CASES,
  ...ELEMENTS_CASES,
  ...QUANTIFIERS_CASES,
  ...REPORT_CASES,
  ...CONDITIONS_CASES,
  ...SENSE_CASES,
];

const a = begin("a");
const within = { withinMs: 600_000 };
const conditioned = (condition: Condition): PatternAst => pattern([a, next("b", { condition })]);
const until = (condition: Condition) => ({ quantifier: oneOrMore({ until: condition }) });

/** What is said apart from the life of runs, of which most small patterns say something. */
const codesOf = (ast: PatternAst, code: ProblemCode, options?: CheckOptions): readonly string[] => [
  ...new Set(
    checkPattern(ast, options)
      .map((problem) => problem.code)
      .filter((each) => each === code || each !== "NO_TIME_BOUND"),
  ),
];

for (const { code, what, wrong, path = null, message, right, options } of CASES) {
  it(`${code}: ${what}`, () => {
    const problems = checkPattern(wrong, options).filter((problem) => problem.code === code);
    assert.equal(codesOf(wrong, code, options), [code]);
    const [problem] = problems;
    if (path !== null) assert.equal(problem?.path, path);
    assert.match(describeProblems("p", problems), message);
    for (const each of problems) {
      assert.match(each.message, /^[^ ].*[^.]\.$/s);
      assert.match(each.remedy, /^[A-Z].*[.?]$/s);
    }
    if (right !== null) assert.equal(codesOf(right, code, options), [], describeProblems("p", checkPattern(right)));
  });
}

it("provokes every code there is", () => {
  assert.equal([...new Set(CASES.map(({ code }) => code))].sort(), [...PROBLEM_CODES].sort());
});

const WARNINGS: readonly ProblemCode[] = ["NO_TIME_BOUND", "NOT_A_NUMBER", "NEVER_HOLDS", "ABSENCE_OF_OWN_LOOP"];

it("refuses for all codes but the warnings", () => {
  for (const { code, wrong, options } of CASES) {
    const problem = checkPattern(wrong, options).find((each) => each.code === code);
    assert.is(problem?.severity, WARNINGS.includes(code) ? "warning" : "error", code);
  }
});

it("refuses a pattern without time bound where one is required", () => {
  const severity = (options: CheckOptions) =>
    checkPattern(pattern([a, followedBy("b")]), options).map((each) => each.severity);
  assert.equal(severity({}), ["warning"]);
  assert.equal(severity({ requireBound: false }), ["warning"]);
  assert.equal(severity({ requireBound: true }), ["error"]);
  assert.equal(checkPattern(pattern([a, followedBy("b")], within), { requireBound: true }), []);
});

it("finds all problems at once", () => {
  const problems = checkPattern(
    pattern(
      [
        begin("", { quantifier: times(3, 2) }),
        notFollowedBy("n", { condition: is("v", "eq", taken("later", "v")) }),
        next("n", { maxGapMs: -1, quantifier: times(2, 2, { greedy: true }) }),
        next("later"),
      ],
      { version: 0, skip: { to: "first", step: "nobody", orElse: null } },
    ),
  );
  assert.equal(problems.map(({ code }) => code).sort(), [
    "BAD_COUNT",
    "BAD_DURATION",
    "BAD_VERSION",
    "DUPLICATE_STEP",
    "EMPTY_NAME",
    "GREEDY_FIXED_COUNT",
    "LATER_STEP",
    "NO_TIME_BOUND",
    "UNKNOWN_SKIP_TARGET",
  ]);
});

it("says once what a condition says twice", () => {
  const twice = and(is("v", "eq", taken("x", "v")), is("w", "eq", taken("x", "w")));
  assert.equal(codesOf(conditioned(twice), "UNKNOWN_STEP"), ["UNKNOWN_STEP"]);
  assert.is(checkPattern(conditioned(twice)).filter(({ code }) => code === "UNKNOWN_STEP").length, 1);
});

it("raises and lowers every limit by its name", () => {
  const provoking = CASES.filter(({ message }) => /limit max/.test(message.source));
  for (const limit of Object.keys(DEFAULT_PATTERN_LIMITS)) {
    const found = provoking.find(({ message }) => message.source.includes(limit));
    assert.ok(found, `no case provokes ${limit}`);
    const raised = checkPattern(found.wrong, { limits: { [limit]: 1_000_000 } });
    assert.not(
      raised.some(({ code }) => code === found.code),
      `${limit} cannot be raised`,
    );
    const lowered = checkPattern(found.right ?? found.wrong, { limits: { [limit]: 0 } });
    assert.ok(
      lowered.some(({ code }) => code === found.code),
      `${limit} cannot be lowered`,
    );
  }
});

it("lets a group see what is before it, and what is behind see the group", () => {
  const inGroup = group("next", [begin("b", { condition: is("v", "gt", taken("a", "v")) })], {
    quantifier: oneOrMore(),
  });
  const behind = next("c", { condition: and(is("v", "gt", taken("b", "v", "last")), is("w", "eq", taken("a", "w"))) });
  assert.equal(codesOf(pattern([a, inGroup, behind]), "LATER_STEP"), []);
});

it("lets a step in a group and an until see what it took itself", () => {
  const rising = begin("a", { condition: is("v", "gt", taken("a", "v", "last")) });
  assert.equal(codesOf(pattern([group(null, [rising], { quantifier: oneOrMore() })]), "OWN_STEP"), []);
  assert.equal(codesOf(pattern([begin("a", until(is("v", "lt", taken("a", "v", "last"))))]), "OWN_STEP"), []);
});

it("changes nothing, whatever it is given", () =>
  fc.assert(
    fc.property(astArbitrary(), (ast) => {
      const before = structuredClone(ast);
      checkPattern(ast, { requireBound: true });
      assert.equal(ast, before);
    }),
    { numRuns: 1_000 },
  ));

it.run();
