// Drawings of an automaton: text for a terminal, DOT for Graphviz. A place is a node, a wait is an arrow that says what
// it takes and what may pass meanwhile.

import type { Automaton, Guard, Place, PlaceId, Step, StepId, Test, TestId, Wait, WaitId } from "./automaton.ts";

/**
 * The automaton as indented text, one paragraph per place.
 *
 *     start
 *       probe ──▶ probe 1/3
 *     probe 1/3
 *       probe, others may pass ──▶ probe 2/3
 *
 * @example
 * import { compile, pattern, toText } from "sequitur";
 *
 * const text = toText(compile(pattern<{ id: string }>("any").begin("one")));
 * text.split("\n"); // => ["start", "  one, others may pass ──▶ one", "one", "  end ──▶ match"]
 */
export function toText(automaton: Automaton): string {
  const paragraph = (title: string, follow: readonly WaitId[]): string[] => [
    title,
    ...follow.map((id) => {
      const wait = automaton.waits[id] as Wait;
      const conditions = [takenBy(automaton, wait), ...conditionsOf(automaton, wait)].join(", ");
      return `  ${conditions} ──▶ ${targetName(automaton, wait)}`;
    }),
  ];
  const paragraphs = automaton.places.flatMap((place) => paragraph(placeName(automaton, place.id), place.follow));
  return [...paragraph("start", automaton.start), ...paragraphs].join("\n");
}

/**
 * The automaton in the DOT language of Graphviz, left to right.
 *
 * @example
 * import { compile, pattern, toDot } from "sequitur";
 *
 * toDot(compile(pattern<{ id: string }>("any").begin("one"))).split("\n")[0]; // => 'digraph "any" {'
 */
export function toDot(automaton: Automaton): string {
  const nodes = automaton.places.map(({ id }) => `  p${id} [label=${quote(placeName(automaton, id))}];`);
  const edges = (from: string, follow: readonly WaitId[]): readonly string[] =>
    follow.map((id) => {
      const wait = automaton.waits[id] as Wait;
      const label = [takenBy(automaton, wait), ...conditionsOf(automaton, wait)].join("\n");
      return `  ${from} -> ${wait.target === null ? "match" : `p${wait.target}`} [label=${quote(label)}];`;
    });
  return [
    `digraph ${quote(automaton.pattern.name)} {`,
    "  rankdir=LR;",
    '  node [shape=circle, fontname="sans-serif"]; edge [fontname="sans-serif", fontsize=10];',
    "  start [shape=point];",
    '  match [shape=doublecircle, label="match"];',
    ...nodes,
    ...edges("start", automaton.start),
    ...automaton.places.flatMap(({ id, follow }) => edges(`p${id}`, follow)),
    "}",
    "",
  ].join("\n");
}

function placeName(automaton: Automaton, id: PlaceId): string {
  const place = automaton.places[id] as Place;
  const name = stepName(automaton, place.step);
  const isAlone = automaton.places.every((other) => other.id === id || other.step !== place.step);
  const iterations = place.iterations.length > 0 ? ` in round ${[...place.iterations].reverse().join(".")}` : "";
  return isAlone ? name : `${name} ${place.count}${iterations}`;
}

function targetName(automaton: Automaton, wait: Wait): string {
  return wait.target === null ? "match" : placeName(automaton, wait.target);
}

function takenBy(automaton: Automaton, wait: Wait): string {
  return wait.step === null ? "end" : stepName(automaton, wait.step);
}

function stepName(automaton: Automaton, id: StepId): string {
  return (automaton.steps[id] as Step).name;
}

function conditionsOf(automaton: Automaton, wait: Wait): readonly string[] {
  const names = (tests: readonly TestId[]): readonly string[] => [
    ...new Set(tests.map((test) => testName(automaton, test))),
  ];
  const { take, stayUnless } = wait;
  const barred = names((stayUnless ?? wait.takeUnless).filter((test) => test !== take));
  return [
    ...(wait.step === null
      ? []
      : [stayUnless === null ? "at once" : stayUnless.includes(take as TestId) ? "others may pass" : "any may pass"]),
    ...(barred.length > 0 ? [`unless ${barred.join(" or ")}`] : []),
    ...(wait.first.length > 0 ? [`next event not ${names(wait.first).join(" or ")}`] : []),
    ...wait.guards.map((guard: Guard) => `once ${testName(automaton, guard.take)} can take no more`),
    ...(wait.gapMs === null ? [] : [`less than ${wait.gapMs} ms later`]),
    ...(wait.owesAbsence ? [wait.forMs === null ? "at the deadline" : `${wait.forMs} ms later`] : []),
  ];
}

function testName(automaton: Automaton, id: TestId): string {
  const { kind, of } = automaton.tests[id] as Test;
  return kind === "until" ? `the until of ${of}` : of;
}

function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
