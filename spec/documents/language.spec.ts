// The reference of the language says what is: every time line by engine and enumerator, what it says of Flink by the
// answers of Flink's matcher, every word of the builder, every code of a problem.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BUILD_CODES, WRITING_CODES } from "../../lib/pattern/builder/build-codes.ts";
import { PROBLEM_CODES } from "../../lib/pattern/checks/problem-codes.ts";
import { projectFiles } from "../architecture/source.ts";
import { REASONS } from "../conformance/reasons.ts";
import { allowMs, note } from "../run/ask.ts";
import { patternWords, valueWords } from "./builder-words.ts";
import { isSameForFlink, questionOf, recordedAnswers } from "./flink/questions.ts";
import { type Claim, claimsOf } from "./timelines.ts";

allowMs(30_000);

const it = suite("documents/language");
const files = projectFiles();
const language = files.get("patterns/README.md") ?? "";
const claims = claimsOf(language);

const at = ({ line, pattern, stream }: Claim): string => `patterns/README.md:${line}: ${pattern}: ${stream}`;

it("time lines are true, says the engine", () => {
  note(`${claims.length} time lines`);
  const wrong = claims.filter(({ shown, found }) => shown !== found);
  assert.equal(
    wrong.map((claim) => `${at(claim)} → ${claim.found}`),
    [],
  );
});

it("time lines are true, says the enumerator", () => {
  const judged = claims.filter(({ defined }) => defined !== null);
  note(`${judged.length} of them judged by the enumerator, ${claims.length - judged.length} are refused`);
  assert.ok(claims.every(({ defined, found }) => defined !== null || found.startsWith("refused ")));
  const wrong = judged.filter(({ shown, defined }) => shown !== defined);
  assert.equal(
    wrong.map((claim) => `${at(claim)} → ${claim.defined}`),
    [],
  );
});

it("what is said of Flink is what Flink has answered, and no difference is left out", () => {
  const answers = recordedAnswers();
  const wrong = claims.flatMap((claim): readonly string[] => {
    const answer = answers[claim.pattern]?.[claim.stream];
    if (questionOf(claim) === null)
      return claim.shownOfFlink === null ? [] : [`${at(claim)}: has no equivalent in Flink`];
    if (answer === undefined) return [`${at(claim)}: Flink was not asked; see spec/documents/flink/ask.ts`];
    const expected = isSameForFlink(answer, claim.found) ? null : answer;
    return claim.shownOfFlink === expected ? [] : [`${at(claim)}: Flink: ${expected ?? "the same"}`];
  });
  note(`${claims.filter((claim) => questionOf(claim) !== null).length} of them asked of Flink`);
  assert.equal(wrong, []);
});

it("time lines that are not true are seen (planted)", () => {
  const claim = (line: string) => claimsOf(`\`\`\`timeline\n${line}\n\`\`\`\n`);
  const found = (line: string) => claim(line).map((each) => each.found);
  assert.equal(found("begin(a) next(b)\n    a1 b2 → none\n    a1 x2 b3 → {a1 b3}"), ["{a1 b2}", "none"]);
  assert.equal(found("begin(a) notFollowedBy(n) within(5)\n    a1 → {a1}"), ["{a1}@6"]);
  assert.equal(found("begin(a) followedBy(b) within(5) timedOut(all)\n    a1 → none"), ["none; timed out {a1}@6"]);
  assert.equal(found("begin(it) on(a, b) where(e.v.gt(3))\n    a1=3 a2=4 b3=-1 b4=5 → ?"), ["{a2} {b4}"]);
  assert.equal(found("begin(a) optional() notNext(n)\n    a1 → ?"), ["refused ABSENCE_AFTER_NOTHING"]);
  assert.equal(
    claim("begin(a)\n    a1 → {a1}  Flink: none").map(({ shown, shownOfFlink }) => [shown, shownOfFlink]),
    [["{a1}", "none"]],
  );
  const many = claim(`begin(a) next(b)\n    ${Array.from({ length: 13 }, (_, index) => `a${index}`).join(" ")} → none`);
  assert.equal(
    many.map(({ found: byEngine, defined }) => [byEngine, defined]),
    [["none", null]],
  );
  assert.throws(() => found("begin(a) after(b)\n    a1 → none"), 'no word "after"');
  assert.throws(() => found("begin(a)\n    a1 none"), 'no "→"');
  assert.throws(() => found("begin(a\n    a1 → none"), "not closed");
  assert.throws(() => found("begin\n    a1 → none"), "brackets");
  assert.throws(() => found("begin(a)\n    1a → none"), "no event");
});

it("answers are the same for Flink in any order, but not any number of times", () => {
  assert.ok(isSameForFlink("{a1} {a1 b2}@4", "{a1 b2}@4 {a1}"));
  assert.not(isSameForFlink("{a1} {a1}", "{a1}"));
  assert.not(isSameForFlink("{a1}", "{a1}@4"));
  assert.not(isSameForFlink("none; timed out {a1}", "{a1}; timed out none"));
  assert.not(isSameForFlink("MalformedPatternException", "none"));
  const asked = (line: string) =>
    claimsOf(`\`\`\`timeline\n${line}\n\`\`\`\n`).map((claim) => questionOf(claim) !== null);
  assert.equal(asked("begin(a)\n    a1 → {a1}"), [true]);
  assert.equal(asked("begin(a) oncePer(3)\n    a1 → {a1}"), [false]);
  assert.equal(asked("begin(a) filter(e.v > 3)\n    a1 → none"), [false]);
  assert.equal(asked("begin(a) skip(toLast a orElse toNext)\n    a1 → {a1}"), [false]);
  assert.equal(asked("begin(a) optional() times(2)\n    a1 → refused OPTIONAL_BEFORE_QUANTIFIER"), [false]);
});

/** The sections of words: their headings, and what stands below. */
const sections = [...language.matchAll(/^### (`.*)\n([\s\S]*?)(?=^##)/gm)].map(([, heading = "", text = ""]) => ({
  words: [...heading.matchAll(/`(\w+)`/g)].map(([, word = ""]) => word),
  text,
}));

it("every word of the builder has a section", () => {
  const told = new Set(sections.flatMap(({ words }) => words));
  const words = [...patternWords(files)];
  assert.ok(words.length > 20, "words are read off the types");
  assert.equal(
    words.filter((word) => !told.has(word)),
    [],
  );
});

it("every section of a word has an example that runs, and says what it is called in Flink and in SQL", () => {
  const isComplete = [/^```(timeline|ts)$/m, /^- \*\*Flink\*\* /m, /^- \*\*SQL\*\* /m];
  const lacking = sections.filter(({ text }) => !isComplete.every((part) => part.test(text)));
  assert.equal(
    lacking.map(({ words }) => words.join(", ")),
    [],
  );
});

it("every word of conditions is documented", () => {
  const [, conditions = ""] = /^## Conditions\n([\s\S]*?)^##/m.exec(language) ?? [];
  const code = [...conditions.matchAll(/`[^`\n]+`/g)].map(([text]) => text).join(" ");
  const words = [...valueWords(files)];
  assert.ok(words.length > 25, "words are read off the types");
  assert.equal(
    words.filter((word) => !new RegExp(`\\b${word}\\b`).test(code)),
    [],
  );
});

/** What users of flink-cep 2.3.0 call: public methods of Pattern, GroupPattern, PatternStream, AfterMatchSkipStrategy and Context. */
const FLINK_CALLS =
  "begin next followedBy followedByAny notNext notFollowedBy where or subtype until within times timesOrMore oneOrMore " +
  "optional greedy consecutive allowCombinations GroupPattern noSkip skipToNext skipPastLastEvent skipToFirst skipToLast " +
  "throwExceptionOnMiss getEventsForPattern timestamp currentProcessingTime inEventTime inProcessingTime " +
  "sideOutputLateData process select flatSelect TimedOutPartialMatchHandler PREVIOUS_AND_CURRENT";

it("every call of Flink CEP can be looked up, in the first column of its table", () => {
  const [, section = ""] = /^## Coming from Flink CEP\n([\s\S]*?)^## /m.exec(language) ?? [];
  const calls = [...section.matchAll(/^\| ([^|]*) \|/gm)].map(([, cell]) => cell).join(" ");
  assert.equal(
    FLINK_CALLS.split(" ").filter((call) => !new RegExp(`\\b${call}\\b`).test(calls)),
    [],
  );
});

it("reasons why Flink differs are those of the conformance run", () => {
  const told = new Set([...language.matchAll(/\[`([\w-]+)`\]\[reasons\]/g)].map(([, name]) => name));
  const known = new Set<string>(REASONS.map(({ name }) => name));
  assert.equal([...told].sort(), [...known].sort());
});

it("the codes of problems are all there, and no others", () => {
  const [, section = ""] = /^## Problems\n([\s\S]*?)^## /m.exec(language) ?? [];
  const told = [...section.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code);
  assert.equal(told.sort(), [...PROBLEM_CODES, ...BUILD_CODES, ...WRITING_CODES].sort());
});

it.run();
