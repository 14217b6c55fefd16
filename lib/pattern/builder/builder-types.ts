// The types of the builder: what may be said next, what a match will hold, and how the compiler says no.
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

import type { Duration } from "../../time/duration.ts";
import type { Conditions } from "./condition-words.ts";
import type { AnySequence, Narrow, NewElement, NewName, Sequence, TagValue } from "./element-types.ts";
import type { Ended } from "./ended-types.ts";
import type { BoolExpr, ExprOf, MatchExprOf } from "./expression-types.ts";
import type {
  Add,
  Count,
  Counted,
  CountedOrMore,
  CountOf,
  Emptied,
  Kind,
  Or,
  Plain,
  Taken,
  WithEvents,
} from "./match-types.ts";
import type { Refusal } from "./refusal.ts";
import type {
  CountedAlready,
  NoForOnNext,
  NoUntil,
  NoWords,
  OneCount,
  TakesElements,
  TakesEvents,
  TakesNothing,
  TakesOne,
  TakesOneRound,
} from "./refused-words.ts";

/**
 * Before the first element: what `pattern` and `sequence` give.
 *
 * @example
 * import { pattern } from "sequitur";
 *
 * const start = pattern<{ type: "order" | "payment" }>("paid");
 * start.begin("order").on("order").followedBy("payment").on("payment").ast.elements.length; // => 2
 */
export interface Start<K extends Kind, E, Tag extends string, M = object, U extends string = never> {
  /** The first event of a match, or a group that begins with it. */
  begin<const X extends string | AnySequence | GroupWriter<E, Tag, M, U>>(
    element: NewElement<X, E, Tag, U>,
  ): Opened<K, E, Tag, M, NoInfer<X>, U, false>;
}

/**
 * Says the elements of a group in place. Unlike those of a `sequence()`, its conditions may look at the steps before the group.
 *
 * @example
 * import { pattern } from "sequitur";
 *
 * type Hop = { type: "login" | "ask" | "fail"; ip: string };
 * const hops = pattern<Hop>("hops")
 *   .begin("login").on("login")
 *   .followedBy((group) => group.begin("ask").on("ask").where((e, m) => e.ip.ne(m.login.ip)).next("fail").on("fail")).times(3);
 * hops.ast.elements[1]?.kind; // => "group"
 */
export type GroupWriter<E, Tag extends string, M, U extends string> = (
  group: Start<"group", E, Tag, M, U>,
) => AnySequence;

/** What may follow an element. */
interface Links<K extends Kind, E, Tag extends string, M, U extends string, B extends boolean> {
  /** The very next event. */
  next<const X extends string | AnySequence | GroupWriter<E, Tag, M, U>>(
    element: NewElement<X, E, Tag, U>,
  ): Opened<K, E, Tag, M, NoInfer<X>, U, B>;
  /** The next event that satisfies the condition; others may come between. */
  followedBy<const X extends string | AnySequence | GroupWriter<E, Tag, M, U>>(
    element: NewElement<X, E, Tag, U>,
  ): Opened<K, E, Tag, M, NoInfer<X>, U, B>;
  /** Any later event that satisfies the condition: each gives a match of its own. */
  followedByAny<const X extends string | AnySequence | GroupWriter<E, Tag, M, U>>(
    element: NewElement<X, E, Tag, U>,
  ): Opened<K, E, Tag, M, NoInfer<X>, U, B>;
  /** The very next event does not satisfy the condition. */
  notNext<const N extends string>(name: NewName<N, U>): Absence<K, E, Tag, M, N, E, U | N, B, "notNext">;
  /** No event up to what comes next satisfies the condition; at the end of a pattern: none until its deadline. */
  notFollowedBy<const N extends string>(name: NewName<N, U>): Absence<K, E, Tag, M, N, E, U | N, B, "notFollowedBy">;
}

/** What is open after a link to `X`. */
type Opened<K extends Kind, E, Tag extends string, M, X, U extends string, B extends boolean> = X extends string
  ? Step<K, E, Tag, M, X, E, U | X, B>
  : X extends AnySequence
    ? OpenedGroup<K, E, Tag, M, X, U, B>
    : X extends (group: never) => infer S
      ? OpenedGroup<K, E, Tag, M, S, U, B>
      : never;

type OpenedGroup<K extends Kind, E, Tag extends string, M, S, U extends string, B extends boolean> =
  S extends Sequence<never, string, infer G, infer V, infer C>
    ? Group<K, E, Tag, M, Omit<G, keyof M>, U | V, Or<B, C>>
    : never;

/** How an element ends: something follows, or nothing. */
type End<K extends Kind, E, Tag extends string, M, U extends string, B extends boolean> = Links<K, E, Tag, M, U, B> &
  (K extends "group" ? Sequence<E, Tag, M, U, B> : Ended<E, M, M, B>);

/**
 * A step that takes one event, so far.
 *
 * @example
 * import { pattern } from "sequitur";
 *
 * type Order = { type: "order"; total: number } | { type: "payment"; total: number };
 * const step = pattern<Order>("large").begin("order").on("order").where((e) => e.total.gt(1_000)).maxGap("1d");
 * step.times(2).ast.elements.length; // => 1
 */
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
  extends Conditions<T, M, N>,
    TakesOne,
    TakesEvents {
  /** Takes only events with one of these tags, and narrows their type. */
  on<const V extends TagValue<T, Tag>>(tag: V, ...more: V[]): Step<K, E, Tag, M, N, Narrow<T, Tag, V>, U, B>;
  /** Exactly `count` events, or from `count` to `most`. From 0: as if `optional`. */
  times<const A extends number, const Z extends number = A>(
    count: A,
    most?: Z,
  ): Loop<K, E, Tag, M, N, T, Counted<T, A, Z>, CountOf<A, Z>, U, B>;
  /** At least `count` events. */
  timesOrMore<const A extends number>(count: A): Loop<K, E, Tag, M, N, T, CountedOrMore<T, A>, "open", U, B>;
  /** One event or more. */
  oneOrMore(): Loop<K, E, Tag, M, N, T, readonly [T, ...T[]], "open", U, B>;
  /** May be left out. */
  optional(): OptionalStep<K, E, Tag, M, N, T, U, B>;
  /** Its event comes less than `gap` after the previous event of the match. */
  maxGap(gap: Duration): Step<K, E, Tag, M, N, T, U, true>;
}

/**
 * A step that may be left out.
 *
 * @example
 * import { pattern } from "sequitur";
 *
 * const maybe = pattern<{ type: "order" | "gift" | "payment" }>("order").begin("order").followedBy("gift").optional().on("gift");
 * maybe.followedBy("payment").select((m) => m.gift?.type ?? "no gift").ast.elements.length; // => 3
 */
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
> extends Conditions<T, M, N>,
    CountedAlready,
    TakesOne,
    TakesEvents {
  /** Takes only events with one of these tags, and narrows their type. */
  on<const V extends TagValue<T, Tag>>(tag: V, ...more: V[]): OptionalStep<K, E, Tag, M, N, Narrow<T, Tag, V>, U, B>;
  /** Its event comes less than `gap` after the previous event of the match. */
  maxGap(gap: Duration): OptionalStep<K, E, Tag, M, N, T, U, true>;
  readonly optional: Refusal<OneCount>;
}

/**
 * A step that takes several events: `A` is their array, `C` how it was counted.
 *
 * @example
 * import { pattern } from "sequitur";
 *
 * const rising = pattern<{ value: number }>("rising")
 *   .begin("up").oneOrMore().where((e, m) => m.up.length.eq(0).or(e.value.gt(m.up.last().value))).greedy()
 *   .next("down").where((e, m) => e.value.lt(m.up.last().value))
 *   .select((m) => m.up.length);
 * rising.ast.elements.length; // => 2
 */
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
> extends Conditions<T, Add<M, N, readonly T[]>, never>,
    CountedAlready,
    TakesEvents {
  /** Takes only events with one of these tags, and narrows their type. */
  on<const V extends TagValue<T, Tag>>(
    tag: V,
    ...more: V[]
  ): Loop<K, E, Tag, M, N, Narrow<T, Tag, V>, WithEvents<A, Narrow<T, Tag, V>>, C, U, B>;
  /** May take no event at all. */
  readonly optional: readonly [] extends A
    ? Refusal<"it is optional already">
    : () => Loop<K, E, Tag, M, N, T, A | readonly [], C, U, B>;
  /** Takes all it can before what follows gets a chance. */
  readonly greedy: [C, readonly []] extends ["exact", A]
    ? () => Loop<K, E, Tag, M, N, T, A, C, U, B>
    : C extends "exact"
      ? Refusal<"a fixed count leaves nothing to be greedy for">
      : () => Loop<K, E, Tag, M, N, T, A, C, U, B>;
  /** Its events follow each other directly. */
  consecutive(): this;
  /** Its events may leave out others that would fit, so there are matches with every choice. */
  allowCombinations(): this;
  /** Ends the loop at an event for which `condition` holds; that event is not taken. */
  readonly until: C extends "open"
    ? (
        condition: (e: ExprOf<E>, m: MatchExprOf<Add<M, N, readonly T[]>>) => BoolExpr | Refusal<NoWords>,
      ) => Loop<K, E, Tag, M, N, T, A, C, U, B>
    : Refusal<NoUntil>;
  /** Each of its events comes less than `gap` after the previous event of the match. */
  maxGap(gap: Duration): Loop<K, E, Tag, M, N, T, A, C, U, true>;
}

/**
 * Events that must not come: right after the element before, or up to the element that follows.
 *
 * @example
 * import { pattern } from "sequitur";
 *
 * type Order = { type: "order" | "payment"; id: string };
 * const unpaid = pattern<Order>("unpaid")
 *   .begin("order").on("order")
 *   .notFollowedBy("payment").on("payment").where((e, m) => e.id.eq(m.order.id))
 *   .within("1h");
 * unpaid.ast.elements[1]?.kind; // => "absence"
 */
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
> extends Conditions<T, M, never>,
    TakesNothing {
  /** Forbids only events with one of these tags, and narrows their type. */
  on<const V extends TagValue<T, Tag>>(tag: V, ...more: V[]): Absence<K, E, Tag, M, N, Narrow<T, Tag, V>, U, B, L>;
  /** At the end of a pattern: no such event for this long after the last event taken. */
  readonly for: L extends "notNext"
    ? Refusal<NoForOnNext>
    : (time: Duration) => Absence<K, E, Tag, M, N, T, U, true, L>;
}

/**
 * A group, taken once so far: `G` is what its steps give.
 *
 * @example
 * import { pattern } from "sequitur";
 *
 * const pair = pattern<{ type: "down" | "up" }>("flapping").begin((group) => group.begin("down").on("down").next("up").on("up"));
 * pair.times(3).select((m) => m.down.length).ast.elements.length; // => 1
 */
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

interface GroupWords<K extends Kind, E, Tag extends string, M, G, U extends string, B extends boolean>
  extends TakesElements,
    TakesOneRound {
  /** Exactly `count` rounds, or from `count` to `most`. From 0: as if `optional`. */
  times<const A extends number, const Z extends number = A>(
    count: A,
    most?: Z,
  ): GroupLoop<K, E, Tag, M, A extends 0 ? Emptied<G> : G, CountOf<A, Z>, U, B>;
  /** At least `count` rounds. */
  timesOrMore(count: number): GroupLoop<K, E, Tag, M, G, "open", U, B>;
  /** One round or more. */
  oneOrMore(): GroupLoop<K, E, Tag, M, G, "open", U, B>;
  /** May be left out. */
  optional(): GroupLoop<K, E, Tag, M, Emptied<G>, "once", U, B>;
  /** Each of its events comes less than `gap` after the previous event of the match. */
  maxGap(gap: Duration): Group<K, E, Tag, M, G, U, true>;
}

/**
 * A group that repeats or may be left out.
 *
 * @example
 * import { pattern } from "sequitur";
 *
 * const flapping = pattern<{ type: "down" | "up" | "stop" }>("flapping")
 *   .begin((group) => group.begin("down").on("down").next("up").on("up")).oneOrMore().until((e) => e.type.eq("stop"));
 * flapping.followedBy("end").on("stop").ast.elements.length; // => 2
 */
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
> extends TakesElements,
    CountedAlready {
  /** May be left out. */
  readonly optional: C extends "once" ? Refusal<OneCount> : () => GroupLoop<K, E, Tag, M, Emptied<G>, C, U, B>;
  /** Each round follows the last directly. */
  consecutive(): this;
  /** A round may begin at any later event that fits. */
  allowCombinations(): this;
  /** Ends the loop at an event for which `condition` holds; that event is not taken. */
  readonly until: C extends "open"
    ? (
        condition: (e: ExprOf<E>, m: MatchExprOf<Plain<M & Emptied<G>>>) => BoolExpr | Refusal<NoWords>,
      ) => GroupLoop<K, E, Tag, M, G, C, U, B>
    : Refusal<NoUntil>;
  /** Each of its events comes less than `gap` after the previous event of the match. */
  maxGap(gap: Duration): GroupLoop<K, E, Tag, M, G, C, U, true>;
}
