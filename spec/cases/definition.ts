// The definition of the language in patterns/README.md, sentence by sentence, so that each can be asked for its case.

/** A text without its marks, in one line. */
export function textOf(markdown: string): string {
  return markdown
    .replaceAll(/\]\([^)]*\)/g, "]")
    .replaceAll(/^\s*\d+\. /gm, "")
    .replaceAll(/[*`[\]]/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** What a title quotes, each part for itself where "…" stands for what is left out. */
export function quotesOf(title: string): readonly string[] {
  return [...textOf(title).matchAll(/"([^"]+)"/g)].flatMap(([, quote = ""]) =>
    quote.split(" … ").map((part) => part.trim()),
  );
}

/** Of the definition. */
export function sentencesOf(reference: string): readonly string[] {
  const title = "\n## The definition\n";
  const start = reference.indexOf(title);
  const end = reference.indexOf("\n## ", start + 1);
  if (start < 0 || end < 0) throw new Error("patterns/README.md has no definition");
  return textOf(reference.slice(start + title.length, end))
    .split(/(?<=[.])\s+(?=[A-ZW(]|notNext|notFollowedBy|within|maxGap|oncePer|p is)/)
    .filter((sentence) => sentence.split(" ").length > 2);
}

/** What only gives names to things. */
export const UNTRIED: readonly string[] = [
  "This is what the engine is held to",
  "The enumerator is written from it",
  "Let an element take position j",
  "Let N stand between two elements",
  "Loops with until(U).",
];
