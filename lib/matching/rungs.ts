// What it costs to find the runs that a condition is about: on which rung of a ladder each step stands, and why on no better one.
//
//     0   the event alone decides                                             one test of the event
//     1   a value that all events of the run have to have: part of the key    a look into a table
//     2   equality with a value of the run                                    a look into a table
//     3   order against a value of the run                                    a search
//     4   anything that only decides who takes the event                      those who share what they took are asked once
//     5   anything                                                            each run that waits is asked
//
// A step stands where its condition is worst off, of all the states in which it is asked.

import { type Analysis, analysisOf, equalitiesOf } from "../automaton/analysis.ts";
import type { Automaton, Test, TestId } from "../automaton/automaton.ts";
import type { State } from "../automaton/decide.ts";
import type { Holder } from "../automaton/split.ts";
import { statesOf } from "../automaton/states.ts";
import { callsFunctions } from "../pattern/expression/looks-at.ts";
import { everyElement, nameOf } from "../pattern/walk.ts";
import { whyListed } from "./keeping.ts";
import type { TimedOutReport } from "./matcher.ts";

export type Rung = 0 | 1 | 2 | 3 | 4 | 5;

/** Why a condition is on no better rung. */
export type WhyNoBetter =
  /** It is an order, not an equality. */
  | "order"
  /** Steps before it do not all have to have the value. */
  | "notOfAll"
  /** The value may be another one later: it is calculated, of the last event of a loop, of a step that may be skipped, or of a group. */
  | "notForGood"
  /** It is not one comparison of a value of the event with one of the run. */
  | "notOneComparison"
  /** The same, and an event that it does not hold for may pass by, or a run ends with it, so that each run has to be known. */
  | "decidesWhoStays"
  /** It calls a function. */
  | "callsFunction"
  /** Runs wait for another condition, too, that compares with another value, or in another way. */
  | "besideAnother"
  /** Each run has a deadline of its own: `maxGap`, or an absence with `for`. */
  | "ownDeadline"
  /** The end of each run is seen: an absence is kept up to the deadline. */
  | "absenceAtDeadline"
  /** The same: time-outs are reported. */
  | "timeOutsReported"
  /** The same: matches are held back until no run is left that began before. */
  | "ordered";

/** The rung of a step, an absence or an `until`. */
export type StepRung = {
  readonly of: string;
  readonly kind: Test["kind"];
  readonly rung: Rung;
  /** `null`: there is no better one, or none that needs a change. */
  readonly why: WhyNoBetter | null;
  /** The other step or absence that `besideAnother` is about. */
  readonly beside: string | null;
};

type Found = Pick<StepRung, "rung" | "why" | "beside">;

const PLAIN: Found = { rung: 0, why: null, beside: null };

/** The rung of each condition, in the order in which they are written. Cost: that of exploring the states, at most 1,000 of them. */
export function rungsOf(automaton: Automaton, timedOut: TimedOutReport): readonly StepRung[] {
  const analysis = analysisOf(automaton);
  const { states } = statesOf(automaton, {}, analysis);
  const look = new Look(automaton, analysis, timedOut);
  const written = [...everyElement(automaton.pattern.elements)].map(({ element }) => nameOf(element));
  const tests = [...automaton.tests].sort((one, other) => written.indexOf(one.of) - written.indexOf(other.of));
  return tests.map((test) => {
    const asking = states.filter(({ back }) => back.includes(test.id));
    const found = asking.map((state) => look.in(state, test));
    const worst = found.reduce((one, other) => (other.rung > one.rung ? other : one), PLAIN);
    return { of: test.of, kind: test.kind, ...worst };
  });
}

class Look {
  readonly #automaton: Automaton;
  readonly #analysis: Analysis;
  readonly #timedOut: TimedOutReport;

  constructor(automaton: Automaton, analysis: Analysis, timedOut: TimedOutReport) {
    this.#automaton = automaton;
    this.#analysis = analysis;
    this.#timedOut = timedOut;
  }

  /** The rung of a test that looks back, in one of the states in which it is asked. */
  in(state: State, test: Test): Found {
    const { pattern } = this.#automaton;
    const listed = whyListed(state, pattern, this.#timedOut);
    const { finding } = state;
    const rung = equalitiesOf(finding) === null ? 5 : 2;
    if (listed === "ownTime") return { rung, why: "ownDeadline", beside: null };
    if (listed === "endSeen") {
      const why = state.endsByTime ? "absenceAtDeadline" : pattern.emit === "ordered" ? "ordered" : "timeOutsReported";
      return { rung, why, beside: null };
    }
    switch (finding.kind) {
      case "byValue":
        return this.#byValue(test);
      case "chosen":
        return { rung: 4, ...this.#whyNotByValue(state, test, "notOneComparison") };
      default:
        return { rung: 5, ...this.#whyNotByValue(state, test, "decidesWhoStays") };
    }
  }

  #byValue({ id, of }: Test): Found {
    const split = this.#analysis.splitBy(id);
    if (split?.op !== "eq") return { rung: 3, why: "order", beside: null };
    if (split.value === null) return { rung: 2, why: "notForGood", beside: null };
    return this.#isOfAll(of, split.value, (split.holder as Holder).step)
      ? { rung: 1, why: null, beside: null }
      : { rung: 2, why: "notOfAll", beside: null };
  }

  /** Whether the value is one of the first step, which takes one event, and all steps up to `of` have to have it. */
  #isOfAll(of: string, value: string, holder: string): boolean {
    const { steps, pattern, tests } = this.#automaton;
    const [first] = pattern.elements;
    if (first?.kind !== "step" || first.name !== holder || first.quantifier.max !== 1) return false;
    const last = tests.findLastIndex((test) => test.of === of);
    return steps.every(({ name, test }) => name === holder || test > last || this.#isEqual(test, value));
  }

  #isEqual(test: TestId, value: string): boolean {
    const split = this.#analysis.splitBy(test);
    return split?.op === "eq" && split.value === value;
  }

  #whyNotByValue({ back }: State, test: Test, why: WhyNoBetter): Pick<Found, "why" | "beside"> {
    if (test.condition !== null && callsFunctions(test.condition)) return { why: "callsFunction", beside: null };
    if (this.#analysis.splitBy(test.id) === null) return { why, beside: null };
    const other = back.find((each) => each !== test.id) as TestId;
    return { why: "besideAnother", beside: (this.#automaton.tests[other] as Test).of };
  }
}
