// What `e` and `m` are while a condition is written: proxies that note what is read and called, and make a tree of
// it (expression.ts). Every name can be a field and, when it is called, a word:
//
//     e.amount               field ["amount"]
//     e.amount.lt            field ["amount", "lt"], unless it is called:
//     e.amount.lt(2)         compare lt (field ["amount"]) 2
//     e.limits.lt.gt(2)      compare gt (field ["limits", "lt"]) 2
//
// So no field name is reserved. Using a proxy as a value (`e.amount < 2`) throws and says what to write.

import type { Problem } from "../../core/errors.ts";
import type { AggregateOp, Condition, EventRef, ValueExpr } from "../expression/expression.ts";
import { isCondition } from "../walk.ts";
import type { WritingCode } from "./build-codes.ts";
import { VALUE_WORDS } from "./words.ts";
import {
  conditionOf,
  exprOf,
  type Name,
  operandOf,
  type Place,
  refuse,
  remember,
  type Source,
  show,
  startWriting,
  type Writing,
  type Written,
} from "./writing.ts";

/**
 * Calls `write` once with proxies and gives the condition it writes, with a problem for each comparison that was written but is no part of it.
 *
 * @throws {PatternError} `EXPRESSION_AS_VALUE`, `CONDITION_NOT_EXPRESSION`, `BAD_OPERAND`, `UNKNOWN_WORD`, `NOT_A_VALUE` or `NESTED_AGGREGATE`,
 *   from the place in `write` where the mistake is.
 */
export function writeCondition(
  place: Place,
  write: (e: never, m: never) => unknown,
): { readonly condition: Condition; readonly dropped: readonly Problem[] } {
  const writing = startWriting(place);
  const condition = conditionOf(writing, write(candidate(writing) as never, matchProxy(writing) as never));
  return { condition, dropped: [...writing.loose.values()].map((text) => droppedProblem(writing, text)) };
}

/**
 * Calls `write` once with the proxy of an event and gives the value it writes, or the list of values.
 *
 * @throws {PatternError} as `writeCondition`.
 */
export function writeValues(place: Place, write: (e: never) => unknown): ValueExpr | readonly ValueExpr[] {
  const writing = startWriting(place);
  const written: unknown = write(candidate(writing) as never);
  return Array.isArray(written)
    ? Object.freeze(written.map((each) => operandOf(writing, each)))
    : operandOf(writing, written);
}

/** Has no own properties that a proxy would have to repeat, and can be called. */
const CALLABLE = (): void => {};

function proxyOf(writing: Writing, written: Written): object {
  const proxy = new Proxy(CALLABLE, {
    get: (_, name) =>
      typeof name === "symbol"
        ? readSymbol(writing, written.text, name)
        : isAwaited(written, name)
          ? undefined
          : proxyOf(writing, readName(writing, written, name)),
    apply: (_, __, args) => proxyOf(writing, call(writing, written, args)),
    ...refusals(writing, written.text),
  });
  remember(proxy, written);
  return proxy;
}

/** `m`: by step name, its event or its events. A step that is not known answers like both; checks refuse it later. */
function matchProxy(writing: Writing): object {
  return new Proxy(CALLABLE, {
    get: (_, step) =>
      typeof step === "symbol" ? readSymbol(writing, "m", step) : proxyOf(writing, taken(writing, step)),
    apply: () => unknownWord(writing, "m()", "m has the events taken before: name a step, such as m.probe."),
    ...refusals(writing, "m"),
  });
}

function candidate(writing: Writing): object {
  return proxyOf(writing, { kind: "event", ref: Object.freeze({ kind: "candidate" }), text: "e" });
}

function taken(writing: Writing, step: string): Written {
  const arity = writing.arityOf(step);
  const text = `m.${step}`;
  if (arity === "one") return { kind: "event", ref: Object.freeze({ kind: "taken", step, at: "only" }), text };
  return { kind: "loop", step, arity, text };
}

/** Reads a name. Whether it is a field or a word shows when it is used. */
function readName(writing: Writing, written: Written, name: string): Name {
  const of =
    written.kind === "name"
      ? ({ kind: "value", expr: exprOf(writing, written), text: written.text } as const)
      : written;
  return { kind: "name", of, name, field: fieldOf(of, name), text: `${of.text}.${name}` };
}

function fieldOf(of: Source, name: string): ValueExpr | null {
  switch (of.kind) {
    case "event":
      return field(of.ref, [name]);
    case "loop":
      if (name === "length") return Object.freeze({ kind: "count", step: of.step });
      return of.arity === "many" ? null : field(Object.freeze({ kind: "taken", step: of.step, at: "only" }), [name]);
    case "value":
      return of.expr.kind === "field" ? field(of.expr.of, [...of.expr.path, name]) : null;
  }
}

function field(of: EventRef, path: readonly string[]): ValueExpr {
  return Object.freeze({ kind: "field", of, path: Object.freeze(path) });
}

/** Calls a name as a word of what it was read from. */
function call(writing: Writing, written: Written, args: readonly unknown[]): Written {
  if (written.kind !== "name") return unknownWord(writing, written.text, "It is not a function.");
  const { of, name } = written;
  const text = `${written.text}(${args.length > 0 ? "…" : ""})`;
  switch (of.kind) {
    case "event":
      return unknownWord(writing, text, `${of.text} is one event: name a field of it, such as ${of.text}.amount.`);
    case "loop":
      return callOnLoop(writing, of.step, name, args, text);
    case "value": {
      const word = VALUE_WORDS.get(name);
      if (word === undefined) return unknownWord(writing, text, `The words are ${[...VALUE_WORDS.keys()].join(", ")}.`);
      const expr = word(writing, of, args);
      if (isCondition(expr)) writing.loose.set(expr, text);
      return { kind: "value", expr, text };
    }
  }
}

function callOnLoop(writing: Writing, step: string, name: string, args: readonly unknown[], text: string): Written {
  switch (name) {
    case "first":
    case "last":
      return { kind: "event", ref: Object.freeze({ kind: "taken", step, at: name }), text };
    case "at": {
      const index = args[0];
      if (!Number.isSafeInteger(index)) {
        return refuse(writing, {
          code: "BAD_OPERAND",
          message: `${text} was given ${show(index)}.`,
          remedy: "Give it a whole number: 0 is the first event of the step, -1 the last one so far.",
        });
      }
      return { kind: "event", ref: Object.freeze({ kind: "taken", step, at: (index as number) + 0 }), text };
    }
    case "sum":
    case "avg":
    case "min":
    case "max":
      return { kind: "value", expr: aggregate(writing, name, step, args[0], text), text };
    default:
      return unknownWord(
        writing,
        text,
        "The words of a loop are first, last, at, sum, avg, min, max, and length without parentheses.",
      );
  }
}

function aggregate(writing: Writing, op: AggregateOp, step: string, write: unknown, text: string): ValueExpr {
  if (typeof write !== "function") {
    return refuse(writing, {
      code: "BAD_OPERAND",
      message: `${text} was given ${show(write)}.`,
      remedy: `Say what of each event is meant: ${text.slice(0, text.lastIndexOf("("))}((each) => each.amount).`,
    });
  }
  if (writing.inAggregate) {
    return refuse(writing, {
      code: "NESTED_AGGREGATE",
      message: `${text} stands inside another sum, avg, min or max.`,
      remedy: "Write them side by side, or use filter.",
    });
  }
  writing.inAggregate = true;
  try {
    const each = proxyOf(writing, { kind: "event", ref: Object.freeze({ kind: "item" }), text: "each" });
    return Object.freeze({ kind: "aggregate", op, step, value: operandOf(writing, write(each)) });
  } finally {
    writing.inAggregate = false;
  }
}

function unknownWord(writing: Writing, text: string, remedy: string): never {
  return refuse(writing, { code: "UNKNOWN_WORD", message: `${text} was called, which says nothing here.`, remedy });
}

/** An async function asks what it returns for `then`. Where there can be no such field, the answer is that there is none. */
function isAwaited(written: Written, name: string): boolean {
  return name === "then" && written.kind === "value" && written.expr.kind !== "field";
}

/** What JavaScript asks of an object that is used as a value. */
function readSymbol(writing: Writing, text: string, name: symbol): unknown {
  if (name === Symbol.iterator)
    return usedAsValue(writing, `${text} was spread or looped over, but there are no events yet.`);
  if (name !== Symbol.toPrimitive) return undefined;
  return (hint: string) =>
    refuse(writing, {
      code: "EXPRESSION_AS_VALUE",
      message: `${text} was used as a ${hint === "string" ? "text" : "value"}, but there is no event yet.`,
      remedy:
        hint === "string"
          ? `Compare it with words, such as ${text}.startsWith("x"); a plain function goes into filter.`
          : `Write ${text}.lt(2), not ${text} < 2; ${text}.plus(1), not ${text} + 1; ${text}.eq(2), not ${text} == 2. A plain function goes into filter.`,
    });
}

function refusals(writing: Writing, text: string): ProxyHandler<() => void> {
  return {
    set: () => usedAsValue(writing, `${text} was assigned to, but it only describes an event.`),
    has: () => usedAsValue(writing, `"in" was asked of ${text}, but there is no event yet.`),
    getOwnPropertyDescriptor: () =>
      usedAsValue(writing, `A field of ${text} was looked up, but there is no event yet.`),
    ownKeys: () => usedAsValue(writing, `The fields of ${text} were listed, but there is no event yet.`),
  };
}

function usedAsValue(writing: Writing, message: string): never {
  return refuse(writing, {
    code: "EXPRESSION_AS_VALUE",
    message,
    remedy:
      "Conditions are written with words and read nothing yet: e.amount.lt(2), e.amount.exists(). A plain function goes into filter.",
  });
}

function droppedProblem(writing: Writing, text: string): Problem<WritingCode> {
  return {
    code: "CONDITION_DROPPED",
    severity: "error",
    path: writing.path,
    message: `In ${writing.method}: ${text} was written, but is no part of the condition.`,
    remedy: "Join conditions with words: a.and(b), not a && b; a.or(b), not a || b.",
  };
}
