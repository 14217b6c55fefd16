// The types of the builder: what may be said next, what a match will look like, and how the compiler says no.
// builder.ts is what it does at run time; it knows nothing of these types.
//
//     pattern<E>(…) ─▶ Start ─begin─▶ Step ──times…──▶ Loop       each of them goes on with next, followedBy, …
//                                      │                          or ends: within, skip, oncePer, select ─▶ Ended
//                                      └──optional──▶ OptionalStep
//     notNext, notFollowedBy ─▶ Absence      a group ─▶ Group ─times…─▶ GroupLoop
//
// The letters are the same everywhere:
//
//     K  "pattern", or "group" in a sequence       N  name of the step being said
//     E  every event of the stream                 T  its event, narrowed by `on`
//     Tag  the field that `on` compares            U  all names used so far, of absences too
//     M  what a match holds so far, by step        B  whether a time bound was set

import type { Duration } from "../time/duration.ts";
import type { BoolExpr, ExprOf, MatchExprOf } from "./expression-types.ts";
import type { Pattern } from "./pattern.ts";
import type { Refusal } from "./refusal.ts";

/** Where a chain of elements stands: in a pattern, or in a sequence. */
export type Kind = "pattern" | "group";

/** How a quantifier was given: not at all, a fixed count, from–to, without end. */
export type Count = "once" | "exact" | "range" | "open";

// ---------------------------------------------------------------- what a match holds

/** Shows an intersection as one plain object. */
export type Plain<T> = { [K in keyof T]: T[K] };

/** `M` and the open step. */
export type Add<M, N extends string, V> = Plain<M & { readonly [K in N]: V }>;

/** What a step of a group gives: the group may repeat, so always an array. */
type InGroup<T, V> = undefined extends V ? readonly T[] : [] extends V ? readonly T[] : readonly [T, ...T[]];

/** `M` and the open step, which gives `V` in a pattern. */
type Taken<K extends Kind, M, N extends string, T, V> = Add<M, N, K extends "group" ? InGroup<T, V> : V>;

/** `N` times `T`; of more than 16 only that there is at least one. */
type Exactly<T, N extends number, R extends readonly T[] = readonly []> = number extends N
  ? readonly [T, ...T[]]
  : R["length"] extends N
    ? R
    : R["length"] extends 16
      ? readonly [T, ...T[]]
      : Exactly<T, N, readonly [...R, T]>;

/** Tuples of length 1 to `N` after `R`, as one tuple with optional elements. */
type UpTo<T, N extends number, R extends readonly unknown[]> = number extends N
  ? readonly [...R, ...T[]]
  : R["length"] extends N
    ? R
    : Required<R>["length"] extends N
      ? R
      : Required<R>["length"] extends 16
        ? readonly [...R, ...T[]]
        : UpTo<T, N, readonly [...R, T?]>;

/** The events of `times(From, To)`. */
type Counted<T, From extends number, To extends number> = [From, To] extends [To, From]
  ? Exactly<T, From>
  : From extends 0
    ? UpTo<T, To, readonly []>
    : UpTo<T, To, Exactly<T, From>>;

/** The same array with other events. */
type WithEvents<A, T> = { readonly [I in keyof A]: T };

/** What the steps of a group give if it may be left out. */
type Emptied<G> = { readonly [K in keyof G]: G[K] extends readonly (infer T)[] ? readonly T[] : G[K] };

type Or<A extends boolean, B extends boolean> = true extends A | B ? true : false;

// ---------------------------------------------------------------- names and tags

/** `N`, if a new element may have this name. */
type NewName<N extends string, U extends string> = string extends U
  ? N
  : N extends U
    ? Refusal<`step "${N}" is already defined`>
    : N extends ""
      ? Refusal<"a step needs a name">
      : N extends `${string}:${string}`
        ? Refusal<`a name has no ":", unlike "${N}"`>
        : N;

/** What may follow a link: the name of a new step, or a group. */
type NewElement<X, Tag extends string, U extends string> = X extends string
  ? NewName<X, U>
  : X extends Sequence<never, infer T, unknown, infer V, boolean>
    ? [T] extends [Tag]
      ? string extends U
        ? X
        : [Extract<V, U>] extends [never]
          ? X
          : Refusal<`step "${Extract<V, U>}" is already defined`>
      : Refusal<`the group says { tag: "${T}" }, the pattern { tag: "${Tag}" }`>
    : X;

/** The values that `on` takes. */
type TagOf<T, Tag extends string> = T extends { readonly [K in Tag]: infer V } ? V & string : never;
type TagValue<T, Tag extends string> = [TagOf<T, Tag>] extends [never]
  ? Refusal<`events have no field "${Tag}" that tells them apart; name it: pattern(name, { tag })`>
  : TagOf<T, Tag>;

/** The members of `T` whose tag can be one of `V`. */
type Narrow<T, Tag extends string, V> = T extends { readonly [K in Tag]: infer F }
  ? [F] extends [V]
    ? T
    : V extends F
      ? T & { readonly [K in Tag]: V }
      : never
  : never;

// ---------------------------------------------------------------- conditions

type Written = BoolExpr | Refusal<"write e.amount.lt(2), not e.amount < 2; plain functions go into filter">;

/** Says which events an element takes, or an absence forbids. `T` is the event, `M` what was taken before it. */
interface Conditions<T, M> {
  /**
   * Takes only events for which the condition holds. Called once, now, with proxies: the condition becomes data. Repeated, all must hold.
   *
   * @throws {PatternError} if `condition` uses `e` or `m` as a value (`e.amount < 2`), or does not return a condition.
   */
  where(condition: (e: ExprOf<T>, m: MatchExprOf<M>) => Written): this;
  /** Or this: either everything that `where`, `filter` and `orWhere` have said so far, or `condition`. `on` must hold in any case. */
  orWhere(condition: (e: ExprOf<T>, m: MatchExprOf<M>) => Written): this;
  /**
   * Takes only events for which a plain function returns `true`. It must be pure, and is called for every event that might be taken.
   * Analysis knows nothing of it, and a pattern with it has no JSON form. Raise `version` (default 1) when the function changes its meaning.
   */
  filter(condition: (e: T, m: M) => boolean, options?: { readonly version?: number }): this;
}

// ---------------------------------------------------------------- links and ends

/** What may follow an element. */
interface Links<K extends Kind, E, Tag extends string, M, U extends string, B extends boolean> {
  /** The very next event. */
  next<const X extends string | AnySequence>(element: NewElement<X, Tag, U>): Opened<K, E, Tag, M, X, U, B>;
  /** The next event that satisfies the condition; others may come between. */
  followedBy<const X extends string | AnySequence>(element: NewElement<X, Tag, U>): Opened<K, E, Tag, M, X, U, B>;
  /** Any later event that satisfies the condition: each gives a match of its own. */
  followedByAny<const X extends string | AnySequence>(element: NewElement<X, Tag, U>): Opened<K, E, Tag, M, X, U, B>;
  /** The very next event does not satisfy the condition. */
  notNext<const N extends string>(name: NewName<N, U>): Absence<K, E, Tag, M, N, E, U | N, B, "notNext">;
  /** No event up to what comes next satisfies the condition; at the end of a pattern: none until its deadline. */
  notFollowedBy<const N extends string>(name: NewName<N, U>): Absence<K, E, Tag, M, N, E, U | N, B, "notFollowedBy">;
}

/** What is open after a link to `X`. */
type Opened<K extends Kind, E, Tag extends string, M, X, U extends string, B extends boolean> = X extends string
  ? Step<K, E, Tag, M, X, E, U | X, B>
  : X extends Sequence<never, string, infer G, infer V, infer C>
    ? Group<K, E, Tag, M, G, U | V, Or<B, C>>
    : never;

type End<K extends Kind, E, Tag extends string, M, U extends string, B extends boolean> = Links<K, E, Tag, M, U, B> &
  (K extends "group" ? Sequence<E, Tag, M, U, B> : Ended<E, M, M, B>);

declare const SEQUENCE: unique symbol;

/** The elements of a group, made by `sequence()`. */
export interface Sequence<E, Tag extends string, M, U extends string, B extends boolean> {
  readonly [SEQUENCE]: {
    readonly event: (event: E) => void;
    readonly tag: Tag;
    readonly match: M;
    readonly names: U;
    readonly timed: B;
  };
  readonly within: Refusal<"a group has no window of its own: say within at the end of the pattern, or maxGap">;
  readonly skip: Refusal<"say skip at the end of the pattern, not in a group">;
  readonly oncePer: Refusal<"say oncePer at the end of the pattern, not in a group">;
  readonly select: Refusal<"say select at the end of the pattern, not in a group">;
}

/** Any group. */
// biome-ignore lint/suspicious/noExplicitAny: stands for every sequence
export type AnySequence = Sequence<any, any, any, any, any>;

/** What `skip` takes: a target step needs `orElse` if a match may lack it. */
export type SkipTo<M> =
  | "none"
  | "toNext"
  | "pastLast"
  | { readonly toFirst: Present<M> }
  | { readonly toLast: Present<M> }
  | { readonly toFirst: keyof M & string; readonly orElse: "toNext" | "none" }
  | { readonly toLast: keyof M & string; readonly orElse: "toNext" | "none" };

/** Steps of which every match has an event. */
type Present<M> = { [K in keyof M]: undefined extends M[K] ? never : [] extends M[K] ? never : K }[keyof M] & string;

/** A pattern: matches hold `M`, alerts carry `R`. More may be said of it. */
export interface Ended<E, M, R, B extends boolean> extends Pattern<E, M, R, B> {
  /** Less than `window` from the first event of a match to its last. */
  within(window: Duration): Ended<E, M, R, true>;
  /** What is dropped after a reported match. `emit: "ordered"` holds a match while a run with an earlier first event lives; it needs `within`. */
  skip(to: SkipTo<M>, options?: { readonly emit?: "eager" | "ordered" }): Ended<E, M, R, B>;
  /** After a reported match, others of the same key within `quiet` of it are suppressed and counted. */
  oncePer(quiet: Duration): Ended<E, M, R, true>;
  /** What alerts carry. Without it: the events by step. Called once per reported match; must be pure. */
  select<S>(make: (match: M) => S): Ended<E, M, S, B>;
}

// ---------------------------------------------------------------- elements

type NoLoop = Refusal<"this step takes one event: say how often first, with times, timesOrMore or oneOrMore">;
type SecondCount = Refusal<"an element has one quantifier, and optional comes after it">;
type OfAbsence = Refusal<"an absence takes no events, so it has no quantifier">;

/** Before the first element. */
export interface Start<K extends Kind, E, Tag extends string> {
  /** The first event of a match, or a group that begins with it. */
  begin<const X extends string | AnySequence>(
    element: NewElement<X, Tag, never>,
  ): Opened<K, E, Tag, {}, X, never, false>;
}

/** A step that takes one event, so far. */
export type Step<
  K extends Kind,
  E,
  Tag extends string,
  M,
  N extends string,
  T,
  U extends string,
  B extends boolean,
> = StepWords<K, E, Tag, M, N, T, U, B> & End<K, E, Tag, Taken<K, M, N, T, T>, U, B>;

interface StepWords<K extends Kind, E, Tag extends string, M, N extends string, T, U extends string, B extends boolean>
  extends Conditions<T, M> {
  /** Takes only events with one of these tags, and narrows their type. */
  on<const V extends TagValue<T, Tag>>(tag: V, ...more: V[]): Step<K, E, Tag, M, N, Narrow<T, Tag, V>, U, B>;
  /** Exactly `count` events, or from `count` to `most`. From 0: as if `optional`. */
  times<const A extends number, const Z extends number = A>(
    count: A,
    most?: Z,
  ): Loop<K, E, Tag, M, N, T, Counted<T, A, Z>, [A, Z] extends [Z, A] ? "exact" : "range", U, B>;
  /** At least `count` events. */
  timesOrMore<const A extends number>(
    count: A,
  ): Loop<K, E, Tag, M, N, T, readonly [...Exactly<T, A>, ...T[]], "open", U, B>;
  /** One event or more. */
  oneOrMore(): Loop<K, E, Tag, M, N, T, readonly [T, ...T[]], "open", U, B>;
  /** May be left out. */
  optional(): OptionalStep<K, E, Tag, M, N, T, U, B>;
  /** Its event comes less than `gap` after the previous event of the match. */
  maxGap(gap: Duration): Step<K, E, Tag, M, N, T, U, true>;
  readonly greedy: NoLoop;
  readonly consecutive: NoLoop;
  readonly allowCombinations: NoLoop;
  readonly until: NoLoop;
  readonly for: Refusal<"only notFollowedBy at the end of a pattern has a time of its own">;
}

/** A step that may be left out. */
export type OptionalStep<
  K extends Kind,
  E,
  Tag extends string,
  M,
  N extends string,
  T,
  U extends string,
  B extends boolean,
> = OptionalWords<K, E, Tag, M, N, T, U, B> & End<K, E, Tag, Taken<K, M, N, T, T | undefined>, U, B>;

interface OptionalWords<
  K extends Kind,
  E,
  Tag extends string,
  M,
  N extends string,
  T,
  U extends string,
  B extends boolean,
> extends Conditions<T, M> {
  /** Takes only events with one of these tags, and narrows their type. */
  on<const V extends TagValue<T, Tag>>(tag: V, ...more: V[]): OptionalStep<K, E, Tag, M, N, Narrow<T, Tag, V>, U, B>;
  /** Its event comes less than `gap` after the previous event of the match. */
  maxGap(gap: Duration): OptionalStep<K, E, Tag, M, N, T, U, true>;
  readonly times: SecondCount;
  readonly timesOrMore: SecondCount;
  readonly oneOrMore: SecondCount;
  readonly optional: SecondCount;
  readonly greedy: NoLoop;
  readonly consecutive: NoLoop;
  readonly allowCombinations: NoLoop;
  readonly until: NoLoop;
  readonly for: Refusal<"only notFollowedBy at the end of a pattern has a time of its own">;
}

/** A step that takes several events: `A` is their array, `C` how it was counted. */
export type Loop<
  K extends Kind,
  E,
  Tag extends string,
  M,
  N extends string,
  T,
  A,
  C extends Count,
  U extends string,
  B extends boolean,
> = LoopWords<K, E, Tag, M, N, T, A, C, U, B> & End<K, E, Tag, Taken<K, M, N, T, A>, U, B>;

interface LoopWords<
  K extends Kind,
  E,
  Tag extends string,
  M,
  N extends string,
  T,
  A,
  C extends Count,
  U extends string,
  B extends boolean,
> extends Conditions<T, Add<M, N, readonly T[]>> {
  /** Takes only events with one of these tags, and narrows their type. */
  on<const V extends TagValue<T, Tag>>(
    tag: V,
    ...more: V[]
  ): Loop<K, E, Tag, M, N, Narrow<T, Tag, V>, WithEvents<A, Narrow<T, Tag, V>>, C, U, B>;
  /** May take no event at all. */
  readonly optional: [] extends A
    ? Refusal<"it is optional already">
    : () => Loop<K, E, Tag, M, N, T, A | readonly [], C, U, B>;
  /** Takes all it can before what follows gets a chance. */
  readonly greedy: C extends "exact"
    ? Refusal<"a fixed count leaves nothing to be greedy for">
    : () => Loop<K, E, Tag, M, N, T, A, C, U, B>;
  /** Its events follow each other directly. */
  consecutive(): this;
  /** Its events may leave out others that would fit, so there are matches with every choice. */
  allowCombinations(): this;
  /** Ends the loop at an event for which `condition` holds; that event is not taken. */
  readonly until: C extends "open"
    ? (
        condition: (e: ExprOf<E>, m: MatchExprOf<Add<M, N, readonly T[]>>) => Written,
      ) => Loop<K, E, Tag, M, N, T, A, C, U, B>
    : Refusal<"only a loop without end has until: oneOrMore or timesOrMore">;
  /** Each of its events comes less than `gap` after the previous event of the match. */
  maxGap(gap: Duration): Loop<K, E, Tag, M, N, T, A, C, U, true>;
  readonly times: SecondCount;
  readonly timesOrMore: SecondCount;
  readonly oneOrMore: SecondCount;
  readonly for: Refusal<"only notFollowedBy at the end of a pattern has a time of its own">;
}

/** An absence: events that must not come. */
export type Absence<
  K extends Kind,
  E,
  Tag extends string,
  M,
  N extends string,
  T,
  U extends string,
  B extends boolean,
  L extends "notNext" | "notFollowedBy",
> = AbsenceWords<K, E, Tag, M, N, T, U, B, L> & End<K, E, Tag, M, U, B>;

interface AbsenceWords<
  K extends Kind,
  E,
  Tag extends string,
  M,
  N extends string,
  T,
  U extends string,
  B extends boolean,
  L extends "notNext" | "notFollowedBy",
> extends Conditions<T, M> {
  /** Forbids only events with one of these tags, and narrows their type. */
  on<const V extends TagValue<T, Tag>>(tag: V, ...more: V[]): Absence<K, E, Tag, M, N, Narrow<T, Tag, V>, U, B, L>;
  /** At the end of a pattern: no such event for this long after the last event taken. */
  readonly for: L extends "notNext"
    ? Refusal<"notNext looks at one event only: for belongs to notFollowedBy">
    : (time: Duration) => Absence<K, E, Tag, M, N, T, U, true, L>;
  readonly times: OfAbsence;
  readonly timesOrMore: OfAbsence;
  readonly oneOrMore: OfAbsence;
  readonly optional: OfAbsence;
  readonly greedy: OfAbsence;
  readonly consecutive: OfAbsence;
  readonly allowCombinations: OfAbsence;
  readonly until: OfAbsence;
  readonly maxGap: Refusal<"an absence takes no events, so there is no gap before it: use for or within">;
}

/** A group, taken once so far: `G` is what its steps give. */
export type Group<K extends Kind, E, Tag extends string, M, G, U extends string, B extends boolean> = GroupWords<
  K,
  E,
  Tag,
  M,
  G,
  U,
  B
> &
  End<K, E, Tag, Plain<M & G>, U, B>;

interface GroupWords<K extends Kind, E, Tag extends string, M, G, U extends string, B extends boolean> {
  /** Exactly `count` rounds, or from `count` to `most`. From 0: as if `optional`. */
  times<const A extends number, const Z extends number = A>(
    count: A,
    most?: Z,
  ): GroupLoop<K, E, Tag, M, A extends 0 ? Emptied<G> : G, [A, Z] extends [Z, A] ? "exact" : "range", U, B>;
  /** At least `count` rounds. */
  timesOrMore(count: number): GroupLoop<K, E, Tag, M, G, "open", U, B>;
  /** One round or more. */
  oneOrMore(): GroupLoop<K, E, Tag, M, G, "open", U, B>;
  /** May be left out. */
  optional(): GroupLoop<K, E, Tag, M, Emptied<G>, "once", U, B>;
  /** Each of its events comes less than `gap` after the previous event of the match. */
  maxGap(gap: Duration): Group<K, E, Tag, M, G, U, true>;
  readonly where: Refusal<"conditions belong to the steps of the group">;
  readonly greedy: Refusal<"a group cannot be greedy: say it of a loop in it">;
  readonly consecutive: Refusal<"this group is taken once: say how often first, with times, timesOrMore or oneOrMore">;
  readonly allowCombinations: Refusal<"this group is taken once: say how often first, with times, timesOrMore or oneOrMore">;
  readonly until: Refusal<"this group is taken once: say oneOrMore or timesOrMore first">;
}

/** A group that repeats or may be left out. */
export type GroupLoop<
  K extends Kind,
  E,
  Tag extends string,
  M,
  G,
  C extends Count,
  U extends string,
  B extends boolean,
> = GroupLoopWords<K, E, Tag, M, G, C, U, B> & End<K, E, Tag, Plain<M & G>, U, B>;

interface GroupLoopWords<
  K extends Kind,
  E,
  Tag extends string,
  M,
  G,
  C extends Count,
  U extends string,
  B extends boolean,
> {
  /** May be left out. */
  readonly optional: C extends "once" ? SecondCount : () => GroupLoop<K, E, Tag, M, Emptied<G>, C, U, B>;
  /** Each round follows the last directly. */
  consecutive(): this;
  /** A round may begin at any later event that fits. */
  allowCombinations(): this;
  /** Ends the loop at an event for which `condition` holds; that event is not taken. */
  readonly until: C extends "open"
    ? (
        condition: (e: ExprOf<E>, m: MatchExprOf<Plain<M & Emptied<G>>>) => Written,
      ) => GroupLoop<K, E, Tag, M, G, C, U, B>
    : Refusal<"only a loop without end has until: oneOrMore or timesOrMore">;
  /** Each of its events comes less than `gap` after the previous event of the match. */
  maxGap(gap: Duration): GroupLoop<K, E, Tag, M, G, C, U, true>;
  readonly where: Refusal<"conditions belong to the steps of the group">;
  readonly times: SecondCount;
  readonly timesOrMore: SecondCount;
  readonly oneOrMore: SecondCount;
  readonly greedy: Refusal<"a group cannot be greedy: say it of a loop in it">;
}
