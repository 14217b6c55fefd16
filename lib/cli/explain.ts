// sequitur explain: what a pattern means, how it is matched, and what bounds its state.

import type { Automaton } from "../automaton/automaton.ts";
import { compile } from "../automaton/compile.ts";
import { toDot, toText } from "../automaton/draw.ts";
import { DEFAULT_LIMITS } from "../matching/teller.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { type ExampleEvent, exampleOf } from "../testing/example.ts";
import { type NearMiss, nearMissesOf } from "../testing/near-miss.ts";
import { exampleText, nearMissText } from "./example-text.ts";
import { EXIT } from "./failure.ts";
import { counted } from "./figures.ts";
import { describeBound, type StateBound, stateBoundOf } from "./state-bound.ts";
import { print } from "./stdout.ts";
import { chosenPatterns, loadSubject, type Subject } from "./subject.ts";

export type ExplainCommand = { readonly json: boolean; readonly dot: boolean };

/** Explains the patterns in `file`, or the one called `name`. Resolves with the exit code. @throws {PatternError} if one is broken */
export async function explain(file: string, name: string | undefined, { json, dot }: ExplainCommand): Promise<number> {
  const subject = await loadSubject(file);
  const explained = chosenPatterns(subject, name).map((pattern) => {
    const automaton = compile(pattern);
    const bound = stateBoundOf(automaton, limitsOf(subject, pattern));
    return { pattern, automaton, bound, example: exampleOf(automaton), nearMisses: nearMissesOf(automaton) };
  });
  if (json) await print(`${JSON.stringify(explained.map(toJson), null, 2)}\n`);
  else if (dot) await print(explained.map(({ automaton }) => toDot(automaton)).join("\n"));
  else await print(`${explained.map(toParagraphs).join("\n\n")}\n`);
  return EXIT.fine;
}

type Explained = {
  readonly pattern: Pattern;
  readonly automaton: Automaton;
  readonly bound: StateBound;
  readonly example: readonly ExampleEvent[] | null;
  readonly nearMisses: readonly NearMiss[];
};

function limitsOf({ service }: Subject, pattern: Pattern): StateBound["limits"] {
  return service?.patterns.find((one) => one.pattern === pattern)?.limits ?? DEFAULT_LIMITS;
}

function toParagraphs({ pattern, automaton, bound, example, nearMisses }: Explained): string {
  const places = `${counted(automaton.places.length, "place")}, ${counted(automaton.waits.length, "wait")}`;
  const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, "  ");
  return [
    pattern.describe(),
    `Automaton (${places})\n${indented(toText(automaton))}`,
    `State\n${indented(describeBound(bound).join("\n"))}`,
    `Example: a shortest stream that matches\n${indented(exampleText(example).join("\n"))}`,
    ...(nearMisses.length > 0
      ? [`Near misses: one change, and nothing matches\n${indented(nearMissText(nearMisses).join("\n"))}`]
      : []),
  ].join("\n\n");
}

function toJson({ pattern, automaton, bound, example, nearMisses }: Explained): object {
  const { name, version, fingerprint } = pattern;
  const { places, waits } = automaton;
  return {
    pattern: name,
    version,
    fingerprint,
    description: pattern.describe(),
    automaton: { places: places.length, waits: waits.length, text: toText(automaton), dot: toDot(automaton) },
    state: { ...bound, description: describeBound(bound) },
    example,
    nearMisses: nearMisses.map(({ of, change, events }) => ({ of, change, events })),
  };
}
