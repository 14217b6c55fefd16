// What a match holds, as a type: grown step by step while a pattern is said.
//
//     step                    in a pattern                in a group
//     once                    T                           readonly [T, ...T[]]
//     optional                T | undefined               readonly T[]
//     times(3)                readonly [T, T, T]          readonly [T, ...T[]]
//     times(1, 3)             readonly [T, T?, T?]        readonly [T, ...T[]]
//     times(0, 2)             readonly [T?, T?]           readonly T[]
//     timesOrMore(2)          readonly [T, T, ...T[]]     readonly [T, ...T[]]
//     oneOrMore               readonly [T, ...T[]]        readonly [T, ...T[]]
//     a loop, optional        the same, or readonly []    readonly T[]

import type { Pattern } from "../pattern.ts";

/**
 * The events of a pattern's stream.
 *
 * @example
 * import { type EventOf, pattern } from "sequitur";
 *
 * const paid = pattern<{ type: "paid"; order: string }>("paid").begin("payment");
 * const event: EventOf<typeof paid> = { type: "paid", order: "A-1" };
 * event.order; // => "A-1"
 */
export type EventOf<P> = P extends Pattern<infer E, unknown, unknown, boolean> ? E : never;

/**
 * What a match of a pattern holds, by step: what `select` sees.
 *
 * @example
 * import { type MatchOf, pattern } from "sequitur";
 *
 * const twice = pattern<{ order: string }>("twice").begin("order").times(2).followedBy("gift").optional();
 * const match: MatchOf<typeof twice> = { order: [{ order: "A-1" }, { order: "A-2" }], gift: undefined };
 * match.order.length; // => 2
 */
export type MatchOf<P> = P extends Pattern<never, infer M, unknown, boolean> ? M : never;

/**
 * What alerts of a pattern carry: what `select` made, or the events.
 *
 * @example
 * import { pattern, type ResultOf } from "sequitur";
 *
 * const paid = pattern<{ order: string }>("paid").begin("payment").select((m) => ({ id: m.payment.order }));
 * const alert: ResultOf<typeof paid> = { id: "A-1" };
 * alert.id; // => "A-1"
 */
export type ResultOf<P> = P extends Pattern<never, unknown, infer R, boolean> ? R : never;

/** Where a chain of elements stands: in a pattern, or in a group. */
export type Kind = "pattern" | "group";

/** How a quantifier was given: not at all, a fixed count, from–to, without end. */
export type Count = "once" | "exact" | "range" | "open";

/** How `times(From, To)` counts. */
export type CountOf<From, To> = [From, To] extends [To, From] ? "exact" : "range";

/** Shows an intersection as one plain object. */
export type Plain<T> = { [K in keyof T]: T[K] } & {};

/** `M` and a step that gives `V`. */
export type Add<M, N extends string, V> = Plain<M & { readonly [K in N]: V }>;

/** `M` and the step being said, which gives `V` unless it stands in a group. */
export type Taken<K extends Kind, M, N extends string, T, V> = Add<M, N, K extends "group" ? InGroup<T, V> : V>;

/** A group may repeat, so its steps give arrays. */
type InGroup<T, V> = undefined extends V ? readonly T[] : readonly [] extends V ? readonly T[] : readonly [T, ...T[]];

/** The events of `times(From, To)`. */
export type Counted<T, From extends number, To extends number> =
  CountOf<From, To> extends "exact" ? Exactly<T, From> : UpTo<T, To, From extends 0 ? readonly [] : Exactly<T, From>>;

/** The events of `timesOrMore(From)`. */
export type CountedOrMore<T, From extends number> = readonly [...Exactly<T, From>, ...T[]];

/** `N` times `T`; of more than 16, or a number that is not known, only that there is at least one. */
type Exactly<T, N extends number, R extends readonly T[] = readonly []> = number extends N
  ? readonly [T, ...T[]]
  : R["length"] extends N
    ? R
    : R["length"] extends 16
      ? readonly [T, ...T[]]
      : Exactly<T, N, readonly [...R, T]>;

/** The tuple `R`, then optional ones up to `N` in all; above 16 without end. */
type UpTo<T, N extends number, R extends readonly unknown[]> = number extends N | R["length"]
  ? readonly [...R, ...T[]]
  : Required<R>["length"] extends N
    ? R
    : Required<R>["length"] extends 16
      ? readonly [...R, ...T[]]
      : UpTo<T, N, readonly [...R, T?]>;

/** The same array with other events. */
export type WithEvents<A, T> = { readonly [I in keyof A]: T };

/** What the steps of a group give if it may be left out. */
export type Emptied<G> = { readonly [K in keyof G]: G[K] extends readonly (infer T)[] ? readonly T[] : G[K] } & {};

export type Or<A extends boolean, B extends boolean> = true extends A | B ? true : false;
