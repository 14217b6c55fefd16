// Where elements stand: links, absences, and the deadlines that absences need.

import { formatDuration } from "../../time/duration.ts";
import type { AbsenceNode, Element, PatternAst } from "../ast.ts";
import { everyElement, mayBeFirst, mayBeLast, type Placed, trailingAbsences } from "../walk.ts";
import type { Findings } from "./problem-codes.ts";

export function checkElements(ast: PatternAst, findings: Findings): void {
  if (ast.elements.length === 0) {
    findings.error("EMPTY_PATTERN", [], "It has no steps.", 'Begin with one: .begin("name").');
  }
  const trailing = trailingAbsences(ast.elements);
  const hasDeadline = ast.withinMs !== null || trailing.some(({ forMs }) => forMs !== null);
  for (const placed of everyElement(ast.elements)) {
    const { element, path } = placed;
    checkLink(placed, findings);
    if (element.kind === "group" && element.elements.length === 0) {
      findings.error("EMPTY_GROUP", path, "A group has no steps.", "Put a step into it, or leave it out.");
    }
    if (element.kind !== "absence") continue;
    checkPlace(placed, findings);
    checkFor({ ...placed, element }, trailing, findings);
    if (!hasDeadline && element.link === "notFollowedBy" && mayBeLast(placed)) {
      const message = `Nothing need be taken after the absence "${element.name}", so only a deadline can tell that it held, and there is none.`;
      const remedy = 'Add .within("10m") to the pattern, or .for("10m") to an absence at its end.';
      findings.error("ABSENCE_WITHOUT_DEADLINE", path, message, remedy);
    }
  }
  checkSameFor(trailing, findings);
}

function checkLink({ element, path, index, outer }: Placed, { error }: Findings): void {
  const where = outer === null ? "the pattern" : "its group";
  if (index === 0 && element.kind !== "absence" && element.link !== null) {
    const message = `"${path.at(-1)}" is the first of ${where} and has the link ${element.link}, but nothing comes before it.`;
    error("BAD_LINK", path, message, "Leave the link of the first element out (in JSON: null).");
  }
  if (index > 0 && element.link === null) {
    const message = `"${path.at(-1)}" has no link to what comes before it.`;
    error("BAD_LINK", path, message, 'Give it "next", "followedBy" or "followedByAny".');
  }
}

function checkPlace(placed: Placed, { error }: Findings): void {
  const { path, siblings, index, outer } = placed;
  const name = path.at(-1);
  const isAbsence = ({ kind }: Element) => kind === "absence";
  const where = outer === null ? "the pattern" : "its group";
  if (siblings.slice(0, index).every(isAbsence)) {
    const message = `The absence "${name}" stands at the beginning of ${where}, where nothing says since when it holds.`;
    error("ABSENCE_FIRST", path, message, "Put a step before it.");
  } else if (mayBeFirst(placed)) {
    const message = `Nothing need be taken before the absence "${name}", so nothing says since when it holds.`;
    error("ABSENCE_AFTER_NOTHING", path, message, "Make one of the steps before it required, or write two patterns.");
  }
  if (outer !== null && siblings.slice(index + 1).every(isAbsence)) {
    const message = `The absence "${name}" stands at the end of its group, where nothing of the group says until when it holds.`;
    error("ABSENCE_LAST_IN_GROUP", path, message, "Put it behind the group, or a step of the group behind it.");
  }
}

function checkFor({ element, path }: Placed<AbsenceNode>, trailing: readonly AbsenceNode[], { error }: Findings): void {
  if (element.forMs === null) return;
  if (element.link === "notNext") {
    const message = `The absence "${element.name}" is notNext, which looks at one event only, and has a "for".`;
    error("MISPLACED_FOR", path, message, 'Use notFollowedBy, or leave "for" out.');
  } else if (!trailing.includes(element)) {
    const message = `The absence "${element.name}" has a "for" and is not the end of the pattern: it holds until the next event taken.`;
    error("MISPLACED_FOR", path, message, 'Leave "for" out, or put the absence at the end of the pattern.');
  }
}

/** A match has one deadline. */
function checkSameFor(trailing: readonly AbsenceNode[], { error }: Findings): void {
  const lasting = trailing.filter(({ link }) => link === "notFollowedBy");
  const [first, ...others] = lasting;
  const other = others.find(({ forMs }) => forMs !== first?.forMs);
  if (first === undefined || other === undefined) return;
  const say = ({ name, forMs }: AbsenceNode) =>
    `"${name}" ${forMs === null ? "has none" : `has ${formatDuration(forMs)}`}`;
  const message = `The absences at the end differ in "for": ${say(first)}, ${say(other)}; but a match ends once.`;
  error("DIFFERENT_FOR", [other.name], message, 'Give all of them the same "for", or write one pattern for each.');
}
