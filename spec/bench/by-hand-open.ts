// By hand, as in by-hand.ts: workloads of which very many runs are open at a time.

import { counter, type Machine } from "./by-hand.ts";
import type { BenchEvent } from "./generate.ts";

type Path = { readonly event: BenchEvent; readonly before: Path | null; readonly firstAt: number };

/**
 * W8: `types` types in order, all combinations within the window, of which at most `most` are built per event, those with the
 * latest first events. Of each type only so many runs can be among these, so no more are kept.
 */
export function latestInOrder(types: number, withinMs: number, most: number): Machine {
  const { found, count } = counter();
  const latest = Array.from({ length: types - 1 }, (): Path[] => []);
  return {
    on(event) {
      const level = event.type.charCodeAt(0) - 65;
      if (level >= types) return;
      if (level === 0) {
        latest[0] = [{ event, before: null, firstAt: event.ts }, ...(latest[0] as Path[])].slice(0, most);
        return;
      }
      const since = event.ts - withinMs;
      const alive = (latest[level - 1] as Path[]).filter(({ firstAt }) => firstAt > since);
      const longer = alive.map((before) => ({ event, before, firstAt: before.firstAt }));
      if (level < types - 1) latest[level] = merged(longer, latest[level] as Path[], most);
      else for (const path of longer) found(listed(path));
    },
    end: () => {},
    matches: count,
  };
}

/** The first `most` of two lists that begin with the latest first events. */
function merged(left: readonly Path[], right: readonly Path[], most: number): Path[] {
  const both: Path[] = [];
  let [fromLeft, fromRight] = [0, 0];
  while (both.length < most) {
    const [one, other] = [left[fromLeft], right[fromRight]];
    if (one !== undefined && (other === undefined || one.firstAt >= other.firstAt)) {
      both.push(one);
      fromLeft += 1;
    } else if (other !== undefined) {
      both.push(other);
      fromRight += 1;
    } else break;
  }
  return both;
}

function listed(path: Path): BenchEvent[] {
  const events: BenchEvent[] = [];
  for (let at: Path | null = path; at !== null; at = at.before) events.push(at.event);
  return events.reverse();
}

/** W9: A, and any later B with the same value. */
export function sameValue(withinMs: number): Machine {
  const { found, count } = counter();
  const openOf = new Map<number, BenchEvent[]>();
  return {
    on(event) {
      const open = openOf.get(event.value);
      if (event.type === "A") {
        if (open === undefined) openOf.set(event.value, [event]);
        else open.push(event);
      } else if (open !== undefined) {
        drop(open, event.ts - withinMs);
        for (const first of open) found([first, event]);
      }
    },
    end: () => {},
    matches: count,
  };
}

/** W12: A, any later B, and any later C, all of the same value. */
export function sameValues(withinMs: number): Machine {
  const { found, count } = counter();
  const openOf = new Map<number, { readonly firsts: BenchEvent[]; pairs: (readonly [BenchEvent, BenchEvent])[] }>();
  return {
    on(event) {
      const open = openOf.get(event.value) ?? { firsts: [], pairs: [] };
      const since = event.ts - withinMs;
      if (event.type === "A") {
        openOf.set(event.value, open);
        open.firsts.push(event);
      } else if (event.type === "B") {
        drop(open.firsts, since);
        for (const first of open.firsts) open.pairs.push([first, event]);
      } else {
        open.pairs = open.pairs.filter(([first]) => first.ts > since);
        for (const [first, second] of open.pairs) found([first, second, event]);
      }
    },
    end: () => {},
    matches: count,
  };
}

/** W10: any value, and any later one that is larger by more than `by`. Values are below `below`. */
export function farAbove(withinMs: number, by: number, below: number): Machine {
  const { found, count } = counter();
  const width = 1_000;
  const buckets = Array.from({ length: Math.ceil(below / width) }, (): BenchEvent[] => []);
  return {
    on(event) {
      const least = event.value - by;
      const since = event.ts - withinMs;
      for (let at = 0; at * width < least; at += 1) {
        const open = buckets[at] as BenchEvent[];
        drop(open, since);
        for (const first of open) if (first.value < least) found([first, event]);
      }
      (buckets[Math.floor(event.value / width)] as BenchEvent[]).push(event);
    },
    end: () => {},
    matches: count,
  };
}

/** Takes out the events up to `since`; they are in order of time. */
function drop(events: BenchEvent[], since: number): void {
  let over = 0;
  while (over < events.length && (events[over] as BenchEvent).ts <= since) over += 1;
  if (over > 0) events.splice(0, over);
}
