// The words of the builder, read off the types that users see. What is only there to be refused is no word.

import type { Files } from "../architecture/source.ts";

/** Words that say something of a pattern, such as `followedBy`. */
export function patternWords(files: Files): ReadonlySet<string> {
  return membersIn(files, ["builder-types", "condition-words", "ended-types"]);
}

/** Words that say something of a value, such as `gt`. */
export function valueWords(files: Files): ReadonlySet<string> {
  return membersIn(files, ["expression-types"]);
}

/** Members of interfaces stand two columns in, and alone do so. */
const MEMBER = /^ {2}(?:readonly )?(\w+)(?:[(<]|: (?!Refusal))/gm;
const INTERFACE = /^(?:export )?interface [\s\S]*?^\}$/gm;

function membersIn(files: Files, names: readonly string[]): ReadonlySet<string> {
  return new Set(
    names.flatMap((name) => {
      const text = files.get(`lib/pattern/builder/${name}.ts`) ?? "";
      return [...text.matchAll(INTERFACE)].flatMap(([body]) =>
        [...body.replaceAll(/^\s*(\/\*\*|\*|\/\/).*$/gm, "").matchAll(MEMBER)].map(([, word = ""]) => word),
      );
    }),
  );
}
