// Which names and tags an element may have, as types, and the sentences about the others.

import type { Refusal } from "./refusal.ts";

declare const SEQUENCE: unique symbol;

/**
 * The elements of a group: about events of type `E`, with steps and absences named `U`, giving `M`.
 *
 * @example
 * import { type AnySequence, pattern, sequence } from "sequitur";
 *
 * type Login = { type: "fail" | "ok" };
 * const attempt = sequence<Login>().begin("first").on("fail").next("second").on("fail");
 * const isGroup: AnySequence = attempt;
 * pattern<Login>("guessing").begin(attempt).followedBy("in").on("ok").ast.elements.length; // => 2
 */
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

/**
 * Any group.
 *
 * @example
 * import { type AnySequence, sequence } from "sequitur";
 *
 * const groups: AnySequence[] = [sequence<{ a: number }>().begin("x"), sequence<{ b: string }>().begin("y").oneOrMore()];
 * groups.length; // => 2
 */
export type AnySequence = Sequence<never, string, unknown, string, boolean>;

/** `N`, if a new element may have this name; `U` are those in use. */
export type NewName<N extends string, U extends string> = string extends U
  ? N
  : N extends U
    ? Refusal<`step "${N}" is already defined`>
    : N extends ""
      ? Refusal<"a step needs a name">
      : N extends `${string}:${string}`
        ? Refusal<`a name has no ":", unlike "${N}"`>
        : N;

/**
 * What may follow a link: the name of a new step, or a group. The compiler quotes it for `AnySequence` when it is given
 * neither, hence the sentence about that.
 */
export type NewElement<X, E, Tag extends string, U extends string> = X extends string
  ? NewName<X, U>
  : X extends AnySequence
    ? AnySequence extends X
      ? Refusal<"give the name of a step, or a group: sequence<E>().begin(…) or (group) => group.begin(…)">
      : NewGroup<X, E, Tag, U>
    : X;

type NewGroup<X extends AnySequence, E, Tag extends string, U extends string> =
  X extends Sequence<E, infer T, unknown, infer V, boolean>
    ? string extends T | U
      ? X
      : [T] extends [Tag]
        ? [Extract<V, U>] extends [never]
          ? X
          : Refusal<`step "${Extract<V, U>}" is already defined`>
        : Refusal<`the group says { tag: "${T}" }, the pattern { tag: "${Tag}" }`>
    : Refusal<"the group is about other events than the pattern">;

/** The values that `on` takes. */
export type TagValue<T, Tag extends string> = [TagOf<T, Tag>] extends [never]
  ? Refusal<`events have no field "${Tag}" with a string in it: name the one that tells them apart, pattern<E, "kind">(name, { tag: "kind" })`>
  : TagOf<T, Tag>;

type TagOf<T, Tag extends string> = T extends { readonly [K in Tag]: infer V } ? V & string : never;

/** The members of `T` whose tag can be one of `V`. */
export type Narrow<T, Tag extends string, V> = T extends { readonly [K in Tag]: infer F }
  ? [F] extends [V]
    ? T
    : V extends F
      ? T & { readonly [K in Tag]: V }
      : never
  : never;
