// A matcher's memory as plain data that survives JSON. Events, tails and nodes are written once and referred to by number, so
// what is shared stays shared. Everything that something refers to is written before it.

import type { Automaton, Wait } from "../automaton/automaton.ts";
import type { States } from "../automaton/decide.ts";
import { toWaiting, type Waiting } from "../automaton/waiting.ts";
import { CheckpointError } from "../core/errors.ts";
import { decodeKey, type EncodedKey } from "../event/key.ts";
import { BEGINNING, type Instant, restoreInstant, type SavedInstant, saveInstant } from "../time/instant.ts";
import { belowFirst, type Horizon, join, leaf, type Node, output, simplify } from "./forest.ts";
import { emptyRow, type Row, tailsOf } from "./group.ts";
import type { MatcherState, MatcherStats } from "./matcher.ts";
import { extend, type PlacedEvent, type Tail } from "./run.ts";
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

export type Counters = {
  -readonly [name in "events" | "matches" | "timedOut" | "suppressed" | "dropped" | "failures"]: MatcherStats[name];
};

export type Memory = {
  readonly rows: readonly Row[];
  readonly now: Instant;
  readonly counters: Counters;
};

export function emptyCounters(): Counters {
  return { events: 0, matches: 0, timedOut: 0, suppressed: 0, dropped: 0, failures: 0 };
}

const FORMAT = "sequitur-groups-1";

/** What is dead has been let go of. */
const ALL: Horizon = { position: 0, after: BEGINNING };

type SavedEvent = readonly [
  position: number,
  at: Instant,
  topic: string,
  partition: number,
  offset: string,
  value: unknown,
];
/** Number of the previous tail or -1, step, number of the event. */
type SavedTail = readonly [previous: number, step: number, event: number];
/** A leaf: the number of its tail; an output: what is left of it, step, event; a union: both sides. */
type SavedNode =
  | readonly [tail: number]
  | readonly [left: number, step: number, event: number]
  | readonly [left: number, right: number];
type SavedWaiting = readonly [wait: number, fresh: boolean, open: readonly number[]];
type SavedGroup = {
  readonly reported: boolean;
  readonly waiting: readonly SavedWaiting[];
  /** Number of a node; -1: the runs are listed. */
  readonly root: number;
  readonly runs: readonly number[];
};
type SavedRow = readonly [
  key: EncodedKey,
  groups: readonly SavedGroup[],
  held: readonly number[],
  quietUntil: Instant | null,
  cut: number,
];

type Saved = MatcherState & {
  readonly now: SavedInstant;
  readonly counters: Counters;
  readonly events: readonly SavedEvent[];
  readonly tails: readonly SavedTail[];
  readonly nodes: readonly SavedNode[];
  readonly rows: readonly SavedRow[];
};

/** `memory`, of which all that is dead has been let go of. */
export function saveState(automaton: Automaton, memory: Memory): MatcherState {
  const events = numbering<PlacedEvent>();
  const tails = savedTails(events);
  const forest = savedForest(events, tails);
  const rows = memory.rows.map(({ id, groups, held, quietUntil, cut }): SavedRow => {
    const saved = groups.map((group) => ({
      reported: group.state.reported,
      waiting: group.state.waiting.map(saveWaiting),
      root: group.root === null ? -1 : forest.of(group.root),
      runs: (group.buckets === null ? group.runs : tailsOf(group, ALL)).map(tails.of),
    }));
    return [id, saved, held.map(({ tail }) => tails.of(tail)), quietUntil, cut];
  });
  const saved: Saved = {
    format: FORMAT,
    fingerprint: automaton.fingerprint,
    now: saveInstant(memory.now),
    counters: memory.counters,
    events: events.all.map(({ position, at, origin: { topic, partition, offset }, value }) => [
      position,
      at,
      topic,
      partition,
      `${offset}`,
      value,
    ]),
    tails: tails.all,
    nodes: forest.all,
    rows,
  };
  return saved;
}

/** @throws {CheckpointError} `UNKNOWN_FORMAT`, `OTHER_PATTERN`, `BROKEN_STATE` */
export function restoreState(automaton: Automaton, states: States, state: MatcherState): Memory {
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
  for (const [previous, step, event] of saved.tails)
    tails.push(extend(tails[previous] ?? null, step, events[event] as PlacedEvent));
  const tailOf = (tail: number): Tail => tails[tail] as Tail;
  const nodes: Node[] = [];
  for (const [first, second, third] of saved.nodes) {
    if (second === undefined) nodes.push(leaf(tailOf(first)));
    else if (third !== undefined) nodes.push(output(nodes[first] as Node, second, events[third] as PlacedEvent));
    else nodes.push(join(nodes[first] as Node, nodes[second] as Node));
  }
  const rows = saved.rows.map(([id, groups, held, quietUntil, cut]) => ({
    ...emptyRow(decodeKey(id), 0),
    groups: groups.map(({ reported, waiting, root, runs }) => ({
      state: states.stateOf(
        waiting.map((each) => restoreWaiting(automaton, each)),
        reported,
      ),
      root: nodes[root] ?? null,
      buckets: null,
      runs: runs.map(tailOf),
    })),
    held: held.map((tail) => ({ tail: tailOf(tail) })),
    quietUntil,
    cut,
  }));
  return { rows, now: restoreInstant(saved.now), counters: saved.counters };
}

const count = indexFrom(0, Number.POSITIVE_INFINITY);

/** @throws {CheckpointError} `BROKEN_STATE` */
function checkSaved({ steps, waits }: Automaton, state: MatcherState): void {
  const parts = { events: listOf(EVENT), tails: anything, nodes: anything, rows: anything };
  record({ now: savedInstant, counters: record(COUNTERS), ...parts })(state, "$");
  const { events, tails, nodes, rows } = state as Saved;
  const step = indexFrom(0, steps.length);
  const event = indexFrom(0, events.length);
  listOf(tuple(indexFrom(-1, Number.POSITIVE_INFINITY), step, event))(tails, "$.tails");
  for (const [index, [previous]] of tails.entries()) indexFrom(-1, index)(previous, `$.tails[${index}][0]`);
  const tail = indexFrom(0, tails.length);
  listOf(anything)(nodes, "$.nodes");
  for (const [index, node] of nodes.entries()) {
    const below = indexFrom(0, index);
    const shape =
      [tuple(tail), tuple(below, below), tuple(below, step, event)][Array.isArray(node) ? node.length - 1 : 0] ??
      tuple(tail);
    shape(node, `$.nodes[${index}]`);
  }
  const waiting = tuple(indexFrom(0, waits.length), flag, listOf(count));
  const root = indexFrom(-1, nodes.length);
  const group = record({ reported: flag, waiting: listOf(waiting), root, runs: listOf(tail) });
  listOf(tuple(encodedKey, listOf(group), listOf(tail), orNull(instant), count))(rows, "$.rows");
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

/** Tails as they are met, each after the one it extends. */
function savedTails(events: Numbering<PlacedEvent>): Numbering<Tail, SavedTail> {
  const numbers = new Map<Tail, number>();
  const all: SavedTail[] = [];
  const numberOf = (tail: Tail | null): number => (tail === null ? -1 : (numbers.get(tail) as number));
  const of = (tail: Tail): number => {
    const fresh: Tail[] = [];
    for (let at: Tail | null = tail; at !== null && !numbers.has(at); at = at.previous) fresh.push(at);
    for (const each of fresh.reverse()) {
      const { previous, step, event } = each;
      numbers.set(each, all.push([numberOf(previous), step, events.of(event)]) - 1);
    }
    return numberOf(tail);
  };
  return { of, all };
}

/** Nodes as they are met, each after what is below it. */
function savedForest(events: Numbering<PlacedEvent>, tails: Numbering<Tail, SavedTail>): Numbering<Node, SavedNode> {
  const simple = new Map<Node, Node>();
  const numbers = new Map<Node, number>();
  const all: SavedNode[] = [];
  const numberOf = (node: Node | null): number => numbers.get(node as Node) as number;
  const save = ({ tail, event, step, left, right }: Node): SavedNode => {
    if (tail !== null) return [tails.of(tail)];
    return event !== null ? [numberOf(left), step, events.of(event)] : [numberOf(left), numberOf(right)];
  };
  const of = (root: Node): number => {
    const small = simplify(root, simple);
    for (const node of belowFirst([small])) if (!numbers.has(node)) numbers.set(node, all.push(save(node)) - 1);
    return numberOf(small);
  };
  return { of, all };
}

type Numbering<T, S = T> = { readonly of: (thing: T) => number; readonly all: readonly S[] };

/** Numbers things in the order in which they are first asked for. */
function numbering<T>(): Numbering<T> {
  const numbers = new Map<T, number>();
  const all: T[] = [];
  const of = (thing: T): number => {
    const number = numbers.get(thing) ?? all.push(thing) - 1;
    numbers.set(thing, number);
    return number;
  };
  return { of, all };
}
