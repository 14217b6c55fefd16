// Patterns as the documents write them: the words of the builder in a row.
//
//     begin(a)                 a step called a that takes events of type a; digits in a name are no part of the type, so
//                              a and a2 take the same events
//     begin(it) on(a, b)       a step that takes events of types a and b; on(*): any event; on(): of no type at all
//     next[begin(b) next(c)]   a group
//     where(e.v.gt(m.a.v))     a condition, as it is written in TypeScript; so is that of orWhere and until
//     until(u)                 until an event of type u
//     filter(boom)             a function: it throws for events that are marked with "!", and holds for all others
//     skip(toLast a orElse none, ordered)
//     select(m.a)              a function that gives the event of step a
//     tag(kind)                first in a pattern or group: the field that its on compares is not type
//     next(7) on(7) where(7)   mistakes: a number where a name, a text or a function has to stand
//
// Here they are only told apart; to-ast.ts and to-builder.ts say what they mean.

import { readExpression, type Written } from "./expressions.ts";

export type Word = ElementWord | OtherWord;

/** A step, an absence, or a group. */
export type ElementWord = {
  readonly kind: "element";
  readonly word: Linking;
  readonly of: { readonly name: string } | { readonly body: readonly Word[] };
  /** Types of events; `null`: any. Of a group always `null`. */
  readonly on: readonly string[] | null;
};

export type OtherWord =
  | { readonly kind: "condition"; readonly word: "where" | "orWhere" | "until"; readonly written: Written }
  | { readonly kind: "filter" }
  | { readonly kind: "mistake"; readonly word: Mistakable; readonly given: number }
  | { readonly kind: "number"; readonly word: Numbered; readonly given: readonly number[] }
  | { readonly kind: "plain"; readonly word: Plain }
  | { readonly kind: "on"; readonly types: readonly string[] }
  | { readonly kind: "select"; readonly written: Written }
  | { readonly kind: "tag"; readonly field: string }
  | {
      readonly kind: "skip";
      readonly to: "none" | "toNext" | "pastLast" | "toFirst" | "toLast";
      readonly step: string;
      readonly orElse: "none" | "toNext" | null;
      readonly ordered: boolean;
    };

const LINKING = ["begin", "next", "followedBy", "followedByAny", "notNext", "notFollowedBy"] as const;
const NUMBERED = ["times", "timesOrMore", "maxGap", "for", "within", "oncePer"] as const;
const PLAIN = ["oneOrMore", "optional", "greedy", "consecutive", "allowCombinations"] as const;
const CONDITIONS = ["where", "orWhere", "until"] as const;
const MISTAKABLE = [...LINKING, ...CONDITIONS, "on", "filter", "skip", "select"] as const;

export type Linking = (typeof LINKING)[number];
export type Numbered = (typeof NUMBERED)[number];
export type Plain = (typeof PLAIN)[number];
export type Mistakable = (typeof MISTAKABLE)[number];

/** @throws {Error} naming the word that cannot be read. */
export function readWords(text: string): readonly Word[] {
  const words: Word[] = [];
  let rest = text.trim();
  while (rest !== "") {
    const [whole, word = "", open] = /^(\w+)([([])/.exec(rest) ?? [];
    if (whole === undefined) throw new Error(`"${rest}" does not begin with a word and its brackets`);
    const end = closing(rest, whole.length - 1);
    const given = rest.slice(whole.length, end).trim();
    rest = rest.slice(end + 1).trim();
    if (/^\d+$/.test(given) && isOneOf(MISTAKABLE, word)) {
      words.push({ kind: "mistake", word, given: Number(given) });
    } else if (!isOneOf(LINKING, word)) {
      if (word === "tag" && words.length > 0) throw new Error(`"tag(${given})" does not stand first`);
      if (open === "[") throw new Error(`"${word}" is given a group`);
      words.push(readOther(word, given));
    } else if (open === "[") {
      words.push({ kind: "element", word, of: { body: readWords(given) }, on: null });
    } else {
      const on = /^on\((?!\d)([^)]*)\)\s*/.exec(rest);
      rest = rest.slice(on?.[0].length ?? 0);
      const types = on === null ? [given.replace(/\d+$/, "")] : on[1] === "*" ? null : split(on[1] ?? "");
      words.push({ kind: "element", word, of: { name: nameOf(given) }, on: types });
    }
  }
  return words;
}

function readOther(word: string, given: string): OtherWord {
  if (isOneOf(NUMBERED, word)) return { kind: "number", word, given: split(given).map(toNumber) };
  if (isOneOf(CONDITIONS, word)) return { kind: "condition", word, written: readCondition(word, given) };
  if (isOneOf(PLAIN, word) && given === "") return { kind: "plain", word };
  if (word === "filter" && given === "boom") return { kind: "filter" };
  if (word === "on") return { kind: "on", types: split(given) };
  if (word === "skip") return readSkip(given);
  if (word === "select") return { kind: "select", written: readExpression(given) };
  if (word === "tag") return { kind: "tag", field: given };
  throw new Error(`"${word}(${given})" is unknown`);
}

function readCondition(word: string, given: string): Written {
  if (word !== "until" || !/^[a-z]+$/.test(given)) return readExpression(given);
  const type: Written = { kind: "literal", value: given };
  const links = [
    { name: "type", given: null },
    { name: "eq", given: [type] },
  ];
  return { kind: "chain", root: "e", links };
}

function readSkip(given: string): OtherWord {
  const found = /^(none|toNext|pastLast|toFirst|toLast)(?: (\w+))?(?: orElse (none|toNext))?(, ordered)?$/.exec(given);
  if (found === null) throw new Error(`"skip(${given})" is unknown`);
  const [, to, step = "", orElse, ordered] = found;
  return {
    kind: "skip",
    to: to as Extract<OtherWord, { kind: "skip" }>["to"],
    step,
    orElse: (orElse ?? null) as "none" | "toNext" | null,
    ordered: ordered !== undefined,
  };
}

/** A name in quotes is taken as it stands, with `\u…` for what cannot be seen. */
function nameOf(given: string): string {
  return given.startsWith('"') ? (JSON.parse(given) as string) : given;
}

function split(list: string): readonly string[] {
  return list.trim() === "" ? [] : list.split(",").map((part) => part.trim());
}

function toNumber(text: string): number {
  const number = Number(text);
  if (Number.isNaN(number)) throw new Error(`"${text}" is no number`);
  return number;
}

function isOneOf<const T extends string>(words: readonly T[], word: string): word is T {
  return words.some((each) => each === word);
}

/** The bracket that closes the one at `from`; those in quotes do not count. */
function closing(text: string, from: number): number {
  let depth = 0;
  let isQuoted = false;
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (sign === '"') isQuoted = !isQuoted;
    if (isQuoted) continue;
    if ("([".includes(sign)) depth += 1;
    if (")]".includes(sign)) depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`"${text}" has a bracket that is not closed`);
}
