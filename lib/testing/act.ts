// Acts out a plan: fast-check draws choices, and here they become a stream. Each key has a run that is followed on the way,
// so that "its next event", "nearly its next event" and "an event it forbids" can be made when they are called for.
//
//     plan: palette, moves ──▶ events of several keys, in order of time
//                    │
//                    └─ a move: which key, what, when, with which values
//
// A plan may lead the first key along a way through the automaton; nothing else then happens to that key that it could not
// let pass. Fewer moves and smaller choices make shorter and plainer streams, so what fast-check makes small stays telling.

import type { Automaton, Step, StepId, TestId, Wait } from "../automaton/automaton.ts";
import { type Ask, enter, passOver, startOf, takes, type Waiting } from "../automaton/waiting.ts";
import { unreachable } from "../core/errors.ts";
import type { Key } from "../event/key.ts";
import { extend, type Tail } from "../matching/run.ts";
import type { Taken } from "../pattern/expression/evaluate.ts";
import { shapeOf } from "../pattern/shape.ts";
import { END_OF_TIME, type Instant } from "../time/instant.ts";
import { apart, asked, type ExampleEvent } from "./example.ts";
import type { EventMaker, Wish } from "./make-event.ts";
import type { Palette } from "./palette.ts";
import type { Placing } from "./placing.ts";
import { TakenView } from "./taken-view.ts";

/**
 * What happens to a key: the next event of its run; an event that no condition wants; one from the palette as it is; one that is
 * the next but for one field; one that an absence or `until` is about.
 */
export type MoveKind = "advance" | "unrelated" | "asItIs" | "almost" | "forbidden";

/** One choice after another; each number is taken modulo what there is to choose from. */
export type Move = {
  readonly kind: MoveKind;
  readonly key: number;
  readonly wait: number;
  readonly moment: number;
  readonly event: number;
  readonly values: readonly number[];
};

export type Plan = {
  readonly palette: Palette;
  /** What the first key is led along; `null`: it is as free as the others. */
  readonly way: readonly Wait[] | null;
  readonly moves: readonly Move[];
};

/** An event of a stream. Its step is known where the first key was led. */
export type Acted = ExampleEvent & { readonly key: Key };

/** Where plans are acted out. */
export type Stage = {
  readonly automaton: Automaton;
  readonly placing: Placing;
  readonly maker: EventMaker;
  readonly startAt: Instant;
};

/** A run that is followed: what it waits for, and what it has taken. */
type Track = { readonly waiting: readonly Waiting[]; readonly tail: Tail | null };

const PLAIN: Move = { kind: "advance", key: 0, wait: 0, moment: 0, event: 0, values: [] };

/** The stream that a plan says. Cost: for each move some hundred events that are tried. */
export function actOut(stage: Stage, plan: Plan): readonly Acted[] {
  const play = new Play(stage, plan);
  for (const move of plan.moves) play.perform(move);
  play.lead();
  return play.acted;
}

/** The same, with what may have to follow so that a match is complete: an event nobody wants; one that ends a loop. */
export function* actOutToEnd(stage: Stage, plan: Plan): Generator<readonly Acted[], void, undefined> {
  yield actOut(stage, plan);
  for (const kind of ["unrelated", "forbidden"] as const) {
    const play = new Play(stage, plan);
    for (const move of plan.moves) play.perform(move);
    play.lead();
    play.isLeading = false;
    play.perform({ ...PLAIN, kind });
    yield play.acted;
  }
}

class Play {
  readonly acted: Acted[] = [];
  isLeading: boolean;
  readonly #stage: Stage;
  readonly #plan: Plan;
  readonly #tracks = new Map<number, Track>();
  readonly #taken: TakenView;
  #led = 0;
  #now: Instant;

  constructor(stage: Stage, plan: Plan) {
    this.#stage = stage;
    this.#plan = plan;
    this.#now = stage.startAt;
    this.#taken = new TakenView(stage.automaton, shapeOf(stage.automaton.pattern));
    this.isLeading = plan.way !== null;
  }

  /** Does what a move says, if it can be done. */
  perform(move: Move): void {
    const { keys } = this.#plan.palette;
    const number = move.key % keys.length;
    const isLed = this.isLeading && number === 0;
    const kind = isLed && move.kind !== "advance" ? "unrelated" : move.kind;
    const moments = this.#moments(this.#alive(number, this.#now));
    for (let index = 0; index < moments.length; index += 1) {
      const at = moments[(move.moment + index) % moments.length] as Instant;
      if (this.#tryAt(at, { ...move, kind }, number, isLed)) return;
    }
  }

  /** Goes the way to its end. */
  lead(): void {
    const { way, moves } = this.#plan;
    for (let left = (way?.length ?? 0) - this.#led; left > 0; left -= 1) {
      const before = this.#led;
      this.perform({ ...(moves[before % Math.max(1, moves.length)] ?? PLAIN), kind: "advance", key: 0 });
      if (this.#led === before) return;
    }
  }

  #tryAt(moment: Instant, move: Move, number: number, isLed: boolean): boolean {
    const track = this.#alive(number, moment);
    const wait = this.#waitOf(move, track, isLed);
    if (wait === null && (move.kind === "advance" || move.kind === "almost")) return false;
    const key = this.#plan.palette.keys[number] as Key;
    const taken = this.#taken.about(track.tail);
    const wish = this.#wishOf(move, track, wait, taken);
    const value = wish === null ? null : this.#stage.maker.make(this.#plan.palette, wish, key, moment);
    if (value === null) return false;
    const at = this.#stage.placing.placedAt(value, moment);
    const ask = askOf(this.#stage.automaton, value, taken);
    const taking = move.kind === "advance" ? wait : (track.waiting.find((each) => takes(each, ask)) ?? null);
    const led = isLed && move.kind === "advance";
    if (isLed && !led && (taking !== null || !this.#letsPass(track, ask))) return false;
    this.#add(value, at, key, led ? this.#stepOf(wait as Waiting) : null);
    this.#tracks.set(number, taking === null ? this.#passed(track, ask) : this.#took(track, taking, value, at));
    if (led) this.#led += 1;
    if (led && this.#led === this.#plan.way?.length) this.isLeading = false;
    return true;
  }

  #waitOf(move: Move, { waiting }: Track, isLed: boolean): Waiting | null {
    if (isLed) return waiting.find(({ wait }) => wait.id === this.#plan.way?.[this.#led]?.id) ?? null;
    const taking = waiting.filter(({ wait }) => wait.step !== null);
    return taking[move.wait % Math.max(1, taking.length)] ?? null;
  }

  #wishOf(move: Move, track: Track, wait: Waiting | null, taken: Taken): Wish | null {
    const { automaton } = this.#stage;
    const { kind, event, values } = move;
    const about = { taken, event, values };
    switch (kind) {
      case "advance":
      case "almost":
        return wait === null ? null : { kind, wait, step: this.#stepOf(wait), ...about };
      case "forbidden": {
        const owed = forbiddenBy(automaton, track.waiting);
        return owed.length === 0 ? null : { kind, test: owed[move.wait % owed.length] as TestId, ...about };
      }
      case "unrelated":
      case "asItIs":
        return { kind, ...about };
      default:
        return unreachable(kind);
    }
  }

  #stepOf({ wait }: Waiting): string {
    return (this.#stage.automaton.steps[wait.step as StepId] as Step).name;
  }

  #add(value: object, at: Instant, key: Key, step: string | null): void {
    this.acted.push({ value, at, key, step });
    this.#now = at;
  }

  #took({ tail }: Track, { wait }: Waiting, value: object, at: Instant): Track {
    const offset = BigInt(this.acted.length - 1);
    const event = { value, at, position: this.acted.length, origin: { topic: "", partition: 0, offset } };
    const { waiting } = enter(this.#stage.automaton, [wait.target as number]);
    return waiting.length === 0 ? this.#fresh() : { waiting, tail: extend(tail, wait.step as StepId, event) };
  }

  #passed(track: Track, ask: Ask): Track {
    if (track.tail === null) return track;
    const { waiting } = passOver(track.waiting, ask);
    return waiting.length === 0 ? this.#fresh() : { ...track, waiting };
  }

  #letsPass({ tail, waiting }: Track, ask: Ask): boolean {
    if (tail === null) return true;
    const next = waiting.filter(({ wait }) => wait.id === this.#plan.way?.[this.#led]?.id);
    return passOver(next, ask).waiting.length > 0;
  }

  #fresh(): Track {
    return { waiting: startOf(this.#stage.automaton), tail: null };
  }

  /** The run of a key, unless its time is over. */
  #alive(number: number, at: Instant): Track {
    const track = this.#tracks.get(number);
    if (track === undefined) return this.#fresh();
    const waiting = track.waiting.filter((each) => at < this.#endOf(track, each));
    return waiting.length === 0 ? this.#fresh() : { ...track, waiting };
  }

  #endOf({ tail }: Track, { wait: { gapMs, forMs } }: Waiting): Instant {
    const { withinMs } = this.#stage.automaton.pattern;
    if (tail === null || !this.#stage.placing.isTimed) return END_OF_TIME;
    const windowEnd = withinMs === null || forMs !== null ? END_OF_TIME : tail.first.at + withinMs;
    return Math.min(windowEnd, tail.event.at + (forMs ?? gapMs ?? END_OF_TIME));
  }

  /** When the next event may come: soon, at once, or on either side of what ends the run. Where a key is led, before its time is over. */
  #moments(track: Track): readonly Instant[] {
    const { automaton, placing, startAt } = this.#stage;
    const now = this.#now;
    if (!placing.isTimed) return [startAt + this.acted.length + 1];
    if (this.acted.length === 0) return [now];
    const ends = track.waiting.map((each) => this.#endOf(track, each)).filter((end) => end < END_OF_TIME);
    const before = this.isLeading ? this.#leadEnds() : END_OF_TIME;
    const soon = now + apart(automaton, this.#plan.way?.length ?? automaton.places.length + 1);
    const moments = [soon, now, now + 1, ...ends.flatMap((end) => [end - 1, end])];
    return [...new Set([...moments.filter((at) => at >= now && at < before), now])];
  }

  #leadEnds(): Instant {
    const track = this.#tracks.get(0);
    const next = track?.waiting.find(({ wait }) => wait.id === this.#plan.way?.[this.#led]?.id);
    return track === undefined || next === undefined ? END_OF_TIME : this.#endOf(track, next);
  }
}

function askOf(automaton: Automaton, value: object, taken: Taken): Ask {
  return (test) => asked(automaton, test, value, taken);
}

/** What absences and `until` forbid now; of a run that is forbidden nothing, what the pattern forbids at all. */
function forbiddenBy(automaton: Automaton, waiting: readonly Waiting[]): readonly TestId[] {
  const isForbidding = (id: TestId): boolean => automaton.tests[id]?.kind !== "step";
  const now = waiting.flatMap(({ wait }) => [...(wait.stayUnless ?? []), ...wait.first, ...wait.takeUnless]);
  const owed = [...new Set(now.filter(isForbidding))];
  return owed.length > 0 ? owed : automaton.tests.map(({ id }) => id).filter(isForbidding);
}
