// Why nothing was found, in sentences: how far the farthest run came, what it waited for, and what the events that came
// then lacked, with the values that were compared.

import type { Automaton, Step, StepId, Test, TestId } from "../automaton/automaton.ts";
import { takes, type Waiting } from "../automaton/waiting.ts";
import type {} from "../matching/run.ts";
import { describeCondition, describeValue, enumerate } from "../pattern/describe/describe-condition.ts";
import { evaluate, fieldOf, holds, type Taken } from "../pattern/expression/evaluate.ts";
import type { Condition, ValueExpr } from "../pattern/expression/expression.ts";
import { shapeOf } from "../pattern/shape.ts";
import { partsOf } from "../pattern/walk.ts";
import { formatDuration } from "../time/duration.ts";
import { asked } from "./example.ts";
import type { Farthest, WalkedEvent } from "./farthest.ts";
import { textOf } from "./stream.ts";
import { TakenView } from "./taken-view.ts";

/** Events that were looked at and not taken: most that are told of. */
const MAX_TOLD = 3;

/** What became of a run, a few lines. `nameOf` says what an event is called, such as `+2s`. */
export function whyNot(
  automaton: Automaton,
  events: readonly WalkedEvent[],
  farthest: Farthest,
  nameOf: (event: WalkedEvent) => string,
): readonly string[] {
  const { taken, waited, tail, ending } = farthest;
  const after = events.filter(({ index }) => index > (taken.at(-1)?.index ?? -1));
  const isOver = ({ index, at }: WalkedEvent): boolean =>
    (ending.by === "event" && index > ending.index) || (ending.by === "time" && at >= ending.at);
  const waiting = waited.filter(({ wait }) => wait.step !== null);
  const view = new TakenView(automaton, shapeOf(automaton.pattern)).about(tail);
  const wanted = enumerate([...new Set(waiting.map((each) => `"${stepOf(automaton, each)}"`))], "or");
  const begun =
    taken.length === 0
      ? `No run begins: no event is ${wanted}.`
      : `The run that came farthest took ${inWords(taken.map(({ step }) => step))}${wanted === "" ? "" : `, then waited for ${wanted}`}.`;
  const looked = after.filter((event) => !isOver(event) && !(ending.by === "event" && ending.index === event.index));
  return [
    begun,
    ...refusals(automaton, waiting, looked, view).map(({ event, text }) => `  ${nameOf(event)} ${text}`),
    ...endingText(automaton, farthest, after, view, nameOf),
  ];
}

/** Steps in the order in which they took events: `3 "probe", "cashOut"`. */
function inWords(steps: readonly string[]): string {
  const rows: { readonly step: string; count: number }[] = [];
  for (const step of steps) {
    const last = rows.at(-1);
    if (last?.step === step) last.count += 1;
    else rows.push({ step, count: 1 });
  }
  return rows.map(({ step, count }) => `${count === 1 ? "" : `${count} `}"${step}"`).join(", ");
}

type Refusal = { readonly event: WalkedEvent; readonly text: string; readonly reasons: number };

/** Of each event the step that it nearly is; those that lack the least are told of. */
function refusals(
  automaton: Automaton,
  waiting: readonly Waiting[],
  events: readonly WalkedEvent[],
  taken: Taken,
): readonly Refusal[] {
  const found = events.flatMap((event) => {
    // Of steps that lack as little the later one: the run was to go on.
    const all = [...waiting].reverse().map((each) => {
      const test = automaton.tests[each.wait.take as TestId] as Test;
      const reasons = reasonsOf(automaton, test, event.value, taken);
      const text = `is no "${test.of}": ${reasons.slice(0, 3).join("; ")}`;
      return { event, text, reasons: hasTag(automaton, test, event.value) ? reasons.length : 1_000 };
    });
    return all.sort((left, right) => left.reasons - right.reasons).slice(0, 1);
  });
  const told = [...found].sort((left, right) => left.reasons - right.reasons).slice(0, MAX_TOLD);
  return told.sort((left, right) => left.event.index - right.event.index);
}

function endingText(
  automaton: Automaton,
  { ending, waited, taken }: Farthest,
  after: readonly WalkedEvent[],
  view: Taken,
  nameOf: (event: WalkedEvent) => string,
): readonly string[] {
  switch (ending.by) {
    case "event": {
      const event = after.find(({ index }) => index === ending.index) as WalkedEvent;
      return [`  ${nameOf(event)} ended it: ${endedBy(automaton, waited, event, view)}.`];
    }
    case "time": {
      const late = after.find(
        ({ at, value }) =>
          at >= ending.at && waited.some((each) => takes(each, (test) => asked(automaton, test, value, view))),
      );
      const { withinMs } = automaton.pattern;
      const bound =
        withinMs === null
          ? "the gap may be no longer"
          : `the last event has to come less than ${formatDuration(withinMs)} after the first`;
      return late === undefined
        ? [`  Then its time was over: ${bound}.`]
        : [`  ${nameOf(late)} came too late: ${bound}.`];
    }
    default:
      return taken.length === 0 ? [] : ["  Then there were no more events."];
  }
}

/** What an event did to a run that it ended: it is forbidden, or something else had to come directly. */
function endedBy(automaton: Automaton, waited: readonly Waiting[], { value }: WalkedEvent, taken: Taken): string {
  const forbidding = waited.flatMap(({ wait }) => [...(wait.stayUnless ?? []), ...wait.first, ...wait.takeUnless]);
  const broken = forbidding
    .map((id) => automaton.tests[id] as Test)
    .find(({ kind, id }) => kind !== "step" && asked(automaton, id, value, taken));
  if (broken?.kind === "absence") return `"${broken.of}" forbids it`;
  if (broken !== undefined) return `the until of "${broken.of}" holds`;
  const strict = waited.find(({ wait }) => wait.step !== null && wait.stayUnless === null);
  if (strict === undefined) return "it is what a loop or another step had to take";
  const test = automaton.tests[strict.wait.take as TestId] as Test;
  const reasons = reasonsOf(automaton, test, value, taken);
  return `"${test.of}" had to come directly, and ${reasons.join("; ")}`;
}

/** What an event lacks to satisfy a test; empty if it does satisfy it. */
export function reasonsOf(automaton: Automaton, test: Test, event: object, taken: Taken): readonly string[] {
  const { tag } = automaton.pattern;
  if (!hasTag(automaton, test, event)) {
    const wanted = enumerate(
      (test.on ?? []).map((each) => JSON.stringify(each)),
      "or",
    );
    return [`${tag} is ${textOf(fieldOf(event, [tag]))}, not ${wanted}`];
  }
  if (test.condition === null) return [];
  const parts = test.condition.kind === "and" ? test.condition.parts : [test.condition];
  return parts.flatMap((part) => reasonOf(part, event, taken) ?? []);
}

function reasonOf(part: Condition, event: object, taken: Taken): string | null {
  try {
    if (holds(part, event, taken)) return null;
  } catch (error) {
    return `a function threw: ${error instanceof Error ? error.message : String(error)}`;
  }
  const values = [...valuesIn(part)].map(
    (expr) => [describeValue(expr), textOf(evaluate(expr, event, taken))] as const,
  );
  const texts = [...new Map(values)].map(([name, value]) => `${name} is ${value}`);
  const denied = describeCondition({ kind: "not", part });
  return texts.length === 0 ? denied : `${denied} (${texts.join(", ")})`;
}

/** Fields, counts and aggregates that a condition looks at. */
function* valuesIn(expr: ValueExpr): Generator<ValueExpr, void, undefined> {
  if (expr.kind === "field" || expr.kind === "count" || expr.kind === "aggregate") yield expr;
  else for (const part of partsOf(expr)) yield* valuesIn(part);
}

function hasTag({ pattern }: Automaton, { on }: Test, event: object): boolean {
  return on === null || on.includes(fieldOf(event, [pattern.tag]) as string);
}

function stepOf({ steps }: Automaton, { wait }: Waiting): string {
  return (steps[wait.step as StepId] as Step).name;
}

/** The first event, of another key, that a run could have taken; `null`: there is none. */
export function takenByAnother(
  automaton: Automaton,
  { taken, waited, tail, ending }: Farthest,
  others: readonly WalkedEvent[],
): { readonly event: WalkedEvent; readonly step: string } | null {
  const view = new TakenView(automaton, shapeOf(automaton.pattern)).about(tail);
  const isOver = ({ index, at }: WalkedEvent): boolean =>
    (ending.by === "event" && index > ending.index) || (ending.by === "time" && at >= ending.at);
  for (const event of others) {
    if (event.index <= (taken.at(-1)?.index ?? -1) || isOver(event)) continue;
    const taking = waited.find((each) => takes(each, (test) => asked(automaton, test, event.value, view)));
    if (taking !== undefined) return { event, step: stepOf(automaton, taking) };
  }
  return null;
}
