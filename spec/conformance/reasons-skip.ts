// Reasons that lie in skip strategies.

import { askEngine } from "./answers.ts";
import type { FlinkCase } from "./case.ts";

/** tie: several matches begin with the same event, so that it matters which of them comes first. */
export function hasTie(asked: FlinkCase): boolean {
  if (!asked.hasSkip) return false;
  const all = askEngine({ ...asked, pattern: { ...asked.pattern, skip: { to: "none" }, emit: "eager" } });
  if (all.kind === "refused") return false;
  const firsts = all.matches.map(({ roles }) => firstOf(roles));
  return new Set(firsts).size < firsts.length;
}

function firstOf(roles: string): number {
  return Math.min(
    ...roles.split(" ").flatMap((role) =>
      role
        .slice(role.indexOf(":") + 1)
        .split(",")
        .map(Number),
    ),
  );
}
