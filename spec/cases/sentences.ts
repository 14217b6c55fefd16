// Which files show which sentence of the definition: the table at the end of README.md.

import { readdirSync, readFileSync } from "node:fs";
import type { Case } from "./case.ts";
import { quotesOf, sentencesOf, UNTRIED } from "./definition.ts";
import { readCases } from "./read-cases.ts";

export const FOLDER = "spec/cases";
export const TITLE = "\n## Sentence by sentence\n\n";

/** The cases of all files. */
export function allCases(): readonly Case[] {
  return caseFiles().flatMap((path) => readCases(path, readFileSync(path, "utf8")));
}

/** Paths of the files, sorted. */
export function caseFiles(): readonly string[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".case"));
  return names.sort().map((name) => `${FOLDER}/${name}`);
}

/** Those that quote the sentence, or a part of it. */
export function casesOf(sentence: string, cases: readonly Case[]): readonly Case[] {
  return cases.filter(({ title }) =>
    quotesOf(title).some((quote) => sentence.includes(quote) || quote.includes(sentence)),
  );
}

/** Each sentence of the definition in its order, with the files of its cases and how many these are. */
export function sentenceTable(reference: string, cases: readonly Case[]): string {
  const rows = sentencesOf(reference).map((sentence) => {
    if (UNTRIED.some((each) => sentence.includes(each))) return `| ${sentence} | says nothing that a case could show |`;
    const shown = casesOf(sentence, cases);
    const files = [...new Set(shown.map(({ place }) => place.replace(/^.*\/|:\d+$/g, "")))];
    return `| ${sentence} | ${files.map((file) => `[${file}](${file})`).join(", ")}: ${shown.length} |`;
  });
  return ["| sentence | cases |", "|---|---|", ...rows, ""].join("\n");
}
