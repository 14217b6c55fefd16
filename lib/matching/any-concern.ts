// Whether an event may concern some of many patterns, whatever they hold. Most events of a busy topic do not, and of these nothing need
// be known but that they were there.

import { either } from "../automaton/clauses.ts";
import type { Interest } from "../automaton/interest.ts";
import type { Concern } from "../event/glance.ts";
import { ClauseIndex } from "./clause-index.ts";
import { FieldValues } from "./field-values.ts";

/**
 * Which events may do something to some of these patterns: begin a run, or move one that is open. `null`: every event may, or that is
 * not told by the outermost fields of an event. Cost of a question: a look-up for each of these fields, and whom the event concerns.
 */
export function anyConcernOf(interests: readonly Interest[]): Concern | null {
  if (interests.some(({ restless }) => restless)) return null;
  const clauses = interests.map(({ begins, moves }) => either([begins, moves]));
  const paths = clauses.flat(2).map(({ path }) => path);
  if (clauses.some((each) => each.some(({ length }) => length === 0)) || paths.some(({ length }) => length !== 1))
    return null;
  const fields = new FieldValues();
  let isAny = false;
  const index = new ClauseIndex(clauses, fields, () => {
    isAny = true;
  });
  return {
    names: paths.flat(),
    ask(event) {
      fields.read(event);
      isAny = false;
      index.find();
      return isAny;
    },
  };
}
