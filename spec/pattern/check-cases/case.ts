import type { PatternAst } from "../../../lib/pattern/ast.ts";
import type { CheckOptions } from "../../../lib/pattern/checks/checks.ts";
import type { ProblemCode } from "../../../lib/pattern/checks/problem-codes.ts";

/** A wrong pattern as small as it can be, what is said about it, and the pattern beside it that is right. */
export type Case = {
  readonly code: ProblemCode;
  readonly what: string;
  readonly wrong: PatternAst;
  readonly path?: readonly string[];
  readonly message: RegExp;
  readonly right: PatternAst | null;
  readonly options?: CheckOptions;
};
