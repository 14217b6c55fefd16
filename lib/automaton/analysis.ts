// What is known of the tests of a pattern before any event comes, and how the runs of a state can be found for which they hold.

import { callsFunctions, dependsOnTaken } from "../pattern/expression/looks-at.ts";
import type { Prepared } from "../pattern/expression/prepare.ts";
import type { Automaton, Test, TestId } from "./automaton.ts";
import { fitsOf, type RunPart, runPartsOf } from "./choice.ts";
import { fixedValuesOf } from "./fixed-value.ts";
import { areOneEquality, type Split, splitOf } from "./split.ts";
import type { Waiting } from "./waiting.ts";

/** How the runs of a state are found for which its tests that look at earlier events hold. */
export type Finding =
  /** There are no such tests: what an event does to one run, it does to all. */
  | { readonly kind: "alike" }
  /** By a value of theirs. Where there are several tests, all ask whether something equals that value. */
  | { readonly kind: "byValue"; readonly splits: readonly Split[] }
  /** Such tests only decide who takes an event: it passes by all alike, and who takes it is looked for when it fits. */
  | { readonly kind: "chosen" }
  /** Each is asked. */
  | { readonly kind: "asked" };

/** The equalities by which an event also finds runs that are listed; `null`: it asks each. */
export function equalitiesOf(finding: Finding): readonly Split[] | null {
  return finding.kind === "byValue" && finding.splits.every(({ op }) => op === "eq") ? finding.splits : null;
}

/** What is known of the tests of an automaton. */
export type Analysis = {
  /** Whether it looks at events taken before. */
  readonly looksBack: (test: TestId) => boolean;
  /** Whether it looks at nothing but the event, and nobody sees how often. Of those with the first numbers only, as many as fit into a word. */
  readonly isPlain: (test: TestId) => boolean;
  readonly plain: readonly TestId[];
  /** Of one that looks back: whether it may hold for any run. */
  readonly fits: (test: TestId) => Prepared;
  /** How runs can be kept by value for it; `null`: they cannot. */
  readonly splitBy: (test: TestId) => Split | null;
  /** Of one by which runs are chosen: what it asks of a run, what is decided first before the rest. */
  readonly partsOf: (test: TestId) => readonly RunPart[];
  /** How runs are found that wait so; `back`: the tests of these that look back. */
  readonly findingOf: (waiting: readonly Waiting[], back: readonly TestId[]) => Finding;
};

/** As many as there are bits, but for the sign. */
const MOST_PLAIN = 31;

/** Cost: a few visits of each part of a condition. */
export function analysisOf({ tests, pattern, steps }: Automaton): Analysis {
  const looksBack = tests.map(({ condition }) => condition !== null && dependsOnTaken(condition));
  const plain = tests
    .filter(isPlain)
    .map(({ id }) => id)
    .slice(0, MOST_PLAIN);
  const fixed = fixedValuesOf(pattern);
  const fits = tests.map((test) => fitsOf(test, pattern.tag));
  const splits = tests.map((test) => splitOf(test, pattern.tag, fixed));
  const parts = tests.map((test) => runPartsOf(test, pattern, steps));
  return {
    looksBack: (test) => looksBack[test] as boolean,
    isPlain: (test) => plain.includes(test),
    plain,
    fits: (test) => fits[test] as Prepared,
    splitBy: (test) => splits[test] as Split | null,
    partsOf: (test) => parts[test] as readonly RunPart[],
    findingOf(waiting, back) {
      if (back.length === 0) return { kind: "alike" };
      const by = back.map((test) => splits[test] ?? null).filter((split) => split !== null);
      const isByValue = by.length === back.length && (by.length === 1 || areOneEquality(by));
      if (isByValue) return { kind: "byValue", splits: by };
      const isChosen = back.every((test) => parts[test] !== null && waiting.every((each) => onlyTakes(each, test)));
      return { kind: isChosen ? "chosen" : "asked" };
    },
  };
}

/** Functions that users wrote may count how often they are called. */
function isPlain({ condition }: Test): boolean {
  return condition === null || (!dependsOnTaken(condition) && !callsFunctions(condition));
}

/** Whether `test` decides no more of a wait than whether it takes. */
function onlyTakes({ wait, open }: Waiting, test: TestId): boolean {
  const others = [wait.takeUnless, wait.stayUnless ?? [], wait.first];
  const guarding = open.flatMap((guard) => [guard.take, ...guard.takeUnless, ...guard.until]);
  return !others.flat().includes(test) && !guarding.includes(test);
}
