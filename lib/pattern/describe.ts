import type { PatternAst } from "./ast.ts";
import { everyElement } from "./walk.ts";

/** The pattern in English, a few lines. */
export function describePattern(ast: PatternAst): string {
  return [`Pattern "${ast.name}"`, ...Array.from(everyElement(ast.elements), ({ path }) => path.join(" > "))].join(
    "\n",
  );
}
