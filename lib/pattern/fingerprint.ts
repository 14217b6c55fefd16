import { hashText } from "../core/hash.ts";
import type { PatternAst } from "./ast.ts";
import type { ConditionJson } from "./json/form.ts";
import { writePattern } from "./json/write.ts";

/**
 * Identifies what a pattern means, to tell whether saved state belongs to it: 32 hex digits, equal for equal ASTs in
 * any process and whatever the order of their fields, different if any field differs. Of a function given to `filter`
 * it sees the place and the version, never the source text; `select` it does not see at all.
 *
 * Cost: one visit per node, and a hash of the JSON form.
 */
export function fingerprintOf(ast: PatternAst): string {
  return hashText("sequitur pattern", JSON.stringify(writePattern(ast, markOpaque)));
}

/** Stands for a function in the text that is hashed, which nobody reads back. */
function markOpaque({ version }: { readonly version: number }): ConditionJson {
  return { kind: "opaque", version } as unknown as ConditionJson;
}
