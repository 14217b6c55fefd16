// Sentences for the editor. A parameter or method of this type refuses everything, and the compiler's message quotes it.

declare const CANNOT: unique symbol;

/**
 * Stands where nothing is allowed, and says why: no value has this type. It appears in the messages of the compiler.
 *
 * @example
 * import { pattern } from "sequitur";
 *
 * const start = pattern<{ type: string }>("twice").begin("a");
 * // @ts-expect-error Refusal<'step "a" is already defined'>
 * start.next("a");
 */
export interface Refusal<Sentence extends string> {
  readonly [CANNOT]: Sentence;
}
