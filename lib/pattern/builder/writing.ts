// What is noted while a condition is written, and what counts as a value or a condition in it.

import { PatternError, type Problem } from "../../core/errors.ts";
import { isPromise } from "../../core/promise.ts";
import type { Condition, EventRef, Literal, ValueExpr } from "../expression/expression.ts";
import type { Arity } from "../shape.ts";
import { isCondition } from "../walk.ts";
import type { WritingCode } from "./build-codes.ts";

/** Where a condition is written, for messages, and what is known of the steps before it. */
export type Place = {
  readonly pattern: string;
  readonly path: readonly string[];
  /** The method it is given to, such as `where`. */
  readonly method: string;
  /** Whether a step has one event or many; `undefined` if it is not known. */
  readonly arityOf: (step: string) => Arity | undefined;
};

/** One condition being written. */
export type Writing = Place & {
  /** Conditions that were made and have not become part of another yet, with their text. */
  readonly loose: Map<Condition, string>;
  /** Whether this is inside `sum`, `avg`, `min` or `max`. */
  inAggregate: boolean;
};

/** What names are read from. `text` is how it was written. */
export type Source =
  | { readonly kind: "event"; readonly ref: EventRef; readonly text: string }
  | { readonly kind: "loop"; readonly step: string; readonly arity: "many" | undefined; readonly text: string }
  | { readonly kind: "value"; readonly expr: ValueExpr; readonly text: string };

/** A name read from something: a field if there can be one, a word if it is called. */
export type Name = {
  readonly kind: "name";
  readonly of: Source;
  readonly name: string;
  readonly field: ValueExpr | null;
  readonly text: string;
};

/** What a proxy stands for. */
export type Written = Source | Name;

/** Which proxy stands for what. */
const PROXIES = new WeakMap<object, Written>();

/** Notes that `proxy` stands for `written`. */
export function remember(proxy: object, written: Written): void {
  PROXIES.set(proxy, written);
}

/** Starts a condition. */
export function startWriting(place: Place): Writing {
  return { ...place, loose: new Map(), inAggregate: false };
}

/** Stops the writing with a sentence. */
export function refuse(
  place: Place,
  problem: { readonly code: WritingCode } & Pick<Problem, "message" | "remedy">,
): never {
  const message = `In ${place.method}: ${problem.message}`;
  throw new PatternError(place.pattern, [{ ...problem, message, severity: "error", path: place.path }]);
}

/** The value that was given as an operand: an expression or a constant. */
export function operandOf(writing: Writing, operand: unknown): ValueExpr {
  const written = writtenAs(operand);
  if (written === undefined) return literal(writing, operand);
  const expr = exprOf(writing, written);
  writing.loose.delete(expr as Condition);
  return expr;
}

/** Said of an async function. */
const ANSWERS_LATER = {
  message: "The function answered with a promise.",
  remedy: "Take async out of it: it is called once, and only to write down an expression.",
} as const;

/** A constant. */
export function literal(writing: Writing, value: unknown): Extract<ValueExpr, { kind: "literal" }> {
  if (isLiteral(value)) return Object.freeze({ kind: "literal", value });
  if (isPromise(value)) return refuse(writing, { code: "BAD_OPERAND", ...ANSWERS_LATER });
  return refuse(writing, {
    code: "BAD_OPERAND",
    message: `${show(value)} is no value to compare with.`,
    remedy:
      value === undefined || value === null
        ? "To ask whether a field is there, write e.field.exists(), or e.field.exists().not()."
        : "Use a string, a finite number, a boolean, a bigint or an expression; of a date what the events have, its milliseconds or its text.",
  });
}

/** The condition that was written: a comparison, or a field that is meant to be `true`. */
export function conditionOf(writing: Writing, given: unknown): Condition {
  const written = writtenAs(given);
  if (written === undefined) {
    if (isPromise(given)) return refuse(writing, { code: "CONDITION_NOT_EXPRESSION", ...ANSWERS_LATER });
    return refuse(writing, {
      code: "CONDITION_NOT_EXPRESSION",
      message: `The condition came out as ${show(given)}, not as an expression.`,
      remedy:
        'Write it with words and return it: e.amount.lt(2), not e.amount < 2; e.kind.eq("x"), not e.kind === "x"; a.and(b), not a && b. A plain function goes into filter.',
    });
  }
  const expr = exprOf(writing, written);
  if (isCondition(expr)) {
    writing.loose.delete(expr);
    return expr;
  }
  if (expr.kind === "field") return Object.freeze({ kind: "isTrue", value: expr });
  return refuse(writing, {
    code: "CONDITION_NOT_EXPRESSION",
    message: `${written.text} has a value, but says nothing that holds or does not.`,
    remedy: `Compare it: ${written.text}.gt(0).`,
  });
}

/** The value of what was written. Events and loops are none. */
export function exprOf(writing: Writing, written: Written): ValueExpr {
  switch (written.kind) {
    case "value":
      return written.expr;
    case "event":
      return refuse(writing, {
        code: "NOT_A_VALUE",
        message: `${written.text} is an event, not a value.`,
        remedy: `Name one of its fields, such as ${written.text}.amount.`,
      });
    case "loop":
      return refuse(writing, {
        code: "NOT_A_VALUE",
        message: `${written.text} stands for all events of the step, not for a value.`,
        remedy: `Name a field of one of them, such as ${written.text}.last().amount, or ask for ${written.text}.length.`,
      });
    case "name":
      if (written.field !== null) return written.field;
      return refuse(
        writing,
        written.of.kind === "loop"
          ? {
              code: "NOT_A_VALUE",
              message: `${written.of.text} stands for all events of the step, so it has no field "${written.name}".`,
              remedy: `Say of which event: ${written.of.text}.last().${written.name}; or use first(), at(i), sum, avg, min, max, length.`,
            }
          : {
              code: "NOT_A_VALUE",
              message: `${written.text} is not a value.`,
              remedy: `Call it if it is a word: ${written.text}(…).`,
            },
      );
  }
}

/** Whether `value` may be a constant in a condition. */
export function isLiteral(value: unknown): value is Literal {
  const type = typeof value;
  return type === "string" || type === "boolean" || type === "bigint" || Number.isFinite(value);
}

/** How a value looks in a message. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  return String(value);
}

function writtenAs(value: unknown): Written | undefined {
  return typeof value === "function" ? PROXIES.get(value) : undefined;
}
