// The pattern as the construction needs it: elements with their tests numbered, absences attached to what they follow,
// and who may take nothing.

import type { AbsenceNode, Contiguity, Element, GroupNode, PatternAst, StepNode } from "../pattern/ast.ts";
import type { Condition } from "../pattern/expression/expression.ts";
import { mayTakeNothing } from "../pattern/walk.ts";
import type { Step, StepId, Test, TestId } from "./automaton.ts";

type Common = {
  readonly id: number;
  readonly link: Contiguity | null;
  readonly min: number;
  /** `Infinity`: no bound. */
  readonly max: number;
  /** A run may pass it without taking an event for it. */
  readonly mayBeSkipped: boolean;
  readonly inner: Contiguity;
  readonly until: readonly TestId[];
  readonly gapMs: number | null;
};

export type StepPart = Common & {
  readonly kind: "step";
  readonly step: StepId;
  readonly take: TestId;
  readonly greedy: boolean;
  /** The absences directly after it. */
  readonly absences: readonly AbsencePart[];
};

export type GroupPart = Common & {
  readonly kind: "group";
  readonly body: readonly Part[];
  /** All parts of the body may be skipped. */
  readonly nullable: boolean;
};

export type AbsencePart = {
  readonly kind: "absence";
  readonly link: "notNext" | "notFollowedBy";
  readonly test: TestId;
  readonly forMs: number | null;
};

export type Part = StepPart | GroupPart | AbsencePart;

/** Numbers steps and tests in the order they are written. */
export function toParts(pattern: PatternAst): {
  readonly parts: readonly Part[];
  readonly steps: Step[];
  readonly tests: Test[];
} {
  const steps: Step[] = [];
  const tests: Test[] = [];
  let ids = 0;
  return { parts: sequence(pattern.elements), steps, tests };

  function sequence(elements: readonly Element[]): readonly Part[] {
    const absences = elements.map((element) => (element.kind === "absence" ? absence(element) : null));
    const absencesAfter = (index: number): readonly AbsencePart[] => {
      const end = absences.indexOf(null, index + 1);
      return absences.slice(index + 1, end === -1 ? undefined : end).filter((part) => part !== null);
    };
    return elements.map((element, index) => {
      if (element.kind === "group") return group(element);
      return element.kind === "step" ? step(element, absencesAfter(index)) : (absences[index] as AbsencePart);
    });
  }

  function step(node: StepNode, absences: readonly AbsencePart[]): StepPart {
    const take = test("step", node.name, node.on, node.condition);
    const id = steps.push({ id: steps.length, name: node.name, test: take }) - 1;
    const greedy = node.quantifier.greedy;
    return { kind: "step", step: id, take, greedy, absences, ...common(node, node.name) };
  }

  function group(node: GroupNode): GroupPart {
    const body = sequence(node.elements);
    return { kind: "group", body, nullable: node.elements.every(mayTakeNothing), ...common(node, firstStep(node)) };
  }

  function absence(node: AbsenceNode): AbsencePart {
    return {
      kind: "absence",
      link: node.link,
      test: test("absence", node.name, node.on, node.condition),
      forMs: node.forMs,
    };
  }

  function common(node: StepNode | GroupNode, name: string): Common {
    const { min, max, inner, until } = node.quantifier;
    return {
      id: ids++,
      link: node.link,
      min,
      max: max ?? Number.POSITIVE_INFINITY,
      mayBeSkipped: mayTakeNothing(node),
      inner,
      until: until === null ? [] : [test("until", name, null, until)],
      gapMs: node.maxGapMs,
    };
  }

  function test(kind: Test["kind"], of: string, on: readonly string[] | null, condition: Condition | null): TestId {
    return tests.push({ id: tests.length, kind, of, on, condition }) - 1;
  }
}

/** Groups that are empty or begin with an absence are refused, so the first element takes events. */
function firstStep({ elements }: GroupNode): string {
  const first = elements[0] as StepNode | GroupNode;
  return first.kind === "step" ? first.name : firstStep(first);
}
