// Says the words of a case to the builder, each as it stands.

import { pattern, sequence } from "../../lib/pattern/builder/builder.ts";
import type { Pattern } from "../../lib/pattern/pattern.ts";
import { throwsOnBoom } from "../oracle/notation.ts";
import type { Written } from "./expressions.ts";
import type { Word } from "./words.ts";

/** A stage of the builder, or the proxy of a value, without its types: the words come from a text. */
type Untyped = { readonly [word: string]: (...given: readonly unknown[]) => Untyped };

/** The pattern that the builder makes of it; what is wrong with it is told when it is compiled. */
export function toBuilder(words: readonly Word[]): Pattern {
  return sayAll(pattern("p", tagIn(words)) as unknown as Untyped, words) as unknown as Pattern;
}

function sayAll(start: Untyped, words: readonly Word[]): Untyped {
  return words.reduce(say, start);
}

/** What a pattern or group is given with its `tag`, if it has one. */
function tagIn([first]: readonly Word[]): { readonly tag?: string } {
  return first?.kind === "tag" ? { tag: first.field } : {};
}

function say(stage: Untyped, word: Word): Untyped {
  switch (word.kind) {
    case "element": {
      if ("body" in word.of) {
        const { body } = word.of;
        return call(stage, word.word, sayAll(sequence(tagIn(body)) as unknown as Untyped, body));
      }
      const element = call(stage, word.word, word.of.name);
      return word.on === null ? element : call(element, "on", ...word.on);
    }
    case "condition":
      return call(stage, word.word, (e: unknown, m: unknown) => replay(word.written, { e, m, each: undefined }));
    case "filter":
      return call(stage, "filter", throwsOnBoom);
    case "mistake":
      return call(stage, word.word, word.given);
    case "select":
      return call(stage, "select", (m: unknown) => replay(word.written, { e: undefined, m, each: undefined }));
    case "tag":
      return stage;
    case "number":
      return call(stage, word.word, ...word.given);
    case "plain":
      return call(stage, word.word);
    case "on":
      return call(stage, "on", ...word.types);
    case "skip": {
      const target = { [word.to]: word.step, ...(word.orElse === null ? {} : { orElse: word.orElse }) };
      const isTarget = word.to === "toFirst" || word.to === "toLast";
      return call(stage, "skip", isTarget ? target : word.to, { emit: word.ordered ? "ordered" : "eager" });
    }
  }
}

type Roots = Readonly<Record<"e" | "m" | "each", unknown>>;

/** Says to the proxies what was written. */
function replay(written: Written, roots: Roots): unknown {
  switch (written.kind) {
    case "literal":
      return written.value;
    case "list":
      return written.items.map((item) => replay(item, roots));
    case "lambda":
      return (each: unknown) => replay(written.body, { ...roots, each });
    case "chain":
      return written.links.reduce<unknown>((of, { name, given }) => {
        if (given === null) return (of as Record<string, unknown>)[name];
        return call(of as Untyped, name, ...given.map((item) => replay(item, roots)));
      }, roots[written.root]);
  }
}

function call(on: Untyped, word: string, ...given: readonly unknown[]): Untyped {
  const method = on[word];
  if (typeof method !== "function") throw new Error(`the builder has no word "${word}"`);
  // Not `method.apply`: of a proxy that would be a field called apply.
  return Reflect.apply(method, on, given) as Untyped;
}
