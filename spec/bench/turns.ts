// One workload, all contenders: they take turns, each in a process of its own, and what they find has to agree.
//
//     by hand ─ matcher ─ …     warm-up: a third of the time, not counted
//     by hand ─ matcher ─ …     so many times, the median counts
//     the longest pause of each
//
// A contender that takes too long is stopped, and its matches are compared with those found by hand after as many events.

import { BY_HAND } from "./contenders.ts";
import { checksum, generate } from "./generate.ts";
import type { Repetition } from "./measure.ts";
import { type Bench, type Program, startBench } from "./processes.ts";
import type { Workload } from "./workloads.ts";

/** A contender as the command knows it. */
export type Entrant = {
  readonly name: string;
  readonly program: (workload: string, atMost: number) => Program;
  /** Why it does not run this workload; `null`: it does. */
  readonly missesOut: (workload: string) => string | null;
  /** Why its matches are others than ours, which then is no fault; `null`: they have to be the same. */
  readonly differsBecause: (workload: string) => string | null;
};

export type Plan = {
  readonly repetitions: number;
  /** Of the timed part of one repetition. */
  readonly limitMs: number;
  /** Only so many events of each stream. */
  readonly atMost: number;
};

export type Row = {
  readonly workload: string;
  readonly contender: string;
  /** Median, least and most of the repetitions. */
  readonly eventsPerSecond: number;
  readonly least: number;
  readonly most: number;
  /** How much of the speed by hand, in the same run. */
  readonly ofByHand: number;
  readonly longestPauseMs: number | null;
  /** Of the last repetition, after `fed` of `events` events. */
  readonly matches: number;
  readonly fed: number;
  readonly events: number;
  readonly stopped: Repetition["stopped"];
  readonly differsBecause: string | null;
};

/** What one workload has given; `problems` are counts that do not agree, and contenders that broke down. */
export type Result = {
  readonly rows: readonly Row[];
  readonly notes: readonly string[];
  readonly problems: readonly string[];
};

type Seat = {
  readonly entrant: Entrant;
  readonly bench: Bench;
  readonly repetitions: Repetition[];
  longestPauseMs: number | null;
};

const GRACE_MS = 120_000;

export async function takeTurns(
  workload: Workload,
  entrants: readonly Entrant[],
  plan: Plan,
  signal: AbortSignal,
): Promise<Result> {
  const notes: string[] = [];
  const problems: string[] = [];
  const place = (entrant: Entrant): string => `${workload.name}, ${entrant.name}`;
  const stream = generate(workload.stream, plan.atMost);
  const sum = checksum(stream);
  let seats: Seat[] = [];
  const breakDown = (entrant: Entrant, error: unknown): void => {
    signal.throwIfAborted();
    problems.push(`${place(entrant)}: ${(error as Error).message}`);
    seats = seats.filter((seat) => seat.entrant !== entrant);
  };
  try {
    for (const entrant of entrants) {
      const missesOut = entrant.missesOut(workload.name);
      if (missesOut !== null) {
        notes.push(`${place(entrant)}: not run, ${missesOut}`);
        continue;
      }
      const differsBecause = entrant.differsBecause(workload.name);
      if (differsBecause !== null) notes.push(`${place(entrant)}: ≠, ${differsBecause}`);
      try {
        const bench = await startBench(entrant.program(workload.name, plan.atMost), signal);
        seats.push({ entrant, bench, repetitions: [], longestPauseMs: null });
        const found = (bench.ready as { readonly checksum: number }).checksum;
        if (found !== sum) problems.push(`${place(entrant)}: its stream is another one: checksum ${found}, not ${sum}`);
      } catch (error) {
        breakDown(entrant, error);
      }
    }
    for (let turn = 0; turn <= plan.repetitions; turn += 1) {
      for (const seat of seats)
        await repeat(seat, turn, plan).catch((error: unknown) => breakDown(seat.entrant, error));
    }
    for (const seat of seats) await pause(seat, plan).catch((error: unknown) => breakDown(seat.entrant, error));
    problems.push(...(await disagreements(workload, seats, stream.events - stream.tail, plan)));
    return { rows: rowsOf(workload, seats, stream.events), notes, problems };
  } finally {
    for (const { bench } of seats) bench.stop();
  }
}

/** Turn 0 is the warm-up, of which nothing is kept. Who cannot even finish the warm part has had its only turn. */
async function repeat({ bench, repetitions }: Seat, turn: number, { limitMs }: Plan): Promise<void> {
  if (repetitions.some(({ stopped }) => stopped === "warm part")) return;
  const ms = turn === 0 ? Math.ceil(limitMs / 3) : limitMs;
  const done = (await bench.ask(`repeat ${ms} ${3 * limitMs}`, 4 * limitMs + GRACE_MS)) as Repetition;
  if (turn > 0 || done.stopped === "warm part") repetitions.push(done);
}

async function pause(seat: Seat, { limitMs }: Plan): Promise<void> {
  if (seat.repetitions.some(({ stopped }) => stopped === "warm part")) return;
  seat.longestPauseMs = (await seat.bench.ask(`pause ${2 * limitMs}`, 2 * limitMs + GRACE_MS)) as number | null;
}

/** Each repetition of each contender against the program by hand, and that against the stated number. */
async function disagreements(
  { name, matches }: Workload,
  seats: readonly Seat[],
  all: number,
  { atMost }: Plan,
): Promise<readonly string[]> {
  const byHand = seats.find(({ entrant }) => entrant.name === BY_HAND);
  if (byHand === undefined) return [`${name}: nothing to compare with, since the program by hand broke down`];
  const known = new Map<number, number>();
  const expected = async (fed: number): Promise<number> => {
    const count = known.get(fed) ?? ((await byHand.bench.ask(`count ${fed}`, GRACE_MS)) as number);
    known.set(fed, count);
    return count;
  };
  const problems: string[] = [];
  const whole = await expected(all);
  if (atMost === Number.POSITIVE_INFINITY && whole !== matches) {
    problems.push(`${name}, ${BY_HAND}: ${whole} matches, and ${matches} are stated`);
  }
  for (const { entrant, repetitions } of seats) {
    if (entrant.differsBecause(name) !== null) continue;
    const wrong = new Set<string>();
    for (const { fed, matches: found } of repetitions) {
      const right = await expected(fed);
      if (found !== right)
        wrong.add(`${name}, ${entrant.name}: ${found} matches after ${fed} events, and by hand ${right}`);
    }
    problems.push(...wrong);
  }
  return problems;
}

function rowsOf({ name }: Workload, seats: readonly Seat[], events: number): readonly Row[] {
  const rates = new Map(seats.map((seat) => [seat.entrant.name, ratesOf(seat.repetitions)]));
  const byHand = median(rates.get(BY_HAND) ?? []);
  return seats.map(({ entrant, repetitions, longestPauseMs }) => {
    const own = rates.get(entrant.name) ?? [];
    const last = repetitions.at(-1) as Repetition;
    return {
      workload: name,
      contender: entrant.name,
      eventsPerSecond: Math.round(median(own)),
      least: Math.round(Math.min(...own)),
      most: Math.round(Math.max(...own)),
      ofByHand: median(own) / byHand,
      longestPauseMs,
      matches: last.matches,
      fed: last.fed,
      events,
      stopped: last.stopped,
      differsBecause: entrant.differsBecause(name),
    };
  });
}

function ratesOf(repetitions: readonly Repetition[]): readonly number[] {
  return repetitions.map(({ timedEvents, ms }) => (timedEvents / ms) * 1_000);
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)] ?? Number.NaN;
}
