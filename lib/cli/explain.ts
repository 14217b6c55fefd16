// sequitur explain: what a pattern means, how it is matched, what an event costs, and what bounds its state.

import type { Automaton } from "../automaton/automaton.ts";
import { compile } from "../automaton/compile.ts";
import { toDot, toText } from "../automaton/draw.ts";
import type { TimedOutReport } from "../matching/matcher.ts";
import { rungsOf, type StepRung } from "../matching/rungs.ts";
import { DEFAULT_LIMITS } from "../matching/teller.ts";
import type { Pattern } from "../pattern/pattern.ts";
import { type ExampleEvent, exampleOf } from "../testing/example.ts";
import { type NearMiss, nearMissesOf } from "../testing/near-miss.ts";
import { exampleText, nearMissText } from "./example-text.ts";
import { EXIT } from "./failure.ts";
import { counted } from "./figures.ts";
import { describeRungs } from "./rung-text.ts";
import { describeBound, type StateBound, stateBoundOf } from "./state-bound.ts";
import { print } from "./stdout.ts";
import { chosenPatterns, loadSubject, type Subject } from "./subject.ts";

export type ExplainCommand = { readonly json: boolean; readonly dot: boolean };

/** Explains the patterns in `file`, or the one called `name`. Resolves with the exit code. @throws {PatternError} if one is broken */
export async function explain(file: string, name: string | undefined, { json, dot }: ExplainCommand): Promise<number> {
  const subject = await loadSubject(file);
  const explained = chosenPatterns(subject, name).map((pattern) => {
    const automaton = compile(pattern);
    const { limits, timedOut } = definitionOf(subject, pattern);
    const bound = stateBoundOf(automaton, limits);
    const rungs = rungsOf(automaton, timedOut);
    return { pattern, automaton, bound, rungs, example: exampleOf(automaton), nearMisses: nearMissesOf(automaton) };
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
  readonly rungs: readonly StepRung[];
  readonly example: readonly ExampleEvent[] | null;
  readonly nearMisses: readonly NearMiss[];
};

/** As the service has it; a pattern alone: with the defaults. */
function definitionOf(
  { service }: Subject,
  pattern: Pattern,
): { readonly limits: StateBound["limits"]; readonly timedOut: TimedOutReport } {
  const defined = service?.patterns.find((one) => one.pattern === pattern);
  return { limits: defined?.limits ?? DEFAULT_LIMITS, timedOut: defined?.timedOut.report ?? "none" };
}

function toParagraphs({ pattern, automaton, bound, rungs, example, nearMisses }: Explained): string {
  const places = `${counted(automaton.places.length, "place")}, ${counted(automaton.waits.length, "wait")}`;
  const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, "  ");
  return [
    pattern.describe(),
    `Automaton (${places})\n${indented(toText(automaton))}`,
    `Conditions: what an event costs, from rung 0, the best, to rung 5\n${indented(describeRungs(rungs).join("\n"))}`,
    `State\n${indented(describeBound(bound).join("\n"))}`,
    `Example: a shortest stream that matches\n${indented(exampleText(example).join("\n"))}`,
    ...(nearMisses.length > 0
      ? [`Near misses: one change, and nothing matches\n${indented(nearMissText(nearMisses).join("\n"))}`]
      : []),
  ].join("\n\n");
}

function toJson({ pattern, automaton, bound, rungs, example, nearMisses }: Explained): object {
  const { name, version, fingerprint } = pattern;
  const { places, waits } = automaton;
  return {
    pattern: name,
    version,
    fingerprint,
    description: pattern.describe(),
    automaton: { places: places.length, waits: waits.length, text: toText(automaton), dot: toDot(automaton) },
    conditions: rungs.map((each) => ({ ...each, description: describeRungs([each])[0] })),
    state: { ...bound, description: describeBound(bound) },
    example,
    nearMisses: nearMisses.map(({ of, change, events }) => ({ of, change, events })),
  };
}
