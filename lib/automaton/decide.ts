// What one event does to all runs that wait alike. Runs that wait for the same are in one state; what an event does to a
// state depends only on the tests of that event, so it is worked out once for each outcome and kept as a tree:
//
//     state { b relaxed, or end }        b holds? ── yes ──▶ plan: take b ▶ { c }, stay nowhere
//                                            └────── no ───▶ plan: stay { b relaxed, or end }
//
// A tree asks the tests in the order in which a single run would (waiting.ts), and no others, so a function given to
// `filter` is called for the same events. States and trees grow with what really happens; most patterns need a handful.

import { groupBy } from "../core/group-by.ts";
import type { Analysis, Finding } from "./analysis.ts";
import type { Automaton, Guard, PlaceId, StepId, TestId } from "./automaton.ts";
import { type Ask, enter, passOver, startOf, takes, type Waiting } from "./waiting.ts";

export type StateId = number;

/** What a run waits for, and whether it was reported as a match already and could only grow. */
export type State = {
  /** Its number among the states of a matcher. */
  readonly id: StateId;
  readonly waiting: readonly Waiting[];
  readonly reported: boolean;
  /** What an event does to a run is decided by plain tests. */
  readonly isPlain: boolean;
  /** The tests that look at events taken before: what an event does to a run may depend on what that run has taken. */
  readonly back: readonly TestId[];
  readonly finding: Finding;
  /** All other tests are plain, so nobody sees when they are asked. */
  readonly isTame: boolean;
  /** How long after its first event time changes what a run waits for; `null`: the window does not. */
  readonly sinceFirstMs: number | null;
  /** The same after its last one: each run has a deadline of its own. */
  readonly sinceLastMs: number | null;
  /** At the end of its window a run becomes a match. */
  readonly endsByTime: boolean;
  readonly decisions: Decision;
};

/** What an event does to the runs of a state. */
export type Plan = {
  /** Where they go on without the event; `null`: they do not. */
  readonly stay: State | null;
  /** Letting the event pass made them matches. */
  readonly completes: boolean;
  /** What they become by taking it, for each step that does. */
  readonly takes: readonly Take[];
  /** Nothing happens. */
  readonly isIdle: boolean;
};

export type Take = {
  readonly step: StepId;
  /** Where they go on; `null`: they do not. */
  readonly to: State | null;
  readonly completes: boolean;
};

/** A tree of tests; made where it is first needed. */
type Decision = { test: TestId; yes: Decision | null; no: Decision | null; plan: Plan | null };

export interface States {
  /** What an event does to nothing: which runs begin. */
  readonly begin: (ask: Ask) => Plan;
  readonly decide: (state: State, ask: Ask) => Plan;
  /** The state of runs with these waits. */
  readonly stateOf: (waiting: readonly Waiting[], reported: boolean) => State;
  readonly at: (id: StateId) => State;
  /** How many are known. */
  readonly size: () => number;
  /** Forgets all of them, and returns them by number: the next one has the number 0. Who goes on with an old one asks for it anew. */
  readonly forget: () => readonly State[];
  /** What `begin` may ask. */
  readonly startTests: readonly TestId[];
}

/**
 * The states of `automaton`, none of them known yet; without an `analysis` no test looks back.
 *
 * Cost of a decision: the tests it asks. Space: the states that runs come to, times the outcomes of their tests that occur.
 */
export function createStates(automaton: Automaton, analysis: Analysis | null): States {
  const known = new Map<string, State>();
  let all: State[] = [];
  const start = startOf(automaton);
  let startDecisions = undecided();

  const stateOf = (waiting: readonly Waiting[], reported: boolean): State => {
    const key = `${reported ? "+" : ""}${waiting.map(keyOf).sort().join(" ")}`;
    let state = known.get(key);
    if (state === undefined) {
      const tests = [...new Set(waiting.flatMap(testsOf))];
      const back = tests.filter((test) => analysis?.looksBack(test) === true);
      const isTame = tests.every((test) => back.includes(test) || analysis?.isPlain(test) === true);
      state = {
        id: all.length,
        waiting,
        reported,
        isPlain: isTame && back.length === 0,
        back,
        finding: findingOf(analysis, waiting, back, isTame),
        isTame,
        sinceFirstMs: waiting.some(isInWindow) ? automaton.pattern.withinMs : null,
        sinceLastMs: leastOf(waiting.flatMap(ownTimesOf)),
        endsByTime: waiting.some(({ wait }) => wait.step === null),
        decisions: undecided(),
      };
      known.set(key, state);
      all.push(state);
    }
    return state;
  };

  const homeOf = (waiting: readonly Waiting[], reported: boolean): State | null =>
    waiting.length > 0 ? stateOf(waiting, reported) : null;

  const takesOf = (waiting: readonly Waiting[], ask: Ask): readonly Take[] => {
    const taking = waiting.filter((each) => takes(each, ask));
    return [...groupBy(taking, ({ wait }) => wait.step as StepId)].map(([step, together]) => {
      const onward = enter(
        automaton,
        together.map(({ wait }) => wait.target as PlaceId),
      );
      return { step, to: homeOf(onward.waiting, onward.complete), completes: onward.complete };
    });
  };

  const workOut = (state: State, ask: Ask): Plan => {
    const left = passOver(state.waiting, ask);
    const stay = homeOf(left.waiting, state.reported || left.complete);
    const taken = takesOf(state.waiting, ask);
    return {
      stay,
      completes: left.complete,
      takes: taken,
      isIdle: stay === state && !left.complete && taken.length === 0,
    };
  };

  const workOutStart = (ask: Ask): Plan => {
    const taken = takesOf(start, ask);
    return { stay: null, completes: false, takes: taken, isIdle: taken.length === 0 };
  };

  return {
    stateOf,
    at: (id) => all[id] as State,
    size: () => all.length,
    forget() {
      const before = all;
      known.clear();
      all = [];
      startDecisions = undecided();
      return before;
    },
    startTests: [...new Set(start.flatMap(testsOf))],
    begin: (ask) => walk(startDecisions, ask) ?? grow(startDecisions, ask, workOutStart),
    decide: (state, ask) =>
      walk(state.decisions, ask) ?? grow(state.decisions, ask, (recorded) => workOut(state, recorded)),
  };
}

/** Where runs are chosen, tests may be asked that no run would ask. */
function findingOf(
  analysis: Analysis | null,
  waiting: readonly Waiting[],
  back: readonly TestId[],
  isTame: boolean,
): Finding {
  const finding = analysis?.findingOf(waiting, back) ?? { kind: "alike" };
  return finding.kind === "chosen" && !isTame ? { kind: "asked" } : finding;
}

function undecided(): Decision {
  return { test: -1, yes: null, no: null, plan: null };
}

/** The plan for the tests as they are answered; `null` if that was never worked out. */
function walk(root: Decision, ask: Ask): Plan | null {
  let at: Decision | null = root;
  while (at !== null) {
    if (at.plan !== null) return at.plan;
    if (at.test < 0) return null;
    at = ask(at.test) ? at.yes : at.no;
  }
  return null;
}

/** Works out the plan, and writes down what was asked for it. */
function grow(root: Decision, ask: Ask, workOut: (ask: Ask) => Plan): Plan {
  const answers = new Map<TestId, boolean>();
  const plan = workOut((test) => {
    const answer = answers.get(test) ?? ask(test);
    answers.set(test, answer);
    return answer;
  });
  let at = root;
  for (const [test, answer] of answers) {
    at.test = test;
    const branch: Decision = (answer ? at.yes : at.no) ?? undecided();
    if (answer) at.yes = branch;
    else at.no = branch;
    at = branch;
  }
  at.plan = plan;
  return plan;
}

/** An absence with a time of its own may outlast the window; a guard does not. */
function isInWindow({ wait, open }: Waiting): boolean {
  return wait.forMs === null || open.length > 0;
}

/** After what times from the last event taken time alone may change what it waits for. */
function ownTimesOf({ wait, open }: Waiting): readonly (number | null)[] {
  return [wait.forMs ?? wait.gapMs, ...open.map(({ gapMs }) => gapMs)];
}

function leastOf(times: readonly (number | null)[]): number | null {
  const known = times.filter((ms) => ms !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function keyOf({ wait, fresh, open }: Waiting): string {
  return `${wait.id}${fresh ? "!" : ":"}${open.map((guard) => wait.guards.indexOf(guard))}`;
}

/** What a wait may ask of an event. */
export function testsOf({ wait, open }: Waiting): readonly TestId[] {
  return [
    ...(wait.take === null ? [] : [wait.take]),
    ...wait.takeUnless,
    ...(wait.stayUnless ?? []),
    ...wait.first,
    ...open.flatMap((guard: Guard) => [guard.take, ...guard.takeUnless, ...guard.until]),
  ];
}
