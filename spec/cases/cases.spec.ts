// Runs every case of spec/cases/*.case, and checks that nothing is left out: every sentence of the definition and every
// reason to refuse a pattern has a case. README.md tells how cases are written and what is done with each.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BUILD_CODES } from "../../lib/pattern/builder/build-codes.ts";
import { PROBLEM_CODES } from "../../lib/pattern/checks/problem-codes.ts";
import { note } from "../run/ask.ts";
import { checkCase } from "./check-case.ts";
import { quotesOf, sentencesOf, textOf, UNTRIED } from "./definition.ts";
import { allCases, caseFiles, casesOf, FOLDER, sentenceTable, TITLE } from "./sentences.ts";

const it = suite("cases");

const cases = allCases();
const reference = readFileSync("patterns/README.md", "utf8");

for (const each of cases) it(`${each.place} ${each.title}`, () => checkCase(each));

// Nothing is left out.

it("every title quotes the reference of the language, and no two are the same", () => {
  const text = textOf(reference);
  for (const { place, title } of cases) {
    const quotes = quotesOf(title);
    assert.ok(quotes.length > 0, `${place}: quote the sentence that the case shows, in "…"`);
    for (const quote of quotes) assert.ok(text.includes(quote), `${place}: patterns/README.md does not say "${quote}"`);
  }
  assertDistinct(cases.map(({ place, title }) => [title, place]));
});

it("every sentence of the definition has a case", () => {
  const sentences = sentencesOf(reference);
  assert.ok(sentences.length > 40, "patterns/README.md has a definition");
  const untold = sentences.filter(
    (sentence) => !UNTRIED.some((each) => sentence.includes(each)) && casesOf(sentence, cases).length === 0,
  );
  assert.equal(untold, []);
  for (const each of UNTRIED)
    assert.ok(
      sentences.some((sentence) => sentence.includes(each)),
      `${each}: not said any more`,
    );
});

it("README.md lists the sentences with the files of their cases, as spec/cases/write-sentences.ts writes them", () => {
  const [, table] = readFileSync(`${FOLDER}/README.md`, "utf8").split(TITLE);
  assert.is(table, sentenceTable(reference, cases));
});

it("every reason to refuse or warn of a pattern has a case", () => {
  const shown = new Set(
    cases.flatMap(({ refused, warned }) => [...(refused ?? []), ...(warned ?? [])]).map(({ code }) => code),
  );
  assert.equal(
    [...PROBLEM_CODES, ...BUILD_CODES].filter((code) => !shown.has(code)),
    [],
  );
});

it("no case is there twice", () => {
  const said = cases.flatMap(({ pattern, options, streams, place }) => {
    const text = "text" in pattern ? pattern.text : JSON.stringify(pattern.json);
    const given = `${text.replaceAll(/\s+/g, " ")} ${JSON.stringify([...options.limits])} ${JSON.stringify({ ...options, limits: 0 })}`;
    if (streams.length === 0) return [[given, place] as const];
    return streams.map(
      ({ events, until, place: line }) => [`${given} on ${JSON.stringify(events)} ${until}`, line] as const,
    );
  });
  assertDistinct(said);
  const trials = cases.reduce((sum, { streams }) => sum + Math.max(1, streams.length), 0);
  note(`${cases.length} cases in ${caseFiles().length} files, ${trials} streams and refusals`);
  assert.ok(cases.length >= 120);
});

function assertDistinct(said: readonly (readonly [string, string])[]): void {
  const places = new Map<string, string>();
  for (const [what, place] of said) {
    assert.not.ok(places.has(what), `${place}: the same as ${places.get(what)}`);
    places.set(what, place);
  }
}

it.run();
