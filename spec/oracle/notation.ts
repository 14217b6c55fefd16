// Patterns and streams in one line, for specs that state laws of matching. `parsePattern` reads what `formatPattern`
// (format.ts) writes.
//
// ELEMENTS stand in a row, separated by spaces, each with its link before it:
//
//     a b            a followedBy b              a , b          the same
//     a ; b          a next b                    a ~ b          a followedByAny b
//     a !n b         notNext(n) between them     a !n.. b       notFollowedBy(n) between them
//     a !n..5        notFollowedBy(n).for(5) at the end
//     (a b)+         a group with a quantifier
//
// A step is `a`: named a, takes events of type "a". Or with a name of its own and other events:
//
//     x:a            named x, type a             x:ab           type a or b
//     x:.            any event                   x:^ab          any type but a and b
//     x:a[v>3]       type a, and its v is greater than 3
//
// An absence is written like a step behind `!`; without a name of its own it is called "no n".
//
// QUANTIFIERS directly behind a step or group, in this order:
//
//     ?  +  *  {2}  {2,3}  {2,}     optional, oneOrMore, oneOrMore optional, times, timesOrMore; `?` may follow a count
//     ;  ~                          consecutive, allowCombinations
//     ^                             greedy
//     /u  /[v>3]                    until an event of type u, until a condition
//     <5                            maxGap(5)
//
// CONDITIONS in brackets, joined by `&`: two of `v` (the event's), `x.v` (step x has no count), `x.first.v`, `x.last.v`,
// `x.at(1).v`, `#x` (how many), `sum(x.v)` (also avg, min, max), `3`, compared by = != < <= > >=; or `boom`, which
// throws if the event's `boom` is true and holds for all others. `not(...)` around one of them.
//
// OPTIONS behind `|`, in this order:
//
//     | within 10 skip pastLast|toNext|toFirst x|toLast x [orElse toNext|none] ordered oncePer 5
//
// STREAMS are event types separated by spaces, with `=v` for the field v, `!` for boom, `@t` for the time. The first
// event is at 1, others one later than the one before: `a b=2 c!@7 d=5@7`.

import {
  type AbsenceNode,
  type Contiguity,
  type Element,
  ONCE,
  type PatternAst,
  type Quantifier,
  type Skip,
} from "../../lib/pattern/ast.ts";
import type { CompareOp, Condition, OpaqueCall, ValueExpr } from "../../lib/pattern/expression/expression.ts";
import type { OracleEvent } from "./world.ts";

/** What events of a stream are. */
export type Letter = { readonly type: string; readonly v?: number; readonly boom?: boolean };

export function parsePattern(text: string): PatternAst {
  const [elements = "", options = ""] = text.split("|");
  const reader = new Reader(elements);
  const parsed = readElements(reader);
  reader.skipSpaces();
  if (!reader.isDone()) reader.fail("an element, a link or the end");
  return { kind: "pattern", name: "p", version: 1, tag: "type", elements: parsed, ...readOptions(options) };
}

export function parseEvents(text: string): readonly OracleEvent[] {
  let at = 0;
  return text
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => {
      const found = /^([A-Za-z]+)(?:=(-?[\d.]+))?(!)?(?:@(-?[\d.]+))?$/.exec(word);
      if (found === null) throw new Error(`"${word}" is no event; write a, a=3, a!, a@5 or a=3!@5`);
      const [, type = "", v, boom, time] = found;
      at = time === undefined ? at + 1 : Number(time);
      const value: Letter = {
        type,
        ...(v === undefined ? {} : { v: Number(v) }),
        ...(boom === undefined ? {} : { boom: true }),
      };
      return { value, at };
    });
}

/** `boom` of conditions. One function, so that equal patterns are equal. */
export const throwsOnBoom: OpaqueCall = (event: Letter): boolean => {
  if (event.boom === true) throw new Error("boom");
  return true;
};

class Reader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  isDone(): boolean {
    return this.at >= this.text.length;
  }

  skipSpaces(): void {
    this.take(/\s*/);
  }

  /** What matches here, and goes past it; `undefined` if nothing does. */
  take(expected: RegExp): RegExpExecArray | undefined {
    const here = new RegExp(expected.source, "y");
    here.lastIndex = this.at;
    const found = here.exec(this.text);
    if (found === null) return undefined;
    this.at = here.lastIndex;
    return found;
  }

  fail(expected: string): never {
    throw new Error(`"${this.text}": ${expected} is missing at "${this.text.slice(this.at)}"`);
  }
}

const LINKS: Readonly<Record<string, Contiguity>> = { ";": "next", ",": "followedBy", "~": "followedByAny" };

function readElements(reader: Reader): readonly Element[] {
  const elements: Element[] = [];
  for (;;) {
    reader.skipSpaces();
    const mark = reader.take(/([;,~])\s+/)?.[1];
    const link = elements.length === 0 ? null : (LINKS[mark ?? ","] ?? "followedBy");
    if (reader.take(/!/)) elements.push(readAbsence(reader));
    else if (reader.take(/\(/)) {
      const body = readElements(reader);
      reader.skipSpaces();
      if (!reader.take(/\)/)) reader.fail(")");
      elements.push({ kind: "group", link, elements: body, ...readQuantifier(reader) });
    } else if (reader.take(/(?=[A-Za-z])/)) {
      elements.push({ kind: "step", link, ...readWho(reader, ""), ...readQuantifier(reader) });
    } else return elements;
  }
}

function readAbsence(reader: Reader): AbsenceNode {
  const who = readWho(reader, "no ");
  const dots = reader.take(/\.\.([\d.]+)?/);
  const forMs = dots?.[1] === undefined ? null : Number(dots[1]);
  return { kind: "absence", link: dots === undefined ? "notNext" : "notFollowedBy", ...who, forMs };
}

type Who = { readonly name: string; readonly on: readonly string[] | null; readonly condition: Condition | null };

function readWho(reader: Reader, prefix: string): Who {
  const name = reader.take(/(\w+):/)?.[1];
  const what = reader.take(/\^[A-Za-z]+|[A-Za-z]+|\./)?.[0] ?? reader.fail("a type");
  const extra = readBrackets(reader);
  const types = [...what.replace("^", "")];
  const isOther = what.startsWith("^") ? ([not(oneOfTypes(types))] as const) : [];
  const on = what === "." || what.startsWith("^") ? null : types;
  return { name: name ?? prefix + what, on, condition: and([...isOther, ...extra]) };
}

function oneOfTypes(types: readonly string[]): Condition {
  return { kind: "oneOf", value: fieldOfCandidate("type"), options: types };
}

function not(part: Condition): Condition {
  return { kind: "not", part };
}

function and(parts: readonly Condition[]): Condition | null {
  return parts.length > 1 ? { kind: "and", parts } : (parts[0] ?? null);
}

function readQuantifier(reader: Reader): { readonly quantifier: Quantifier; readonly maxGapMs: number | null } {
  const quantifier = { ...ONCE, ...readCount(reader) };
  if (reader.take(/\?/)) quantifier.optional = true;
  const inner = reader.take(/[;~]/)?.[0];
  if (inner !== undefined) quantifier.inner = LINKS[inner] ?? "followedBy";
  if (reader.take(/\^/)) quantifier.greedy = true;
  if (reader.take(/\//)) {
    const type = reader.take(/[A-Za-z]/)?.[0];
    quantifier.until = type === undefined ? and(readBrackets(reader)) : typeIs(type);
  }
  const gap = reader.take(/<([\d.]+)/)?.[1];
  return { quantifier, maxGapMs: gap === undefined ? null : Number(gap) };
}

function readCount(reader: Reader): Partial<Quantifier> {
  if (reader.take(/\+/)) return { max: null, counted: true };
  if (reader.take(/\*/)) return { max: null, counted: true, optional: true };
  const braces = reader.take(/\{(\d+)(,)?(\d+)?\}/);
  if (braces === undefined) return {};
  const [, min, comma, max] = braces;
  return {
    min: Number(min),
    max: max !== undefined ? Number(max) : comma === undefined ? Number(min) : null,
    counted: true,
  };
}

function typeIs(type: string): Condition {
  return { kind: "compare", op: "eq", left: fieldOfCandidate("type"), right: { kind: "literal", value: type } };
}

function fieldOfCandidate(name: string): ValueExpr {
  return { kind: "field", of: { kind: "candidate" }, path: [name] };
}

function readBrackets(reader: Reader): readonly Condition[] {
  const inside = reader.take(/\[([^\]]*)\]/)?.[1];
  return inside === undefined ? [] : inside.split("&").map((term) => readCondition(new Reader(term.trim())));
}

const COMPARISONS: Readonly<Record<string, CompareOp>> = {
  "=": "eq",
  "!=": "ne",
  "<": "lt",
  "<=": "lte",
  ">": "gt",
  ">=": "gte",
};

function readCondition(reader: Reader): Condition {
  if (reader.take(/not\(/)) {
    const part = readCondition(reader);
    if (!reader.take(/\)/)) reader.fail(")");
    return not(part);
  }
  if (reader.take(/boom/)) return { kind: "opaque", call: throwsOnBoom, version: 1 };
  const left = readValue(reader);
  const op = COMPARISONS[reader.take(/!=|<=|>=|=|<|>/)?.[0] ?? ""] ?? reader.fail("a comparison");
  return { kind: "compare", op, left, right: readValue(reader) };
}

function readValue(reader: Reader): ValueExpr {
  const number = reader.take(/-?\d[\d.]*/)?.[0];
  if (number !== undefined) return { kind: "literal", value: Number(number) };
  const counted = reader.take(/#(\w+)/)?.[1];
  if (counted !== undefined) return { kind: "count", step: counted };
  const aggregate = reader.take(/(sum|avg|min|max)\((\w+)\.(\w+)\)/);
  if (aggregate !== undefined) {
    const [, op, step = "", field = ""] = aggregate;
    const value: ValueExpr = { kind: "field", of: { kind: "item" }, path: [field] };
    return { kind: "aggregate", op: op as "sum" | "avg" | "min" | "max", step, value };
  }
  const taken = reader.take(/(\w+)\.(?:(first|last)\.|at\((-?\d+)\)\.)?(\w+)/);
  if (taken !== undefined) {
    const [, step = "", end, index, field = ""] = taken;
    const at = index !== undefined ? Number(index) : ((end as "first" | "last" | undefined) ?? "only");
    return { kind: "field", of: { kind: "taken", step, at }, path: [field] };
  }
  return fieldOfCandidate(reader.take(/\w+/)?.[0] ?? reader.fail("a value"));
}

function readOptions(text: string): Pick<PatternAst, "withinMs" | "skip" | "emit" | "oncePerMs"> {
  const reader = new Reader(text.trim());
  const within = reader.take(/within ([\d.]+)\s*/)?.[1];
  const skip = readSkip(reader);
  const ordered = reader.take(/ordered\s*/);
  const once = reader.take(/oncePer ([\d.]+)\s*/)?.[1];
  if (!reader.isDone()) reader.fail("within, skip, ordered or oncePer, in this order,");
  return {
    withinMs: within === undefined ? null : Number(within),
    skip,
    emit: ordered === undefined ? "eager" : "ordered",
    oncePerMs: once === undefined ? null : Number(once),
  };
}

function readSkip(reader: Reader): Skip {
  if (!reader.take(/skip\s+/)) return { to: "none" };
  if (reader.take(/pastLast\s*/)) return { to: "pastLast" };
  if (reader.take(/toNext\s*/)) return { to: "next" };
  const target = reader.take(/(toFirst|toLast) (\w+)\s*/);
  if (target === undefined) return reader.fail("pastLast, toNext, toFirst x or toLast x");
  const [, where, step = ""] = target;
  const orElse = reader.take(/orElse (toNext|none)\s*/)?.[1];
  return {
    to: where === "toFirst" ? "first" : "last",
    step,
    orElse: orElse === undefined ? null : orElse === "toNext" ? "next" : "none",
  };
}
