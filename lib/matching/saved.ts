// A matcher's memory as plain data that survives JSON. Events and nodes are written once and referred to by number, so
// shared tails stay shared.

import type { Automaton, Wait } from "../automaton/automaton.ts";
import { toWaiting, type Waiting } from "../automaton/waiting.ts";
import { CheckpointError } from "../core/errors.ts";
import { decodeKey, type EncodedKey, type Key } from "../event/key.ts";
import { type Instant, restoreInstant, type SavedInstant, saveInstant } from "../time/instant.ts";
import type { MatcherState, MatcherStats } from "./matcher.ts";
import { type Complete, extend, type PlacedEvent, type Run, type Tail, toList } from "./run.ts";
import {
  anything,
  digits,
  encodedKey,
  flag,
  indexFrom,
  instant,
  listOf,
  orNull,
  record,
  savedInstant,
  text,
  tuple,
} from "./saved-check.ts";

/** All that is known of one key. */
export type Row = {
  readonly key: Key;
  readonly runs: readonly Run[];
  /** Complete matches that wait for runs which began before them. */
  readonly held: readonly Complete[];
  /** Until when `oncePer` suppresses; `null`: it does not. */
  readonly quietUntil: Instant | null;
};

export type Counters = {
  -readonly [name in "events" | "matches" | "timedOut" | "suppressed" | "dropped" | "failures"]: MatcherStats[name];
};

export type Memory = {
  readonly rows: ReadonlyMap<EncodedKey, Row>;
  readonly now: Instant;
  readonly counters: Counters;
};

export function emptyCounters(): Counters {
  return { events: 0, matches: 0, timedOut: 0, suppressed: 0, dropped: 0, failures: 0 };
}

const FORMAT = "sequitur-runs-1";

type SavedEvent = readonly [
  position: number,
  at: Instant,
  topic: string,
  partition: number,
  offset: string,
  value: unknown,
];
/** Number of the previous node or -1, step, number of the event. */
type SavedNode = readonly [previous: number, step: number, event: number];
type SavedWaiting = readonly [wait: number, fresh: boolean, open: readonly number[]];
type SavedRun = { readonly node: number; readonly reported: boolean; readonly waiting: readonly SavedWaiting[] };
type SavedRow = readonly [
  key: EncodedKey,
  runs: readonly SavedRun[],
  held: readonly number[],
  quietUntil: Instant | null,
];

type Saved = MatcherState & {
  readonly now: SavedInstant;
  readonly counters: Counters;
  readonly events: readonly SavedEvent[];
  readonly nodes: readonly SavedNode[];
  readonly rows: readonly SavedRow[];
};

export function saveState(automaton: Automaton, memory: Memory): MatcherState {
  const events = numbering<PlacedEvent>();
  const nodes = numbering<Tail>();
  const numberOf = (tail: Tail): number => {
    for (const each of toList(tail)) {
      events.of(each.event);
      nodes.of(each);
    }
    return nodes.of(tail);
  };
  const rows = [...memory.rows].map(([id, { runs, held, quietUntil }]): SavedRow => {
    const savedRuns = runs.map(({ tail, reported, waiting }) => ({
      node: numberOf(tail),
      reported,
      waiting: waiting.map(saveWaiting),
    }));
    return [id, savedRuns, held.map(({ tail }) => numberOf(tail)), quietUntil];
  });
  const saved: Saved = {
    format: FORMAT,
    fingerprint: automaton.fingerprint,
    now: saveInstant(memory.now),
    counters: memory.counters,
    events: events
      .all()
      .map(({ position, at, origin: { topic, partition, offset }, value }) => [
        position,
        at,
        topic,
        partition,
        `${offset}`,
        value,
      ]),
    nodes: nodes
      .all()
      .map(({ previous, step, event }) => [previous === null ? -1 : nodes.of(previous), step, events.of(event)]),
    rows,
  };
  return saved;
}

export function restoreState(automaton: Automaton, state: MatcherState): Memory {
  if (state.format !== FORMAT) {
    throw new CheckpointError(
      "UNKNOWN_FORMAT",
      `The state has the format ${String(state.format)}; this version reads ${FORMAT}. Restore it with the version that saved it.`,
    );
  }
  if (state.fingerprint !== automaton.fingerprint) {
    throw new CheckpointError(
      "OTHER_PATTERN",
      `The state was saved by another pattern than "${automaton.pattern.name}" as it is now (fingerprint ${state.fingerprint}, not ${automaton.fingerprint}). Restore it with that pattern, or start empty.`,
    );
  }
  checkSaved(automaton, state);
  const saved = state as Saved;
  const events = saved.events.map(
    ([position, at, topic, partition, offset, value]): PlacedEvent => ({
      position,
      at,
      origin: { topic, partition, offset: BigInt(offset) },
      value,
    }),
  );
  const tails: Tail[] = [];
  for (const [previous, step, event] of saved.nodes)
    tails.push(extend(tails[previous] ?? null, step, events[event] as PlacedEvent));
  const tailOf = (node: number): Tail => tails[node] as Tail;
  const rows = saved.rows.map(([id, runs, held, quietUntil]): [EncodedKey, Row] => [
    id,
    {
      key: decodeKey(id),
      runs: runs.map(({ node, reported, waiting }) => ({
        tail: tailOf(node),
        reported,
        waiting: waiting.map((each) => restoreWaiting(automaton, each)),
      })),
      held: held.map((node) => ({ tail: tailOf(node) })),
      quietUntil,
    },
  ]);
  return { rows: new Map(rows), now: restoreInstant(saved.now), counters: saved.counters };
}

const count = indexFrom(0, Number.POSITIVE_INFINITY);

/** @throws {CheckpointError} `BROKEN_STATE` */
function checkSaved({ steps, waits }: Automaton, state: MatcherState): void {
  record({ now: savedInstant, counters: record(COUNTERS), events: listOf(EVENT), nodes: anything, rows: anything })(
    state,
    "$",
  );
  const { events, nodes } = state as Saved;
  const node = tuple(indexFrom(-1, Number.POSITIVE_INFINITY), indexFrom(0, steps.length), indexFrom(0, events.length));
  listOf(node)(nodes, "$.nodes");
  for (const [index, [previous]] of nodes.entries()) indexFrom(-1, index)(previous, `$.nodes[${index}][0]`);
  const known = indexFrom(0, nodes.length);
  const waiting = tuple(indexFrom(0, waits.length), flag, listOf(count));
  const run = record({ node: known, reported: flag, waiting: listOf(waiting) });
  listOf(tuple(encodedKey, listOf(run), listOf(known), orNull(instant)))((state as Saved).rows, "$.rows");
}

const EVENT = tuple(indexFrom(1, Number.POSITIVE_INFINITY), instant, text, count, digits, anything);
const COUNTERS = { events: count, matches: count, timedOut: count, suppressed: count, dropped: count, failures: count };

function saveWaiting({ wait, fresh, open }: Waiting): SavedWaiting {
  return [wait.id, fresh, open.map((guard) => wait.guards.indexOf(guard))];
}

function restoreWaiting(automaton: Automaton, [id, fresh, open]: SavedWaiting): Waiting {
  const whole = toWaiting(automaton.waits[id] as Wait);
  return { ...whole, fresh, open: whole.open.filter((_, index) => open.includes(index)) };
}

/** Numbers things in the order in which they are first asked for. */
function numbering<T>(): { readonly of: (thing: T) => number; readonly all: () => readonly T[] } {
  const numbers = new Map<T, number>();
  return {
    of(thing) {
      const number = numbers.get(thing) ?? numbers.size;
      numbers.set(thing, number);
      return number;
    },
    all: () => [...numbers.keys()],
  };
}
