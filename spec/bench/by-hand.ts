// What a good programmer writes for one workload when there is no engine: a state machine with maps and queues, nothing
// general in it. It says how many matches there are, and how fast it can be done; each match is built, as the list of its
// events.

import type { BenchEvent } from "./generate.ts";

export type Machine = {
  readonly on: (event: BenchEvent) => void;
  /** Time goes past the end. */
  readonly end: () => void;
  readonly matches: () => number;
};

type Pair = readonly [BenchEvent, BenchEvent];

/** Counts matches and holds on to the last one, so that none is built for nothing. */
export function counter(): { readonly found: (match: readonly BenchEvent[]) => void; readonly count: () => number } {
  let count = 0;
  let last: readonly BenchEvent[] = [];
  return {
    found(match) {
      count += 1;
      last = match;
    },
    count: () => (last.length < 0 ? -1 : count),
  };
}

const nothing = (): void => {};

/** W1, W7, W11: A, the next B, the next C, each A in a match of its own. `keyOf` says what belongs together; -1: nothing. */
export function threeInARow(withinMs: number, keyOf: (event: BenchEvent) => number): Machine {
  const { found, count } = counter();
  const open = new Map<number, { firsts: BenchEvent[]; pairs: Pair[] }>();
  return {
    on(event) {
      if (event.type === "X") return;
      const key = keyOf(event);
      if (key < 0) return;
      const runs = open.get(key);
      if (event.type === "A") {
        if (runs === undefined) open.set(key, { firsts: [event], pairs: [] });
        else runs.firsts.push(event);
        return;
      }
      if (runs === undefined) return;
      const since = event.ts - withinMs;
      if (event.type === "B") {
        for (const first of runs.firsts) if (first.ts > since) runs.pairs.push([first, event]);
        if (runs.firsts.length > 0) runs.firsts = [];
      } else {
        for (const [first, second] of runs.pairs) if (first.ts > since) found([first, second, event]);
        if (runs.pairs.length > 0) runs.pairs = [];
      }
    },
    end: nothing,
    matches: count,
  };
}

/** W2: a small value, and the very next one of its key is large. */
export function smallThenLarge(withinMs: number): Machine {
  const { found, count } = counter();
  const small = new Map<number, BenchEvent | null>();
  return {
    on(event) {
      const before = small.get(event.key) ?? null;
      if (before !== null && event.value > 1_000 && event.ts - before.ts < withinMs) found([before, event]);
      if (event.value < 10) small.set(event.key, event);
      else if (before !== null) small.set(event.key, null);
    },
    end: nothing,
    matches: count,
  };
}

/** W3: `count` types in order, all combinations within the window. */
export function allInOrder(types: number, withinMs: number): Machine {
  const { found, count } = counter();
  const taken = Array.from({ length: types - 1 }, (): BenchEvent[] => []);
  const path = new Array<BenchEvent>(types);
  const walk = (level: number, before: number, since: number): void => {
    const events = taken[level] as BenchEvent[];
    for (let at = events.length - 1; at >= 0; at -= 1) {
      const event = events[at] as BenchEvent;
      if (event.ts <= since) return;
      if (event.ts >= before) continue;
      path[level] = event;
      if (level === 0) found(path.slice());
      else walk(level - 1, event.ts, since);
    }
  };
  return {
    on(event) {
      const level = event.type.charCodeAt(0) - 65;
      if (level >= types) return;
      const since = event.ts - withinMs;
      if (level === types - 1) {
        path[level] = event;
        walk(level - 1, event.ts, since);
        return;
      }
      const events = taken[level] as BenchEvent[];
      events.push(event);
      if (events.length > 4_096) taken[level] = events.filter(({ ts }) => ts > since);
    },
    end: nothing,
    matches: count,
  };
}

type Some = { readonly event: BenchEvent; readonly before: Some } | null;

/** W4: A, one or more B in all combinations, C. */
export function someOfAll(): Machine {
  const { found, count } = counter();
  const runs: { readonly first: BenchEvent; readonly some: Some }[] = [];
  return {
    on(event) {
      if (event.type === "X") return;
      if (event.type === "A") runs.push({ first: event, some: null });
      else if (event.type === "B") {
        const open = runs.length;
        for (let at = 0; at < open; at += 1) {
          const { first, some } = runs[at] as { first: BenchEvent; some: Some };
          runs.push({ first, some: { event, before: some } });
        }
      } else {
        for (const { first, some } of runs) if (some !== null) found([first, ...listed(some), event]);
      }
    },
    end: nothing,
    matches: count,
  };
}

function listed(some: Some): BenchEvent[] {
  const events: BenchEvent[] = [];
  for (let at = some; at !== null; at = at.before) events.push(at.event);
  return events.reverse();
}

/** W5: A, and no B of its key for `withinMs`. */
export function missing(withinMs: number): Machine {
  type Open = { readonly event: BenchEvent; isOver: boolean };
  const { found, count } = counter();
  const openOf = new Map<number, Open[]>();
  let queue: Open[] = [];
  let head = 0;
  const fire = (until: number): void => {
    for (; head < queue.length; head += 1) {
      const open = queue[head] as Open;
      if (open.event.ts + withinMs > until) break;
      if (open.isOver) continue;
      found([open.event]);
      const others = openOf.get(open.event.key) as Open[];
      if (others.length === 1) openOf.delete(open.event.key);
      else others.shift();
    }
    if (head > 1 << 20) {
      queue = queue.slice(head);
      head = 0;
    }
  };
  return {
    on(event) {
      fire(event.ts);
      const open = openOf.get(event.key);
      if (event.type === "A") {
        const fresh = { event, isOver: false };
        queue.push(fresh);
        if (open === undefined) openOf.set(event.key, [fresh]);
        else open.push(fresh);
      } else if (event.type === "B" && open !== undefined) {
        for (const each of open) each.isOver = true;
        openOf.delete(event.key);
      }
    },
    end: () => fire(Number.POSITIVE_INFINITY),
    matches: count,
  };
}

/** W6: any price, then it rises and rises, then it falls; the next match begins behind this one. */
export function peaks(): Machine {
  const { found, count } = counter();
  const rowOf = new Map<number, BenchEvent[]>();
  return {
    on(event) {
      const row = rowOf.get(event.key);
      const before = row?.at(-1);
      if (row === undefined || before === undefined) rowOf.set(event.key, [event]);
      else if (event.value > before.value) row.push(event);
      else if (event.value < before.value && row.length > 1) {
        row.push(event);
        found(row);
        rowOf.set(event.key, []); // What fell belongs to the match, so the next price is the first that can begin one.
      } else rowOf.set(event.key, [event]);
    },
    end: nothing,
    matches: count,
  };
}
