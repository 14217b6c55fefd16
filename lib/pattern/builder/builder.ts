// The fluent builder: every stage is an immutable value that holds a draft, every word gives a new one. The types in
// builder-types.ts decide which word may follow which; here all stages have all words, so that what the types refuse
// can still be said by JavaScript and is then refused with a code.

import type { Problem } from "../../core/errors.ts";
import { type Duration, parseDuration } from "../../time/duration.ts";
import type { AbsenceNode, Contiguity, PatternAst } from "../ast.ts";
import type { OpaqueCall } from "../expression/expression.ts";
import type { PatternJson } from "../json/json.ts";
import { PATTERN, type Pattern } from "../pattern.ts";
import { patternFrom } from "../pattern-value.ts";
import type { BuildCode } from "./build-codes.ts";
import type { Start } from "./builder-types.ts";
import {
  addCondition,
  changeCondition,
  changeLast,
  changeQuantifier,
  count,
  type Draft,
  emptyDraft,
  newAbsence,
  newStep,
  placeIn,
  sayOnce,
  withAst,
  withElement,
  withGroup,
  withProblem,
} from "./draft.ts";
import { writeCondition } from "./proxy.ts";
import type { Refusal } from "./refusal.ts";
import type { TagTwice } from "./refused-words.ts";
import { badEmit, skipOf } from "./skip.ts";

/**
 * Begins a pattern of events of type `E`. What follows reads as in Flink CEP: `begin`, `next`, `followedBy`, …, each of which names a
 * step. Every stage is an immutable value: two continuations of one stage are two patterns. Nothing is checked as a
 * whole until the pattern is compiled; then all problems are reported together. Two mistakes leave nothing to go on with and
 * are thrown on the line where they stand: a condition that uses an event as a value, such as `e.amount < 2` (PatternError), and
 * a text that is no duration (ConfigError).
 *
 * @param name identifies the pattern in alerts, metrics and saved state.
 * @param options `version` (default 1) tells apart what the pattern meant before; `tag` names the field that `on` compares, `type` by
 *   default; another one is said as a type, too: `pattern<E, "kind">(name, { tag: "kind" })`.
 * @example
 * import { pattern } from "sequitur";
 *
 * type CardEvent =
 *   | { type: "charge"; card: string; amount: number; country: string }
 *   | { type: "block"; card: string };
 *
 * const cardTesting = pattern<CardEvent>("card-testing")
 *   .begin("probe").on("charge").where((e) => e.amount.lt(2)).times(3)
 *   .notFollowedBy("blocked").on("block")
 *   .followedBy("cashOut").on("charge").where((e, m) => e.amount.gt(500).and(e.country.ne(m.probe.last().country)))
 *   .within("10m")
 *   .select((m) => ({ card: m.cashOut.card, stolen: m.cashOut.amount, probes: m.probe.length }));
 *
 * cardTesting.ast.elements.length; // => 3
 * cardTesting.ast.withinMs; // => 600000
 */
export function pattern<E extends object, const Tag extends string = "type">(
  name: string,
  options: { readonly version?: number; readonly tag?: Tag | Refusal<TagTwice> } = {},
): Start<"pattern", E, Tag> {
  const { version = 1, tag = "type" } = options;
  return new Stage(emptyDraft("pattern", { name, version, tag: tag as Tag })) as unknown as Start<"pattern", E, Tag>;
}

/**
 * Begins the body of a group: elements that count as one, to be given to `begin`, `next`, `followedBy` or `followedByAny` in place of a name.
 * Its steps give arrays, since the group may repeat. It may be used in several patterns.
 *
 * @param options `tag` must be that of the pattern: `sequence<E, "kind">({ tag: "kind" })`.
 * @example
 * import { pattern, sequence } from "sequitur";
 *
 * type Login = { type: "fail" | "reset" | "ok"; user: string };
 *
 * const attempt = sequence<Login>().begin("fail").on("fail").times(3).followedBy("reset").on("reset");
 * const stuffing = pattern<Login>("stuffing").begin(attempt).timesOrMore(2).followedBy("in").on("ok");
 *
 * stuffing.ast.elements[0]?.kind; // => "group"
 */
export function sequence<E extends object, const Tag extends string = "type">(
  options: { readonly tag?: Tag | Refusal<TagTwice> } = {},
): Start<"group", E, Tag> {
  const { tag = "type" } = options;
  return new Stage(emptyDraft("group", { name: "sequence", version: 1, tag: tag as Tag })) as unknown as Start<
    "group",
    E,
    Tag
  >;
}

const drafts = new WeakMap<object, Draft>();

/** What a stage holds; of anything else nothing. */
function draftOf(stage: unknown): Draft | undefined {
  return typeof stage === "object" && stage !== null ? drafts.get(stage) : undefined;
}

type Write = (e: never, m: never) => unknown;

class Stage implements Pattern {
  readonly #draft: Draft;
  #pattern: Pattern | undefined;

  constructor(draft: Draft) {
    this.#draft = draft;
    drafts.set(this, draft);
    Object.freeze(this);
  }

  // ---- as a pattern

  /** A group is a stage, but no pattern. */
  get [PATTERN](): true {
    return (this.#draft.kind === "pattern") as true;
  }
  get name(): string {
    return this.#draft.ast.name;
  }
  get version(): number {
    return this.#draft.ast.version;
  }
  get ast(): PatternAst {
    return this.#value.ast;
  }
  get problems(): readonly Problem[] {
    return this.#value.problems;
  }
  get selector(): Pattern["selector"] {
    return this.#draft.selector;
  }
  get fingerprint(): string {
    return this.#value.fingerprint;
  }
  toJSON(): PatternJson {
    return this.#value.toJSON();
  }
  describe(): string {
    return this.#value.describe();
  }
  get #value(): Pattern {
    this.#pattern ??= patternFrom(this.#draft.ast, this.#draft.problems, this.#draft.selector);
    return this.#pattern;
  }

  // ---- elements

  begin(element: unknown): Stage {
    return this.#add(element, null, "begin");
  }
  next(element: unknown): Stage {
    return this.#add(element, "next", "next");
  }
  followedBy(element: unknown): Stage {
    return this.#add(element, "followedBy", "followedBy");
  }
  followedByAny(element: unknown): Stage {
    return this.#add(element, "followedByAny", "followedByAny");
  }
  notNext(name: string): Stage {
    return this.#forbid(name, "notNext");
  }
  notFollowedBy(name: string): Stage {
    return this.#forbid(name, "notFollowedBy");
  }

  // ---- conditions

  on(...tags: readonly unknown[]): Stage {
    return new Stage(
      changeCondition(this.#draft, "on", (last) => {
        const texts = tags.filter((tag) => typeof tag === "string");
        if (texts.length < tags.length) {
          return { code: "BAD_TAG", message: "on was not given strings.", remedy: 'Name the tags: on("charge").' };
        }
        const both = last.on === null ? texts : last.on.filter((tag) => texts.includes(tag));
        if (both.length > 0 || tags.length === 0) return { ...last, on: [...new Set(both)] };
        return {
          code: "NO_TAG_LEFT",
          message: "on was said twice, and no tag is in both.",
          remedy: "Name all tags in one on: each that it names is accepted.",
        };
      }),
    );
  }
  where(write: Write): Stage {
    return this.#write("where", "and", write);
  }
  orWhere(write: Write): Stage {
    return this.#write("orWhere", "or", write);
  }
  filter(call: OpaqueCall, options: { readonly version?: number } = {}): Stage {
    const { version = 1 } = options;
    if (typeof call === "function") {
      return new Stage(addCondition(this.#draft, "filter", "and", { kind: "opaque", call, version }));
    }
    return this.#refused("NOT_A_FUNCTION", "filter was not given a function.", "Give it (event, taken) => boolean.");
  }

  // ---- quantifiers

  times(min: number, max: number = min): Stage {
    return this.#count("times", min, max);
  }
  timesOrMore(min: number): Stage {
    return this.#count("timesOrMore", min, null);
  }
  oneOrMore(): Stage {
    return this.#count("oneOrMore", 1, null);
  }
  optional(): Stage {
    return new Stage(
      changeQuantifier(this.#draft, "optional", (quantifier) =>
        quantifier.optional
          ? { code: "OPTIONAL_TWICE", message: "The element is optional already.", remedy: "Leave optional out." }
          : { ...quantifier, optional: true },
      ),
    );
  }
  greedy(): Stage {
    return new Stage(changeQuantifier(this.#draft, "greedy", (quantifier) => ({ ...quantifier, greedy: true })));
  }
  consecutive(): Stage {
    return this.#inner("consecutive", "next");
  }
  allowCombinations(): Stage {
    return this.#inner("allowCombinations", "followedByAny");
  }
  until(write: Write): Stage {
    if (typeof write !== "function") return this.#notWritten("until");
    const { condition, dropped } = writeCondition(placeIn(this.#draft, "until"), write);
    const draft = changeQuantifier(this.#draft, "until", (quantifier) =>
      quantifier.until === null
        ? { ...quantifier, until: condition }
        : { code: "UNTIL_TWICE", message: "until was said twice of the same loop.", remedy: "Join them with or." },
    );
    return new Stage({ ...draft, problems: [...draft.problems, ...dropped] });
  }

  // ---- time

  maxGap(gap: Duration): Stage {
    const maxGapMs = parseDuration(gap, "maxGap");
    return new Stage(
      changeLast(this.#draft, "maxGap", (last) => {
        if (last.kind === "absence") {
          return {
            code: "MAX_GAP_ON_ABSENCE",
            message: "maxGap was said of an absence, which takes no events.",
            remedy: "Say it of a step, or use for or within.",
          };
        }
        if (last.maxGapMs === null) return { ...last, maxGapMs };
        return { code: "MAX_GAP_TWICE", message: "maxGap was said twice.", remedy: "Keep the smaller one." };
      }),
    );
  }
  for(time: Duration): Stage {
    const forMs = parseDuration(time, "for");
    return new Stage(
      changeLast(this.#draft, "for", (last) => {
        if (last.kind !== "absence") {
          return {
            code: "FOR_NOT_ON_ABSENCE",
            message: "for was said of an element that takes events.",
            remedy: "Say it of notFollowedBy at the end of the pattern, or use maxGap or within.",
          };
        }
        if (last.forMs === null) return { ...last, forMs };
        return { code: "FOR_TWICE", message: "for was said twice.", remedy: "Keep one of them." };
      }),
    );
  }
  within(window: Duration): Stage {
    const withinMs = parseDuration(window, "within");
    return new Stage(sayOnce(this.#draft, "within", (draft) => withAst(draft, { withinMs })));
  }
  oncePer(quiet: Duration): Stage {
    const oncePerMs = parseDuration(quiet, "oncePer");
    return new Stage(sayOnce(this.#draft, "oncePer", (draft) => withAst(draft, { oncePerMs })));
  }

  // ---- what is reported

  skip(to: unknown, options: { readonly emit?: unknown } = {}): Stage {
    const skip = skipOf(to);
    const { emit = "eager" } = options;
    if ("code" in skip) return this.#refused(skip.code, skip.message, skip.remedy);
    const bad = badEmit(emit);
    if (bad !== null) return this.#refused(bad.code, bad.message, bad.remedy);
    return new Stage(
      sayOnce(this.#draft, "skip", (draft) => withAst(draft, { skip, emit: emit as PatternAst["emit"] })),
    );
  }
  select(make: (match: never) => unknown): Stage {
    if (typeof make !== "function") {
      return this.#refused("NOT_A_FUNCTION", "select was not given a function.", "Give it (match) => value.");
    }
    return new Stage(sayOnce(this.#draft, "select", (draft) => ({ ...draft, selector: make })));
  }

  // ---- the work

  #add(element: unknown, link: Contiguity | null, method: string): Stage {
    const first = this.#draft.ast.elements.length === 0;
    const at = first ? null : link;
    if (typeof element === "string") return new Stage(withElement(this.#draft, newStep(element, at), method));
    const body = draftOf(typeof element === "function" ? element(this.#group(method)) : element);
    if (body?.kind === "group") return new Stage(withGroup(this.#draft, body, at, method));
    return this.#refused(
      "BAD_ELEMENT",
      `${method} was given neither a name nor a group.`,
      "Give it the name of a step, or a group: what sequence() began, or (group) => group.begin(…).",
    );
  }

  /** The start of a group that is said in place. */
  #group(method: string): Stage {
    const { name, version, tag } = this.#draft.ast;
    return new Stage(emptyDraft("group", { name, version, tag }, placeIn(this.#draft, method, "closed").arityOf));
  }

  #forbid(name: unknown, link: AbsenceNode["link"]): Stage {
    if (typeof name === "string") return new Stage(withElement(this.#draft, newAbsence(name, link), link));
    return this.#refused("BAD_ELEMENT", `${link} was not given a name.`, "Absences are single: repeat notFollowedBy.");
  }

  #write(method: string, join: "and" | "or", write: Write): Stage {
    if (typeof write !== "function") return this.#notWritten(method);
    const { condition, dropped } = writeCondition(placeIn(this.#draft, method), write);
    const draft = addCondition(this.#draft, method, join, condition);
    return new Stage({ ...draft, problems: [...draft.problems, ...dropped] });
  }

  #count(method: string, min: number, max: number | null): Stage {
    return new Stage(changeQuantifier(this.#draft, method, (quantifier) => count(quantifier, method, min, max)));
  }

  #inner(method: string, inner: Contiguity): Stage {
    return new Stage(
      changeQuantifier(this.#draft, method, (quantifier) =>
        quantifier.inner === "followedBy" || quantifier.inner === inner
          ? { ...quantifier, inner }
          : {
              code: "CONTIGUITY_TWICE",
              message: "consecutive and allowCombinations were both said of the same loop.",
              remedy: "Keep one of them.",
            },
      ),
    );
  }

  #notWritten(method: string): Stage {
    return this.#refused(
      "NOT_A_FUNCTION",
      `${method} was not given a function.`,
      `Give it (e, m) => condition: ${method}((e) => e.amount.lt(2)).`,
    );
  }

  #refused(code: BuildCode, message: string, remedy: string): Stage {
    return new Stage(withProblem(this.#draft, { code, message, remedy }));
  }
}
