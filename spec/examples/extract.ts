import { ENTRIES, type PublicName, publicNames } from "../architecture/public-names.ts";
import type { Files } from "../architecture/source.ts";

/** One piece of example code, where it stands, and what is to be done with it. */
export type Example = {
  readonly title: string;
  readonly file: string;
  /** Line of `file` in which the first line of `code` stands. */
  readonly line: number;
  readonly code: string;
  /** `run` is type-checked and run, `check` only type-checked. */
  readonly use: "run" | "check";
};

const DOCUMENTS = /^(README\.md|(lib|patterns|samples|spec)\/README\.md|samples\/[^/]+\/README\.md)$/;
const FENCE = /^```([^\n]*)\n([\s\S]*?)^```[ \t]*$/gm;

/** Every example in the documents and in the doc comments of public names. */
export function examplesOf(files: Files): readonly Example[] {
  const documents = [...files].filter(([path]) => DOCUMENTS.test(path));
  const inDocuments = documents.flatMap(([path, text]) => fencesOf(text, path, 1, path));
  return [...inDocuments, ...uniqueNames(files).flatMap(docExamples)];
}

/** Public names without a doc comment, or without an example in it. */
export function undocumented(files: Files): readonly string[] {
  return uniqueNames(files).flatMap((name) => {
    const where = `${name.file}:${name.line}: ${name.name}`;
    if (name.doc === undefined) return [`${where} is public and has no doc comment`];
    return docExamples(name).length === 0 ? [`${where} is public and its doc comment has no @example with code`] : [];
  });
}

/** A name that both entries export is judged once. */
function uniqueNames(files: Files): readonly PublicName[] {
  const entries = Object.values(ENTRIES).filter((entry) => files.has(entry));
  const names = entries.flatMap((entry) => publicNames(files, entry));
  return [...new Map(names.map((name) => [`${name.file}:${name.line}`, name])).values()];
}

function docExamples({ name, file, docLine, doc = "" }: PublicName): Example[] {
  // A tag starts a line; an example reaches to the next tag.
  const blocks = [...doc.matchAll(/^@example\b[ \t]*([^\n]*)\n?((?:(?!^@\w)[\s\S])*)/gm)];
  return blocks.flatMap((block) => {
    const [, heading = "", body = ""] = block;
    const line = docLine + linesBefore(doc, block.index + block[0].length - body.length);
    if (body.includes("```")) return fencesOf(body, file, line, name);
    const code = body.trimEnd();
    return code === "" ? [] : [{ title: heading || name, file, line, code, use: "run" } as const];
  });
}

function fencesOf(text: string, file: string, firstLine: number, title: string): Example[] {
  return [...text.matchAll(FENCE)].flatMap((fence): Example[] => {
    const [, info = "", code = ""] = fence;
    const line = firstLine + linesBefore(text, fence.index) + 1;
    if (info.trim() === "ts") return [{ title, file, line, code, use: "run" }];
    return info.trim() === "ts no-run" && standsAlone(code) ? [{ title, file, line, code, use: "check" }] : [];
  });
}

/** Names its imports, and imports nothing from a file beside it. */
function standsAlone(code: string): boolean {
  return /^import\b/m.test(code) && !/\bfrom\s+"\./.test(code);
}

function linesBefore(text: string, index: number): number {
  return text.slice(0, index).split("\n").length - 1;
}
