import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  CheckpointError,
  ConfigError,
  describeProblems,
  invariant,
  PatternError,
  type Problem,
  SequiturError,
  TransportError,
  unreachable,
} from "../../lib/core/errors.ts";

const it = suite("core/errors");

const problem = (fields: Partial<Problem>): Problem => ({
  code: "DUPLICATE_STEP",
  severity: "error",
  path: [],
  message: 'The name "a" is used twice.',
  remedy: "Rename one.",
  ...fields,
});

it("lists all problems of a pattern, errors first, each with its place and remedy", () => {
  const problems = [
    problem({
      severity: "warning",
      code: "NO_TIME_BOUND",
      path: ["b"],
      message: "It waits for ever.",
      remedy: "Add within.",
    }),
    problem({ path: ["(a, b)", "a"] }),
  ];
  assert.is(
    describeProblems("p", problems),
    'pattern "p" has 2 problems\n' +
      '  error DUPLICATE_STEP at "(a, b) > a": The name "a" is used twice. Rename one.\n' +
      '  warning NO_TIME_BOUND at "b": It waits for ever. Add within.',
  );
  assert.is(problems[0]?.code, "NO_TIME_BOUND", "the list given is left as it was");
});

it("says one problem of the pattern as a whole without a place", () => {
  assert.is(
    describeProblems("p", [problem({})]),
    'pattern "p" has 1 problem\n  error DUPLICATE_STEP: The name "a" is used twice. Rename one.',
  );
});

it("tells by its class who must act, and by its code what happened", () => {
  const cause = new Error("ENOENT");
  const errors = [
    new PatternError("p", [problem({})]),
    new ConfigError("BAD_OPTION", "m"),
    new TransportError("BROKER_GONE", "m", { cause, retriable: true }),
    new CheckpointError("OTHER_PATTERN", "m", { cause }),
  ];
  assert.equal(
    errors.map((error) => [error.name, error.code, error instanceof SequiturError && error instanceof Error]),
    [
      ["PatternError", "DUPLICATE_STEP", true],
      ["ConfigError", "BAD_OPTION", true],
      ["TransportError", "BROKER_GONE", true],
      ["CheckpointError", "OTHER_PATTERN", true],
    ],
  );
  assert.is((errors[2] as TransportError).retriable, true);
  assert.is(errors[2]?.cause, cause);
  assert.is(errors[3]?.cause, cause);
  assert.match(String(errors[0]), /^PatternError: pattern "p" has 1 problem/);
});

it("keeps the pattern and its problems in the error", () => {
  const problems = [problem({}), problem({ code: "OTHER" })];
  const error = new PatternError("p", problems);
  assert.is(error.pattern, "p");
  assert.equal(error.problems, problems);
  assert.is(error.message, describeProblems("p", problems));
  assert.is(new PatternError("p", []).code, "PATTERN");
});

it("takes the code of the first problem that refuses the pattern", () => {
  const error = new PatternError("p", [
    problem({ severity: "warning", code: "A_WARNING" }),
    problem({ code: "AN_ERROR" }),
  ]);
  assert.is(error.code, "AN_ERROR");
});

it("says of a broken invariant that it is our fault, and what was claimed", () => {
  assert.not.throws(() => invariant(true, "two and two is four"));
  assert.throws(() => invariant(false, "two and two is five"), /a bug in sequitur: two and two is five does not hold/);
});

it("says what was not expected where nothing should arrive", () => {
  assert.throws(
    () => unreachable({ kind: "surprise" } as never),
    /a bug in sequitur: \{"kind":"surprise"\} was not expected/,
  );
});

it.run();
