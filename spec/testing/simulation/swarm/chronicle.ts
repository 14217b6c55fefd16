// One form of a pattern through all releases of a service: on where a release has it; where one has not, it is forgotten, or begins nothing
// any more and finishes its runs.
import { INTERESTED_IN_ALL } from "../../../../lib/automaton/interest.ts";
import type { KeyedMatcher, MatcherCounts, Outcome } from "../../../../lib/matching/matcher.ts";
import type { LanePattern } from "../../../../lib/runtime/pattern-row.ts";
import { BEGINNING, END_OF_TIME, type Instant, restoreInstant } from "../../../../lib/time/instant.ts";
import type { Release } from "./crew.ts";
import { type Boundary, type History, isBefore, type LaneHistory } from "./history.ts";
import type { Reference, Wanted } from "./patterns.ts";

/** All forms that any release has, the newest first, as they were on in each lane. */
export function chronicle(releases: readonly Release[], history: History): readonly LanePattern[] {
  const forms = new Map<string, Wanted>();
  const [only, second] = releases;
  const ofLane: History["ofLane"] = (lane) =>
    only !== undefined && second === undefined ? { first: only.number, boundaries: [] } : history.ofLane(lane);
  for (const { wanted } of [...releases].reverse())
    for (const each of wanted) if (!forms.has(each.fingerprint)) forms.set(each.fingerprint, each);
  return [...forms.values()].map((wanted) => {
    const stateIn = (number: number): State => {
      const release = releases.find((each) => each.number === number);
      const isOn = release?.wanted.some(({ fingerprint }) => fingerprint === wanted.fingerprint);
      return isOn ? "on" : release?.oldRuns === "drain" ? "drains" : "off";
    };
    const { drains: _, ...pattern } = wanted.pattern;
    const createMatcher = (): KeyedMatcher => new Chronicled(wanted, ofLane, stateIn).matcher;
    return { ...pattern, interest: INTERESTED_IN_ALL, createMatcher };
  });
}

type State = "on" | "drains" | "off";

const NOTHING: MatcherCounts = {
  ...{ events: 0, matches: 0, timedOut: 0, suppressed: 0, dropped: 0, failures: 0, keys: 0, runs: 0 },
  oldestFirstAt: null,
};

class Chronicled {
  readonly matcher: KeyedMatcher;
  readonly #wanted: Wanted;
  readonly #ofLane: History["ofLane"];
  readonly #stateIn: (release: number) => State;
  #now: Reference | null = null;
  /** Still to come; `null`: it is not known yet which lane it is. */
  #ahead: Boundary[] | null = null;
  #toldTo: Instant = BEGINNING;

  constructor(wanted: Wanted, ofLane: History["ofLane"], stateIn: (release: number) => State) {
    this.#wanted = wanted;
    this.#ofLane = ofLane;
    this.#stateIn = stateIn;
    const never = (): never => {
      throw new Error("the reference is neither saved nor passed over");
    };
    // It is given every event, and asked at every instant whether a deadline has come.
    this.matcher = {
      onEvent: (key, event) => {
        this.#toldTo = event.at;
        this.#ahead ??= this.#begin(this.#ofLane(event.origin.partition));
        for (let next = this.#ahead[0]; next !== undefined && !isBefore(next, event); next = this.#ahead[0]) {
          this.#ahead.shift();
          this.#become(this.#stateIn(next.release));
        }
        return this.#now?.onEvent(key, event) ?? [];
      },
      advanceTo: (until) => this.#advance(until),
      counts: () => {
        // Asked in the end: boundaries that no event is behind are there, too.
        for (const { release } of this.#ahead?.splice(0) ?? []) this.#become(this.#stateIn(release));
        return this.#now?.counts() ?? NOTHING;
      },
      counters: NOTHING,
      nextDue: () => (this.#toldTo === BEGINNING ? END_OF_TIME : this.#toldTo + 1),
      mayHaveRuns: () => true,
      holds: () => true,
      keys: () => [],
      skip: (events, at) => (events === 0 ? this.#advance(at) : never()),
      ...{ inspect: never, stats: never, save: never, restore: never, saving: null as never },
    };
  }

  /** What is forgotten at a boundary says nothing behind it. Only an event tells whether the boundary is reached: more of those before it may come. */
  #advance(until: Instant): readonly Outcome[] {
    this.#toldTo = Math.max(this.#toldTo, until);
    const forgets = this.#ahead?.find(({ release }) => this.#stateIn(release) === "off");
    const atMost = forgets === undefined ? until : Math.min(until, restoreInstant(forgets.lane.released));
    return this.#now?.advanceTo(atMost) ?? [];
  }

  #begin(history: LaneHistory): Boundary[] {
    if (history !== null) this.#become(this.#stateIn(history.first));
    return [...(history?.boundaries ?? [])];
  }

  #become(state: State): void {
    if (state === "on") {
      this.#now ??= this.#wanted.createReference();
      this.#now.mayBegin(true);
    } else if (state === "drains") this.#now?.mayBegin(false);
    else this.#now = null;
  }
}
