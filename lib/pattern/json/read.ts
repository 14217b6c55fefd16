// JSON data of unknown origin back into an AST. Every field is looked at, none is trusted: what is missing, misspelt,
// of another type, unknown, too deep or too large is reported with its place in the JSON, all of it at once. What the
// pattern means is not judged here (checks.ts does).

import { unreachable } from "../../core/errors.ts";
import { freezeDeep } from "../../core/freeze.ts";
import {
  type AbsenceNode,
  type Element,
  type GroupNode,
  ONCE,
  type PatternAst,
  type Quantifier,
  type Skip,
  type StepNode,
} from "../ast.ts";
import { readConditionOrNull } from "./conditions.ts";
import { JSON_VERSION } from "./form.ts";
import type { JsonLimits } from "./limits.ts";
import { type Fields, JsonReading, show } from "./reading.ts";

/**
 * The AST that `toJson` made `value` of, deeply frozen. Safe for data that a stranger wrote: it is read within limits,
 * and nothing in it is run or used as a key of an object.
 *
 * Cost: one visit per node, up to `limits.maxJsonNodes`.
 *
 * @throws {PatternError} with every problem found: `JSON_VERSION` if it is not a pattern in a version that can be read,
 *   `JSON_SHAPE` if something is missing or not what was expected there, `JSON_UNKNOWN_FIELD` if there is more than
 *   expected, `JSON_TOO_LARGE` if a limit is passed. Each message names the place.
 */
export function fromJson(value: unknown, limits: Partial<JsonLimits> = {}): PatternAst {
  const reading = new JsonReading(value, limits);
  const fields = reading.object(value, "$", "a pattern");
  reading.name = fields.text("name");
  // A form of another version may differ everywhere: one problem tells more than hundreds.
  if (!hasReadableVersion(fields, reading)) throw reading.refusal();
  const ast = readPattern(fields, reading);
  if (reading.problems.length > 0) throw reading.refusal();
  return freezeDeep(ast);
}

function hasReadableVersion(fields: Fields, reading: JsonReading): boolean {
  const version = fields.take("sequitur");
  if (version === JSON_VERSION) return true;
  reading.report(
    "JSON_VERSION",
    version === undefined
      ? '$: this is no pattern: the field "sequitur" is missing, which gives the version of the JSON form.'
      : `$.sequitur: expected the version ${JSON_VERSION} of the JSON form, found ${show(version)}.`,
    version === undefined
      ? `Give what toJSON() of a pattern gave, or write "sequitur": ${JSON_VERSION} if this is a pattern.`
      : `Read it with the version of sequitur that wrote it, or write it again in version ${JSON_VERSION}.`,
  );
  return false;
}

function readPattern(fields: Fields, reading: JsonReading): PatternAst {
  const ast: PatternAst = {
    kind: "pattern",
    name: reading.name,
    version: fields.number("version", 1),
    tag: fields.text("tag", "type"),
    elements: readElements(fields, reading),
    withinMs: fields.numberOrNull("withinMs"),
    skip: readSkip(fields.object("skip", "a skip strategy", { to: "none" })),
    emit: fields.wordOr("emit", ["eager", "ordered"], "eager"),
    oncePerMs: fields.numberOrNull("oncePerMs"),
  };
  fields.end();
  return ast;
}

const OR_ELSE = ["none", "next"] as const;

function readSkip(fields: Fields): Skip {
  const to = fields.word("to", ["none", "next", "pastLast", "first", "last"]);
  if (to === undefined) return { to: "none" };
  const skip: Skip =
    to === "first" || to === "last"
      ? { to, step: fields.text("step"), orElse: fields.wordOr("orElse", OR_ELSE, null) }
      : { to };
  fields.end();
  return skip;
}

function readElements(fields: Fields, reading: JsonReading): readonly Element[] {
  return fields.list("elements", "steps, absences and groups").map(({ value, place }) => {
    const each = reading.object(value, place, "a step, absence or group");
    const kind = each.word("kind", ["step", "absence", "group"]);
    if (kind === undefined) return NOTHING;
    const element = readElement(kind, each, reading);
    each.end();
    return element;
  });
}

function readElement(kind: Element["kind"], fields: Fields, reading: JsonReading): Element {
  switch (kind) {
    case "step":
      return readStep(fields, reading);
    case "absence":
      return readAbsence(fields, reading);
    case "group":
      return readGroup(fields, reading);
    default:
      return unreachable(kind);
  }
}

/** Stands for what could not be read; never leaves the reading. */
const NOTHING: Element = { kind: "group", link: null, elements: [], quantifier: ONCE, maxGapMs: null };

const LINKS = ["next", "followedBy", "followedByAny"] as const;

function readStep(fields: Fields, reading: JsonReading): StepNode {
  return {
    kind: "step",
    name: fields.text("name"),
    link: fields.wordOr("link", LINKS, null),
    on: fields.textsOrNull("on"),
    condition: readConditionOrNull(fields, "condition", reading),
    quantifier: readQuantifier(fields, reading),
    maxGapMs: fields.numberOrNull("maxGapMs"),
  };
}

function readAbsence(fields: Fields, reading: JsonReading): AbsenceNode {
  return {
    kind: "absence",
    name: fields.text("name"),
    link: fields.word("link", ["notNext", "notFollowedBy"]) ?? "notNext",
    on: fields.textsOrNull("on"),
    condition: readConditionOrNull(fields, "condition", reading),
    forMs: fields.numberOrNull("forMs"),
  };
}

function readGroup(fields: Fields, reading: JsonReading): GroupNode {
  return {
    kind: "group",
    link: fields.wordOr("link", LINKS, null),
    elements: readElements(fields, reading),
    quantifier: readQuantifier(fields, reading),
    maxGapMs: fields.numberOrNull("maxGapMs"),
  };
}

function readQuantifier(outer: Fields, reading: JsonReading): Quantifier {
  const fields = outer.object("quantifier", "a quantifier", {});
  const hasCounts = fields.has("min") || fields.has("max");
  const quantifier: Quantifier = {
    min: hasCounts ? fields.number("min") : ONCE.min,
    max: hasCounts ? fields.numberOrNull("max", true) : ONCE.max,
    optional: fields.flag("optional", ONCE.optional),
    greedy: fields.flag("greedy", ONCE.greedy),
    inner: fields.wordOr("inner", LINKS, ONCE.inner),
    until: readConditionOrNull(fields, "until", reading),
    counted: fields.flag("counted", hasCounts),
  };
  fields.end();
  return quantifier;
}
