// What is said of a pattern as a whole: its window, its skip strategy, and in which order matches are reported.

import type { PatternAst, Skip } from "../../lib/pattern/ast.ts";
import { shapeOf } from "../../lib/pattern/shape.ts";
import { isAccepted } from "../oracle/random.ts";

/** Events come one each unit of time, so three of them in a row fit into the window and four do not. */
export const WINDOW_MS = 3;

/** Without window, and with a tight one; as far as the checks accept it. */
export function windows(pattern: PatternAst): readonly PatternAst[] {
  return [null, WINDOW_MS].map((withinMs) => ({ ...pattern, withinMs })).filter(isAccepted);
}

/** With every skip strategy, eager and ordered, as far as the checks accept it; first with none. */
export function skips(pattern: PatternAst): readonly PatternAst[] {
  return (["eager", "ordered"] as const)
    .flatMap((emit) => strategies(pattern).map((skip) => ({ ...pattern, skip, emit })))
    .filter(isAccepted);
}

function strategies(pattern: PatternAst): readonly Skip[] {
  const toSteps = [...shapeOf(pattern)].flatMap(([step, arity]) =>
    // Of a step that takes one event, the first is the last.
    (arity === "many" ? (["first", "last"] as const) : (["first"] as const)).flatMap((to): readonly Skip[] => {
      const sure: Skip = { to, step, orElse: null };
      if (isAccepted({ ...pattern, skip: sure })) return [sure];
      return (["none", "next"] as const).map((orElse) => ({ to, step, orElse }));
    }),
  );
  return [{ to: "none" }, { to: "next" }, { to: "pastLast" }, ...toSteps];
}
