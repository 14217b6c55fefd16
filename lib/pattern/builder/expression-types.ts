// The types of the proxies that conditions are written with: what may be written after `e.amount.`, and how the
// compiler says no. proxy.ts is what they are at run time.
//
//     field of type      number   string   boolean   list of T   object         several types
//     is written as      NumExpr  StrExpr  FlagExpr  ListExpr    its fields     EqExpr

import type { Literal } from "../expression/expression.ts";
import type { Refusal } from "./refusal.ts";

declare const VALUE: unique symbol;

/**
 * Stands for a value of type `T` of an event that is not there yet.
 *
 * @example
 * import { type Expr, pattern } from "sequitur";
 *
 * const limit = (e: { limit: Expr<number> }): Expr<number> => e.limit;
 * const over = pattern<{ amount: number; limit: number }>("over-limit").begin("a").where((e) => e.amount.gt(limit(e)));
 * over.ast.elements.length; // => 1
 */
export interface Expr<T> {
  readonly [VALUE]: T;
}

// Sentences are named, refusals are not: the compiler prints the name of a type that has one, but the text of a string.
type NoWords = "write e.amount.lt(2), not e.amount < 2; a.and(b), not a && b";
type NoNumber = "a number goes with a number";
type NoString = "a string goes with a string, and of a field that holds certain strings only with one of these";
type NoBoolean = "a boolean goes with a boolean";
type NoBigint = "a bigint goes with a bigint";
type NoSuchValue = "the field never holds this";

/**
 * Something that holds or does not: what `where` gives back. A comparison with a missing field, `null`, NaN or a value of another type
 * does not hold; so `a.lt(b).not()` is more than `a.gte(b)`.
 *
 * @example
 * import { type BoolExpr, type ExprOf, pattern } from "sequitur";
 *
 * type Charge = { amount: number; country: string };
 * const isForeign = (e: ExprOf<Charge>): BoolExpr => e.country.ne("DE").and(e.amount.gt(0));
 * pattern<Charge>("foreign").begin("a").where(isForeign).ast.elements.length; // => 1
 */
export interface BoolExpr extends Expr<boolean> {
  /** Both hold. */
  and(other: BoolExpr | Refusal<NoWords>): BoolExpr;
  /** At least one holds. */
  or(other: BoolExpr | Refusal<NoWords>): BoolExpr;
  /** It does not hold. */
  not(): BoolExpr;
}

/** A field that may be there or not. */
interface MaybeThere {
  /** The field is there and not `null`. */
  exists(): BoolExpr;
}

/**
 * A boolean field; by itself the condition that it is `true`.
 *
 * @example
 * import { type FlagExpr, pattern } from "sequitur";
 *
 * const unpaid = (paid: FlagExpr) => paid.not();
 * pattern<{ paid: boolean }>("unpaid").begin("a").where((e) => unpaid(e.paid)).ast.name; // => "unpaid"
 */
export interface FlagExpr extends BoolExpr, MaybeThere {
  /** Equal to `other`. Does not hold where either is missing. */
  eq(other: boolean | Expr<boolean> | Refusal<NoBoolean>): BoolExpr;
  /** Both are there, and different. */
  ne(other: boolean | Expr<boolean> | Refusal<NoBoolean>): BoolExpr;
}

/**
 * A number of an event, or one that is calculated from numbers. A missing part makes the whole missing.
 *
 * @example
 * import { type NumExpr, pattern } from "sequitur";
 *
 * const gross = (net: NumExpr): NumExpr => net.times(1.19);
 * pattern<{ net: number }>("large").begin("a").where((e) => gross(e.net).gte(1_000)).ast.name; // => "large"
 */
export interface NumExpr extends Expr<number>, MaybeThere {
  /** Equal to `other`. */
  eq(other: number | Expr<number> | Refusal<NoNumber>): BoolExpr;
  /** Both are there, and different. */
  ne(other: number | Expr<number> | Refusal<NoNumber>): BoolExpr;
  /** Less than `other`. */
  lt(other: number | Expr<number> | Refusal<NoNumber>): BoolExpr;
  /** Less than or equal to `other`. */
  lte(other: number | Expr<number> | Refusal<NoNumber>): BoolExpr;
  /** Greater than `other`. */
  gt(other: number | Expr<number> | Refusal<NoNumber>): BoolExpr;
  /** Greater than or equal to `other`. */
  gte(other: number | Expr<number> | Refusal<NoNumber>): BoolExpr;
  /** `low ≤ value ≤ high`. */
  between(low: number | Expr<number> | Refusal<NoNumber>, high: number | Expr<number> | Refusal<NoNumber>): BoolExpr;
  /** Equal to one of `options`. */
  oneOf(options: readonly number[]): BoolExpr;
  plus(other: number | Expr<number> | Refusal<NoNumber>): NumExpr;
  minus(other: number | Expr<number> | Refusal<NoNumber>): NumExpr;
  times(other: number | Expr<number> | Refusal<NoNumber>): NumExpr;
  /** Division by zero is as in JavaScript: infinite, or nothing that compares. */
  dividedBy(other: number | Expr<number> | Refusal<NoNumber>): NumExpr;
  /** The remainder, with the sign of the value, as `%` in JavaScript. */
  modulo(other: number | Expr<number> | Refusal<NoNumber>): NumExpr;
}

/**
 * A bigint of an event. Compares with bigints only.
 *
 * @example
 * import { type BigExpr, pattern } from "sequitur";
 *
 * const large = (wei: BigExpr) => wei.gt(10n ** 18n);
 * pattern<{ wei: bigint }>("whale").begin("a").where((e) => large(e.wei)).ast.name; // => "whale"
 */
export interface BigExpr extends Expr<bigint>, MaybeThere {
  /** Equal to `other`. */
  eq(other: bigint | Expr<bigint> | Refusal<NoBigint>): BoolExpr;
  /** Both are there, and different. */
  ne(other: bigint | Expr<bigint> | Refusal<NoBigint>): BoolExpr;
  lt(other: bigint | Expr<bigint> | Refusal<NoBigint>): BoolExpr;
  lte(other: bigint | Expr<bigint> | Refusal<NoBigint>): BoolExpr;
  gt(other: bigint | Expr<bigint> | Refusal<NoBigint>): BoolExpr;
  gte(other: bigint | Expr<bigint> | Refusal<NoBigint>): BoolExpr;
  /** `low ≤ value ≤ high`. */
  between(low: bigint | Expr<bigint> | Refusal<NoBigint>, high: bigint | Expr<bigint> | Refusal<NoBigint>): BoolExpr;
  /** Equal to one of `options`. */
  oneOf(options: readonly bigint[]): BoolExpr;
}

/**
 * A string of an event; `T` says which strings it can be. Strings are ordered by UTF-16 code unit, upper case matters.
 *
 * @example
 * import { pattern, type StrExpr } from "sequitur";
 *
 * const isPrivate = (ip: StrExpr) => ip.startsWith("10.").or(ip.startsWith("192.168."));
 * pattern<{ ip: string }>("inside").begin("a").where((e) => isPrivate(e.ip)).ast.name; // => "inside"
 */
export interface StrExpr<T extends string = string> extends Expr<T>, MaybeThere {
  /** Equal to `other`. */
  eq(other: T | Expr<string> | Refusal<NoString>): BoolExpr;
  /** Both are there, and different. */
  ne(other: T | Expr<string> | Refusal<NoString>): BoolExpr;
  lt(other: string | Expr<string> | Refusal<NoString>): BoolExpr;
  lte(other: string | Expr<string> | Refusal<NoString>): BoolExpr;
  gt(other: string | Expr<string> | Refusal<NoString>): BoolExpr;
  gte(other: string | Expr<string> | Refusal<NoString>): BoolExpr;
  /** `low ≤ value ≤ high`. */
  between(low: string | Expr<string> | Refusal<NoString>, high: string | Expr<string> | Refusal<NoString>): BoolExpr;
  /** Equal to one of `options`. */
  oneOf(options: readonly T[]): BoolExpr;
  startsWith(text: string | Expr<string> | Refusal<NoString>): BoolExpr;
  endsWith(text: string | Expr<string> | Refusal<NoString>): BoolExpr;
  /** Contains `text`. */
  includes(text: string | Expr<string> | Refusal<NoString>): BoolExpr;
}

/**
 * A field that holds values of several types. Values of different types are neither equal nor unequal.
 *
 * @example
 * import { type EqExpr, pattern } from "sequitur";
 *
 * const isRoot = (user: EqExpr<string | number>) => user.eq("root").or(user.eq(0));
 * pattern<{ user: string | number }>("root").begin("a").where((e) => isRoot(e.user)).ast.name; // => "root"
 */
export interface EqExpr<T> extends Expr<T>, MaybeThere {
  /** Equal to `other`. */
  eq(other: T | Expr<T> | Refusal<NoSuchValue>): BoolExpr;
  /** Both are there, of the same type, and different. */
  ne(other: T | Expr<T> | Refusal<NoSuchValue>): BoolExpr;
  /** Equal to one of `options`. */
  oneOf(options: readonly T[]): BoolExpr;
}

/**
 * A field that holds an array.
 *
 * @example
 * import { pattern } from "sequitur";
 *
 * pattern<{ items: { sku: string }[] }>("bulk")
 *   .begin("a").where((e) => e.items.length.gt(20).and(e.items.at(0).sku.eq("gift-card")))
 *   .ast.name; // => "bulk"
 */
export interface ListExpr<T> extends MaybeThere {
  readonly length: NumExpr;
  /** The one at `index`, from 0. */
  at(index: number): ExprOf<T>;
}

/**
 * A field of which nothing is known: every word is allowed, and every field of it.
 *
 * @example
 * import { type AnyExpr, pattern } from "sequitur";
 *
 * const isLarge = (value: AnyExpr) => value.gt(100);
 * pattern<{ value: unknown }>("large").begin("a").where((e) => isLarge(e.value)).ast.name; // => "large"
 */
// biome-ignore lint/suspicious/noExplicitAny: it may stand wherever an expression may
export interface AnyExpr extends Expr<any> {
  and(other: BoolExpr | Refusal<NoWords>): BoolExpr;
  or(other: BoolExpr | Refusal<NoWords>): BoolExpr;
  not(): BoolExpr;
  eq(other: Literal | Expr<unknown>): BoolExpr;
  ne(other: Literal | Expr<unknown>): BoolExpr;
  lt(other: Literal | Expr<unknown>): BoolExpr;
  lte(other: Literal | Expr<unknown>): BoolExpr;
  gt(other: Literal | Expr<unknown>): BoolExpr;
  gte(other: Literal | Expr<unknown>): BoolExpr;
  between(low: Literal | Expr<unknown>, high: Literal | Expr<unknown>): BoolExpr;
  oneOf(options: readonly Literal[]): BoolExpr;
  exists(): BoolExpr;
  startsWith(text: string | Expr<unknown>): BoolExpr;
  endsWith(text: string | Expr<unknown>): BoolExpr;
  includes(text: string | Expr<unknown>): BoolExpr;
  plus(other: number | Expr<unknown>): AnyExpr;
  minus(other: number | Expr<unknown>): AnyExpr;
  times(other: number | Expr<unknown>): AnyExpr;
  dividedBy(other: number | Expr<unknown>): AnyExpr;
  modulo(other: number | Expr<unknown>): AnyExpr;
  at(index: number): AnyExpr;
  // biome-ignore lint/suspicious/noExplicitAny: an event of unknown shape may have any field, also one called as a word above
  readonly [field: string]: any;
}

/** The fields of an event, or of an object in it. Of a union: those that all members have. */
type FieldsOf<T, K extends keyof T = keyof T> = { readonly [P in K]-?: ExprOf<T[P]> } & {};

/**
 * An event of type `T`, or a field of that type, as conditions see it. `null` and `undefined` are left out: to ask whether a field is there,
 * say `exists()`. No name of a field is reserved: `e.limits.eq.gt(2)` asks whether the field `eq` of `limits` is greater than 2.
 *
 * @example
 * import { type ExprOf, pattern } from "sequitur";
 *
 * type Charge = { amount: number; meta?: { ip: string } };
 * const isInside = (e: ExprOf<Charge>) => e.meta.ip.startsWith("10.");
 * pattern<Charge>("inside").begin("a").where(isInside).ast.elements.length; // => 1
 */
export type ExprOf<T> = 0 extends 1 & T
  ? AnyExpr
  : unknown extends T
    ? AnyExpr
    : [T] extends [boolean | None]
      ? FlagExpr
      : [T] extends [number | None]
        ? NumExpr
        : [T] extends [string | None]
          ? StrExpr<T & string>
          : [T] extends [bigint | None]
            ? BigExpr
            : [T] extends [readonly (infer Item)[] | None]
              ? ListExpr<Item>
              : [T] extends [Date | None]
                ? Refusal<"conditions see what JSON can hold: keep times as numbers or ISO texts">
                : [T] extends [object | None]
                  ? FieldsOf<NonNullable<T>>
                  : EqExpr<T & Literal>;

/** A field that is there but holds nothing is as good as missing. */
type None = null | undefined;

/**
 * The events a loop has taken, as conditions see them. In the loop's own condition: those taken before the event being looked at, so the first one finds none.
 *
 * @example
 * import { pattern } from "sequitur";
 *
 * const rising = pattern<{ value: number }>("rising")
 *   .begin("up").times(3).where((e, m) => m.up.length.eq(0).or(e.value.gt(m.up.last().value)))
 *   .next("peak").where((e, m) => e.value.gt(m.up.avg((each) => each.value).times(2)));
 * rising.ast.elements.length; // => 2
 */
export interface LoopExpr<T> {
  /** How many it has taken. */
  readonly length: NumExpr;
  first(): ExprOf<T>;
  last(): ExprOf<T>;
  /** The one at `index`, from 0; from the end if negative. Its fields are missing if there is none. */
  at(index: number): ExprOf<T>;
  /** Of none: 0. Missing values are left out. */
  sum(value: (each: ExprOf<T>) => Expr<number>): NumExpr;
  /** Of none: missing, as for `min` and `max`. */
  avg(value: (each: ExprOf<T>) => Expr<number>): NumExpr;
  min(value: (each: ExprOf<T>) => Expr<number>): NumExpr;
  max(value: (each: ExprOf<T>) => Expr<number>): NumExpr;
}

/**
 * The steps before, as `m` in `where((e, m) => …)`: loops and steps of groups as `LoopExpr`, other steps as their event. `N` is the step
 * being said, as long as it has no count.
 *
 * @example
 * import { type ExprOf, type MatchExprOf, pattern } from "sequitur";
 *
 * type Charge = { card: string; country: string };
 * const abroad = (e: ExprOf<Charge>, m: MatchExprOf<{ first: Charge }>) => e.country.ne(m.first.country);
 * pattern<Charge>("abroad").begin("first").followedBy("second").where(abroad).ast.elements.length; // => 2
 */
export type MatchExprOf<M, N extends string = never> = Plain<
  { readonly [K in keyof M]: StepExprOf<M[K]> } & {
    readonly [K in N]: Refusal<"only a loop knows its own events: say how often first, then where">;
  }
>;

type StepExprOf<V> = NonNullable<V> extends readonly (infer Item)[] ? LoopExpr<NonNullable<Item>> : ExprOf<V>;

/** Shows an intersection as one plain object. */
type Plain<T> = { [K in keyof T]: T[K] } & {};
